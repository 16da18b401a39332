//! One run of one source, from start to end.

use super::collection::{Collection, Given};
use super::engine::Engine;
use super::pulse::Pulse;
use super::report::{DryRun, RunReport};
use super::writer::Writer;
use crate::error::{ErrorKind, Result, ServiceError, require};
use crate::service::Service;
use crate::sources::before;
use cadastre_collect::{CollectError, Memory, Recorder};
use cadastre_model::{
    Actor, Counts, Permission, RunId, RunProgress, RunStatus, ScopeReport, SourceId, SourceRef,
};
use cadastre_store::StoreError;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What to run, and how.
#[derive(Clone, Debug, Default)]
pub struct DiscoverRequest {
    /// Show the plan with its reasons and write nothing.
    pub dry_run: bool,
    /// Save the peer's raw answers to this file.
    pub record: Option<PathBuf>,
    /// Read everything, also where the source could tell what changed.
    pub whole: bool,
}

impl Service {
    /// Runs a source once. `progress` is told how far it is; `cancel` stops it: what was read stands.
    ///
    /// A run that fails as a whole is a report too, with its error.
    ///
    /// # Errors
    /// Not allowed, no such source, another run of it under way, settings that do not serve, or what
    /// the database says.
    pub async fn discover(
        &self,
        actor: &Actor,
        name: &str,
        request: &DiscoverRequest,
        progress: watch::Sender<RunProgress>,
        cancel: CancellationToken,
    ) -> Result<RunReport> {
        require(actor, Permission::RunStart)?;
        let source = self.source_row(name).await?;
        // A child: what ends this run for its own reasons must not stop the caller's next one.
        let cancel = cancel.child_token();
        let recorder = match &request.record {
            Some(path) => Some(self.recorder(path, &source)?),
            None => None,
        };
        let began = std::time::Instant::now();
        let (collector, time) = self.collector(&source, recorder.clone())?;
        let reference = source.reference();
        let memory = self.memory(source.id, request).await?;
        let given = Given { collector, time, begun_at: self.now(), memory };
        let mut report = if request.dry_run {
            self.run_dry(actor, reference, given, progress, cancel).await?
        } else {
            self.run_live(actor, reference, given, progress, cancel).await?
        };
        if let Some(recorder) = recorder {
            finish_recording(&recorder, &report)?;
        }
        report.seconds = began.elapsed().as_secs_f64();
        Ok(report)
    }

    /// What earlier runs left for this one. Whoever wants to see or keep everything is not given what
    /// was read already.
    async fn memory(&self, source: SourceId, request: &DiscoverRequest) -> Result<Memory> {
        let whole_since = before(self.now(), self.inner.runs.whole_every);
        let mut scopes = self.store().scope_marks(source, whole_since).await?;
        if request.whole || request.dry_run || request.record.is_some() {
            scopes.values_mut().for_each(|mark| *mark = None);
        }
        Ok(Memory { scopes })
    }

    async fn run_live(
        &self,
        actor: &Actor,
        source: SourceRef,
        given: Given,
        progress: watch::Sender<RunProgress>,
        cancel: CancellationToken,
    ) -> Result<RunReport> {
        let mut engine = self.engine(source, progress).await?;
        // Last before the work: a run begun and not ended would stand in the way of the next.
        let run = self.run_begin(actor, &engine.source).await?;
        engine.run = Some(run);
        engine.writer = Writer::committing(self.store(), &actor.name, &engine.source.name, run);
        let pulse = Pulse::start(self, run, engine.progress.subscribe(), cancel.clone());
        let outcome = self.carry_out(&mut engine, given, cancel, &pulse).await;
        drop(pulse);
        let (status, error) = match (&outcome, &engine.stopped_by) {
            (Err(error), _) => (RunStatus::Failed, Some(error.to_string())),
            (Ok(_), Some(who)) => (RunStatus::Partial, Some(stopped(who))),
            (Ok(ended), None) => (
                status_of(&engine.reports, ended.as_ref()),
                ended.as_ref().map(ToString::to_string),
            ),
        };
        let told = engine.told(outcome.is_ok());
        let now = self.now();
        let finished = engine
            .writer
            .write(now, async |tx| {
                tx.run_progress(run, &told).await?;
                Ok(tx.run_finish(run, status, &told.counts, error.as_deref()).await?)
            })
            .await;
        self.store().settle().await;
        outcome?;
        finished?;
        Ok(engine_report(engine, run, status, error))
    }

    async fn run_begin(&self, actor: &Actor, source: &SourceRef) -> Result<RunId> {
        let dead_before = before(self.now(), self.inner.runs.lease);
        let intent = self.intent(actor, format!("run of source {}", source.name));
        let mut tx = self.store().begin_write(intent).await?;
        let run = tx.run_start(source.id, &source.name, dead_before).await;
        let run = run.map_err(|error| self.under_way(error))?;
        tx.commit().await?;
        Ok(run)
    }

