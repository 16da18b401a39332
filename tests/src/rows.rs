//! Every row of a database, read past the product.
//!
//! It exists to show what a command wrote and, above all, what it did not: a count misses an
//! update, a digest says that something changed but not what. The tests' estates are small, so the
//! rows themselves are kept and a difference names them. It knows no table by name.
//!
//! Neighbours: [`crate::postgres`] makes the databases; `cadastre` alone writes to them.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row, SqliteConnection};

/// Table → its rows as text, in the order of that text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows(BTreeMap<String, Vec<String>>);

/// What became of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Rows that were not there before, an updated row's new state among them.
    pub added: Vec<String>,
    /// Rows that are no longer there, an updated row's old state among them.
    pub removed: Vec<String>,
}

impl Rows {
    /// Those of an SQLite file. Panics if it cannot be read.
    pub fn of_sqlite(file: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        blocking(async move {
            let mut connection = options.connect().await?;
            let rows = read_sqlite(&mut connection).await?;
            connection.close().await?;
            Ok(rows)
        })
    }

    /// Those of a PostgreSQL database, `postgres://...`. Panics if it cannot be read.
    pub fn of_postgres(url: &str) -> Self {
        let url = url.to_owned();
        blocking(async move {
            let mut connection = PgConnection::connect(&url).await?;
            let rows = read_postgres(&mut connection).await?;
            connection.close().await?;
            Ok(rows)
        })
    }

    /// How many rows a table has. Panics if there is no such table.
    pub fn count(&self, table: &str) -> usize {
        self.0.get(table).unwrap_or_else(|| panic!("there is no table {table}")).len()
    }

    /// The tables with a row that holds this text.
    pub fn tables_with(&self, text: &str) -> Vec<&str> {
        let holds = |rows: &&Vec<String>| rows.iter().any(|row| row.contains(text));
        self.0.iter().filter(|(_, rows)| holds(rows)).map(|(table, _)| table.as_str()).collect()
    }

    /// Tables that are not as they were, and how.
    pub fn since(&self, before: &Self) -> BTreeMap<String, Changed> {
        let none = Vec::new();
        let tables = self.0.keys().chain(before.0.keys());
        tables
            .map(|table| {
                let was = before.0.get(table).unwrap_or(&none);
                let is = self.0.get(table).unwrap_or(&none);
                (table.clone(), Changed { added: without(is, was), removed: without(was, is) })
            })
            .filter(|(_, changed)| !(changed.added.is_empty() && changed.removed.is_empty()))
            .collect()
    }
}

/// The rows of `these` that `those` lacks, counted: a row twice here and once there is one.
fn without(these: &[String], those: &[String]) -> Vec<String> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for row in those {
        *left.entry(row).or_default() += 1;
    }
    let is_new = |row: &&String| match left.get_mut(row.as_str()) {
        Some(number) if *number > 0 => {
            *number -= 1;
            false
        }
        _ => true,
    };
    these.iter().filter(is_new).cloned().collect()
}

async fn read_sqlite(connection: &mut SqliteConnection) -> Result<Rows, sqlx::Error> {
    // A virtual table's rows stand in the ordinary tables behind it, which are read. SQLite's own
    // tables are not: it keeps statistics and counters there as it sees fit.
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' \
                  AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
                  AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name";
    let mut rows = BTreeMap::new();
    for table in sqlx::query(tables).fetch_all(&mut *connection).await? {
        let table: String = table.get(0);
        let columns = sqlx::query("SELECT name FROM pragma_table_info(?)")
            .bind(&table)
            .fetch_all(&mut *connection)
            .await?;
        let columns: Vec<String> = columns
            .iter()
            .map(|column| format!("'{0}=' || quote(\"{0}\")", column.get::<String, _>(0)))
            .collect();
        let text = format!("SELECT {} FROM \"{table}\"", columns.join(" || ' ' || "));
        let found = sqlx::query(AssertSqlSafe(text)).fetch_all(&mut *connection).await?;
        rows.insert(table, sorted(found.iter().map(|row| row.get(0))));
    }
    Ok(Rows(rows))
}

async fn read_postgres(connection: &mut PgConnection) -> Result<Rows, sqlx::Error> {
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
    let mut rows = BTreeMap::new();
    for table in sqlx::query(tables).fetch_all(&mut *connection).await? {
        let table: String = table.get(0);
        let text = format!("SELECT t::text FROM \"{table}\" t");
        let found = sqlx::query(AssertSqlSafe(text)).fetch_all(&mut *connection).await?;
        rows.insert(table, sorted(found.iter().map(|row| row.get(0))));
    }
    Ok(Rows(rows))
}

fn sorted(rows: impl Iterator<Item = String>) -> Vec<String> {
    let mut rows: Vec<String> = rows.collect();
    rows.sort();
    rows
}

/// Runs it on a thread of its own: the caller may stand inside an async runtime.
fn blocking(reading: impl Future<Output = Result<Rows, sqlx::Error>> + Send) -> Rows {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be built");
        runtime.block_on(reading)
    };
    std::thread::scope(|scope| scope.spawn(run).join())
        .expect("the reading thread ends")
        .unwrap_or_else(|error| panic!("the database cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(table: &str, rows: &[&str]) -> Rows {
        let rows = rows.iter().map(|row| (*row).to_owned()).collect();
        Rows(BTreeMap::from([(table.to_owned(), rows)]))
    }

    #[test]
    fn an_update_is_a_row_removed_and_one_added() {
        let before = rows("plot", &["a", "b", "b"]);
        assert_eq!(before.since(&before), BTreeMap::new());
        let after = rows("plot", &["a", "b", "c"]);
        let changed = Changed { added: vec!["c".to_owned()], removed: vec!["b".to_owned()] };
        assert_eq!(after.since(&before), BTreeMap::from([("plot".to_owned(), changed)]));
    }

    #[tokio::test]
    async fn sqlite_is_read_whole() {
        let home = tempfile::TempDir::new().unwrap();
        let file = home.path().join("x.db");
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let mut connection = options.connect().await.unwrap();
        let make = "CREATE TABLE plot (id INTEGER, name TEXT, paper BLOB); \
                    INSERT INTO plot VALUES (1, 'it''s', x'00ff'), (2, NULL, NULL); \
                    CREATE VIRTUAL TABLE found USING fts5(words); \
                    INSERT INTO found VALUES ('one two')";
        sqlx::raw_sql(make).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let rows = Rows::of_sqlite(&file);
        assert_eq!(
            rows.0["plot"],
            ["id=1 name='it''s' paper=X'00FF'", "id=2 name=NULL paper=NULL"]
        );
        assert_eq!(rows.tables_with("one two"), ["found_content"]);
    }
}
