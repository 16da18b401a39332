//! Runs: their start, their sign of life, what they know of a scope, their end.

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::key::text_of;
use crate::sql::{Row, Sql};
use crate::write::WriteTx;
use cadastre_model::{
    Counts, Digest, Enumeration, Kind, RecordKey, RecordState, RunId, RunStatus, ScopeId,
    ScopeReport, SourceId, Timestamp,
};
use serde::Serialize;
use std::collections::HashMap;

/// What the register knows of one thing before a run reads it: enough to tell whether the run says
/// anything new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its record.
    pub key: RecordKey,
    /// What it is.
    pub kind: Kind,
    /// Whether the source still saw it.
    pub state: RecordState,
    /// Of the observation last written.
    pub digest: Digest,
}

/// A stale record of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// The record.
    pub key: RecordKey,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// Complete enumerations of its scope since then.
    pub missed_runs: u64,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunRow {
    /// Its number.
    pub id: RunId,
    /// The source.
    pub source: String,
    /// How it stands.
    pub status: RunStatus,
    /// Who or what started it.
    pub actor: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// In numbers.
    pub counts: Counts,
    /// Why it failed or broke off as a whole.
    pub error: Option<String>,
}

/// An error of a run about one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunError {
    /// The scope.
    pub scope: String,
    /// The object.
    pub subject: String,
    /// What failed and what to do.
    pub message: String,
}

/// What [`read_run`] reads, of a run `r` and its source `s`.
pub(crate) const RUN: &str = "r.id, s.name, r.status, r.actor, r.started_at, r.ended_at, r.seen, \
     r.created, r.updated, r.unchanged, r.stale, r.gone, r.conflicts, r.error";

pub(crate) fn read_run(row: &Row) -> Result<RunRow> {
    let id: i64 = row.get(0)?;
    let status: i16 = row.get(2)?;
    let count = |index| Ok::<u64, StoreError>(u64::try_from(row.get::<i64>(index)?).unwrap_or(0));
    Ok(RunRow {
        id: RunId(id),
        source: row.get(1)?,
        status: RunStatus::from_code(status).ok_or_else(|| StoreError::Corrupt {
            table: "run",
            row: id.to_string(),
            why: format!("status {status} is not known"),
        })?,
        actor: row.get(3)?,
        started_at: Timestamp(row.get(4)?),
        ended_at: row.get::<Option<i64>>(5)?.map(Timestamp),
        counts: Counts {
            seen: count(6)?,
            created: count(7)?,
            updated: count(8)?,
            unchanged: count(9)?,
            stale: count(10)?,
            gone: count(11)?,
            conflicts: count(12)?,
        },
        error: row.get(13)?,
    })
}

impl Store {
    /// The newest runs, of one source or of all, before run `before`.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn run_list(
        &self,
        source: Option<SourceId>,
        before: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<RunRow>> {
        let text =
            format!("SELECT {RUN} FROM run r JOIN source s ON s.id = r.source_id WHERE r.id < ?");
        let mut sql = Sql::of(self.dialect(), &text, [before.map_or(i64::MAX, |run| run.0).into()]);
        if let Some(source) = source {
            sql.push(" AND r.source_id = ?", [source.0.into()]);
        }
        sql.push(" ORDER BY r.id DESC LIMIT ?", [i64::from(limit).into()]);
        let rows = sql.all(self.reader(), "reading runs").await?;
        rows.iter().map(read_run).collect()
    }

