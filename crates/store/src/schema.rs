//! The version of a database: how it stands to this program's, and bringing it up to date.
//!
//! Migrations are applied all in one transaction, so that a database is of one version or the other,
//! also when two processes start at once or one is killed in the middle.

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::sql::{Dialect, Sql};
use cadastre_migrations::Migrator;
use sea_orm::{DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use sea_orm_migration::MigratorTrait;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How a database's version stands to this program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// Nothing in it yet.
    Empty,
    /// This many migrations are due.
    Older(usize),
    /// As this version wants it.
    Current,
}

impl Store {
    /// How the database's version stands to this program's.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if it knows a migration that this version does not.
    pub async fn schema_state(&self) -> Result<SchemaState> {
        let known = migrations_known();
        let applied = self.applied_migrations().await?;
        if let Some(migration) = applied.iter().find(|name| !known.contains(*name)) {
            return Err(StoreError::Newer {
                url: self.address().to_owned(),
                migration: migration.clone(),
            });
        }
        Ok(match known.len() - applied.len() {
            _ if applied.is_empty() => SchemaState::Empty,
            0 => SchemaState::Current,
            due => SchemaState::Older(due),
        })
    }

    async fn applied_migrations(&self) -> Result<Vec<String>> {
        let table = match self.dialect() {
            Dialect::Sqlite => {
                "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'"
            }
            Dialect::Postgres => {
                "SELECT count(*) FROM information_schema.tables \
                 WHERE table_name = 'seaql_migrations' AND table_schema = current_schema()"
            }
        };
        let there = Sql::of(self.dialect(), table, []).number(self.reader(), "reading its version");
        if there.await? == 0 {
            return Ok(Vec::new());
        }
        let names = Sql::of(self.dialect(), "SELECT version FROM seaql_migrations ORDER BY 1", []);
        let rows = names.all(self.reader(), "reading its version").await?;
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Brings the database to this version. A database that holds something is first backed up
    /// into `backup_dir`; the backup's path is returned.
    ///
    /// # Errors
    /// [`StoreError::Newer`], a backup that cannot be written, or what the database says; then
    /// nothing was changed.
    pub async fn migrate(&self, backup_dir: &Path) -> Result<Option<PathBuf>> {
        let backup = match self.schema_state().await? {
            SchemaState::Current => return Ok(None),
            SchemaState::Empty => None,
            SchemaState::Older(_) => {
                let path = self.backup_name(backup_dir).await?;
                self.backup(&path).await?;
                Some(path)
            }
        };
        let tx = self.begin_migration().await?;
        migrate_in(&tx, None).await?;
        tx.commit().await.map_err(StoreError::doing("migrating"))?;
        Ok(backup)
    }

    /// A file that is not there yet, named after the last migration of what it will hold.
    async fn backup_name(&self, dir: &Path) -> Result<PathBuf> {
        let last = self.applied_migrations().await?.pop().unwrap_or_default();
        let name = |end: &str| dir.join(format!("before-upgrade-from-{last}{end}.cadastre-backup"));
        let mut path = name("");
        let mut number = 2;
        while path.exists() {
            path = name(&format!("-{number}"));
            number += 1;
        }
        Ok(path)
    }

    /// A transaction that no other process migrates beside.
    pub(crate) async fn begin_migration(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let tx = self.writer().begin_with_options(options).await;
        let tx = tx.map_err(StoreError::doing("migrating"))?;
        if self.dialect() == Dialect::Postgres {
            let lock = Sql::of(self.dialect(), POSTGRES_LOCK, []);
            lock.execute(&tx, "waiting for another migration").await?;
        }
        Ok(tx)
    }
}

/// A number of our own among the server's advisory locks; released with the transaction.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(4828113260923)";

/// The migrations this version knows.
pub(crate) fn migrations_known() -> BTreeSet<String> {
    Migrator::migrations().iter().map(|one| one.name().to_owned()).collect()
}

/// Applies migrations that are due: all, or the first `steps` of them.
pub(crate) async fn migrate_in(tx: &DatabaseTransaction, steps: Option<usize>) -> Result<()> {
    let steps = steps.map(|steps| u32::try_from(steps).unwrap_or(u32::MAX));
    Migrator::up(tx, steps).await.map_err(StoreError::doing("migrating"))
}
