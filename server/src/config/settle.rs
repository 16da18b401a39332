//! From what was given to what holds: each key read, checked and noted for `check-config`.

mod serving;

use super::database::{Address, Database, EXPECTED};
use super::described::Described;
use super::inputs::Inputs;
use super::keys::{self, KEYS};
use super::layers::{Given, Giver, Layers};
use super::paths;
use super::types::{Config, Log, Workers};
use super::values;
use crate::telemetry;
use cadastre_service::secrets::{Environment, SecretPlace, SecretRef, Secrets};
use cadastre_service::toml_doc::{Fault, Faults};
use cadastre_service::zone::Zone;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const DEFAULT_LEVEL: &str = "info";
const DEFAULT_WORKERS: usize = 2;
const DEFAULT_POLL: &str = "1s";
const DEFAULT_LEASE: &str = "60s";

/// Reads every key, and notes all that is wrong.
pub(super) fn settle(
    inputs: &Inputs,
    file: Option<PathBuf>,
    layers: &Layers,
    faults: Faults,
) -> Result<Config, Faults> {
    let mut settler = Settler { layers, faults, values: BTreeMap::new(), own_secrets: Vec::new() };
    let state_dir = settler.path(keys::STATE_DIR, || paths::default_state_dir(inputs));
    let secrets_dir = settler.optional_path(keys::SECRETS_DIR);
    let beside = file.as_deref().and_then(Path::parent).unwrap_or(&state_dir);
    let sealing_key_file = settler.path(keys::SEALING_KEY_FILE, || beside.join("sealing.key"));
    settler.keep_key_apart(&sealing_key_file, secrets_dir.as_deref());
    let database = settler.database(inputs, &state_dir, secrets_dir.as_deref());
    let zone = settler
        .read(keys::ZONE, "UTC", |text| Zone::parse(text).map_err(|error| error.to_string()));
    let server = settler.server();
    let level = settler.read(keys::LOG_LEVEL, DEFAULT_LEVEL, |text| {
        telemetry::level_check(text).map(|()| text.to_owned())
    });
    let format = settler.read(keys::LOG_FORMAT, "text", values::log_format);
    let count = settler.read(keys::WORKERS_COUNT, &DEFAULT_WORKERS.to_string(), values::workers);
    let poll = settler.read(keys::WORKERS_POLL, DEFAULT_POLL, values::poll);
    let lease = settler.read(keys::WORKERS_LEASE, DEFAULT_LEASE, values::lease);

    let described = settler.described();
    let settled = (|| {
        Some(Config {
            file,
            database: database?,
            state_dir,
            zone: zone?,
            secrets_dir,
            own_secrets: settler.own_secrets,
            sealing_key_file,
            server: server?,
            log: Log { level: level?, format: format? },
            workers: Workers { count: count?, poll: poll?, lease: lease? },
            described,
        })
    })();
    match settled {
        Some(config) => settler.faults.or(config),
        // A key without a value has left its fault.
        None => Err(settler.faults),
    }
}

struct Settler<'a> {
    layers: &'a Layers,
    faults: Faults,
    /// What holds, as it is shown.
    values: BTreeMap<&'static str, String>,
    /// What the program itself runs with.
    own_secrets: Vec<SecretRef>,
}

