//! One run, as a collector sees it: where its events go, whether it is to stop, what time it is by.

use crate::time_base::TimeBase;
use cadastre_model::{Coverage, DetailError, Observation, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// What a collector tells while it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A scope is being enumerated.
    ScopeStarted {
        /// Its name, the same in every run.
        scope: String,
    },
    /// A thing was seen; its scope's name stands in it.
    Seen(Box<Observation>),
    /// Something of one object could not be read.
    DetailError {
        /// The scope the object lies in.
        scope: String,
        /// Which object, and why.
        error: DetailError,
    },
    /// A scope is done, well or not. Nothing of it follows.
    ScopeFinished {
        /// Its name.
        scope: String,
        /// How far it came, and why not further.
        coverage: Coverage,
    },
    /// How far the run is. Sent when there is room for it; may be missed without harm.
    Progress {
        /// Things seen so far.
        done: u64,
        /// Things there are, if known.
        of: Option<u64>,
        /// Detail errors and scopes not complete, so far.
        errors: u64,
    },
}

/// The run is to stop: somebody cancelled it, or nobody listens any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the run was stopped")]
pub struct Stopped;

/// What a collector is given for one run. Cheap to clone; all clones are the same run.
///
/// The channel is bounded, so a collector is never further ahead than the channel is long. Whoever
/// receives reads on until the channel closes, after a cancellation too: open scopes are closed by
/// then.
#[derive(Clone, Debug)]
pub struct RunContext {
    events: mpsc::Sender<Event>,
    cancel: CancellationToken,
    time: TimeBase,
    begun_at: Timestamp,
    memory: Arc<Memory>,
    tally: Arc<Tally>,
}

/// What earlier runs of the source left for this one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Scopes in which something is known, each with the mark that its last complete enumeration left.
    /// A scope without one is to be read whole.
    pub scopes: BTreeMap<String, Option<String>>,
}

#[derive(Debug, Default)]
struct Tally {
    seen: AtomicU64,
    errors: AtomicU64,
}

impl RunContext {
    /// A run whose events go to `events`, that stops when `cancel` says so.
    #[must_use]
    pub fn new(
        events: mpsc::Sender<Event>,
        cancel: CancellationToken,
        time: TimeBase,
    ) -> RunContext {
        let (memory, tally) = (Arc::default(), Arc::default());
        RunContext { events, cancel, time, begun_at: Timestamp(0), memory, tally }
    }

    /// That began at this moment; without it, before anything that can be remembered.
    #[must_use]
    pub fn begun(mut self, at: Timestamp) -> RunContext {
        self.begun_at = at;
        self
    }

    /// When the run began: the clock by which a collector decides what is due.
    #[must_use]
    pub fn begun_at(&self) -> Timestamp {
        self.begun_at
    }

    /// With what earlier runs left.
    #[must_use]
    pub fn remembering(mut self, memory: Memory) -> RunContext {
        self.memory = Arc::new(memory);
        self
    }

    /// The scopes in which something is known, by name.
    pub fn known_scopes(&self) -> impl Iterator<Item = &str> {
        self.memory.scopes.keys().map(String::as_str)
    }

    /// What the last complete enumeration of a scope left (`Coverage::leaving`); `None`: read it whole.
    #[must_use]
    pub fn mark(&self, scope: &str) -> Option<&str> {
        self.memory.scopes.get(scope)?.as_deref()
    }

    /// Whether the run is to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Waits until the run is to stop: the other branch of a wait for an answer.
    pub async fn cancelled(&self) {
        self.cancel.cancelled().await;
    }

    /// A moment the source states, in the run's time base.
    #[must_use]
    pub fn moment(&self, stated: Timestamp) -> Timestamp {
        self.time.apply(stated)
    }

    /// Opens a scope.
    ///
    /// # Errors
    /// The run is to stop; the scope is not open then and needs no closing.
    pub async fn scope_started(&self, scope: &str) -> Result<(), Stopped> {
        self.send(Event::ScopeStarted { scope: scope.to_owned() }).await
    }

    /// Sends one observation.
    ///
    /// # Errors
    /// The run is to stop.
    pub async fn seen(&self, observation: Observation) -> Result<(), Stopped> {
        self.send(Event::Seen(Box::new(observation))).await?;
        self.tally.seen.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Notes that something of one object could not be read.
    ///
    /// # Errors
    /// The run is to stop.
    pub async fn detail_error(&self, scope: &str, error: DetailError) -> Result<(), Stopped> {
        self.tally.errors.fetch_add(1, Ordering::Relaxed);
        self.send(Event::DetailError { scope: scope.to_owned(), error }).await
    }

    /// Closes a scope. Works after a cancellation too, so that no scope is left open.
    pub async fn scope_finished(&self, scope: &str, coverage: Coverage) {
        if coverage.error.is_some() {
            self.tally.errors.fetch_add(1, Ordering::Relaxed);
        }
        // If nobody listens any more there is nobody to tell.
        let _ = self.events.send(Event::ScopeFinished { scope: scope.to_owned(), coverage }).await;
    }

    /// Tells how far the run is, if there is room. `of`: things there are, if known.
    pub fn progress(&self, of: Option<u64>) {
        let _ = self.events.try_send(Event::Progress {
            done: self.tally.seen.load(Ordering::Relaxed),
            of,
            errors: self.tally.errors.load(Ordering::Relaxed),
        });
    }

    async fn send(&self, event: Event) -> Result<(), Stopped> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Stopped),
            sent = self.events.send(event) => sent.map_err(|_| Stopped),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use cadastre_model::Kind;

    fn run(room: usize) -> (RunContext, mpsc::Receiver<Event>, CancellationToken) {
        let (sender, receiver) = mpsc::channel(room);
        let cancel = CancellationToken::new();
        (RunContext::new(sender, cancel.clone(), TimeBase::live()), receiver, cancel)
    }

    #[tokio::test]
    async fn counts_what_it_sends() {
        let (run, mut events, _cancel) = run(8);
        run.scope_started("a").await.unwrap();
        run.seen(Observation::new("1", Kind::Volume, "a")).await.unwrap();
        run.scope_finished("a", Coverage::partial("half")).await;
        run.progress(Some(2));
        drop(run);
        let mut last = None;
        while let Some(event) = events.recv().await {
            last = Some(event);
        }
        assert_eq!(last, Some(Event::Progress { done: 1, of: Some(2), errors: 1 }));
    }

    #[tokio::test]
    async fn a_cancelled_run_takes_no_more_but_closes_its_scopes() {
        let (run, mut events, cancel) = run(8);
        run.scope_started("a").await.unwrap();
        cancel.cancel();
        assert_eq!(run.seen(Observation::new("1", Kind::Volume, "a")).await, Err(Stopped));
        run.scope_finished("a", Coverage::partial("cancelled")).await;
        drop(run);
        assert!(matches!(events.recv().await, Some(Event::ScopeStarted { .. })));
        assert!(matches!(events.recv().await, Some(Event::ScopeFinished { .. })));
        assert_eq!(events.recv().await, None);
    }

    #[tokio::test]
    async fn a_full_channel_does_not_outlast_a_cancellation() {
        let (run, _events, cancel) = run(1);
        run.scope_started("a").await.unwrap();
        let sending = run.seen(Observation::new("1", Kind::Volume, "a"));
        cancel.cancel();
        assert_eq!(sending.await, Err(Stopped));
    }

    #[tokio::test]
    async fn stops_when_nobody_listens() {
        let (run, events, _cancel) = run(1);
        drop(events);
        assert_eq!(run.scope_started("a").await, Err(Stopped));
    }
}
