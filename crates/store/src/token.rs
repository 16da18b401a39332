//! Tokens that scripts come with. Only a token's digest is kept, as of sessions; a token that was
//! revoked stays in the list, so that the audit log's names keep their meaning.

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::json;
use crate::sql::{Row, Sql};
use crate::write::WriteTx;
use cadastre_model::{Role, Timestamp};
use ipnet::IpNet;
use serde::Serialize;
use std::net::IpAddr;

/// A token as it is listed: what it is for, never what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenRow {
    /// Its number.
    pub id: i64,
    /// The account it acts for.
    pub account: String,
    /// What it is for, in its owner's words.
    pub name: String,
    /// Whether it may write, as far as its account may.
    pub write: bool,
    /// Where it may come from; empty: from anywhere.
    pub allowed: Vec<IpNet>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; `None`: never by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to some minutes.
    pub used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl TokenRow {
    /// Whether it may come from an address. One that is bound to addresses may not come from an
    /// unknown one.
    #[must_use]
    pub fn allows(&self, from: Option<IpAddr>) -> bool {
        if self.allowed.is_empty() {
            return true;
        }
        // An IPv4 client of a listener for both families.
        let from = from.map(|address| address.to_canonical());
        from.is_some_and(|from| self.allowed.iter().any(|net| net.contains(&from)))
    }
}

/// A token that was shown, and what its account may do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHolder {
    /// The token.
    pub token: TokenRow,
    /// What its account may do: a change of role counts at once.
    pub role: Role,
    /// Whether its account may log in.
    pub enabled: bool,
}

/// A token to be added.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// The SHA-256 of the token.
    pub digest: &'a [u8],
    /// The account it acts for.
    pub account: &'a str,
    /// What it is for; unique among the account's tokens that are not revoked.
    pub name: &'a str,
    /// Whether it may write.
    pub write: bool,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Where it may come from; empty: from anywhere.
    pub allowed: &'a [IpNet],
}

const TOKENS: &str = "SELECT t.id, a.name, t.name, t.writes, t.allowed, t.created_at, t.expires_at, \
     t.used_at, t.revoked_at, a.role, a.enabled \
     FROM api_token t JOIN account a ON a.id = t.account_id";

fn read_token(row: &Row) -> Result<TokenRow> {
    let id: i64 = row.get(0)?;
    let moment = |index| Ok::<_, StoreError>(row.get::<Option<i64>>(index)?.map(Timestamp));
    Ok(TokenRow {
        id,
        account: row.get(1)?,
        name: row.get(2)?,
        write: row.get::<i16>(3)? == 1,
        allowed: json::read("api_token", id, &row.get::<String>(4)?)?,
        created_at: Timestamp(row.get(5)?),
        expires_at: moment(6)?,
        used_at: moment(7)?,
        revoked_at: moment(8)?,
    })
}

impl Store {
    /// The token of a digest, whether it still holds or not, and whose it is.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn token_fetch(&self, digest: &[u8]) -> Result<Option<TokenHolder>> {
        let text = format!("{TOKENS} WHERE t.token_digest = ?");
        let sql = Sql::of(self.dialect(), &text, [digest.to_vec().into()]);
        let row = sql.one(self.reader(), "reading a token").await?;
        row.map(|row| {
            let token = read_token(&row)?;
            let role: String = row.get(9)?;
            let role = role.parse().map_err(|why| StoreError::Corrupt {
                table: "account",
                row: token.account.clone(),
                why,
            })?;
            Ok(TokenHolder { token, role, enabled: row.get::<i16>(10)? == 1 })
        })
        .transpose()
    }

    /// `limit` tokens from number `after` on, those that no longer hold too.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn token_list(&self, after: i64, limit: u32) -> Result<Vec<TokenRow>> {
        let text = format!("{TOKENS} WHERE t.id > ? ORDER BY t.id LIMIT ?");
        let sql = Sql::of(self.dialect(), &text, [after.into(), i64::from(limit).into()]);
        let rows = sql.all(self.reader(), "reading tokens").await?;
        rows.iter().map(read_token).collect()
    }
}

impl WriteTx<'_> {
    /// Adds a token; its number.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if there is no such account, [`StoreError::Exists`] if a token of this
    /// name holds there, or what the database says.
    pub async fn token_add(&mut self, new: &NewToken<'_>) -> Result<i64> {
        let account =
            Sql::of(self.dialect(), "SELECT id FROM account WHERE name = ?", [new.account.into()]);
        let Some(row) = account.one(self.db(), "reading an account").await? else {
            return Err(StoreError::Unknown { what: "account", name: new.account.to_owned() });
        };
        let account: i64 = row.get(0)?;
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO api_token \
             (token_digest, account_id, name, writes, allowed, created_at, expires_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (account_id, name) WHERE revoked_at IS NULL DO NOTHING RETURNING id",
            [
                new.digest.to_vec().into(),
                account.into(),
                new.name.into(),
                i16::from(new.write).into(),
                json::write(&new.allowed).into(),
                self.moment().0.into(),
                new.expires_at.map(|at| at.0).into(),
            ],
        );
        match insert.one(self.db(), "adding a token").await? {
            Some(row) => row.get(0),
            None => Err(StoreError::Exists { what: "token", name: new.name.to_owned() }),
        }
    }

    /// Revokes a token; what it was.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if there is none of this number that is not revoked already, or what
    /// the database says.
    pub async fn token_revoke(&mut self, id: i64) -> Result<TokenRow> {
        let text = format!("{TOKENS} WHERE t.id = ? AND t.revoked_at IS NULL");
        let found = Sql::of(self.dialect(), &text, [id.into()]);
        let Some(row) = found.one(self.db(), "reading a token").await? else {
            return Err(StoreError::Unknown { what: "token to revoke", name: id.to_string() });
        };
        let update = Sql::of(
            self.dialect(),
            "UPDATE api_token SET revoked_at = ? WHERE id = ?",
            [self.moment().0.into(), id.into()],
        );
        update.execute(self.db(), "revoking a token").await?;
        Ok(TokenRow { revoked_at: Some(self.moment()), ..read_token(&row)? })
    }

    /// Notes that a token is in use.
    ///
    /// # Errors
    /// What the database says.
    pub async fn token_use(&self, id: i64) -> Result<()> {
        let sql = Sql::of(
            self.dialect(),
            "UPDATE api_token SET used_at = ? WHERE id = ?",
            [self.moment().0.into(), id.into()],
        );
        sql.execute(self.db(), "noting a token's use").await?;
        Ok(())
    }
}
