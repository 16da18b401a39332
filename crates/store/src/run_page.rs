//! Runs as scripts page through them: of one source or all, as far as they had begun by a moment.

use crate::db::Store;
use crate::error::Result;
use crate::run::{RUN, RunRow, read_run};
use crate::sql::Sql;
use cadastre_model::{RunId, SourceId, Timestamp};
use std::collections::BTreeMap;

const FROM: &str = "FROM run r JOIN source s ON s.id = r.source_id";

/// Which runs are meant.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunsAsked<'a> {
    /// Of the sources of this name, removed ones too.
    pub source: Option<&'a str>,
    /// Those that had begun by then.
    pub begun_by: Option<Timestamp>,
    /// Those before this one.
    pub before: Option<RunId>,
}

impl RunsAsked<'_> {
    fn conditions(&self, sql: &mut Sql) {
        let before = self.before.map_or(i64::MAX, |run| run.0);
        let begun_by = self.begun_by.map_or(i64::MAX, |at| at.0);
        sql.push(" WHERE r.id < ? AND r.started_at <= ?", [before.into(), begun_by.into()]);
        if let Some(source) = self.source {
            sql.push(" AND s.name = ?", [source.into()]);
        }
    }
}

impl Store {
    /// The newest of the runs meant: `limit` after the first `skip`.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn run_page(
        &self,
        asked: &RunsAsked<'_>,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<RunRow>> {
        let mut sql = Sql::new(self.dialect());
        sql.raw(&format!("SELECT {RUN} {FROM}"));
        asked.conditions(&mut sql);
        sql.push(
            " ORDER BY r.id DESC LIMIT ? OFFSET ?",
            [i64::from(limit).into(), i64::from(skip).into()],
        );
        let rows = sql.all(self.reader(), "reading runs").await?;
        rows.iter().map(read_run).collect()
    }

    /// How many runs are meant.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run_count(&self, asked: &RunsAsked<'_>) -> Result<u64> {
        let mut sql = Sql::new(self.dialect());
        sql.raw(&format!("SELECT count(*) {FROM}"));
        asked.conditions(&mut sql);
        let count = sql.number(self.reader(), "counting runs").await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The last run of each source that had begun by a moment, in two statements however many sources
    /// there are.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn runs_last(
        &self,
        begun_by: Option<Timestamp>,
    ) -> Result<BTreeMap<SourceId, RunRow>> {
        let last = Sql::of(
            self.dialect(),
            "SELECT source_id, max(id) FROM run WHERE started_at <= ? GROUP BY source_id",
            [begun_by.map_or(i64::MAX, |at| at.0).into()],
        );
        let rows = last.all(self.reader(), "reading runs").await?;
        let read = |row: &crate::sql::Row| Ok((row.get::<i64>(1)?, SourceId(row.get(0)?)));
        let sources: BTreeMap<i64, SourceId> = rows.iter().map(read).collect::<Result<_>>()?;
        let mut sql = Sql::new(self.dialect());
        sql.raw(&format!("SELECT {RUN} {FROM} WHERE r.id IN "));
        sql.list(sources.keys().copied());
        let rows = sql.all(self.reader(), "reading runs").await?;
        let mut runs = BTreeMap::new();
        for row in &rows {
            let run = read_run(row)?;
            if let Some(source) = sources.get(&run.id.0) {
                runs.insert(*source, run);
            }
        }
        Ok(runs)
    }
}
