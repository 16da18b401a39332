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
    served: Notify,
}

impl Gate {
    pub async fn enter(&self, urgency: Urgency) -> MutexGuard<'_, ()> {
        match urgency {
            Urgency::Interactive => {
                let _waiting = Waiting::new(self);
                self.turn.lock().await
            }
            Urgency::Batch => loop {
                let served = self.served.notified();
                if self.people.load(Ordering::SeqCst) == 0 {
                    break self.turn.lock().await;
                }
                served.await;
            },
        }
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
        self.0.served.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_person_goes_before_the_next_batch() {
        let gate = Arc::new(Gate::default());
        let order = Arc::new(Mutex::new(Vec::new()));
        let first = gate.enter(Urgency::Batch).await;
        let mut tasks = Vec::new();
        for (name, urgency) in [("person", Urgency::Interactive), ("batch", Urgency::Batch)] {
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
        assert_eq!(*order.lock().await, ["person", "batch"]);
    }
}
