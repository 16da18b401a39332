//! What can go wrong in the store, in words that say what to do.

use sea_orm::DbErr;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or broke off.
    #[error("{what}: {source}")]
    Database {
        /// What was being done.
        what: String,
        /// What the database said.
        source: DbErr,
    },
    /// The database's server cannot be reached, or does not let us in.
    #[error(
        "the database at {url} does not answer: {why}; check that its server runs there, and that \
         address, login and password are right"
    )]
    Unreachable {
        /// Its address, without a password.
        url: String,
        /// What the way there or the server said.
        why: String,
    },
    /// The file cannot be opened as a database.
    #[error(
        "the database at {url} cannot be opened: {why}; check its path, and that the file and its \
         folder may be read and written"
    )]
    Unusable {
        /// Its address.
        url: String,
        /// What the database said.
        why: String,
    },
    /// There is no database at the address.
    #[error("there is no database at {url}; `cadastre migrate` or `cadastre serve` makes one")]
    Missing {
        /// Its address, without a password.
        url: String,
    },
    /// The database was written by a newer version.
    #[error(
        "the database at {url} was written by a newer version of Cadastre (it knows `{migration}`); \
         use that version, or restore a backup made by this one"
    )]
    Newer {
        /// Its address, without a password.
        url: String,
        /// The first migration this version does not know.
        migration: String,
    },
    /// The database is of an older version.
    #[error(
        "the database at {url} is of an older version; run `cadastre migrate` (it makes a backup first)"
    )]
    Older {
        /// Its address, without a password.
        url: String,
    },
    /// The address cannot be read.
    #[error(
        "`{url}` is no database address; expected sqlite:///absolute/path.db or postgres://user@host/name"
    )]
    Address {
        /// What was given.
        url: String,
    },
    /// A row holds what this version cannot read.
    #[error("{table} {row} cannot be read: {why}; restore a backup, or report this with the row")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row.
        row: String,
        /// What is wrong.
        why: String,
    },
    /// Something with this name is there already.
    #[error("{what} `{name}` is there already")]
    Exists {
        /// What.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// It no longer stands as it was read.
    #[error("{what} `{name}` was changed by somebody else at the same moment")]
    Changed {
        /// What.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// There is nothing of this name.
    #[error("there is no {what} `{name}`")]
    Unknown {
        /// What.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The source has a run under way.
    #[error("a run of source `{source_name}` is under way (run {run}); wait for it, or stop it")]
    RunUnderWay {
        /// The source.
        source_name: String,
        /// The run.
        run: i64,
    },
    /// A backup, or a file to restore, is not usable.
    #[error("{path}: {why}")]
    Backup {
        /// The file.
        path: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// A moment before the register's first revision, or a cursor from elsewhere.
    #[error("{0}")]
    Refused(String),
}

impl StoreError {
    /// Wraps a database error with what was being done.
    pub(crate) fn doing(what: impl Into<String>) -> impl FnOnce(DbErr) -> StoreError {
        let what = what.into();
        move |source| StoreError::Database { what, source }
    }

    /// Whether the disk is full.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        let text = match self {
            StoreError::Database { source, .. } => source.to_string(),
            StoreError::Unusable { why, .. } | StoreError::Backup { why, .. } => why.clone(),
            _ => return false,
        };
        text.contains("database or disk is full")
            || text.contains("No space left on device")
            || text.contains("disk I/O error")
    }
}

/// What store functions return.
pub type Result<T> = std::result::Result<T, StoreError>;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

    use crate::{Intent, Party, Store, Urgency};
    use cadastre_model::Timestamp;
    use sea_orm::ConnectionTrait;

    fn intent() -> Intent {
        Intent {
            actor: String::new(),
            now: Timestamp(0),
            reason: String::new(),
            run: None,
            urgency: Urgency::Interactive,
        }
    }

    /// SQLite may give up the whole transaction by itself when the disk is full.
    #[tokio::test]
    async fn a_file_that_cannot_grow_is_a_full_disk() {
        let folder = tempfile::TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("x.db").display());
        let store = Store::open_or_create(&url).await.unwrap();
        store.migrate(folder.path()).await.unwrap();
        let party = |number: i64| Party {
            handle: format!("p{number}"),
            is_team: false,
            name: "x".repeat(2000),
            active: true,
        };
        // It counts as no less than what the file has; so nothing can be added.
        store.writer().execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
        let mut tx = store.begin_write(intent()).await.unwrap();
        let mut number = 0;
        let error = loop {
            number += 1;
            if let Err(error) = tx.party_put(&party(number)).await {
                break error;
            }
        };
        assert!(error.is_disk_full(), "{error}");
        drop(tx);
        store.writer().execute_unprepared("PRAGMA max_page_count = 1000000").await.unwrap();
        let mut tx = store.begin_write(intent()).await.unwrap();
        tx.party_put(&party(0)).await.unwrap();
        assert_eq!(tx.commit().await.unwrap().map(|rev| rev.0), Some(1));
        let now = store.now(Timestamp(1)).await.unwrap();
        let handles: Vec<String> =
            store.party_list(now).await.unwrap().into_iter().map(|party| party.handle).collect();
        assert_eq!(handles, ["p0"], "nothing of the transaction before is there");
    }
}
