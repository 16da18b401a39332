//! Many rows in few statements. Statement texts repeat, so that the driver's cache prepares each
//! only once.

use crate::error::{Result, StoreError};
use crate::sql::{Dialect, storable};
use sea_orm::{ConnectionTrait, Statement, Value};

/// Rows a statement, largest first; the rest goes in the next smaller size.
const SIZES: [usize; 4] = [256, 64, 8, 1];

/// Values an `IN` list holds at most, and keys a statement that closes rows.
pub(crate) const CHUNK: usize = 1000;

/// Rows of one table to be inserted.
pub(crate) struct Insert {
    head: &'static str,
    columns: usize,
    tail: &'static str,
    values: Vec<Value>,
}

impl Insert {
    /// `head` is `INSERT INTO table (a, b)`; `tail` follows the rows (`ON CONFLICT ...`).
    pub fn new(head: &'static str, tail: &'static str) -> Insert {
        let columns = head.matches(',').count() + 1;
        Insert { head, columns, tail, values: Vec::new() }
    }

    pub fn row<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.columns, "{}", self.head);
        self.values.extend(row.into_iter().map(storable));
    }

    pub fn len(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Inserts all rows; returns how many were written.
    pub async fn execute(self, dialect: Dialect, db: &impl ConnectionTrait) -> Result<u64> {
        let mut rows = self.len();
        let mut values = self.values.into_iter();
        let mut written = 0;
        for size in SIZES {
            if rows < size {
                continue;
            }
            let text = statement_text(dialect, self.head, self.columns, size, self.tail);
            while rows >= size {
                let chunk: Vec<Value> = values.by_ref().take(size * self.columns).collect();
                let statement =
                    Statement::from_sql_and_values(dialect.backend(), text.as_str(), chunk);
                let done = db.execute_raw(statement).await.map_err(StoreError::doing(self.head))?;
                written += done.rows_affected();
                rows -= size;
            }
        }
        Ok(written)
    }
}

fn statement_text(dialect: Dialect, head: &str, columns: usize, rows: usize, tail: &str) -> String {
    let mut text = format!("{head} VALUES ");
    let mut number = 0;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            if column > 0 {
                text.push(',');
            }
            number += 1;
            match dialect {
                Dialect::Sqlite => text.push('?'),
                Dialect::Postgres => text.push_str(&format!("${number}")),
            }
        }
        text.push(')');
    }
    text.push(' ');
    text.push_str(tail);
    text
}
