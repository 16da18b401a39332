//! Opening a database: connections, their settings, its version.

use crate::error::{Result, StoreError};
use crate::file::create_private;
use crate::gate::Gate;
use crate::present::Present;
use crate::schema::SchemaState;
use crate::sql::{Dialect, Sql};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sqlx::Connection;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
    statements: Arc<AtomicU64>,
    present: Present,
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
            SchemaState::Current => {
                store.refresh_statistics().await;
                Ok(store)
            }
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
        if create
            && let Err(error) = create_private(&path)
            && error.kind() != ErrorKind::AlreadyExists
        {
            let why = format!("opening {address}: {error}; name a file in a folder that is there");
            return Err(StoreError::Refused(why));
        }
        let statements = Arc::new(AtomicU64::new(0));
        let fault = || {
            let url = address.clone();
            move |error: DbErr| {
                let why = match &error {
                    DbErr::Conn(RuntimeErr::SqlxError(said)) => in_its_words(said),
                    other => other.to_string(),
                };
                StoreError::Unusable { url, why }
            }
        };
        let write = sqlite_pool(&path, 1, SQLITE_WRITER_CACHE_KIB).await;
        let write = write.map_err(fault())?;
        let read = sqlite_pool(&path, SQLITE_READERS, SQLITE_READER_CACHE_KIB).await;
        let inner = Inner {
            read: counted(read.map_err(fault())?, &statements),
            write: counted(write, &statements),
            dialect: Dialect::Sqlite,
            gate: Gate::default(),
            address,
            file: Some(path),
            statements,
            present: Present::default(),
        };
        Ok(Store { inner: Arc::new(inner) })
    }

    async fn connect_postgres(url: &str, address: String) -> Result<Store> {
        // The pool would try for half a minute and then only say that it waited.
        answers(url, &address).await?;
        let mut options = ConnectOptions::new(url.to_owned());
        options
            .max_connections(POSTGRES_CONNECTIONS)
            .connect_timeout(CONNECT_PATIENCE)
            .acquire_timeout(Duration::from_secs(30))
            .sqlx_logging(false)
            .record_stmt_in_spans(false)
            .map_sqlx_postgres_opts(|options| options.statement_cache_capacity(256));
        let pool = Database::connect(options).await;
        let pool = pool.map_err(StoreError::doing(format!("connecting to {address}")))?;
        let statements = Arc::new(AtomicU64::new(0));
        let pool = counted(pool, &statements);
        let inner = Inner {
            read: pool.clone(),
            write: pool,
            dialect: Dialect::Postgres,
            gate: Gate::default(),
            address,
            file: None,
            statements,
            present: Present::default(),
        };
        Ok(Store { inner: Arc::new(inner) })
    }

    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.inner.read
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.inner.write
    }

    pub(crate) fn present(&self) -> &Present {
        &self.inner.present
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

    /// Statements sent to the database by this process since it was opened.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.inner.statements.load(Ordering::Relaxed)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// What the database says.
    pub async fn ping(&self) -> Result<()> {
        let sign = Sql::of(self.dialect(), "SELECT CAST(1 AS BIGINT)", []);
        sign.number(self.reader(), "asking for a sign").await?;
        Ok(())
    }

    /// SQLite renews what it knows of its tables only when asked; it looks at the little that it must.
    /// PostgreSQL does so by itself.
    async fn refresh_statistics(&self) {
        if self.dialect() == Dialect::Sqlite
            && let Err(error) = self.writer().execute_unprepared("PRAGMA optimize").await
        {
            tracing::debug!(%error, "the statistics of tables stay as they were");
        }
    }

    /// After much was written: whoever looks from now on is shown it. Renews what SQLite knows of its
    /// tables, and gives back the memory its writer took to write; PostgreSQL does both by itself.
    pub async fn settle(&self) {
        match self.newest().await {
            Ok(newest) => self.present().expect_by_everybody(newest),
            Err(error) => tracing::debug!(%error, "what was written is shown when it is read"),
        }
        self.refresh_statistics().await;
        if self.dialect() == Dialect::Sqlite
            && let Err(error) = self.writer().execute_unprepared("PRAGMA shrink_memory").await
        {
            tracing::debug!(%error, "the writer keeps its memory");
        }
    }

    /// Takes a turn to write, and writes nothing: a register that may only be read is found out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn check_writable(&self) -> Result<()> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let begun = self.writer().begin_with_options(options).await;
        let begun = begun.map_err(StoreError::doing("beginning to write"))?;
        begun.rollback().await.map_err(StoreError::doing("beginning to write"))
    }

    /// Closes all connections. SQLite then brings what stands in its log into the file.
    pub async fn close(self) {
        for pool in [&self.inner.read, &self.inner.write] {
            if let Err(error) = pool.close_by_ref().await {
                tracing::debug!(%error, "closing the database");
            }
        }
    }
}

