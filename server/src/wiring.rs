//! Wiring: the register, the collectors and the secrets put together into the service.

use crate::cli::exit::Problem;
use crate::config::{Config, Database};
use cadastre_collect::Factory;
use cadastre_collect_aws::AwsFactory;
use cadastre_collect_directory::DirectoryFactory;
use cadastre_collect_snmp::SnmpFactory;
use cadastre_collect_vsphere::VsphereFactory;
use cadastre_service::secrets::{Environment, KeyOrigin, SealingKey, Secrets};
use cadastre_service::store::{SchemaState, Store};
use cadastre_service::{Clock, RunSettings, Service, ServiceError, SystemClock};
use secrecy::ExposeSecret;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Whether the sealing key may be made if there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Made on first need.
    Make,
    /// Read if it is there.
    Read,
}

/// The register that this process has opened.
static REGISTER: OnceLock<Store> = OnceLock::new();

fn opened(store: Store) -> Store {
    REGISTER.get_or_init(|| store.clone());
    store
}

/// Closes the register, whatever became of the command: a file of SQLite's is then whole by itself.
pub async fn close() {
    if let Some(store) = REGISTER.get() {
        store.clone().close().await;
    }
}

/// Every kind of source there is a collector for.
pub fn factories() -> Vec<Arc<dyn Factory>> {
    vec![
        Arc::new(AwsFactory),
        Arc::new(VsphereFactory),
        Arc::new(SnmpFactory),
        Arc::new(DirectoryFactory),
    ]
}

/// The database's address, with its password.
pub fn address(config: &Config) -> String {
    match &config.database {
        Database::Sqlite(path) => format!("sqlite://{}", path.display()),
        Database::Postgres { url, .. } => url.expose_secret().to_owned(),
    }
}

/// The service over a register that is there.
pub async fn service(config: &Config, key: Key) -> Result<Service, Vec<Problem>> {
    let store = Store::open(&address(config)).await.map_err(store_problems)?;
    over(config, opened(store), key, Arc::new(SystemClock))
}

/// The service over a register that is made or migrated if need be, by this clock. Says what was done.
pub async fn service_made(config: &Config, clock: Arc<dyn Clock>) -> Result<Service, Vec<Problem>> {
    let store = store_made(config).await?;
    store.check_writable().await.map_err(store_problems)?;
    over(config, store, Key::Make, clock)
}

/// The register, made or migrated if need be. Says what was done.
pub async fn store_made(config: &Config) -> Result<Store, Vec<Problem>> {
    if let Database::Sqlite(path) = &config.database {
        let folder = path.parent().map(PathBuf::from).unwrap_or_default();
        std::fs::create_dir_all(&folder).map_err(|error| {
            vec![
                Problem::new(format!("the folder {} cannot be made: {error}", folder.display()))
                    .advise("name another with --database or --state-dir"),
            ]
        })?;
    }
    let store = opened(Store::open_or_create(&address(config)).await.map_err(store_problems)?);
    let state = store.schema_state().await.map_err(store_problems)?;
    let backup_dir = match store.file().and_then(|file| file.parent()) {
        Some(folder) => folder.to_owned(),
        None => config.state_dir.clone(),
    };
    if state != SchemaState::Current {
        let _ = std::fs::create_dir_all(&backup_dir);
    }
    let backup = store.migrate(&backup_dir).await.map_err(store_problems)?;
    if state == SchemaState::Empty {
        tracing::info!(database = %config.database, "a new register was made");
    }
    if let Some(backup) = backup {
        tracing::info!(backup = %backup.display(), "the register was migrated; its backup is kept");
    }
    Ok(store)
}

fn over(
    config: &Config,
    store: Store,
    key: Key,
    clock: Arc<dyn Clock>,
) -> Result<Service, Vec<Problem>> {
    let environment = Environment::process();
    let path = &config.sealing_key_file;
    let key = match key {
        Key::Read => SealingKey::obtain_existing(&environment, path),
        Key::Make => SealingKey::obtain(&environment, path).map(|(key, origin)| {
            if let KeyOrigin::Created(path) = origin {
                tracing::info!(path = %path.display(), "a sealing key was made; keep a copy of it");
            }
            Some(key)
        }),
    };
    let key = key.map_err(|error| vec![Problem::new(error)])?;
    let secrets = Secrets::new(key, config.secrets_dir.clone(), environment)
        .keeping(config.own_secrets.clone());
    let runs = RunSettings { lease: config.workers.lease, ..RunSettings::default() };
    Ok(Service::new(store, factories(), secrets, config.zone, clock, runs))
}

/// A store's error as people see it.
pub fn store_problems(error: cadastre_service::store::StoreError) -> Vec<Problem> {
    problems(ServiceError::from(error))
}

/// A service's error as people see it.
pub fn problems(error: ServiceError) -> Vec<Problem> {
    let problem = Problem::new(&error.message);
    match error.hint {
        Some(hint) => vec![problem.advise(hint)],
        None => vec![problem],
    }
}
