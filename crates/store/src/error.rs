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
    #[error("the database at {url} is of an older version; run `cadastre migrate` (it makes a backup first)")]
    Older {
        /// Its address, without a password.
        url: String,
    },
    /// The address cannot be read.
    #[error("`{url}` is no database address; expected sqlite:///absolute/path.db or postgres://user@host/name")]
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
        let StoreError::Database { source, .. } = self else { return false };
        let text = source.to_string();
        text.contains("database or disk is full")
            || text.contains("No space left on device")
            || text.contains("disk I/O error")
    }
}

/// What store functions return.
pub type Result<T> = std::result::Result<T, StoreError>;
