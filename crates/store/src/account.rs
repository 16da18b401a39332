//! Accounts of people who log in: what they may, and whether they may still.

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::sql::Sql;
use crate::write::WriteTx;
use cadastre_model::{Role, Timestamp};
use serde::Serialize;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it may log in.
    pub enabled: bool,
    /// Since when it is there.
    pub created_at: Timestamp,
    /// Sessions of it that hold.
    pub sessions: i64,
}

impl Store {
    /// All accounts, by name, each with its sessions that have not ended by `now` and were used after
    /// `idle_since`.
    ///
    /// # Errors
    /// What the database says, or a role that is not known.
    pub async fn account_list(
        &self,
        now: Timestamp,
        idle_since: Timestamp,
    ) -> Result<Vec<Account>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT a.name, a.role, a.enabled, a.created_at, count(s.account_id) FROM account a \
             LEFT JOIN web_session s ON s.account_id = a.id AND a.enabled = 1 AND s.ends_at > ? \
             AND s.used_at > ? \
             GROUP BY a.name, a.role, a.enabled, a.created_at ORDER BY a.name",
            [now.0.into(), idle_since.0.into()],
        );
        let rows = sql.all(self.reader(), "reading accounts").await?;
        rows.iter()
            .map(|row| {
                let name: String = row.get(0)?;
                let role: String = row.get(1)?;
                let role = role.parse().map_err(|why| StoreError::Corrupt {
                    table: "account",
                    row: name.clone(),
                    why,
                })?;
                Ok(Account {
                    name,
                    role,
                    enabled: row.get::<i16>(2)? == 1,
                    created_at: Timestamp(row.get(3)?),
                    sessions: row.get(4)?,
                })
            })
            .collect()
    }
}

impl WriteTx<'_> {
    /// Adds an account.
    ///
    /// # Errors
    /// [`StoreError::Exists`], or what the database says.
    pub async fn account_add(
        &mut self,
        name: &str,
        role: Role,
        password_hash: Option<&str>,
    ) -> Result<()> {
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO account (name, role, password_hash, enabled, created_at) \
             VALUES (?, ?, ?, 1, ?) ON CONFLICT (name) DO NOTHING",
            [
                name.into(),
                role.word().into(),
                password_hash.map(str::to_owned).into(),
                self.moment().0.into(),
            ],
        );
        if insert.execute(self.db(), "adding an account").await? == 0 {
            return Err(StoreError::Exists { what: "account", name: name.to_owned() });
        }
        Ok(())
    }

    /// Gives an account another password; how many accounts of this name there are.
    ///
    /// # Errors
    /// What the database says.
    pub async fn account_password(&mut self, name: &str, password_hash: &str) -> Result<u64> {
        let update = Sql::of(
            self.dialect(),
            "UPDATE account SET password_hash = ? WHERE name = ?",
            [password_hash.into(), name.into()],
        );
        update.execute(self.db(), "changing a password").await
    }

    /// Lets an account log in, or no longer; how many accounts of this name there are.
    ///
    /// # Errors
    /// What the database says.
    pub async fn account_enable(&mut self, name: &str, enabled: bool) -> Result<u64> {
        let update = Sql::of(
            self.dialect(),
            "UPDATE account SET enabled = ? WHERE name = ?",
            [i16::from(enabled).into(), name.into()],
        );
        update.execute(self.db(), "enabling or disabling an account").await
    }

    /// Gives an account another role; how many accounts of this name there are.
    ///
    /// # Errors
    /// What the database says.
    pub async fn account_role(&mut self, name: &str, role: Role) -> Result<u64> {
        let update = Sql::of(
            self.dialect(),
            "UPDATE account SET role = ? WHERE name = ?",
            [role.word().into(), name.into()],
        );
        update.execute(self.db(), "changing a role").await
    }

    /// How many admins may log in beside the one of this name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn admins_beside(&self, name: &str) -> Result<i64> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT count(*) FROM account WHERE role = ? AND enabled = 1 AND name <> ?",
            [Role::Admin.word().into(), name.into()],
        );
        sql.number(self.db(), "counting admins").await
    }
}
