//! The pulse of a run: while it goes on, the register is told how far it is, and asked whether
//! somebody wants it to stop.
//!
//! Why it exists: people look at runs and stop them in a process that is often not the one that
//! carries them out. A run that changes writes its progress about once a second, after everybody who
//! waits to write; one that does not change writes a sign of life now and then, and nothing else.

use crate::error::Result;
use crate::service::Service;
use cadastre_model::{Actor, RunId, RunProgress};
use cadastre_store::{Intent, RunWish, Urgency};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// From one beat to the next.
const STEP: Duration = Duration::from_secs(1);

/// Beats until it is dropped.
pub(super) struct Pulse {
    task: JoinHandle<()>,
    stopped_by: Arc<OnceLock<String>>,
}

impl Pulse {
    /// Begins to beat for a run; `cancel` stops it.
    pub fn start(
        service: &Service,
        run: RunId,
        progress: watch::Receiver<RunProgress>,
        cancel: CancellationToken,
    ) -> Pulse {
        let stopped_by = Arc::new(OnceLock::new());
        let lease = service.inner.runs.lease;
        let beating = Beating {
            service: service.clone(),
            run,
            progress,
            cancel,
            stopped_by: stopped_by.clone(),
            told: RunProgress::default(),
            beaten: Instant::now(),
            silence: lease / 5,
        };
        Pulse { task: tokio::spawn(beating.go_on()), stopped_by }
    }

    /// Who wanted the run to stop, if it was told so.
    pub fn stopped_by(&self) -> Option<String> {
        self.stopped_by.get().cloned()
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Beating {
    service: Service,
    run: RunId,
    progress: watch::Receiver<RunProgress>,
    cancel: CancellationToken,
    stopped_by: Arc<OnceLock<String>>,
    /// What the register was told last, and when.
    told: RunProgress,
    beaten: Instant,
    /// It is not silent for longer than this.
    silence: Duration,
}

impl Beating {
    async fn go_on(mut self) {
        let every = STEP.min(self.silence);
        loop {
            tokio::time::sleep(every).await;
            if !self.listen().await || !self.tell(every).await {
                tracing::error!(
                    run = %self.run,
                    "the run was taken for dead by another process, or its source was removed"
                );
                self.cancel.cancel();
                return;
            }
        }
    }

    /// Hears whether it is to stop; whether the run is still its own.
    async fn listen(&self) -> bool {
        let wish = match self.service.store().run_wish(self.run).await {
            Ok(wish) => wish,
            Err(error) => {
                tracing::warn!(run = %self.run, %error, "whether to stop could not be asked");
                return true;
            }
        };
        if let RunWish { stop_by: Some(who), .. } = &wish
            && self.stopped_by.set(who.clone()).is_ok()
        {
            tracing::info!(run = %self.run, by = who, "the run is stopped");
            self.cancel.cancel();
        }
        wish.is_own
    }

    /// Writes what is new, or a sign of life if it is time for one; whether the run is still its own.
    async fn tell(&mut self, every: Duration) -> bool {
        let now = self.progress.borrow().clone();
        let is_due = self.beaten.elapsed() + every >= self.silence;
        if now == self.told && !is_due {
            return true;
        }
        // Progress can wait for everybody else; a sign of life cannot.
        let (urgency, patience) = match is_due {
            true => (Urgency::Interactive, Duration::MAX),
            false => (Urgency::Batch, every),
        };
        match tokio::time::timeout(patience, self.write(&now, urgency)).await {
            Err(_) => true,
            Ok(Ok(is_own)) => {
                self.told = now;
                self.beaten = Instant::now();
                is_own
            }
            Ok(Err(error)) => {
                tracing::warn!(run = %self.run, %error, "no sign of life could be noted");
                true
            }
        }
    }

    async fn write(&self, progress: &RunProgress, urgency: Urgency) -> Result<bool> {
        let intent = Intent { urgency, ..self.service.intent(&Actor::worker(), "") };
        let mut tx = self.service.store().begin_write(intent).await?;
        let is_own = tx.run_progress(self.run, progress).await?;
        tx.commit().await?;
        Ok(is_own)
    }
}
