//! Rows to be closed at this revision, gathered over a plan and closed set by set.

use crate::bulk;
use crate::error::Result;
use crate::sql::Dialect;
use sea_orm::{ConnectionTrait, Value};

/// The keys of open rows of one table.
pub(crate) struct Closing {
    table: &'static str,
    columns: &'static [&'static str],
    keys: Vec<Vec<Value>>,
}

impl Closing {
    pub fn new(table: &'static str, columns: &'static [&'static str]) -> Closing {
        Closing { table, columns, keys: Vec::new() }
    }

    pub fn key<const N: usize>(&mut self, key: [Value; N]) {
        debug_assert_eq!(N, self.columns.len(), "{}", self.table);
        self.keys.push(key.into());
    }

    pub async fn execute(self, dialect: Dialect, db: &impl ConnectionTrait, rev: i64) -> Result<()> {
        bulk::close(dialect, db, self.table, self.columns, self.keys, rev).await
    }
}
