//! Rows to be closed at this revision, gathered over a plan and closed set by set.

use super::transaction::WriteTx;
use crate::bulk::CHUNK;
use crate::error::Result;
use crate::sql::Sql;
use sea_orm::Value;

/// The keys of open rows of one table.
pub(crate) struct Closing<const N: usize> {
    table: &'static str,
    columns: [&'static str; N],
    keys: Vec<[Value; N]>,
}

impl<const N: usize> Closing<N> {
    pub fn new(table: &'static str, columns: [&'static str; N]) -> Closing<N> {
        Closing { table, columns, keys: Vec::new() }
    }

    pub fn key(&mut self, key: [Value; N]) {
        self.keys.push(key);
    }

    /// Closes the rows: `rev_to` becomes the transaction's revision.
    ///
    /// With `again`, rows that begin at this very revision are taken out first: an earlier plan of
    /// the same transaction wrote them, and nobody has seen them.
    pub async fn execute(self, tx: &WriteTx<'_>, again: bool) -> Result<()> {
        let rev = tx.rev().0;
        for keys in self.keys.chunks(CHUNK) {
            if again {
                let head = format!("DELETE FROM {} WHERE rev_from = ? AND ", self.table);
                let mut sql = Sql::of(tx.dialect(), &head, [rev.into()]);
                self.among(&mut sql, keys);
                sql.execute(tx.db(), "taking back rows").await?;
            }
            let head = format!("UPDATE {} SET rev_to = ? WHERE rev_to = ? AND ", self.table);
            let mut sql = Sql::of(tx.dialect(), &head, [rev.into(), i64::MAX.into()]);
            self.among(&mut sql, keys);
            sql.execute(tx.db(), "closing rows").await?;
        }
        Ok(())
    }

    /// `(a, b) IN (VALUES ...)`, or `key IN (...)`.
    fn among(&self, sql: &mut Sql, keys: &[[Value; N]]) {
        match self.columns.as_slice() {
            [column] => {
                sql.raw(&format!("{column} IN "));
                sql.list(keys.iter().flatten().cloned());
            }
            columns => {
                sql.raw(&format!("({}) IN ", columns.join(",")));
                sql.tuples(keys.iter().cloned());
            }
        }
    }
}