    /// The newest run of each source that is there and has one, by the source's name.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn run_newest(&self) -> Result<Vec<RunRow>> {
        let text = format!(
            "SELECT {RUN} FROM run r JOIN source s ON s.id = r.source_id \
             AND r.id = (SELECT max(n.id) FROM run n WHERE n.source_id = s.id) \
             WHERE s.removed = 0 ORDER BY s.name"
        );
        let rows = Sql::of(self.dialect(), &text, []).all(self.reader(), "reading runs").await?;
        rows.iter().map(read_run).collect()
    }

    /// A run's scopes, by name, `limit` after the name `after`.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn run_scopes(
        &self,
        run: RunId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<ScopeReport>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT s.name, h.enumeration, h.seen, h.error, h.is_increment FROM run_scope h \
             JOIN scope s ON s.id = h.scope_id WHERE h.run_id = ? AND s.name > ? \
             ORDER BY s.name LIMIT ?",
            [run.0.into(), after.into(), i64::from(limit).into()],
        );
        let rows = sql.all(self.reader(), "reading a run's scopes").await?;
        rows.iter()
            .map(|row| {
                let code: i16 = row.get(1)?;
                Ok(ScopeReport {
                    scope: row.get(0)?,
                    coverage: Enumeration::from_code(code).ok_or_else(|| StoreError::Corrupt {
                        table: "run_scope",
                        row: run.to_string(),
                        why: format!("enumeration {code} is not known"),
                    })?,
                    seen: u64::try_from(row.get::<i64>(2)?).unwrap_or(0),
                    error: row.get(3)?,
                    is_increment: row.get::<i16>(4)? == 1,
                })
            })
            .collect()
    }

    /// A run's errors about single objects, in the order they came, `limit` from number `from` on.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run_errors(&self, run: RunId, from: i64, limit: u32) -> Result<Vec<RunError>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT scope, subject, message FROM run_error WHERE run_id = ? AND number >= ? \
             ORDER BY number LIMIT ?",
            [run.0.into(), from.into(), i64::from(limit).into()],
        );
        let rows = sql.all(self.reader(), "reading a run's errors").await?;
        rows.iter()
            .map(|row| {
                Ok(RunError { scope: row.get(0)?, subject: row.get(1)?, message: row.get(2)? })
            })
            .collect()
    }

    /// For each source its last run that ended complete: name and moment, `None` if never.
    ///
    /// # Errors
    /// What the database says.
    pub async fn source_successes(&self) -> Result<Vec<(String, Option<Timestamp>)>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT s.name, (SELECT max(r.ended_at) FROM run r \
             WHERE r.source_id = s.id AND r.status = ?) \
             FROM source s WHERE s.removed = 0 ORDER BY s.name",
            [RunStatus::Complete.code().into()],
        );
        let rows = sql.all(self.reader(), "reading runs").await?;
        rows.iter()
            .map(|row| Ok((row.get(0)?, row.get::<Option<i64>>(1)?.map(Timestamp))))
            .collect()
    }

    /// What the register knows of a scope, by native id.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn scope_known(&self, scope: ScopeId) -> Result<HashMap<Box<str>, Known>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT native_id, key, kind, state, digest, latest_digest, native_whole \
             FROM record WHERE scope_id = ?",
            [scope.0.into()],
        );
        let rows = sql.all(self.reader(), "reading a scope").await?;
        let mut known = HashMap::with_capacity(rows.len());
        for row in &rows {
            let key: i64 = row.get(1)?;
            let (kind, state): (i16, i16) = (row.get(2)?, row.get(3)?);
            let (Some(kind), Some(state)) = (Kind::from_code(kind), RecordState::from_code(state))
            else {
                return Err(StoreError::Corrupt {
                    table: "record",
                    row: key.to_string(),
                    why: format!("kind {kind} or state {state} is not known"),
                });
            };
            let digest = Digest { versioned: row.get(4)?, latest: row.get(5)? };
            let native = text_of("record", row.get(0)?, row.get(6)?)?;
            known.insert(
                native.into_boxed_str(),
                Known { key: RecordKey(key), kind, state, digest },
            );
        }
        Ok(known)
    }

    /// Stale records of a scope that were last seen at or before a moment.
    ///
    /// # Errors
    /// What the database says.
    pub async fn scope_overdue(&self, scope: ScopeId, before: Timestamp) -> Result<Vec<Overdue>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT r.key, r.last_seen, (SELECT count(*) FROM run_scope h \
             WHERE h.scope_id = r.scope_id AND h.enumeration = ? AND h.error IS NULL \
             AND h.is_increment = 0 AND h.at > r.last_seen) \
             FROM record r WHERE r.scope_id = ? AND r.state = ? AND r.last_seen <= ? ORDER BY r.key",
            [
                Enumeration::Complete.code().into(),
                scope.0.into(),
                RecordState::Stale.code().into(),
                before.0.into(),
            ],
        );
        let rows = sql.all(self.reader(), "reading stale records").await?;
        rows.iter()
            .map(|row| {
                Ok(Overdue {
                    key: RecordKey(row.get(0)?),
                    last_seen: Timestamp(row.get(1)?),
                    missed_runs: u64::try_from(row.get::<i64>(2)?).unwrap_or(0),
                })
            })
            .collect()
    }
}

