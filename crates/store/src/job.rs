//! The durable job queue: claimed by one worker, kept alive by heartbeats, retried with backoff.
//!
//! A job of one kind and subject stands in the queue once. On PostgreSQL a claim skips rows that
//! others hold; on SQLite there is one writer at a time anyway.

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::gate::Urgency;
use crate::sql::{Dialect, Sql};
use crate::write::{Intent, WriteTx};
use cadastre_model::Timestamp;

/// A job claimed by a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number.
    pub id: i64,
    /// What is to be done: `discover`.
    pub kind: String,
    /// To what: a source's name.
    pub subject: String,
    /// Times it was tried, this one included.
    pub attempts: i64,
    /// Who asked for it; nobody if it is due by a schedule.
    pub asked_by: Option<String>,
}

/// A job whose run has not begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobWaiting {
    /// To what it is to be done: a source's name.
    pub subject: String,
    /// A worker has it already.
    pub is_taken: bool,
    /// It waits until then at least.
    pub due_at: Timestamp,
    /// Why it was put back, if it was.
    pub error: Option<String>,
}

const WAITING: i16 = 1;
const RUNNING: i16 = 2;
const DONE: i16 = 3;
const FAILED: i16 = 4;

fn intent(now: Timestamp) -> Intent {
    Intent {
        actor: "queue".to_owned(),
        now,
        reason: String::new(),
        run: None,
        urgency: Urgency::Interactive,
    }
}

impl WriteTx<'_> {
    /// Puts a job into the queue, in the name of who writes, unless the same one waits or runs;
    /// returns whether it was put.
    ///
    /// # Errors
    /// What the database says.
    pub async fn job_put(&mut self, kind: &str, subject: &str, due: Timestamp) -> Result<bool> {
        let asked_by = self.intent().actor.clone();
        self.job_insert(kind, subject, due, Some(asked_by)).await
    }

    async fn job_insert(
        &mut self,
        kind: &str,
        subject: &str,
        due: Timestamp,
        asked_by: Option<String>,
    ) -> Result<bool> {
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO job (kind, subject, state, due_at, attempts, created_at, asked_by) \
             VALUES (?, ?, ?, ?, 0, ?, ?) ON CONFLICT (kind, subject) WHERE state < 3 DO NOTHING",
            [
                kind.into(),
                subject.into(),
                WAITING.into(),
                due.0.into(),
                self.intent().now.0.into(),
                asked_by.into(),
            ],
        );
        Ok(insert.execute(self.db(), "queueing a job").await? > 0)
    }
}

impl Store {
    /// Puts a job into the queue that nobody asked for, unless the same one waits or runs; returns
    /// whether it was put.
    ///
    /// # Errors
    /// What the database says.
    pub async fn job_put(
        &self,
        kind: &str,
        subject: &str,
        due: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        let mut tx = self.begin_write(intent(now)).await?;
        let put = tx.job_insert(kind, subject, due, None).await?;
        tx.commit().await?;
        Ok(put)
    }

