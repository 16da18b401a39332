//! What a run does with what its collector tells.

use super::writer::Writer;
use crate::error::Result;
use crate::service::Clock;
use cadastre_collect::Event;
use cadastre_model::{
    Counts, Coverage, DetailError, Enumeration, Kind, Observation, Plan, Policy, RecordState,
    RunId, ScopeId, ScopeReport, SourceRef, Timestamp,
};
use cadastre_store::{Known, RunError, Store};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tokio::sync::watch;

/// Errors about single objects that a run keeps; more are counted only.
const ERRORS_KEPT: i64 = 10_000;

/// A scope being enumerated.
pub(super) struct Scope {
    pub id: ScopeId,
    /// Things seen in it so far.
    pub seen: u64,
    /// What the register knew of it and the run has not seen yet.
    pub unseen: HashMap<Box<str>, Known>,
    /// Records that were live when it began.
    pub live_by_kind: BTreeMap<Kind, u64>,
}

pub(super) struct Engine<'a> {
    pub store: &'a Store,
    pub clock: &'a dyn Clock,
    pub source: SourceRef,
    pub policy: Policy,
    pub writer: Writer<'a>,
    pub run: Option<RunId>,
    pub started_at: Timestamp,
    pub batch_size: usize,
    pub pending: Vec<Observation>,
    pub counts: Counts,
    pub plans: Vec<Plan>,
    pub reports: Vec<ScopeReport>,
    pub scopes: BTreeMap<String, Scope>,
    pub ids: BTreeMap<String, ScopeId>,
    pub errors: i64,
    pub progress: watch::Sender<super::run::RunProgress>,
}

impl Engine<'_> {
    pub async fn handle(&mut self, event: Event) -> Result<()> {
        match event {
            Event::ScopeStarted { scope } => self.open_scope(scope).await,
            Event::Seen(observation) => self.see(*observation).await,
            Event::DetailError { scope, error } => self.note_error(scope, error).await,
            Event::ScopeFinished { scope, coverage } => self.finish_scope(&scope, coverage).await,
            Event::Progress { done, of, errors } => {
                self.progress.send_modify(|progress| {
                    progress.done = done;
                    progress.of = of;
                    progress.errors = errors;
                });
                Ok(())
            }
        }
    }

    /// Ends the run's scopes that the collector left open, and writes what is still pending.
    pub async fn finish(&mut self, why: &str) -> Result<()> {
        self.flush().await?;
        let open: Vec<String> = self.scopes.keys().cloned().collect();
        for scope in open {
            self.finish_scope(&scope, Coverage::partial(why)).await?;
        }
        self.reports.sort_by(|one, other| one.scope.cmp(&other.scope));
        Ok(())
    }

    pub fn scope_ids(&self) -> BTreeMap<String, ScopeId> {
        self.ids.clone()
    }

    async fn open_scope(&mut self, name: String) -> Result<()> {
        let (source, now) = (self.source.id, self.clock.now());
        let names = BTreeSet::from([name.clone()]);
        let ids = self
            .writer
            .write(now, async |tx| Ok(tx.scopes_ensure(source, &names).await?))
            .await?;
        let Some(id) = ids.get(&name).copied() else { return Ok(()) };
        let unseen = self.store.scope_known(id).await?;
        let mut live_by_kind = BTreeMap::new();
        for known in unseen.values().filter(|known| known.state == RecordState::Live) {
            *live_by_kind.entry(known.kind).or_default() += 1;
        }
        self.ids.insert(name.clone(), id);
        self.scopes.insert(name, Scope { id, seen: 0, unseen, live_by_kind });
        Ok(())
    }

    async fn see(&mut self, observation: Observation) -> Result<()> {
        self.counts.seen += 1;
        let Some(scope) = self.scopes.get_mut(&observation.scope) else {
            let error = DetailError {
                subject: observation.native_id.clone(),
                message: format!("seen in scope {}, which is not open", observation.scope),
            };
            return self.note_error(observation.scope, error).await;
        };
        scope.seen += 1;
        let known = scope.unseen.remove(observation.native_id.as_str());
        if let Some(known) = known
            && known.state == RecordState::Live
            && known.digest == observation.digest()
        {
            self.counts.unchanged += 1;
        } else {
            self.pending.push(observation);
        }
        if self.pending.len() >= self.batch_size {
            self.flush().await?;
        }
        let counts = self.counts;
        self.progress.send_if_modified(|progress| {
            progress.counts = counts;
            counts.seen % 100 == 0
        });
        Ok(())
    }

    pub(super) async fn note_error(&mut self, scope: String, error: DetailError) -> Result<()> {
        let number = self.errors;
        self.errors += 1;
        let Some(run) = self.run else { return Ok(()) };
        if number >= ERRORS_KEPT {
            return Ok(());
        }
        let error = RunError { scope, subject: error.subject, message: error.message };
        let now = self.clock.now();
        self.writer
            .write(now, async |tx| Ok(tx.run_errors_add(run, number, &[error]).await?))
            .await
    }

    async fn finish_scope(&mut self, name: &str, coverage: Coverage) -> Result<()> {
        self.flush().await?;
        let Some(scope) = self.scopes.remove(name) else { return Ok(()) };
        let report = ScopeReport {
            scope: name.to_owned(),
            coverage: coverage.enumeration,
            seen: scope.seen,
            error: coverage.error,
        };
        if report.coverage != Enumeration::Complete {
            tracing::warn!(
                source = self.source.name,
                scope = report.scope,
                coverage = report.coverage.word(),
                error = report.error.as_deref().unwrap_or_default(),
                "a scope was not read whole; nothing of it ages"
            );
        }
        self.close_scope(&scope, &report).await?;
        self.reports.push(report);
        let scopes = self.reports.clone();
        self.progress.send_modify(|progress| progress.scopes = scopes);
        Ok(())
    }
}
