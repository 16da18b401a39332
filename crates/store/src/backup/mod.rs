//! Backup and restore. SQLite writes a clean copy of its file; PostgreSQL is dumped row by row into
//! one file. Either ends with the digest of all before it, so that a file cut short or changed is
//! refused.

mod postgres;
mod sqlite;

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::file::create_private;
use crate::sql::Dialect;
use std::fs::File;
use std::path::{Path, PathBuf};

impl Store {
    /// Writes a backup of the whole register, as it stands at this moment; writers go on meanwhile.
    /// The file appears under its name only when it is whole.
    ///
    /// # Errors
    /// [`StoreError::Backup`] if the file is there already or cannot be written, or what the
    /// database says.
    pub async fn backup(&self, path: &Path) -> Result<()> {
        if path.exists() {
            return Err(refuse(path, "is there already; name a new file"));
        }
        let part = part_of(path);
        let _ = std::fs::remove_file(&part);
        create_private(&part).map_err(|error| refuse(path, &error.to_string()))?;
        let done = match self.dialect() {
            Dialect::Sqlite => sqlite::dump(self, &part).await,
            Dialect::Postgres => postgres::dump(self, &part).await,
        };
        let done = done.and_then(|()| {
            std::fs::rename(&part, path).map_err(|error| refuse(path, &error.to_string()))
        });
        if done.is_err() {
            let _ = std::fs::remove_file(&part);
        }
        done?;
        sync_folder_of(path);
        Ok(())
    }

    /// Restores a backup into the database at `url`, which must hold nothing yet. Whatever goes
    /// wrong, nothing is left behind.
    ///
    /// # Errors
    /// [`StoreError::Backup`] if the file is no whole backup or the database is not empty,
    /// [`StoreError::Newer`] if a newer version wrote it, or what the database says.
    pub async fn restore(url: &str, path: &Path) -> Result<Store> {
        match crate::db::sqlite_path(url) {
            Some(target) => sqlite::restore(&target, path).await?,
            None => postgres::restore(url, path).await?,
        }
        Store::open_or_create(url).await
    }
}

fn refuse(path: &Path, why: &str) -> StoreError {
    StoreError::Backup { path: path.display().to_string(), why: why.to_owned() }
}

const DAMAGED: &str = "is cut short or was changed; use another backup";

/// The name a file has while it is being written.
fn part_of(path: &Path) -> PathBuf {
    beside(path, ".part")
}

/// The path with more at its end.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Makes a file's new name last. Where folders cannot be synced, the file itself already is.
fn sync_folder_of(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
}
