//! Sessions of people in a browser. Only the digest of a session's token is kept: who reads the
//! database cannot sign in with what stands there.

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::sql::{Dialect, Row, Sql};
use crate::write::WriteTx;
use cadastre_model::{Role, Timestamp};

/// What a login is checked against.
#[derive(Clone, Debug)]
pub struct Login {
    /// The account.
    pub account_id: i64,
    /// What it may do.
    pub role: Role,
    /// Whether it may log in.
    pub enabled: bool,
    /// In the PHC string form; none: it has no password here.
    pub password_hash: Option<String>,
}

/// A session that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// The account's name.
    pub account: String,
    /// The account.
    pub account_id: i64,
    /// What it may do now: a change of role counts at once.
    pub role: Role,
    /// When it was last used, to a minute or so.
    pub used_at: Timestamp,
}

impl Store {
    /// What a login of this name is checked against.
    ///
    /// # Errors
    /// What the database says, or a role that is not known.
    pub async fn login_fetch(&self, name: &str) -> Result<Option<Login>> {
        let row = login(self.dialect(), name).one(self.reader(), "reading an account").await?;
        row.map(|row| read_login(&row, name)).transpose()
    }

    /// The session of a token's digest, if it has not ended by `now`, was used after `idle_since`, and
    /// its account may log in.
    ///
    /// # Errors
    /// What the database says, or a role that is not known.
    pub async fn session_fetch(
        &self,
        digest: &[u8],
        now: Timestamp,
        idle_since: Timestamp,
    ) -> Result<Option<SessionRow>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT a.name, a.id, a.role, s.used_at FROM web_session s \
             JOIN account a ON a.id = s.account_id \
             WHERE s.token_digest = ? AND s.ends_at > ? AND s.used_at > ? AND a.enabled = 1",
            [digest.to_vec().into(), now.0.into(), idle_since.0.into()],
        );
        let row = sql.one(self.reader(), "reading a session").await?;
        row.map(|row| {
            let account: String = row.get(0)?;
            Ok(SessionRow {
                account_id: row.get(1)?,
                role: role_of(&row, 2, &account)?,
                used_at: Timestamp(row.get(3)?),
                account,
            })
        })
        .transpose()
    }

    /// How many accounts there are.
    ///
    /// # Errors
    /// What the database says.
    pub async fn account_count(&self) -> Result<i64> {
        let sql = Sql::of(self.dialect(), "SELECT count(*) FROM account", []);
        sql.number(self.reader(), "counting accounts").await
    }
}

fn login(dialect: Dialect, name: &str) -> Sql {
    Sql::of(
        dialect,
        "SELECT id, role, enabled, password_hash FROM account WHERE name = ?",
        [name.into()],
    )
}

fn read_login(row: &Row, name: &str) -> Result<Login> {
    Ok(Login {
        account_id: row.get(0)?,
        role: role_of(row, 1, name)?,
        enabled: row.get::<i16>(2)? == 1,
        password_hash: row.get(3)?,
    })
}

impl WriteTx<'_> {
    /// What a login of this name is checked against, with nobody changing it meanwhile.
    ///
    /// # Errors
    /// What the database says, or a role that is not known.
    pub async fn login_fetch(&self, name: &str) -> Result<Option<Login>> {
        let row = login(self.dialect(), name).one(self.db(), "reading an account").await?;
        row.map(|row| read_login(&row, name)).transpose()
    }

    /// How many accounts there are, with nobody adding one meanwhile.
    ///
    /// # Errors
    /// What the database says.
    pub async fn account_count(&self) -> Result<i64> {
        let sql = Sql::of(self.dialect(), "SELECT count(*) FROM account", []);
        sql.number(self.db(), "counting accounts").await
    }

    /// Begins a session, and forgets those that have ended.
    ///
    /// # Errors
    /// What the database says.
    pub async fn session_begin(
        &self,
        digest: &[u8],
        account: &str,
        ends_at: Timestamp,
    ) -> Result<()> {
        let now = self.moment().0;
        let ended =
            Sql::of(self.dialect(), "DELETE FROM web_session WHERE ends_at <= ?", [now.into()]);
        ended.execute(self.db(), "forgetting sessions").await?;
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO web_session (token_digest, account_id, created_at, used_at, ends_at) \
             SELECT ?, id, ?, ?, ? FROM account WHERE name = ?",
            [digest.to_vec().into(), now.into(), now.into(), ends_at.0.into(), account.into()],
        );
        if insert.execute(self.db(), "beginning a session").await? == 0 {
            return Err(StoreError::Unknown { what: "account", name: account.to_owned() });
        }
        Ok(())
    }

    /// Notes that a session is in use.
    ///
    /// # Errors
    /// What the database says.
    pub async fn session_use(&self, digest: &[u8]) -> Result<()> {
        let sql = Sql::of(
            self.dialect(),
            "UPDATE web_session SET used_at = ? WHERE token_digest = ?",
            [self.moment().0.into(), digest.to_vec().into()],
        );
        sql.execute(self.db(), "noting a session's use").await?;
        Ok(())
    }

    /// Ends a session; how many there were of it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn session_end(&self, digest: &[u8]) -> Result<u64> {
        let sql = Sql::of(
            self.dialect(),
            "DELETE FROM web_session WHERE token_digest = ?",
            [digest.to_vec().into()],
        );
        sql.execute(self.db(), "ending a session").await
    }

    /// Ends all sessions of an account; how many there were.
    ///
    /// # Errors
    /// What the database says.
    pub async fn session_end_all(&self, account: &str) -> Result<u64> {
        let sql = Sql::of(
            self.dialect(),
            "DELETE FROM web_session WHERE account_id IN (SELECT id FROM account WHERE name = ?)",
            [account.into()],
        );
        sql.execute(self.db(), "ending sessions").await
    }
}

fn role_of(row: &Row, column: usize, account: &str) -> Result<Role> {
    let word: String = row.get(column)?;
    word.parse().map_err(|why| StoreError::Corrupt {
        table: "account",
        row: account.to_owned(),
        why,
    })
}