impl Settler<'_> {
    /// Reads a key, or its default.
    fn read<T>(
        &mut self,
        key: &'static str,
        default: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let given = self.layers.get(key);
        let text = given.map_or(default, |given| given.text.as_str());
        self.values.insert(key, text.to_owned());
        match (read(text), given) {
            (Ok(value), _) => Some(value),
            (Err(problem), Some(given)) => {
                self.fault(given, key, problem, "");
                None
            }
            (Err(problem), None) => {
                self.faults.push(Fault::new("default", key, problem, ""));
                None
            }
        }
    }

    /// Reads a key that need not be given: within, `None` where it was not.
    fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Option<T>> {
        match self.layers.get(key) {
            None => Some(None),
            Some(_) => self.read(key, "", read).map(Some),
        }
    }

    /// A path, made absolute, or the default.
    fn path(&mut self, key: &'static str, default: impl FnOnce() -> PathBuf) -> PathBuf {
        let path = self.optional_path(key).unwrap_or_else(default);
        self.values.insert(key, path.display().to_string());
        path
    }

    /// A path, made absolute, if one was given.
    fn optional_path(&mut self, key: &'static str) -> Option<PathBuf> {
        let given = self.layers.get(key)?;
        if given.text.is_empty() {
            self.fault(
                given,
                key,
                "is empty, expected a path".to_owned(),
                "remove it for the default",
            );
            return None;
        }
        let path = given.folder.join(&given.text);
        self.values.insert(key, path.display().to_string());
        Some(path)
    }

    /// Whoever may name files below `secrets_dir` must not be able to name the key.
    fn keep_key_apart(&mut self, key_file: &Path, secrets_dir: Option<&Path>) {
        if !secrets_dir.is_some_and(|folder| key_file.starts_with(folder)) {
            return;
        }
        let giver = [keys::SEALING_KEY_FILE, keys::SECRETS_DIR]
            .into_iter()
            .find_map(|key| self.layers.get(key));
        let Some(given) = giver else { return };
        let problem = "lies below secrets_dir, where a source could name it as its secret";
        self.fault(
            given,
            keys::SEALING_KEY_FILE,
            problem.to_owned(),
            "keep the sealing key elsewhere",
        );
    }

    fn database(
        &mut self,
        inputs: &Inputs,
        state_dir: &Path,
        secrets_dir: Option<&Path>,
    ) -> Option<Database> {
        let password = self.password(inputs, secrets_dir);
        let address = match self.layers.get(keys::DATABASE) {
            None => Address::Sqlite(state_dir.join("cadastre.db")),
            Some(given) => match Address::parse(&given.text, &given.folder) {
                Ok(address) => address,
                Err(problem) => {
                    let problem = format!("{problem}, expected {EXPECTED}");
                    self.fault(given, keys::DATABASE, problem, "");
                    return None;
                }
            },
        };
        if let Some(given) = self.layers.get(keys::DATABASE) {
            self.check_password(given, &address, password.is_some());
        }
        let database = address.with_password(password.as_ref());
        self.values.insert(keys::DATABASE, database.to_string());
        Some(database)
    }

    fn check_password(&mut self, given: &Given, address: &Address, is_kept_elsewhere: bool) {
        let elsewhere = format!(
            "take it out and set {} or {}",
            keys::DATABASE_PASSWORD_ENV,
            keys::DATABASE_PASSWORD_FILE
        );
        if matches!(address, Address::Sqlite(_)) && is_kept_elsewhere {
            let problem = "has no password, but one is configured".to_owned();
            self.fault(given, keys::DATABASE, problem, "remove database_password_env and _file");
        }
        if !address.has_password() {
            return;
        }
        if matches!(given.giver, Giver::Flag(_)) {
            let problem = "everyone on this machine can read a password on the command line";
            self.fault(given, keys::DATABASE, problem.to_owned(), &elsewhere);
        } else if is_kept_elsewhere {
            let problem = "has a password, and another is configured beside it".to_owned();
            self.fault(given, keys::DATABASE, problem, &elsewhere);
        }
    }

    /// The database's password, from where the configuration says it is.
    fn password(&mut self, inputs: &Inputs, secrets_dir: Option<&Path>) -> Option<SecretString> {
        type Reference = fn(&str) -> Result<SecretRef, cadastre_service::secrets::SecretError>;
        let ways: [(&'static str, Reference); 2] = [
            (keys::DATABASE_PASSWORD_ENV, SecretRef::env),
            (keys::DATABASE_PASSWORD_FILE, SecretRef::file),
        ];
        let secrets = Secrets::new(None, secrets_dir.map(Path::to_owned), environment(inputs));
        let place = SecretPlace { label: "the database's password", row: "" };
        let mut password = None;
        for (key, reference) in ways {
            let Some(given) = self.layers.get(key) else {
                continue;
            };
            self.values.insert(key, given.text.clone());
            if password.is_some() {
                let problem = format!("given beside {}", keys::DATABASE_PASSWORD_ENV);
                self.fault(given, key, problem, "keep one of the two");
                continue;
            }
            let named = reference(&given.text);
            match named.and_then(|named| Ok((secrets.resolve(place, &named)?, named))) {
                Ok((secret, named)) => {
                    password = Some(secret);
                    self.own_secrets.push(named);
                }
                Err(error) => self.fault(given, key, error.to_string(), ""),
            }
        }
        password
    }

    fn fault(&mut self, given: &Given, key: &str, problem: String, advice: &str) {
        self.faults.push(Fault::new(given.giver.place(), key, problem, advice));
    }

    fn described(&self) -> Vec<Described> {
        KEYS.iter()
            .map(|key| Described {
                key: key.path,
                about: key.about,
                value: self.values.get(key.path).cloned().unwrap_or_default(),
                from: match self.layers.get(key.path) {
                    Some(given) => given.giver.place(),
                    None => "default".to_owned(),
                },
            })
            .collect()
    }
}

/// The variables that secrets are looked up in.
fn environment(inputs: &Inputs) -> Environment {
    let variables =
        inputs.variables.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?)));
    Environment::fixed(variables.collect())
}
