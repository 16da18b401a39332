//! The order of writers in this process: people first, then the batches of runs.
//!
//! Why it exists: both databases write one transaction at a time. A run that sends batch after batch
//! must let a person's edit through between two of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Mutex, MutexGuard, Notify};

/// Who wants to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A person waits.
    Interactive,
    /// A run's batch.
    Batch,
}

#[derive(Default)]
pub(crate) struct Gate {
    turn: Mutex<()>,
    people: AtomicUsize,
    freed: Notify,
}

impl Gate {
    pub async fn enter(&self, urgency: Urgency) -> Turn<'_> {
        let held = match urgency {
            Urgency::Interactive => {
                let _waiting = Waiting::new(self);
                self.turn.lock().await
            }
            Urgency::Batch => self.enter_last().await,
        };
        Turn { _held: held, _freeing: Freeing(self) }
    }

    /// Batches do not queue for the lock, or a person who comes later would stand behind them.
    async fn enter_last(&self) -> MutexGuard<'_, ()> {
        loop {
            let freed = self.freed.notified();
            if self.people.load(Ordering::SeqCst) == 0
                && let Ok(held) = self.turn.try_lock()
            {
                return held;
            }
            freed.await;
        }
    }
}

/// The turn to write. Ends when dropped: the lock first, then the word that it is free.
pub(crate) struct Turn<'a> {
    _held: MutexGuard<'a, ()>,
    _freeing: Freeing<'a>,
}

struct Freeing<'a>(&'a Gate);

impl Drop for Freeing<'_> {
    fn drop(&mut self) {
        self.0.freed.notify_waiters();
    }
}

/// Counts a waiting person, also if their request is dropped while it waits.
struct Waiting<'a>(&'a Gate);

impl<'a> Waiting<'a> {
    fn new(gate: &'a Gate) -> Waiting<'a> {
        gate.people.fetch_add(1, Ordering::SeqCst);
        Waiting(gate)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.people.fetch_sub(1, Ordering::SeqCst);
        self.0.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test]
    async fn people_go_before_batches_that_wait() {
        let gate = Arc::new(Gate::default());
        let order = Arc::new(Mutex::new(Vec::new()));
        let first = gate.enter(Urgency::Batch).await;
        let mut tasks = Vec::new();
        for (name, urgency) in [
            ("batch", Urgency::Batch),
            ("another batch", Urgency::Batch),
            ("person", Urgency::Interactive),
            ("another person", Urgency::Interactive),
        ] {
            let (gate, order) = (gate.clone(), order.clone());
            tasks.push(tokio::spawn(async move {
                let turn = gate.enter(urgency).await;
                order.lock().await.push(name);
                drop(turn);
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        for task in tasks {
            let _ = task.await;
        }
        let order = order.lock().await;
        assert_eq!(order.get(..2), Some(&["person", "another person"][..]));
        assert_eq!(order.len(), 4);
    }
}
