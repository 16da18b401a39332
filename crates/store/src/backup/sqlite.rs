//! Backup of an SQLite file: a clean copy made by the database itself.

use super::{part_of, refuse};
use crate::db::Store;
use crate::error::Result;
use crate::sql::Sql;
use std::fs;
use std::io::Read;
use std::path::Path;

pub(super) async fn dump(store: &Store, path: &Path) -> Result<()> {
    let _ = fs::remove_file(path);
    let name = path.display().to_string();
    let copy = Sql::of(store.dialect(), "VACUUM INTO ?", [name.into()]);
    copy.execute(store.writer(), "writing a backup").await?;
    Ok(())
}

pub(super) async fn restore(target: &Path, path: &Path) -> Result<()> {
    check_header(path)?;
    if target.exists() {
        let why = format!(
            "the database {} is there already; move it away first, nothing was changed",
            target.display()
        );
        return Err(refuse(path, &why));
    }
    let part = part_of(target);
    fs::copy(path, &part).map_err(|error| refuse(path, &error.to_string()))?;
    let checked = check_whole(&part, path).await;
    if checked.is_err() {
        remove_database(&part);
    }
    checked?;
    fs::rename(&part, target).map_err(|error| refuse(path, &error.to_string()))?;
    remove_database(&part);
    Ok(())
}

fn check_header(path: &Path) -> Result<()> {
    let mut file = fs::File::open(path).map_err(|error| refuse(path, &error.to_string()))?;
    let mut header = [0_u8; 16];
    let read = file.read_exact(&mut header);
    if read.is_err() || &header != b"SQLite format 3\0" {
        return Err(refuse(
            path,
            "is not a backup of an SQLite register; expected a file that `cadastre backup` wrote",
        ));
    }
    Ok(())
}

async fn check_whole(part: &Path, path: &Path) -> Result<()> {
    let url = format!("sqlite://{}", part.display());
    let store = Store::open_or_create(&url).await?;
    let check = Sql::of(store.dialect(), "PRAGMA quick_check(1)", []);
    let answer = check.one(store.writer(), "checking a backup").await;
    let answer: String = match answer {
        Ok(Some(row)) => row.get(0)?,
        Ok(None) => String::new(),
        Err(error) => error.to_string(),
    };
    if answer != "ok" {
        return Err(refuse(path, &format!("is damaged ({answer}); use another backup")));
    }
    let state = store.schema_state().await?;
    store.close().await;
    match state {
        crate::db::SchemaState::Empty => Err(refuse(path, "holds no register")),
        _ => Ok(()),
    }
}

fn remove_database(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        let _ = fs::remove_file(name);
    }
}
