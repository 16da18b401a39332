//! Backup of a PostgreSQL register: JSON lines, one row each, from one snapshot.
//!
//! First line: what it is and its migrations. Last line: how many rows, and the SHA-256 of every byte
//! before it.

use super::{DAMAGED, refuse};
use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::schema::{SchemaState, migrate_in, migrations_known};
use crate::sql::{Dialect, Sql};
use sea_orm::{ConnectionTrait, IsolationLevel, TransactionTrait};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

const ROWS: usize = 2000;

#[derive(Serialize, Deserialize)]
struct Head {
    cadastre_backup: u32,
    migrations: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Table {
    table: String,
}

#[derive(Serialize, Deserialize)]
struct End {
    rows: u64,
    sha256: String,
}

pub(super) async fn dump(store: &Store, path: &Path) -> Result<()> {
    let fault = |error: std::io::Error| refuse(path, &error.to_string());
    let tx = store.writer().begin_with_config(Some(IsolationLevel::RepeatableRead), None).await;
    let tx = tx.map_err(StoreError::doing("writing a backup"))?;
    let file = File::options().write(true).open(path).map_err(fault)?;
    let mut out = Digesting { file: BufWriter::new(file), sha: Sha256::new() };
    let migrations = strings(&tx, "SELECT version FROM seaql_migrations ORDER BY 1").await?;
    out.line(&Head { cadastre_backup: 1, migrations }).map_err(fault)?;
    let mut rows = 0;
    for table in tables(&tx).await? {
        out.line(&Table { table: table.clone() }).map_err(fault)?;
        let cursor = format!("DECLARE dump CURSOR FOR SELECT row_to_json(t)::text FROM {table} t");
        execute(&tx, &cursor).await?;
        loop {
            let page = strings(&tx, &format!("FETCH {ROWS} FROM dump")).await?;
            for row in &page {
                out.text(row).map_err(fault)?;
            }
            rows += page.len() as u64;
            if page.is_empty() {
                break;
            }
        }
        execute(&tx, "CLOSE dump").await?;
    }
    out.finish(rows).map_err(fault)?;
    tx.commit().await.map_err(StoreError::doing("writing a backup"))
}

pub(super) async fn restore(url: &str, path: &Path) -> Result<()> {
    let head = check(path)?;
    let known = migrations_known();
    if let Some(migration) = head.migrations.iter().find(|name| !known.contains(*name)) {
        return Err(StoreError::Newer {
            url: path.display().to_string(),
            migration: migration.clone(),
        });
    }
    let store = Store::open_or_create(url).await?;
    let restored = restore_into(&store, &head, path).await;
    store.close().await;
    restored
}

/// Tables and rows in one transaction: all of it is there afterwards, or nothing.
async fn restore_into(store: &Store, head: &Head, path: &Path) -> Result<()> {
    let tx = store.begin_migration().await?;
    if store.schema_state().await? != SchemaState::Empty {
        return Err(refuse(path, "the database holds something already; name an empty one"));
    }
    migrate_in(&tx, Some(head.migrations.len())).await?;
    execute(&tx, "DELETE FROM register").await?;
    // With its schema: `record` alone is a type of PostgreSQL's own.
    let schema = strings(&tx, "SELECT quote_ident(current_schema())").await?.concat();
    let mut table = String::new();
    let mut page: Vec<String> = Vec::new();
    for line in lines(path)?.skip(1) {
        let line = line?;
        match kind_of(&line) {
            Line::Table(next) => {
                insert(&tx, &table, &mut page).await?;
                table = format!("{schema}.{next}");
            }
            Line::End(_) => {}
            Line::Row => page.push(line),
        }
        if page.len() == ROWS {
            insert(&tx, &table, &mut page).await?;
        }
    }
    insert(&tx, &table, &mut page).await?;
    for sequence in strings(&tx, SEQUENCES).await? {
        execute(&tx, &sequence).await?;
    }
    tx.commit().await.map_err(StoreError::doing("restoring a backup"))
}

/// A statement for each table with numbers of its own: the next number follows the greatest.
const SEQUENCES: &str = "SELECT format('SELECT setval(pg_get_serial_sequence(%L, %L), \
     coalesce((SELECT max(%I) FROM %I), 0) + 1, false)', table_name, column_name, column_name, \
     table_name) FROM information_schema.columns \
     WHERE table_schema = current_schema() AND is_identity = 'YES' ORDER BY 1";

async fn tables(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    strings(
        db,
        "SELECT quote_ident(table_name) FROM information_schema.tables \
         WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' \
         AND table_name <> 'seaql_migrations' ORDER BY 1",
    )
    .await
}

async fn insert(db: &impl ConnectionTrait, table: &str, page: &mut Vec<String>) -> Result<()> {
    if page.is_empty() {
        return Ok(());
    }
    let rows = format!("[{}]", page.join(","));
    page.clear();
    let text = format!(
        "INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, ?::json)"
    );
    Sql::of(Dialect::Postgres, &text, [rows.into()]).execute(db, "restoring rows").await?;
    Ok(())
}

async fn execute(db: &impl ConnectionTrait, text: &str) -> Result<()> {
    db.execute_unprepared(text).await.map_err(StoreError::doing("copying the register"))?;
    Ok(())
}

async fn strings(db: &impl ConnectionTrait, text: &str) -> Result<Vec<String>> {
    let rows = Sql::of(Dialect::Postgres, text, []).all(db, "copying the register").await?;
    rows.iter().map(|row| row.get(0)).collect()
}

fn lines(path: &Path) -> Result<impl Iterator<Item = Result<String>>> {
    let file = File::open(path).map_err(|error| refuse(path, &error.to_string()))?;
    let path = path.to_owned();
    Ok(BufReader::new(file).lines().map(move |line| {
        line.map_err(|error| match error.kind() {
            ErrorKind::InvalidData => refuse(&path, NOT_OURS),
            _ => refuse(&path, &error.to_string()),
        })
    }))
}

const NOT_OURS: &str = "is not a whole backup of a PostgreSQL register; expected a file that \
     `cadastre backup` wrote";

enum Line {
    Table(String),
    End(End),
    Row,
}

/// What a line after the first is. No table has a first column of these names.
fn kind_of(line: &str) -> Line {
    if line.starts_with("{\"table\":")
        && let Ok(Table { table }) = serde_json::from_str(line)
    {
        return Line::Table(table);
    }
    if line.starts_with("{\"rows\":")
        && let Ok(end) = serde_json::from_str(line)
    {
        return Line::End(end);
    }
    Line::Row
}

/// Reads the whole file once: it is ours, and its last line says that it is whole.
fn check(path: &Path) -> Result<Head> {
    let fault = |error: std::io::Error| refuse(path, &error.to_string());
    let mut lines = lines(path)?;
    let first = lines.next().transpose()?.unwrap_or_default();
    let head: Head = serde_json::from_str(&first).map_err(|_| refuse(path, NOT_OURS))?;
    let mut sha = Sha256::new();
    let mut rows = 0;
    let mut end = None;
    hash_line(&mut sha, &first);
    for line in lines {
        let line = line?;
        if end.is_some() {
            return Err(refuse(path, DAMAGED));
        }
        match kind_of(&line) {
            Line::End(last) => {
                end = Some(last);
                continue;
            }
            Line::Row => rows += 1,
            Line::Table(_) => {}
        }
        hash_line(&mut sha, &line);
    }
    let is_ended = ends_a_line(path).map_err(fault)?;
    match end {
        Some(end) if is_ended && end.rows == rows && end.sha256 == hex::encode(sha.finalize()) => {
            Ok(head)
        }
        _ => Err(refuse(path, DAMAGED)),
    }
}

fn ends_a_line(path: &Path) -> std::io::Result<bool> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn hash_line(sha: &mut Sha256, line: &str) {
    sha.update(line.as_bytes());
    sha.update(b"\n");
}

struct Digesting {
    file: BufWriter<File>,
    sha: Sha256,
}

impl Digesting {
    fn line(&mut self, value: &impl Serialize) -> std::io::Result<()> {
        let text = serde_json::to_string(value)?;
        self.text(&text)
    }

    fn text(&mut self, text: &str) -> std::io::Result<()> {
        hash_line(&mut self.sha, text);
        writeln!(self.file, "{text}")
    }

    fn finish(mut self, rows: u64) -> std::io::Result<()> {
        let end = End { rows, sha256: hex::encode(self.sha.finalize()) };
        writeln!(self.file, "{}", serde_json::to_string(&end)?)?;
        self.file.flush()?;
        self.file.get_ref().sync_all()
    }
}