    /// Claims the job that is due first. Jobs whose worker has given no sign of life since
    /// `dead_before` are free again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn job_claim(
        &self,
        worker: &str,
        now: Timestamp,
        dead_before: Timestamp,
    ) -> Result<Option<Job>> {
        // Looking first keeps an idle worker from taking the writers' turn every moment.
        let due = Sql::of(
            self.dialect(),
            "SELECT count(*) FROM (SELECT 1 FROM job WHERE (state = ? AND due_at <= ?) \
             OR (state = ? AND beat_at < ?) LIMIT 1) n",
            [WAITING.into(), now.0.into(), RUNNING.into(), dead_before.0.into()],
        );
        if due.number(self.reader(), "looking for jobs").await? == 0 {
            return Ok(None);
        }
        let skip = match self.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE SKIP LOCKED",
        };
        let tx = self.begin_write(intent(now)).await?;
        let text = format!(
            "UPDATE job SET state = ?, worker = ?, beat_at = ?, attempts = attempts + 1 \
             WHERE id = (SELECT id FROM job WHERE (state = ? AND due_at <= ?) \
             OR (state = ? AND beat_at < ?) ORDER BY due_at, id LIMIT 1{skip}) \
             RETURNING id, kind, subject, attempts, asked_by"
        );
        let claim = Sql::of(
            self.dialect(),
            &text,
            [
                RUNNING.into(),
                worker.into(),
                now.0.into(),
                WAITING.into(),
                now.0.into(),
                RUNNING.into(),
                dead_before.0.into(),
            ],
        );
        let row = claim.one(tx.db(), "claiming a job").await?;
        let job = row
            .map(|row| {
                Ok::<Job, StoreError>(Job {
                    id: row.get(0)?,
                    kind: row.get(1)?,
                    subject: row.get(2)?,
                    attempts: row.get(3)?,
                    asked_by: row.get(4)?,
                })
            })
            .transpose()?;
        tx.commit().await?;
        Ok(job)
    }

    /// A worker's sign of life; `false` if the job is no longer its own.
    ///
    /// # Errors
    /// What the database says.
    pub async fn job_beat(&self, job: i64, worker: &str, now: Timestamp) -> Result<bool> {
        let tx = self.begin_write(intent(now)).await?;
        let beat = Sql::of(
            self.dialect(),
            "UPDATE job SET beat_at = ? WHERE id = ? AND worker = ? AND state = ?",
            [now.0.into(), job.into(), worker.into(), RUNNING.into()],
        );
        let own = beat.execute(tx.db(), "noting a sign of life").await? > 0;
        tx.commit().await?;
        Ok(own)
    }

    /// Ends a job.
    ///
    /// # Errors
    /// What the database says.
    pub async fn job_done(&self, job: i64, worker: &str, now: Timestamp) -> Result<()> {
        self.job_leave(job, worker, DONE, now, None, now).await
    }

    /// Puts a job back, to be tried again when due.
    ///
    /// # Errors
    /// What the database says.
    pub async fn job_retry(
        &self,
        job: i64,
        worker: &str,
        due: Timestamp,
        error: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.job_leave(job, worker, WAITING, due, Some(error), now).await
    }

    /// Puts a job back whose try does not count: it was stopped, or something stood in its way.
    ///
    /// # Errors
    /// What the database says.
    pub async fn job_put_back(
        &self,
        job: i64,
        worker: &str,
        due: Timestamp,
        why: &str,
        now: Timestamp,
    ) -> Result<()> {
        let tx = self.begin_write(intent(now)).await?;
        let uncount = Sql::of(
            self.dialect(),
            "UPDATE job SET state = ?, due_at = ?, error = ?, beat_at = NULL, worker = NULL, \
             attempts = attempts - 1 WHERE id = ? AND worker = ? AND state = ?",
            [WAITING.into(), due.0.into(), why.into(), job.into(), worker.into(), RUNNING.into()],
        );
        uncount.execute(tx.db(), "putting a job back").await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives a job up.
    ///
    /// # Errors
    /// What the database says.
    pub async fn job_fail(
        &self,
        job: i64,
        worker: &str,
        error: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.job_leave(job, worker, FAILED, now, Some(error), now).await
    }

    async fn job_leave(
        &self,
        job: i64,
        worker: &str,
        state: i16,
        due: Timestamp,
        error: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        let tx = self.begin_write(intent(now)).await?;
        let leave = Sql::of(
            self.dialect(),
            "UPDATE job SET state = ?, due_at = ?, error = ?, beat_at = NULL, worker = NULL \
             WHERE id = ? AND worker = ? AND state = ?",
            [
                state.into(),
                due.0.into(),
                error.map(str::to_owned).into(),
                job.into(),
                worker.into(),
                RUNNING.into(),
            ],
        );
        leave.execute(tx.db(), "ending a job").await?;
        tx.commit().await?;
        Ok(())
    }

    /// Jobs of a kind that wait for a worker, or whose worker has not begun a run of the source yet;
    /// those due first, `limit` of them, of one source or of all.
    ///
    /// # Errors
    /// What the database says.
    pub async fn job_waiting(
        &self,
        kind: &str,
        subject: Option<&str>,
        limit: u32,
    ) -> Result<Vec<JobWaiting>> {
        let mut sql = Sql::of(
            self.dialect(),
            "SELECT j.subject, j.state, j.due_at, j.error FROM job j \
             WHERE j.kind = ? AND (j.state = ? OR (j.state = ? AND NOT EXISTS (SELECT 1 FROM run r \
             JOIN source s ON s.id = r.source_id WHERE s.name = j.subject AND s.removed = 0 \
             AND r.ended_at IS NULL)))",
            [kind.into(), WAITING.into(), RUNNING.into()],
        );
        if let Some(subject) = subject {
            sql.push(" AND j.subject = ?", [subject.into()]);
        }
        sql.push(" ORDER BY j.due_at, j.id LIMIT ?", [i64::from(limit).into()]);
        let rows = sql.all(self.reader(), "reading the queue").await?;
        rows.iter()
            .map(|row| {
                Ok(JobWaiting {
                    subject: row.get(0)?,
                    is_taken: row.get::<i16>(1)? == RUNNING,
                    due_at: Timestamp(row.get(2)?),
                    error: row.get(3)?,
                })
            })
            .collect()
    }

    /// How many jobs wait, run, and were given up.
    ///
    /// # Errors
    /// What the database says.
    pub async fn job_tally(&self) -> Result<(u64, u64, u64)> {
        let sql = Sql::of(self.dialect(), "SELECT state, count(*) FROM job GROUP BY state", []);
        let mut tally = (0, 0, 0);
        for row in sql.all(self.reader(), "counting jobs").await? {
            let count = u64::try_from(row.get::<i64>(1)?).unwrap_or(0);
            match row.get::<i16>(0)? {
                WAITING => tally.0 = count,
                RUNNING => tally.1 = count,
                FAILED => tally.2 = count,
                _ => {}
            }
        }
        Ok(tally)
    }
}
