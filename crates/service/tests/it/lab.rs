//! What the tests share: a register of their own, a service over it, a clock moved by hand.

use cadastre_collect::Factory;
use cadastre_model::query::Query;
use cadastre_model::{Actor, AssetId, RecordState, Timestamp};
use cadastre_service::secrets::{Environment, SealingKey, Secrets};
use cadastre_service::store::{Intent, RunRow, Sort, Store, Urgency};
use cadastre_service::zone::Zone;
use cadastre_service::{
    Clock, DiscoverRequest, RunProgress, RunReport, RunSettings, Service, ServiceError,
};
use cadastre_tests::postgres::Database;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// When the tests begin: a Saturday noon.
pub const NOON: Timestamp = Timestamp(1_795_262_400_000);

/// A minute in milliseconds.
pub const MINUTE: i64 = 60_000;

/// A clock that stands still until moved.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// An empty register.
pub struct Register {
    pub store: Store,
    pub folder: TempDir,
    database: Option<Database>,
}

impl Register {
    async fn open(url: &str, folder: TempDir, database: Option<Database>) -> Register {
        let store = Store::open_or_create(url).await.unwrap();
        store.migrate(folder.path()).await.unwrap();
        Register { store, folder, database }
    }

    pub async fn sqlite() -> Register {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/cadastre.db", folder.path().display());
        Register::open(&url, folder, None).await
    }

    async fn postgres() -> Option<Register> {
        let database = Database::create()?;
        let url = database.url();
        Some(Register::open(&url, tempfile::tempdir().unwrap(), Some(database)).await)
    }
}

/// Runs a test on an SQLite register, then on a PostgreSQL one.
pub async fn on_both(test: impl AsyncFn(Register)) {
    test(Register::sqlite().await).await;
    if let Some(register) = Register::postgres().await {
        test(register).await;
    }
}

/// A service with everything in reach.
pub struct Lab {
    pub service: Service,
    pub store: Store,
    pub clock: Arc<HandClock>,
    folder: TempDir,
    _database: Option<Database>,
}

/// A service over a register.
fn service(
    store: &Store,
    factory: impl Factory + 'static,
    clock: Arc<HandClock>,
    runs: RunSettings,
) -> Service {
    let key = SealingKey::generate().unwrap();
    let secrets = Secrets::new(Some(key), None, Environment::fixed(BTreeMap::new()));
    Service::new(store.clone(), vec![Arc::new(factory)], secrets, Zone::UTC, clock, runs)
}

/// Settings under which nothing takes long.
pub fn quick() -> RunSettings {
    RunSettings { grace: Duration::from_millis(50), ..RunSettings::default() }
}

impl Lab {
    /// Over a register, with one kind of source.
    pub fn new(register: Register, factory: impl Factory + 'static, runs: RunSettings) -> Lab {
        let clock = Arc::new(HandClock(AtomicI64::new(NOON.0)));
        Lab {
            service: service(&register.store, factory, clock.clone(), runs),
            store: register.store,
            clock,
            folder: register.folder,
            _database: register.database,
        }
    }

    /// The same register, with other collectors.
    pub fn with(mut self, factory: impl Factory + 'static, runs: RunSettings) -> Lab {
        self.service = service(&self.store, factory, self.clock.clone(), runs);
        self
    }

    /// Adds a source that plays a scenario.
    pub async fn add(&self, name: &str, scenario: &str, schedule: Option<&str>) {
        let schedule = schedule.map_or(String::new(), |text| format!("schedule = \"{text}\"\n"));
        let text = format!(
            "name = \"{name}\"\nkind = \"aws\"\n{schedule}[aws]\nscenario = \"{scenario}\"\n"
        );
        let path = self.folder.path().join(format!("{name}.toml"));
        std::fs::write(&path, text).unwrap();
        self.service.source_file_put(&admin(), &path, None).await.unwrap();
    }

    /// Runs a source to its end.
    pub async fn run(&self, name: &str) -> RunReport {
        self.try_run(name, CancellationToken::new()).await.unwrap()
    }

    pub async fn try_run(
        &self,
        name: &str,
        cancel: CancellationToken,
    ) -> Result<RunReport, ServiceError> {
        let (progress, _) = watch::channel(RunProgress::default());
        let request = DiscoverRequest::default();
        self.service.discover(&admin(), name, &request, progress, cancel).await
    }

    /// A run that goes on beside the test.
    pub fn run_beside(
        &self,
        name: &str,
        cancel: CancellationToken,
    ) -> tokio::task::JoinHandle<Result<RunReport, ServiceError>> {
        let (service, name) = (self.service.clone(), name.to_owned());
        tokio::spawn(async move {
            let (progress, _) = watch::channel(RunProgress::default());
            let request = DiscoverRequest::default();
            service.discover(&admin(), &name, &request, progress, cancel).await
        })
    }

    /// The records of a scope of the source named `source`, and how they stand.
    pub async fn records(&self, source: &str, scope: &str) -> BTreeMap<String, RecordState> {
        let id = self.store.source_fetch(source).await.unwrap().id;
        let mut tx = self.store.begin_write(self.intent()).await.unwrap();
        let scopes = tx.scopes_ensure(id, &BTreeSet::from([scope.to_owned()])).await.unwrap();
        drop(tx);
        let known = self.store.scope_known(scopes[scope]).await.unwrap();
        known.into_iter().map(|(native_id, known)| (native_id.into(), known.state)).collect()
    }

    /// Moves the clock, and says what it shows then.
    pub fn clock_moves(&self, millis: i64) -> Timestamp {
        self.clock.advance(millis);
        self.clock.now()
    }

    pub fn intent(&self) -> Intent {
        Intent {
            actor: "test".to_owned(),
            now: self.clock.now(),
            reason: String::new(),
            run: None,
            urgency: Urgency::Interactive,
        }
    }

    /// Assets that fulfil a query.
    pub async fn count(&self, query: &str) -> u64 {
        let query = self.service.query(query).unwrap();
        self.service.asset_count(&admin(), &query, None, true).await.unwrap().count
    }

    /// The first asset that fulfils a query.
    pub async fn asset(&self, query: &str) -> AssetId {
        let query: Query = self.service.query(query).unwrap();
        let sort = Sort::default();
        let page = self.service.asset_list(&admin(), &query, None, sort, None, 1).await.unwrap();
        page.rows.first().expect("an asset fulfils the query").id
    }

    /// All runs, the newest first.
    pub async fn runs(&self) -> Vec<RunRow> {
        self.store.run_list(None, None, 100).await.unwrap()
    }

    /// Jobs that wait, run, and were given up.
    pub async fn jobs(&self) -> (u64, u64, u64) {
        self.store.job_tally().await.unwrap()
    }

    /// Works in the background until the guard is dropped or stopped.
    pub fn work(&self, name: &'static str) -> Working {
        let stop = CancellationToken::new();
        let (service, token) = (self.service.clone(), stop.clone());
        let task = tokio::spawn(async move { service.work(name, POLL, token).await });
        Working { stop, task }
    }
}

/// How often workers of these tests look for jobs.
pub const POLL: Duration = Duration::from_millis(5);

/// A worker that works.
pub struct Working {
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Working {
    /// Stops it in order.
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// Someone who may do everything.
pub fn admin() -> Actor {
    Actor::cli("test")
}

/// Waits until `look` is true; a minute at most.
pub async fn until(what: &str, mut look: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while !look().await {
        assert!(tokio::time::Instant::now() < deadline, "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
