//! A PostgreSQL database of a test's own, on the lab's server.
//!
//! Tests run side by side, so none may share tables; a database costs some
//! 50 ms. It knows nothing of what is stored in it.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, PgConnection};

static MADE: AtomicU32 = AtomicU32::new(0);

/// An empty database, dropped with everything in it when this is dropped.
#[derive(Debug)]
pub struct Database {
    name: String,
    server: String,
}

impl Database {
    /// Makes one. `None`, and a note of NOT RUN, if the lab has no PostgreSQL.
    pub fn create() -> Option<Self> {
        let server = crate::lab::variable_or_not_run("CADASTRE_LAB_POSTGRES", "PostgreSQL")?;
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("cadastre_test_{}_{number}", std::process::id());
        // A test killed earlier under the same process id may have left one.
        execute(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        execute(&server, &format!("CREATE DATABASE {name}"));
        Some(Self { name, server })
    }

    /// Its address, `postgres://...`.
    pub fn url(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').expect("the lab's address names a database");
        format!("{server}/{}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        execute(&self.server, &statement);
    }
}

/// Runs one statement on a thread of its own: the caller may stand inside an
/// async runtime, where blocking on another is refused.
fn execute(server: &str, statement: &str) {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be built");
        runtime.block_on(async {
            let mut connection = PgConnection::connect(server).await?;
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await?;
            connection.close().await
        })
    };
    std::thread::scope(|scope| scope.spawn(run).join())
        .expect("the statement's thread ends")
        .unwrap_or_else(|error: sqlx::Error| {
            panic!("{statement} on {server}: {error}; is the lab up? run `make lab`")
        });
}
