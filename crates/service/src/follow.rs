//! Looking on while a run goes on: however many people look at one run, the register is asked once.

use crate::error::{Result, require};
use crate::service::Service;
use cadastre_model::{Actor, Permission, RunId, RunNow};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How often the register is asked: what is seen is no older.
const EVERY: Duration = Duration::from_millis(500);

/// The runs that somebody looks on at.
#[derive(Default)]
pub(crate) struct Followed {
    runs: Mutex<BTreeMap<RunId, watch::Sender<RunNow>>>,
}

impl Followed {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<RunId, watch::Sender<RunNow>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// A run as it stands, again whenever that changes. After its end nothing more comes, and the
    /// channel closes; it closes without an end when the process stops.
    ///
    /// # Errors
    /// Not allowed, no such run, or what the database says.
    pub async fn run_follow(&self, actor: &Actor, run: RunId) -> Result<watch::Receiver<RunNow>> {
        require(actor, Permission::SourceRead)?;
        if let Some(sender) = self.inner.followed.lock().get(&run) {
            return Ok(sender.subscribe());
        }
        let now = self.run_fetch(actor, run).await?;
        let is_running = now.is_running();
        let mut runs = self.inner.followed.lock();
        if let Some(sender) = runs.get(&run) {
            return Ok(sender.subscribe());
        }
        let (sender, receiver) = watch::channel(now);
        if is_running {
            runs.insert(run, sender);
            tokio::spawn(keep_told(self.clone(), run));
        }
        Ok(receiver)
    }

    /// Closes what [`Service::run_follow`] gave out: the process stops.
    pub fn run_follow_no_more(&self) {
        self.inner.followed.lock().clear();
    }
}

/// Asks and tells until the run has ended or nobody looks on any more.
async fn keep_told(service: Service, run: RunId) {
    loop {
        tokio::time::sleep(EVERY).await;
        if !is_looked_at(&service, run) {
            return;
        }
        let now = match service.store().run_now(run, service.now()).await {
            Ok(Some(now)) => now,
            Ok(None) => break,
            Err(error) => {
                tracing::warn!(%run, %error, "how a run stands could not be read");
                continue;
            }
        };
        let has_ended = !now.is_running();
        if let Some(sender) = service.inner.followed.lock().get(&run) {
            sender.send_if_modified(|told| {
                let is_new = *told != now;
                *told = now;
                is_new
            });
        }
        if has_ended {
            break;
        }
    }
    service.inner.followed.lock().remove(&run);
}

/// Whether somebody looks on; who comes later begins anew.
fn is_looked_at(service: &Service, run: RunId) -> bool {
    let mut runs = service.inner.followed.lock();
    match runs.get(&run).map(watch::Sender::receiver_count) {
        Some(0) => {
            runs.remove(&run);
            false
        }
        Some(_) => true,
        None => false,
    }
}
