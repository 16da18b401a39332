//! Bare inserts: the rows that a run wrote, put into an empty register of the same schema by
//! prepared statements and nothing else. What a run takes beyond this is ours.
//!
//! Rows are read back revision by revision, which is batch by batch; only the inserts are timed.

use crate::Outcome;
use cadastre_service::store::Store;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::path::Path;
use std::time::{Duration, Instant};

/// As the store's writing connection is set (`crates/store/src/db.rs`).
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;";

/// Tables whose rows name their revision, and how.
const BY_REVISION: [(&str, &str); 15] = [
    ("rev", "rev"),
    ("asset_version", "rev_from"),
    ("change", "rev"),
    ("term", "rev_from"),
    ("search_text", "rev_from"),
    ("interface", "rev_from"),
    ("record_version", "rev_from"),
    ("identifier", "rev_from"),
    ("claim", "rev_from"),
    ("link", "rev_from"),
    ("held", "rev_from"),
    ("held_tag", "rev_from"),
    ("held_port", "rev_from"),
    ("touched", "rev"),
    ("conflict", "opened_at"),
];

/// Tables whose rows do not: told by the rows they were written with.
const BY_OTHERS: [(&str, &str); 3] = [
    ("asset", "id IN (SELECT asset_id FROM asset_version WHERE rev_from = ?1)"),
    ("record", "key IN (SELECT record_key FROM record_version WHERE rev_from = ?1)"),
    ("audit", "json_extract(detail, '$.rev') = ?1"),
];

struct Table {
    select: String,
    insert: String,
}

/// Inserts the rows of the register in `file` into a fresh one and prints rows and seconds.
pub fn bare(file: &Path) -> Outcome<()> {
    let folder = tempfile::Builder::new().prefix("cadastre-bare-").tempdir()?;
    let source = copy_indexed(file, &folder.path().join("copy.db"))?;
    let fresh = folder.path().join("bare.db");
    make_schema(&fresh, folder.path())?;
    let mut target = Connection::open(&fresh)?;
    target.execute_batch(PRAGMAS)?;
    let tables = tables(&source)?;
    let revisions = source
        .prepare("SELECT rev FROM rev WHERE run_id IS NOT NULL ORDER BY rev")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let (mut rows, mut time) = (0, Duration::ZERO);
    for revision in revisions {
        let batch = tables
            .iter()
            .map(|table| read(&source, table, revision))
            .collect::<Outcome<Vec<_>>>()?;
        let began = Instant::now();
        let transaction = target.transaction()?;
        for (table, batch) in tables.iter().zip(&batch) {
            let mut insert = transaction.prepare_cached(&table.insert)?;
            for row in batch {
                insert.execute(params_from_iter(row))?;
            }
            rows += batch.len();
        }
        transaction.commit()?;
        time += began.elapsed();
    }
    println!("{}", serde_json::json!({ "rows": rows, "seconds": time.as_secs_f64() }));
    Ok(())
}

/// A copy of the register in which a revision's rows are found at once.
fn copy_indexed(file: &Path, copy: &Path) -> Outcome<Connection> {
    let original = Connection::open(file)?;
    original.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
    let source = Connection::open(copy)?;
    source.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    for (table, column) in BY_REVISION {
        source.execute_batch(&format!("CREATE INDEX bare_{table} ON {table} ({column})"))?;
    }
    Ok(source)
}

fn make_schema(file: &Path, folder: &Path) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open_or_create(&format!("sqlite://{}", file.display())).await?;
        store.migrate(folder).await?;
        store.close().await;
        Ok(())
    })
}

fn tables(source: &Connection) -> Outcome<Vec<Table>> {
    let by_revision =
        BY_REVISION.map(|(table, column)| (table, format!("{column} = ?1"))).into_iter();
    let by_others = BY_OTHERS.map(|(table, condition)| (table, condition.to_owned())).into_iter();
    by_revision
        .chain(by_others)
        .map(|(table, condition)| {
            let columns = source.prepare(&format!("SELECT * FROM {table}"))?.column_count();
            let places = vec!["?"; columns].join(", ");
            Ok(Table {
                select: format!("SELECT * FROM {table} WHERE {condition}"),
                insert: format!("INSERT INTO {table} VALUES ({places})"),
            })
        })
        .collect()
}

fn read(source: &Connection, table: &Table, revision: i64) -> Outcome<Vec<Vec<Value>>> {
    let mut select = source.prepare_cached(&table.select)?;
    let columns = select.column_count();
    let rows = select.query_map([revision], |row| (0..columns).map(|at| row.get(at)).collect())?;
    Ok(rows.collect::<Result<_, _>>()?)
}
