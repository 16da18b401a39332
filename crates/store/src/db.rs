//! Opening a database: connections, their settings, its version.

use crate::error::{Result, StoreError};
use crate::gate::Gate;
use crate::sql::{Dialect, Sql};
use cadastre_migrations::Migrator;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use sea_orm_migration::MigratorTrait;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The register. Cheap to clone; all clones share connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    read: DatabaseConnection,
    write: DatabaseConnection,
    dialect: Dialect,
    gate: Gate,
    address: String,
    file: Option<PathBuf>,
}

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
    /// Opens a database for use; it must be there and of this version.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Older`], [`StoreError::Newer`], or what the database
    /// says.
    pub async fn open(url: &str) -> Result<Store> {
        let store = Store::connect(url, false).await?;
        match store.schema_state().await? {
            SchemaState::Current => Ok(store),
            SchemaState::Older(_) => Err(StoreError::Older { url: store.inner.address.clone() }),
            SchemaState::Empty => Err(StoreError::Missing { url: store.inner.address.clone() }),
        }
    }

    /// Opens a database, making an SQLite file if there is none, in whatever state it is. Call
    /// [`Store::migrate`] next.
    ///
    /// # Errors
    /// [`StoreError::Address`] or what the database says.
    pub async fn open_or_create(url: &str) -> Result<Store> {
        Store::connect(url, true).await
    }

    async fn connect(url: &str, create: bool) -> Result<Store> {
        let address = without_password(url);
        if let Some(path) = sqlite_path(url) {
            return Store::connect_sqlite(path, address, create).await;
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Store::connect_postgres(url, address).await;
        }
        Err(StoreError::Address { url: address })
    }

    async fn connect_sqlite(path: PathBuf, address: String, create: bool) -> Result<Store> {
        if !create && !path.exists() {
            return Err(StoreError::Missing { url: address });
        }
        let url = format!("sqlite://{}?mode=rwc", path.display());
        let write = sqlite_pool(&url, 1, SQLITE_WRITER_CACHE_KIB).await;
        let write = write.map_err(StoreError::doing(format!("opening {address}")))?;
        let read = sqlite_pool(&url, SQLITE_READERS, SQLITE_READER_CACHE_KIB).await;
        let read = read.map_err(StoreError::doing(format!("opening {address}")))?;
        let inner = Inner {
            read,
            write,
            dialect: Dialect::Sqlite,
            gate: Gate::default(),
            address,
            file: Some(path),
        };
        Ok(Store { inner: Arc::new(inner) })
    }

    async fn connect_postgres(url: &str, address: String) -> Result<Store> {
        let mut options = ConnectOptions::new(url.to_owned());
        options
            .max_connections(POSTGRES_CONNECTIONS)
            .connect_timeout(Duration::from_secs(10))
            .acquire_timeout(Duration::from_secs(30))
            .sqlx_logging(false)
            .record_stmt_in_spans(false)
            .map_sqlx_postgres_opts(|options| options.statement_cache_capacity(256));
        let pool = Database::connect(options).await;
        let pool = pool.map_err(StoreError::doing(format!("connecting to {address}")))?;
        let inner = Inner {
            read: pool.clone(),
            write: pool,
            dialect: Dialect::Postgres,
            gate: Gate::default(),
            address,
            file: None,
        };
        Ok(Store { inner: Arc::new(inner) })
    }

    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.inner.read
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.inner.write
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.inner.gate
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.inner.dialect
    }

    /// Where it is, without a password.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.inner.address
    }

    /// The database file, if it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.inner.file.as_deref()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// What the database says.
    pub async fn ping(&self) -> Result<()> {
        Sql::of(self.dialect(), "SELECT 1", []).number(self.reader(), "asking for a sign").await?;
        Ok(())
    }

    /// How the database's version stands to this program's.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if it knows a migration that this version does not.
    pub async fn schema_state(&self) -> Result<SchemaState> {
        let known = self.migrations_known();
        let applied = self.applied_migrations().await?;
        if let Some(migration) = applied.iter().find(|name| !known.contains(*name)) {
            return Err(StoreError::Newer {
                url: self.inner.address.clone(),
                migration: migration.clone(),
            });
        }
        Ok(match known.len() - applied.len() {
            _ if applied.is_empty() => SchemaState::Empty,
            0 => SchemaState::Current,
            due => SchemaState::Older(due),
        })
    }

    /// The migrations this version knows.
    pub(crate) fn migrations_known(&self) -> BTreeSet<String> {
        Migrator::migrations().iter().map(|one| one.name().to_owned()).collect()
    }

    /// Brings an empty database to the state after its first `steps` migrations.
    pub(crate) async fn migrate_to(&self, steps: usize) -> Result<()> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        Migrator::up(self.writer(), Some(steps)).await.map_err(StoreError::doing("migrating"))
    }

    /// Closes all connections.
    pub async fn close(self) {
        for pool in [&self.inner.read, &self.inner.write] {
            if let Err(error) = pool.close_by_ref().await {
                tracing::debug!(%error, "closing the database");
            }
        }
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
    /// beside itself (SQLite) or to `backup_dir`; the backup's path is returned.
    ///
    /// # Errors
    /// [`StoreError::Newer`], a backup that cannot be written, or what the database says; then
    /// nothing was changed.
    pub async fn migrate(&self, backup_dir: &Path) -> Result<Option<PathBuf>> {
        let backup = match self.schema_state().await? {
            SchemaState::Current => return Ok(None),
            SchemaState::Empty => None,
            SchemaState::Older(due) => {
                let path = backup_dir.join(format!("before-migration-{due}-due.cadastre-backup"));
                self.backup(&path).await?;
                Some(path)
            }
        };
        Migrator::up(self.writer(), None).await.map_err(StoreError::doing("migrating"))?;
        Ok(backup)
    }
}

const SQLITE_READERS: u32 = 4;
const SQLITE_WRITER_CACHE_KIB: u32 = 65_536;
const SQLITE_READER_CACHE_KIB: u32 = 16_384;
const POSTGRES_CONNECTIONS: u32 = 8;

async fn sqlite_pool(
    url: &str,
    connections: u32,
    cache_kib: u32,
) -> std::result::Result<DatabaseConnection, sea_orm::DbErr> {
    let mut options = ConnectOptions::new(url.to_owned());
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |options| {
            options
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(30))
                .statement_cache_capacity(256)
                .pragma("cache_size", format!("-{cache_kib}"))
                .pragma("temp_store", "MEMORY")
                .pragma("wal_autocheckpoint", "4000")
        });
    let pool = Database::connect(options).await?;
    pool.execute_unprepared("PRAGMA optimize").await?;
    Ok(pool)
}

/// The file of an SQLite address.
#[must_use]
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    let path = path.split('?').next().unwrap_or_default();
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// The address with its password blotted out.
#[must_use]
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((login, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    match login.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{host}"),
        None => url.to_owned(),
    }
}
