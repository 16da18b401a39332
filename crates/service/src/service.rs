//! The service: what all use cases share.

use crate::error::{Result, require};
use crate::follow::Followed;
use crate::secrets::Secrets;
use crate::throttle::Throttle;
use crate::zone::Zone;
use cadastre_collect::Factory;
use cadastre_model::{Actor, Permission, SourceKind, Timestamp};
use cadastre_store::{At, Intent, Store, Urgency, Visibility};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often what is held in memory is brought in step with the database.
const STEP: Duration = Duration::from_millis(250);

/// Where the service gets the time: a clock on the wall, or one that a test moves.
pub trait Clock: Send + Sync {
    /// The moment it is.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// How runs are carried out.
#[derive(Clone, Copy, Debug)]
pub struct RunSettings {
    /// Observations a batch, at most 1,000.
    pub batch: usize,
    /// A run or job without a sign of life for so long is taken for dead.
    pub lease: Duration,
    /// A run is stopped after so long.
    pub deadline: Duration,
    /// How long a collector that was told to stop may take to close its scopes.
    pub grace: Duration,
    /// A scope that its source could tell the changes of is read whole again after so long.
    pub whole_every: Duration,
}

impl Default for RunSettings {
    fn default() -> RunSettings {
        RunSettings {
            batch: 500,
            lease: Duration::from_secs(60),
            deadline: Duration::from_secs(6 * 3600),
            grace: Duration::from_secs(10),
            whole_every: Duration::from_secs(7 * 24 * 3600),
        }
    }
}

/// All use cases, over one register. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub store: Store,
    pub factories: BTreeMap<SourceKind, Arc<dyn Factory>>,
    pub secrets: Secrets,
    pub zone: Zone,
    pub clock: Arc<dyn Clock>,
    pub runs: RunSettings,
    pub throttle: Mutex<Throttle>,
    pub followed: Followed,
}

impl Service {
    /// A service over a register, with the collectors it may use.
    #[must_use]
    pub fn new(
        store: Store,
        factories: Vec<Arc<dyn Factory>>,
        secrets: Secrets,
        zone: Zone,
        clock: Arc<dyn Clock>,
        runs: RunSettings,
    ) -> Service {
        let factories = factories.into_iter().map(|one| (one.kind(), one)).collect();
        let (throttle, followed) = (Mutex::default(), Followed::default());
        let inner = Inner { store, factories, secrets, zone, clock, runs, throttle, followed };
        Service { inner: Arc::new(inner) }
    }

    /// Holds what assets are found by in memory, so that lookups of the present are answered from
    /// there. For processes that answer many: reading the register takes seconds. To be followed
    /// by [`Service::keep_in_step`].
    ///
    /// # Errors
    /// What the database says; lookups go to it then.
    pub async fn hold_in_memory(&self) -> Result<()> {
        Ok(self.store().present_keep().await?)
    }

    /// Keeps what is held in memory in step with the database, until `stop`.
    pub async fn keep_in_step(&self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(STEP)).await.is_some() {
            if let Err(error) = self.store().present_follow().await {
                tracing::warn!(%error, "what changed could not be read into memory");
            }
        }
    }

    /// The register.
    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.inner.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// The organisation's zone.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.inner.zone
    }

    /// What an actor may see of the estate. Everything, until teams have their own views.
    pub(crate) fn visibility(&self, actor: &Actor) -> Result<Visibility> {
        require(actor, Permission::AssetRead)?;
        Ok(Visibility::all())
    }

    /// The point in time to read at: now, or the moment asked for.
    pub(crate) async fn at(&self, actor: &Actor, as_of: Option<Timestamp>) -> Result<At> {
        let now = self.now();
        Ok(match as_of {
            None => self.store().now_for(&actor.name, now).await?,
            Some(moment) => self.store().as_of(moment, now).await?,
        })
    }

    pub(crate) fn intent(&self, actor: &Actor, reason: impl Into<String>) -> Intent {
        Intent {
            actor: actor.name.clone(),
            now: self.now(),
            reason: reason.into(),
            run: None,
            urgency: Urgency::Interactive,
        }
    }

    /// Whether the register answers.
    ///
    /// # Errors
    /// What the database says.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.store().ping().await?)
    }
}
