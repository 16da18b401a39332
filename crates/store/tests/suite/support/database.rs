//! A database of a test's own, of either sort, and a way past the store into it.

use cadastre_store::{Dialect, Store};
use cadastre_tests::postgres::Database;
use cadastre_tests::rows::Rows;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row, SqliteConnection};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A database, migrated and open, with a folder beside it. Gone when dropped.
pub struct Lab {
    pub store: Store,
    url: String,
    folder: TempDir,
    _database: Option<Database>,
}

impl Lab {
    /// An SQLite file.
    pub async fn sqlite() -> Lab {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("register.db").display());
        Lab::migrated(url, folder, None).await
    }

    /// A PostgreSQL database; `None`, and a note of NOT RUN, if the lab has none.
    pub async fn postgres() -> Option<Lab> {
        let database = Database::create()?;
        Some(Lab::migrated(database.url(), TempDir::new().unwrap(), Some(database)).await)
    }

    async fn migrated(url: String, folder: TempDir, database: Option<Database>) -> Lab {
        let store = Store::open_or_create(&url).await.unwrap();
        store.migrate(folder.path()).await.unwrap();
        Lab { store, url, folder, _database: database }
    }

    /// The same database, through connections that know nothing of it yet.
    pub async fn reopened(self) -> Lab {
        self.store.clone().close().await;
        Lab { store: Store::open(&self.url).await.unwrap(), ..self }
    }

    /// Another database of the same sort, with nothing in it, and what keeps it alive.
    pub fn empty(&self) -> (String, Option<Database>) {
        match self.store.dialect() {
            Dialect::Sqlite => (format!("sqlite://{}", self.path("empty.db").display()), None),
            Dialect::Postgres => {
                let database = Database::create().unwrap();
                (database.url(), Some(database))
            }
        }
    }

    pub fn is_sqlite(&self) -> bool {
        self.store.dialect() == Dialect::Sqlite
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Every row of the database.
    pub fn rows(&self) -> Rows {
        rows_of(&self.url)
    }

    /// Runs statements past the store.
    pub async fn raw(&self, sql: &str) {
        raw(&self.url, sql).await;
    }

    /// The first column of a statement past the store, as text; nothing for NULL.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let sql = format!("SELECT coalesce(CAST(c.one AS TEXT), '') FROM ({sql}) c (one)");
        match cadastre_store::sqlite_path(&self.url) {
            Some(file) => {
                let sql = sql.replace(") c (one)", ") c").replace("c.one", "one");
                let mut connection = sqlite(&file).await;
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await;
                rows.unwrap().iter().map(|row| row.get(0)).collect()
            }
            None => {
                let mut connection = PgConnection::connect(&self.url).await.unwrap();
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await;
                rows.unwrap().iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// How PostgreSQL carries a statement out, a step a line.
    pub async fn plan_of(&self, sql: &str) -> String {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        let explain = AssertSqlSafe(format!("EXPLAIN {sql}"));
        let rows = sqlx::query(explain).fetch_all(&mut connection).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n")
    }

    /// Takes all rows out, as if the database had just been made; numbers handed out by the
    /// database go on.
    pub async fn reset(&self) {
        let tables = match self.is_sqlite() {
            true => {
                "SELECT name AS one FROM sqlite_master WHERE type = 'table' \
                 AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search_index%'"
            }
            false => "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
        };
        let mut sql = String::new();
        for table in self.texts(tables).await {
            if !["register", "seaql_migrations"].contains(&table.as_str()) {
                sql += &format!("DELETE FROM {table};");
            }
        }
        sql += "UPDATE register SET rev = 0, committed_at = 0, next_record = 1, next_asset = 1;";
        self.raw(&format!("BEGIN; {sql} COMMIT")).await;
    }
}

/// Every row of a database.
pub fn rows_of(url: &str) -> Rows {
    match cadastre_store::sqlite_path(url) {
        Some(file) => Rows::of_sqlite(&file),
        None => Rows::of_postgres(url),
    }
}

/// Runs statements on a database past the store.
pub async fn raw(url: &str, sql: &str) {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    match cadastre_store::sqlite_path(url) {
        Some(file) => {
            let mut connection = sqlite(&file).await;
            sql.execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        None => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sql.execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

async fn sqlite(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).connect().await.unwrap()
}