impl WriteTx<'_> {
    /// Starts a run of a source. A run that has given no sign of life since `dead_before` is marked
    /// broken first.
    ///
    /// # Errors
    /// [`StoreError::RunUnderWay`] if another run of the source lives, or what the database says.
    pub async fn run_start(
        &mut self,
        source: SourceId,
        source_name: &str,
        dead_before: Timestamp,
    ) -> Result<RunId> {
        self.runs_break(Some(source), dead_before).await?;
        let living = Sql::of(
            self.dialect(),
            "SELECT id FROM run WHERE source_id = ? AND ended_at IS NULL",
            [source.0.into()],
        );
        if let Some(row) = living.one(self.db(), "looking for a run").await? {
            return Err(StoreError::RunUnderWay {
                source_name: source_name.to_owned(),
                run: row.get(0)?,
            });
        }
        // Its moment was taken before it waited for its turn, and the run before it may have ended
        // meanwhile: one after the other they must also be in print.
        let ended = Sql::of(
            self.dialect(),
            "SELECT coalesce(max(ended_at), 0) FROM run WHERE source_id = ?",
            [source.0.into()],
        );
        let now = self.intent().now.0.max(ended.number(self.db(), "looking for a run").await?);
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO run (source_id, status, actor, started_at, beat_at) \
             VALUES (?, ?, ?, ?, ?) RETURNING id",
            [
                source.0.into(),
                RunStatus::Running.code().into(),
                self.intent().actor.clone().into(),
                now.into(),
                now.into(),
            ],
        );
        Ok(RunId(insert.number(self.db(), "starting a run").await?))
    }

    /// Marks runs broken that have given no sign of life since `dead_before`; returns the sources of
    /// those that nobody had asked to stop.
    ///
    /// # Errors
    /// What the database says.
    pub async fn runs_break(
        &mut self,
        source: Option<SourceId>,
        dead_before: Timestamp,
    ) -> Result<Vec<SourceId>> {
        let mut sql = Sql::of(
            self.dialect(),
            "UPDATE run SET status = ?, ended_at = ?, \
             error = CASE WHEN stop_by IS NULL THEN ? ELSE ? || stop_by END \
             WHERE ended_at IS NULL AND beat_at < ?",
            [
                RunStatus::Broken.code().into(),
                self.intent().now.0.into(),
                "its process ended in the middle; what it had read stands, the next run repeats it"
                    .into(),
                "its process ended in the middle; what it had read stands, and it was to be \
                 stopped anyway, by "
                    .into(),
                dead_before.0.into(),
            ],
        );
        if let Some(source) = source {
            sql.push(" AND source_id = ?", [source.0.into()]);
        }
        sql.raw(" RETURNING source_id, stop_by");
        let mut sources = Vec::new();
        for row in sql.all(self.db(), "looking for broken runs").await? {
            if row.get::<Option<String>>(1)?.is_none() {
                sources.push(SourceId(row.get(0)?));
            }
        }
        Ok(sources)
    }

    /// Ends the run of a source that is removed, if one goes on: it writes nothing from then on.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn run_end_with_source(&mut self, source: SourceId) -> Result<()> {
        let why = format!(
            "{} removed its source while it went on; what it had read stands",
            self.intent().actor
        );
        let now = self.intent().now.0;
        let end = Sql::of(
            self.dialect(),
            "UPDATE run SET status = ?, ended_at = ?, error = ? \
             WHERE source_id = ? AND ended_at IS NULL",
            [RunStatus::Broken.code().into(), now.into(), why.into(), source.0.into()],
        );
        end.execute(self.db(), "ending a run").await?;
        Ok(())
    }

    /// A run's sign of life, with how far it has come. Returns whether the run is still its own:
    /// `false` if it was ended meanwhile, taken for dead or with its source.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run_beat(&mut self, run: RunId, counts: &Counts) -> Result<bool> {
        let mut sql =
            Sql::of(self.dialect(), "UPDATE run SET beat_at = ?", [self.intent().now.0.into()]);
        push_counts(&mut sql, counts);
        sql.push(" WHERE id = ? AND ended_at IS NULL", [run.0.into()]);
        Ok(sql.execute(self.db(), "noting a sign of life").await? > 0)
    }

    /// Notes how a scope was covered: its heartbeat.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run_scope(
        &mut self,
        run: RunId,
        scope: ScopeId,
        report: &ScopeReport,
    ) -> Result<()> {
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO run_scope (scope_id, run_id, enumeration, at, seen, error, is_increment) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                scope.0.into(),
                run.0.into(),
                report.coverage.code().into(),
                self.moment().0.into(),
                i64::try_from(report.seen).unwrap_or(i64::MAX).into(),
                report.error.clone().into(),
                i16::from(report.is_increment).into(),
            ],
        );
        insert.execute(self.db(), "noting a scope").await?;
        Ok(())
    }

    /// Keeps errors of a run about single objects.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run_errors_add(
        &mut self,
        run: RunId,
        first: i64,
        errors: &[RunError],
    ) -> Result<()> {
        let mut insert = crate::bulk::Insert::new(
            "INSERT INTO run_error (run_id, number, scope, subject, message)",
            "",
        );
        for (number, error) in (first..).zip(errors) {
            insert.row([
                run.0.into(),
                number.into(),
                error.scope.clone().into(),
                error.subject.clone().into(),
                error.message.clone().into(),
            ]);
        }
        insert.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    /// Ends a run.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run_finish(
        &mut self,
        run: RunId,
        status: RunStatus,
        counts: &Counts,
        error: Option<&str>,
    ) -> Result<()> {
        let now = self.intent().now.0;
        let mut sql = Sql::of(
            self.dialect(),
            "UPDATE run SET status = ?, ended_at = ?, beat_at = ?, error = ?",
            [status.code().into(), now.into(), now.into(), error.map(str::to_owned).into()],
        );
        push_counts(&mut sql, counts);
        sql.push(" WHERE id = ? AND ended_at IS NULL", [run.0.into()]);
        sql.execute(self.db(), "ending a run").await?;
        Ok(())
    }
}

fn push_counts(sql: &mut Sql, counts: &Counts) {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX).into();
    sql.push(
        ", seen = ?, created = ?, updated = ?, unchanged = ?, stale = ?, gone = ?, conflicts = ?",
        [
            number(counts.seen),
            number(counts.created),
            number(counts.updated),
            number(counts.unchanged),
            number(counts.stale),
            number(counts.gone),
            number(counts.conflicts),
        ],
    );
}
