//! Workers: they take jobs off the queue one by one, and put due schedules on it.

use crate::discovery::DiscoverRequest;
use crate::error::{ErrorKind, Result, ServiceError};
use crate::schedule::Schedule;
use crate::service::Service;
use crate::sources::before;
use cadastre_model::{Actor, RunProgress, RunStatus, Timestamp};
use cadastre_store::Job;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The kind of job that runs a source.
pub const DISCOVER: &str = "discover";

/// Times a job is tried.
const TRIES: i64 = 5;

impl Service {
    /// Queues a run of a source; `false` if one waits or runs already.
    ///
    /// # Errors
    /// Not allowed, no such source, or what the database says.
    pub async fn run_queue(&self, actor: &Actor, name: &str) -> Result<bool> {
        crate::error::require(actor, cadastre_model::Permission::RunStart)?;
        self.source_row(name).await?;
        let intent = self.intent(actor, format!("run of source {name} asked for"));
        let mut tx = self.store().begin_write(intent).await?;
        let put = tx.job_put(DISCOVER, name, self.now()).await?;
        if put {
            tx.audit("run.queue", &format!("source:{name}"), None).await?;
        }
        tx.commit().await?;
        Ok(put)
    }

    /// Works until `stop`: takes due jobs, `name` telling this worker from others. A job under way is
    /// stopped and put back.
    pub async fn work(&self, name: &str, poll: Duration, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let now = self.now();
            let dead_before = before(now, self.inner.runs.lease);
            let idle = match self.store().job_claim(name, now, dead_before).await {
                Ok(Some(job)) => {
                    self.carry_job(name, job, &stop).await;
                    false
                }
                Ok(None) => true,
                Err(error) => {
                    tracing::error!(%error, worker = name, "the queue cannot be read");
                    true
                }
            };
            if idle {
                tokio::select! {
                    () = tokio::time::sleep(poll) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
    }

    async fn carry_job(&self, worker: &str, job: Job, stop: &CancellationToken) {
        tracing::info!(worker, job = job.id, source = job.subject, "a job begins");
        let cancel = stop.child_token();
        let pulse = self.job_pulse(worker.to_owned(), job.id, cancel.clone());
        let outcome = self.carry_out_apart(&job, cancel).await;
        pulse.abort();
        let now = self.now();
        let left = match outcome {
            Ok(()) => self.store().job_done(job.id, worker, now).await,
            Err(_) if stop.is_cancelled() => {
                self.store().job_put_back(job.id, worker, now, "stopped", now).await
            }
            Err(error) if error.kind == ErrorKind::Conflict => {
                // Somebody runs the source by hand, or its last process was killed a moment ago.
                let due = now.plus_ms(millis(self.inner.runs.lease));
                tracing::info!(source = job.subject, %error, retry_at = %due, "a job waits");
                self.store().job_put_back(job.id, worker, due, &error.to_string(), now).await
            }
            Err(error) if job.attempts < TRIES && is_passing(&error) => {
                let due = now.plus_ms(backoff(job.attempts));
                tracing::warn!(source = job.subject, %error, retry_at = %due, "a job is put back");
                self.store().job_retry(job.id, worker, due, &error.to_string(), now).await
            }
            Err(error) => {
                tracing::error!(source = job.subject, %error, "a job is given up");
                self.store().job_fail(job.id, worker, &error.to_string(), now).await
            }
        };
        if let Err(error) = left {
            tracing::error!(job = job.id, %error, "a job's end could not be noted");
        }
    }

    /// On a task of its own, so that a panic ends the job and not the worker.
    async fn carry_out_apart(&self, job: &Job, cancel: CancellationToken) -> Result<()> {
        let (service, job) = (self.clone(), job.clone());
        let task = tokio::spawn(async move {
            match job.kind.as_str() {
                DISCOVER => service.discover_job(&job, cancel).await,
                other => Err(ServiceError::new(
                    ErrorKind::Failed,
                    format!("jobs of kind `{other}` are not known to this version"),
                )),
            }
        });
        task.await.unwrap_or_else(|error| {
            let message = format!("the job broke off by a mistake of this program: {error}");
            Err(ServiceError::new(ErrorKind::Failed, message).advising("report this with the log"))
        })
    }

    async fn discover_job(&self, job: &Job, cancel: CancellationToken) -> Result<()> {
        if job.attempts > 1 && self.was_to_stop(&job.subject).await? {
            tracing::info!(source = job.subject, "a job whose run was to stop is left");
            return Ok(());
        }
        let (progress, _) = watch::channel(RunProgress::default());
        let request = DiscoverRequest::default();
        let stopped = cancel.clone();
        // Who asked was allowed to when they did.
        let actor = match &job.asked_by {
            Some(name) => Actor { name: name.clone(), ..Actor::worker() },
            None => Actor::worker(),
        };
        let report = self.discover(&actor, &job.subject, &request, progress, cancel).await?;
        if report.stopped_by.is_some() {
            // A person's word is final; the stop of a worker is not.
            return Ok(());
        }
        if stopped.is_cancelled() {
            return Err(ServiceError::new(ErrorKind::Unavailable, "the run was stopped"));
        }
        match (report.status, report.error) {
            (RunStatus::Failed, error) => Err(ServiceError::new(
                ErrorKind::Unavailable,
                error.unwrap_or_else(|| "no scope could be read".to_owned()),
            )),
            _ => Ok(()),
        }
    }

    /// Whether the source's last run was to stop, and lost its process before it did.
    async fn was_to_stop(&self, source: &str) -> Result<bool> {
        let source = self.source_row(source).await?;
        let newest = self.store().run_list(Some(source.id), None, 1).await?;
        let Some(newest) = newest.first() else { return Ok(false) };
        if !matches!(newest.status, RunStatus::Running | RunStatus::Broken) {
            return Ok(false);
        }
        let run = self.store().run_now(newest.id, self.now()).await?;
        Ok(run.is_some_and(|run| run.stop_by.is_some()))
    }

    fn job_pulse(
        &self,
        worker: String,
        job: i64,
        cancel: CancellationToken,
    ) -> tokio::task::JoinHandle<()> {
        let service = self.clone();
        let every = self.inner.runs.lease / 5;
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(every).await;
                match service.store().job_beat(job, &worker, service.now()).await {
                    Ok(true) => {}
                    Ok(false) => return cancel.cancel(),
                    Err(error) => tracing::warn!(job, %error, "no sign of life could be noted"),
                }
            }
        })
    }

    /// Puts sources on the queue when their schedule says so, until `stop`. Several schedulers side
    /// by side queue a source once.
    pub async fn keep_schedules(&self, poll: Duration, stop: CancellationToken) {
        let mut since = self.now();
        while !stop.is_cancelled() {
            tokio::select! {
                () = tokio::time::sleep(poll) => {}
                () = stop.cancelled() => return,
            }
            let now = self.now();
            match self.schedules_due(since, now).await {
                Ok(()) => since = now,
                Err(error) => tracing::error!(%error, "schedules cannot be read"),
            }
            if let Err(error) = self.runs_recover().await {
                tracing::error!(%error, "broken runs cannot be looked for");
            }
        }
    }

    async fn schedules_due(&self, since: Timestamp, now: Timestamp) -> Result<()> {
        for source in self.store().source_list().await? {
            let Some(text) = source.schedule.as_deref().filter(|_| source.enabled) else {
                continue;
            };
            let Ok(schedule) = Schedule::parse(text) else {
                tracing::error!(
                    source = source.name,
                    schedule = text,
                    "this schedule does not parse"
                );
                continue;
            };
            let due = schedule.next_after(self.zone(), since);
            if due.is_some_and(|due| due <= now) {
                self.store().job_put(DISCOVER, &source.name, now, now).await?;
            }
        }
        Ok(())
    }
}

/// Whether trying again may help.
fn is_passing(error: &ServiceError) -> bool {
    error.kind == ErrorKind::Unavailable
}

/// Milliseconds until the next try: half a minute after the first, doubled each time.
fn backoff(attempts: i64) -> i64 {
    30_000_i64.saturating_mul(1 << (attempts - 1).clamp(0, 10))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
