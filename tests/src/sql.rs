//! Statements sent to a register's database past the product: to look into it, or to harm it.
//!
//! It exists for what no command shows or does: that a row is there once, that a log that was
//! tampered with is found out. Each call connects anew, so that it may be used while the product
//! is killed and started again.
//!
//! Neighbour: [`crate::rows`] reads whole databases to compare them.

use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

/// A database, by its address: `sqlite:///...` or `postgres://...`.
#[derive(Debug, Clone)]
pub struct Sql(String);

impl Sql {
    /// The database at an address. It must be there when it is asked.
    pub fn at(address: &str) -> Self {
        Self(address.to_owned())
    }

    /// The first column of each row, as numbers. Panics if that cannot be read.
    pub fn numbers(&self, query: &str) -> Vec<i64> {
        let (address, query) = (self.0.clone(), query.to_owned());
        blocking(async move {
            let query = AssertSqlSafe(query);
            if is_postgres(&address) {
                let mut connection = PgConnection::connect(&address).await?;
                return sqlx::query_scalar(query).fetch_all(&mut connection).await;
            }
            let mut connection = sqlite(&address)?.connect().await?;
            sqlx::query_scalar(query).fetch_all(&mut connection).await
        })
    }

    /// The one number that a query gives.
    #[track_caller]
    pub fn number(&self, query: &str) -> i64 {
        match self.numbers(query)[..] {
            [number] => number,
            ref other => panic!("{query} gives {other:?}, not one number"),
        }
    }

    /// The first column of each row, as text. Panics if that cannot be read.
    pub fn texts(&self, query: &str) -> Vec<String> {
        let (address, query) = (self.0.clone(), query.to_owned());
        blocking(async move {
            let query = AssertSqlSafe(query);
            if is_postgres(&address) {
                let mut connection = PgConnection::connect(&address).await?;
                return sqlx::query_scalar(query).fetch_all(&mut connection).await;
            }
            let mut connection = sqlite(&address)?.connect().await?;
            sqlx::query_scalar(query).fetch_all(&mut connection).await
        })
    }

    /// Carries out statements. Panics if one fails.
    pub fn execute(&self, statements: &str) {
        let (address, statements) = (self.0.clone(), statements.to_owned());
        blocking(async move {
            let statements = sqlx::raw_sql(AssertSqlSafe(statements));
            if is_postgres(&address) {
                let mut connection = PgConnection::connect(&address).await?;
                return statements.execute(&mut connection).await.map(drop);
            }
            let mut connection = sqlite(&address)?.connect().await?;
            statements.execute(&mut connection).await?;
            connection.close().await
        });
    }
}

fn is_postgres(address: &str) -> bool {
    address.starts_with("postgres")
}

fn sqlite(address: &str) -> Result<SqliteConnectOptions, sqlx::Error> {
    Ok(SqliteConnectOptions::from_str(address)?.busy_timeout(Duration::from_secs(30)))
}

/// Runs it on a thread of its own: the caller may stand inside an async runtime.
fn blocking<T: Send>(asking: impl Future<Output = Result<T, sqlx::Error>> + Send) -> T {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be built");
        runtime.block_on(asking)
    };
    std::thread::scope(|scope| scope.spawn(run).join())
        .expect("the asking thread ends")
        .unwrap_or_else(|error| panic!("the database cannot be asked: {error}"))
}