const SQLITE_READERS: u32 = 4;
const SQLITE_WRITER_CACHE_KIB: u32 = 65_536;
const SQLITE_READER_CACHE_KIB: u32 = 8_192;
/// Rows that the thread which reads the file may be ahead of who asked.
const SQLITE_ROWS_AHEAD: usize = 1024;
const POSTGRES_CONNECTIONS: u32 = 8;
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// Connects once, to learn at once and in its own words why the server does not let us in.
async fn answers(url: &str, address: &str) -> Result<()> {
    let unreachable = |why: String| StoreError::Unreachable { url: address.to_owned(), why };
    let connecting = sqlx::PgConnection::connect(url);
    let connection = tokio::time::timeout(CONNECT_PATIENCE, connecting).await.map_err(|_| {
        unreachable(format!("no answer within {} seconds", CONNECT_PATIENCE.as_secs()))
    })?;
    let connection = connection.map_err(|error| unreachable(in_its_words(&error)))?;
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "closing the first connection");
    }
    Ok(())
}

/// Without what only its developers ask about, such as the line of its source.
fn in_its_words(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(said) => said.message().to_owned(),
        sqlx::Error::Io(said) => said.to_string(),
        other => other.to_string(),
    }
}

async fn sqlite_pool(
    path: &Path,
    connections: u32,
    cache_kib: u32,
) -> std::result::Result<DatabaseConnection, sea_orm::DbErr> {
    let path = path.to_owned();
    // The address is put in below, so that no character of the path has a meaning of its own.
    let mut options = ConnectOptions::new("sqlite://database");
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |options| {
            options
                .filename(&path)
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(30))
                .statement_cache_capacity(256)
                .row_buffer_size(SQLITE_ROWS_AHEAD)
                .pragma("cache_size", format!("-{cache_kib}"))
                .pragma("temp_store", "MEMORY")
                .pragma("wal_autocheckpoint", "4000")
        });
    Database::connect(options).await
}

/// Counts the statements of a pool, and tells them to whoever listens at trace level (their text,
/// never their values).
fn counted(mut pool: DatabaseConnection, statements: &Arc<AtomicU64>) -> DatabaseConnection {
    let statements = statements.clone();
    pool.set_metric_callback(move |info| {
        statements.fetch_add(1, Ordering::Relaxed);
        tracing::trace!(
            target: "cadastre_store::sql",
            sql = info.statement.sql.as_str(),
            micros = info.elapsed.as_micros(),
            failed = info.failed,
        );
    });
    pool
}

/// The file of an SQLite address.
#[must_use]
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    let path = path.split('?').next().unwrap_or_default();
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// The address with its passwords blotted out.
#[must_use]
pub fn without_password(url: &str) -> String {
    let (base, parameters) = match url.split_once('?') {
        Some((base, parameters)) => (base, Some(parameters)),
        None => (url, None),
    };
    let base = match base.split_once("://").and_then(|(scheme, rest)| {
        let (login, host) = rest.rsplit_once('@')?;
        Some((scheme, login.split_once(':')?.0, host))
    }) {
        Some((scheme, user, host)) => format!("{scheme}://{user}:***@{host}"),
        None => base.to_owned(),
    };
    let Some(parameters) = parameters else { return base };
    let blotted = parameters.split('&').map(|one| match one.split_once('=') {
        Some(("password", _)) => "password=***",
        _ => one,
    });
    format!("{base}?{}", blotted.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            ("postgres://u:p@ss@host/db", "postgres://u:***@host/db"),
            ("postgres://u@host/db", "postgres://u@host/db"),
            ("postgres://host/db?user=u&password=p", "postgres://host/db?user=u&password=***"),
            ("sqlite:///var/lib/x.db", "sqlite:///var/lib/x.db"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