    /// A run that never ended looks as if it were under way, until it has been silent for long.
    fn under_way(&self, error: StoreError) -> ServiceError {
        let is_under_way = matches!(error, StoreError::RunUnderWay { .. });
        let error = ServiceError::from(error);
        if !is_under_way {
            return error;
        }
        error.advising(format!(
            "if its process was killed, try again {} seconds after that: it is then taken for dead",
            self.inner.runs.lease.as_secs()
        ))
    }

    /// Everything is read first, so that the writers' turn is held only while the plan is made.
    async fn run_dry(
        &self,
        actor: &Actor,
        source: SourceRef,
        given: Given,
        progress: watch::Sender<RunProgress>,
        cancel: CancellationToken,
    ) -> Result<RunReport> {
        let mut engine = self.engine(source, progress).await?;
        let mut collection = Collection::start(given, cancel, self.inner.runs);
        let mut told = Vec::new();
        while let Some(event) = collection.next().await {
            told.push(event);
        }
        let ended = collection.ended().await;
        engine.writer = Writer::dry(self.store(), &actor.name, self.now()).await?;
        for event in told {
            engine.handle(event).await?;
        }
        engine.finish(UNFINISHED).await?;
        let status = status_of(&engine.reports, ended.as_ref());
        let error = ended.map(|error| error.to_string());
        let plan = std::mem::take(&mut engine.plans);
        let mut report = engine_report(engine, RunId(0), status, error);
        report.dry_run = Some(DryRun { plan });
        Ok(report)
    }

    async fn engine(
        &self,
        source: SourceRef,
        progress: watch::Sender<RunProgress>,
    ) -> Result<Engine<'_>> {
        Ok(Engine {
            store: self.store(),
            clock: self.inner.clock.as_ref(),
            policy: self.store().policy().await?,
            writer: Writer::committing(self.store(), "", &source.name, RunId(0)),
            source,
            run: None,
            batch_size: self.inner.runs.batch.clamp(1, 1000),
            pending: Vec::new(),
            counts: Counts::default(),
            plans: Vec::new(),
            reports: Vec::new(),
            scopes: BTreeMap::new(),
            finished: Vec::new(),
            ids: BTreeMap::new(),
            errors: 0,
            progress,
            stopped_by: None,
        })
    }

    /// Receives events until the collector is done. `Some` error: it failed as a whole.
    async fn carry_out(
        &self,
        engine: &mut Engine<'_>,
        given: Given,
        cancel: CancellationToken,
        pulse: &Pulse,
    ) -> Result<Option<CollectError>> {
        let mut collection = Collection::start(given, cancel, self.inner.runs);
        while let Some(event) = collection.next().await {
            if let Err(error) = engine.handle(event).await {
                // The collector must not go on asking when nothing can be written.
                collection.stop();
                return Err(error);
            }
        }
        let ended = collection.ended().await;
        engine.stopped_by = pulse.stopped_by();
        engine.finish(UNFINISHED).await?;
        Ok(ended)
    }

    /// Marks runs broken whose process is gone; their sources are queued to be run again, unless
    /// somebody had asked for the run to stop.
    ///
    /// # Errors
    /// What the database says.
    pub async fn runs_recover(&self) -> Result<Vec<String>> {
        let now = self.now();
        let intent = self.intent(&Actor::worker(), "runs broken off");
        let mut tx = self.store().begin_write(intent).await?;
        let broken = tx.runs_break(None, before(now, self.inner.runs.lease)).await?;
        let mut names = Vec::new();
        for source in self.store().source_list().await? {
            if broken.contains(&source.id) {
                tx.job_put(crate::worker::DISCOVER, &source.name, now).await?;
                tx.audit("run.broken", &format!("source:{}", source.name), None).await?;
                names.push(source.name);
            }
        }
        tx.commit().await?;
        Ok(names)
    }
}

fn stopped(who: &str) -> String {
    format!(
        "stopped by {who}; what was read stands, nothing has aged; run it again when it may finish"
    )
}

const UNFINISHED: &str = "the run ended before this scope was read whole; run it again";

fn status_of(reports: &[ScopeReport], ended: Option<&CollectError>) -> RunStatus {
    match (RunStatus::of(reports), ended) {
        (RunStatus::Complete, Some(_)) => RunStatus::Partial,
        (status, _) => status,
    }
}

fn engine_report(
    engine: Engine<'_>,
    run: RunId,
    status: RunStatus,
    error: Option<String>,
) -> RunReport {
    RunReport {
        source: engine.source.name,
        run: run.0,
        status,
        scopes: engine.reports,
        counts: engine.counts,
        seconds: 0.0,
        error,
        stopped_by: engine.stopped_by,
        dry_run: None,
    }
}

fn finish_recording(recorder: &Recorder, report: &RunReport) -> Result<()> {
    if report.status == RunStatus::Failed {
        let message = "nothing was recorded: the run failed".to_owned();
        tracing::warn!("{message}");
        return Ok(());
    }
    recorder.finish().map(|_| ()).map_err(|error| {
        ServiceError::new(ErrorKind::Failed, error.to_string())
            .advising("the run itself stands; record again where there is room")
    })
}
