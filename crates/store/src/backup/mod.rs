//! Backup and restore. SQLite writes a clean copy of its file; PostgreSQL is dumped row by row into
//! one file that says where it ends and what its digest is.

mod postgres;
mod sqlite;

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::sql::Dialect;
use std::path::{Path, PathBuf};

impl Store {
    /// Writes a backup of the whole register. The file appears under its name only when it is whole.
    ///
    /// # Errors
    /// [`StoreError::Backup`] if the file is there already or cannot be written, or what the
    /// database says.
    pub async fn backup(&self, path: &Path) -> Result<()> {
        if path.exists() {
            return Err(refuse(path, "is there already; name a new file"));
        }
        let part = part_of(path);
        let done = match self.dialect() {
            Dialect::Sqlite => sqlite::dump(self, &part).await,
            Dialect::Postgres => postgres::dump(self, &part).await,
        };
        if done.is_err() {
            let _ = std::fs::remove_file(&part);
        }
        done?;
        std::fs::rename(&part, path).map_err(|error| refuse(path, &error.to_string()))
    }

    /// Restores a backup into the database at `url`, which must hold nothing yet.
    ///
    /// # Errors
    /// [`StoreError::Backup`] if the file is no whole backup or the database is not empty,
    /// [`StoreError::Newer`] if a newer version wrote it, or what the database says.
    pub async fn restore(url: &str, path: &Path) -> Result<Store> {
        match crate::db::sqlite_path(url) {
            Some(target) => sqlite::restore(&target, path).await?,
            None => postgres::restore(url, path).await?,
        }
        let store = Store::open_or_create(url).await?;
        store.schema_state().await?;
        Ok(store)
    }
}

fn refuse(path: &Path, why: &str) -> StoreError {
    StoreError::Backup { path: path.display().to_string(), why: why.to_owned() }
}

/// The name a file has while it is being written.
fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}
