//! What a run does with what its collector tells.

use super::batch::still_ours;
use super::writer::Writer;
use crate::error::Result;
use crate::service::Clock;
use cadastre_collect::Event;
use cadastre_model::{
    Counts, Coverage, DetailError, Enumeration, Kind, Observation, Plan, Policy, RecordState,
    RunId, RunProgress, ScopeId, ScopeReport, SourceRef, Timestamp,
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
    /// Records that were live when it began, without those seen elsewhere since.
    pub live_by_kind: BTreeMap<Kind, u64>,
}

/// A scope that was enumerated, and has not aged yet.
pub(super) struct Finished {
    pub scope: Scope,
    pub report: ScopeReport,
    /// What the next run of it is given.
    pub mark: Option<String>,
    /// When its enumeration ended.
    pub at: Timestamp,
}

impl Scope {
    /// Lets go of a thing that was seen in another scope; whether it was one of this.
    fn give_up(&mut self, native_id: &str) -> bool {
        let Some(known) = self.unseen.remove(native_id) else { return false };
        if known.state == RecordState::Live
            && let Some(live) = self.live_by_kind.get_mut(&known.kind)
        {
            *live = live.saturating_sub(1);
        }
        true
    }
}

pub(super) struct Engine<'a> {
    pub store: &'a Store,
    pub clock: &'a dyn Clock,
    pub source: SourceRef,
    pub policy: Policy,
    pub writer: Writer<'a>,
    pub run: Option<RunId>,
    pub batch_size: usize,
    pub pending: Vec<Observation>,
    pub counts: Counts,
    pub plans: Vec<Plan>,
    pub reports: Vec<ScopeReport>,
    /// Scopes being enumerated, by name.
    pub scopes: BTreeMap<String, Scope>,
    /// They age when the run ends: what one scope misses, another may still show.
    pub finished: Vec<Finished>,
    /// Every scope of the run.
    pub ids: BTreeMap<String, ScopeId>,
    pub errors: i64,
    pub progress: watch::Sender<RunProgress>,
    /// Who stopped the run: then nothing ages, for what is missing may stand in what was not read.
    pub stopped_by: Option<String>,
}

impl Engine<'_> {
    pub async fn handle(&mut self, event: Event) -> Result<()> {
        match event {
            Event::ScopeStarted { scope } => self.open_scope(scope).await,
            Event::Seen(observation) => self.see(*observation).await,
            Event::DetailError { scope, error } => self.note_error(scope, error).await,
            Event::ScopeFinished { scope, coverage } => {
                self.finish_scope(&scope, coverage);
                Ok(())
            }
            Event::Progress { done, of, .. } => {
                self.progress.send_modify(|progress| {
                    progress.done = done;
                    progress.of = of;
                });
                Ok(())
            }
        }
    }

    /// Ends the run's scopes that the collector left open, writes what is still pending, and lets age
    /// what is missing.
    pub async fn finish(&mut self, why: &str) -> Result<()> {
        self.flush().await?;
        let open: Vec<String> = self.scopes.keys().cloned().collect();
        for scope in open {
            self.finish_scope(&scope, Coverage::partial(why));
        }
        let (run, counts, now) = (self.run, self.counts, self.clock.now());
        self.writer.write(now, async |tx| still_ours(tx, run, &counts).await).await?;
        for finished in std::mem::take(&mut self.finished) {
            self.close_scope(finished).await?;
        }
        self.reports.sort_by(|one, other| one.scope.cmp(&other.scope));
        Ok(())
    }

    /// How far it has come. The scopes stay out if they have been written for themselves.
    pub fn told(&self, scopes_written: bool) -> RunProgress {
        let mut told = self.progress.borrow().clone();
        told.counts = self.counts;
        if scopes_written {
            told.scopes.clear();
        }
        told
    }

    pub fn scope_ids(&self) -> BTreeMap<String, ScopeId> {
        self.ids.clone()
    }

    async fn open_scope(&mut self, name: String) -> Result<()> {
        if self.ids.contains_key(&name) {
            // Read anew, it would miss what the run has seen of it already.
            let message = "the scope was opened twice; what was seen the second time counts \
                           towards the first"
                .to_owned();
            let error = DetailError { subject: String::new(), message };
            return self.note_error(name, error).await;
        }
        let (source, now) = (self.source.id, self.clock.now());
        let names = BTreeSet::from([name.clone()]);
        let ids =
            self.writer.write(now, async |tx| Ok(tx.scopes_ensure(source, &names).await?)).await?;
        let Some(id) = ids.get(&name).copied() else { return Ok(()) };
        let unseen = self.store.scope_known(id).await?;
        let mut live_by_kind = BTreeMap::new();
        for known in unseen.values().filter(|known| known.state == RecordState::Live) {
            *live_by_kind.entry(known.kind).or_default() += 1;
        }
        self.progress.send_modify(|progress| progress.scope_opened(&name));
        self.ids.insert(name.clone(), id);
        let mut scope = Scope { id, seen: 0, unseen, live_by_kind };
        // What waits to be written was seen elsewhere: it is not missing here.
        for waiting in &self.pending {
            scope.give_up(&waiting.native_id);
        }
        self.scopes.insert(name, scope);
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
        let seen = scope.seen;
        let known = scope.unseen.remove(observation.native_id.as_str());
        if known.is_none() {
            self.give_up_elsewhere(&observation.native_id);
        }
        let is_unchanged = known.is_some_and(|known| {
            known.state == RecordState::Live && known.digest == observation.digest()
        });
        self.counts.unchanged += u64::from(is_unchanged);
        let counts = self.counts;
        self.progress.send_if_modified(|progress| {
            progress.counts = counts;
            progress.scope_seen(&observation.scope, seen);
            counts.seen.is_multiple_of(100)
        });
        if !is_unchanged {
            self.pending.push(observation);
        }
        if self.pending.len() >= self.batch_size {
            self.flush().await?;
        }
        Ok(())
    }

    /// What was known in another scope and is seen in this one has moved: it is not missing there.
    fn give_up_elsewhere(&mut self, native_id: &str) {
        let finished = self.finished.iter_mut().map(|finished| &mut finished.scope);
        // Whether it is known at all is not asked: new things are rare after the first run.
        let _ = self.scopes.values_mut().chain(finished).any(|scope| scope.give_up(native_id));
    }

    pub(super) async fn note_error(&mut self, scope: String, error: DetailError) -> Result<()> {
        let number = self.errors;
        self.errors += 1;
        self.progress.send_modify(|progress| progress.errors += 1);
        let Some(run) = self.run else { return Ok(()) };
        if number >= ERRORS_KEPT {
            return Ok(());
        }
        let error = RunError { scope, subject: error.subject, message: error.message };
        let now = self.clock.now();
        self.writer.write(now, async |tx| Ok(tx.run_errors_add(run, number, &[error]).await?)).await
    }

    fn finish_scope(&mut self, name: &str, coverage: Coverage) {
        let Some(scope) = self.scopes.remove(name) else { return };
        let report = ScopeReport {
            scope: name.to_owned(),
            coverage: coverage.enumeration,
            seen: scope.seen,
            error: coverage.error,
            is_increment: coverage.is_increment,
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
        self.progress.send_modify(|progress| progress.scope_finished(&report));
        self.finished.push(Finished { scope, report, mark: coverage.mark, at: self.clock.now() });
    }
}
