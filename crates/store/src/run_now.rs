//! A run while it goes on: how far it is, and whether somebody wants it to stop. Both stand in the
//! register, because the process that carries it out is not always the one that people talk to.

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::json;
use crate::run::{RUN, read_run};
use crate::sql::Sql;
use crate::write::WriteTx;
use cadastre_model::{RunId, RunNow, RunProgress, RunStatus, SCOPES_NAMED, SourceId, Timestamp};

/// What a run is told when it asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunWish {
    /// It is still its own: nobody has ended it.
    pub is_own: bool,
    /// Who wants it to stop.
    pub stop_by: Option<String>,
}

/// What became of the wish to stop a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopOutcome {
    /// It will be told.
    Asked,
    /// Somebody asked before.
    AskedBefore,
    /// It had ended.
    Ended(RunStatus),
}

impl Store {
    /// A run as it stands at the moment `now`; `None` if there is none. Its first scopes are named:
    /// those that it tells of while it goes on, those of its record once it has ended.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn run_now(&self, run: RunId, now: Timestamp) -> Result<Option<RunNow>> {
        let text = format!(
            "SELECT {RUN}, r.progress, r.stop_by, r.stop_at, (SELECT p.seen FROM run p \
             WHERE p.source_id = r.source_id AND p.id < r.id AND p.status = ? \
             ORDER BY p.id DESC LIMIT 1) \
             FROM run r JOIN source s ON s.id = r.source_id WHERE r.id = ?"
        );
        let sql = Sql::of(self.dialect(), &text, [RunStatus::Complete.code().into(), run.0.into()]);
        let Some(row) = sql.one(self.reader(), "reading a run").await? else { return Ok(None) };
        let told = read_run(&row)?;
        let mut progress = match row.get::<Option<String>>(14)? {
            Some(text) => json::read::<RunProgress>("run", run, &text)?,
            None => RunProgress::default(),
        };
        progress.counts = told.counts;
        if told.ended_at.is_some() {
            // Cut off in the middle it has no record of its scopes: what it told last is all there is.
            let scopes = self.run_scopes(run, "", SCOPES_NAMED as u32).await?;
            if !scopes.is_empty() {
                progress.scopes = scopes.into_iter().map(Into::into).collect();
            }
        }
        let ended = told.ended_at.unwrap_or(now);
        Ok(Some(RunNow {
            run,
            source: told.source,
            status: told.status,
            actor: told.actor,
            started_at: told.started_at,
            ended_at: told.ended_at,
            seconds: u64::try_from(ended.since(told.started_at) / 1000).unwrap_or(0),
            error: told.error,
            stop_by: row.get(15)?,
            stop_at: row.get::<Option<i64>>(16)?.map(Timestamp),
            expected: row.get::<Option<i64>>(17)?.and_then(|seen| u64::try_from(seen).ok()),
            progress,
        }))
    }

    /// What a run under way is to know.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run_wish(&self, run: RunId) -> Result<RunWish> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT stop_by FROM run WHERE id = ? AND ended_at IS NULL",
            [run.0.into()],
        );
        let row = sql.one(self.reader(), "asking whether to stop").await?;
        Ok(RunWish {
            is_own: row.is_some(),
            stop_by: row.map(|row| row.get(0)).transpose()?.flatten(),
        })
    }

    /// The run of a source that goes on, if one does.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run_living(&self, source: SourceId) -> Result<Option<RunId>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT id FROM run WHERE source_id = ? AND ended_at IS NULL",
            [source.0.into()],
        );
        let row = sql.one(self.reader(), "looking for a run").await?;
        row.map(|row| Ok(RunId(row.get(0)?))).transpose()
    }
}

impl WriteTx<'_> {
    /// A run's sign of life with how far it has come, for others to read. Returns whether the run is
    /// still its own.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run_progress(&mut self, run: RunId, progress: &RunProgress) -> Result<bool> {
        if !self.run_beat(run, &progress.counts).await? {
            return Ok(false);
        }
        let update = Sql::of(
            self.dialect(),
            "UPDATE run SET progress = ? WHERE id = ?",
            [json::write(progress).into(), run.0.into()],
        );
        update.execute(self.db(), "noting progress").await?;
        Ok(true)
    }

    /// Asks a run to stop, in the name of who writes.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if there is no such run, or what the database says.
    pub async fn run_stop(&mut self, run: RunId) -> Result<StopOutcome> {
        let look =
            Sql::of(self.dialect(), "SELECT status, stop_by FROM run WHERE id = ?", [run.0.into()]);
        let Some(row) = look.one(self.db(), "looking for a run").await? else {
            return Err(StoreError::Unknown { what: "run", name: run.to_string() });
        };
        let status = RunStatus::from_code(row.get(0)?).unwrap_or(RunStatus::Broken);
        if status != RunStatus::Running {
            return Ok(StopOutcome::Ended(status));
        }
        if row.get::<Option<String>>(1)?.is_some() {
            return Ok(StopOutcome::AskedBefore);
        }
        let ask = Sql::of(
            self.dialect(),
            "UPDATE run SET stop_by = ?, stop_at = ? WHERE id = ?",
            [self.intent().actor.clone().into(), self.moment().0.into(), run.0.into()],
        );
        ask.execute(self.db(), "asking a run to stop").await?;
        Ok(StopOutcome::Asked)
    }
}
