//! The `[snmp]` table of a source.

use crate::fields::{AUTH_WORDS, PRIV_WORDS};
use crate::targets::{self, Target};
use cadastre_collect::{Pattern, SettingError, SettingsReader};
use serde_json::{Value, json};
use snmp2::v3::{AuthProtocol, Cipher};
use std::time::Duration;

const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(60);
const DEADLINE_SHORTEST: Duration = Duration::from_secs(1);
const DEADLINE_LONGEST: Duration = Duration::from_secs(4 * 3_600);
const SWEEP_SHORTEST: Duration = Duration::from_secs(10);
const SWEEP_LONGEST: Duration = Duration::from_secs(31 * 24 * 3_600);
/// Addresses a second; more than that no timer tells apart.
const RATES: std::ops::RangeInclusive<u64> = 1..=1_000;

/// What a source of this kind can be told.
#[derive(Clone, Debug)]
pub(crate) struct SnmpSettings {
    /// Who is asked.
    pub targets: Vec<Target>,
    /// The entries that stand for them.
    pub entries: Vec<String>,
    /// What is left out, addresses and patterns.
    pub exclude: Vec<String>,
    /// Patterns of what is wanted.
    pub include: Vec<String>,
    /// Where agents listen.
    pub port: u16,
    /// How long one answer may take.
    pub timeout: Duration,
    /// How often a question is asked again.
    pub retries: u32,
    /// How long one device may take.
    pub deadline: Duration,
    /// How many devices are read side by side.
    pub concurrency: usize,
    /// How much time must have passed since ranges were last swept; `None`: every run sweeps.
    pub sweep_every: Option<Duration>,
    /// How many addresses of ranges are begun a second, at most; `None`: as many as there is room for.
    pub sweep_rate: Option<u32>,
    /// Whether communities that everybody knows are tried.
    pub probe_defaults: bool,
    /// Users of v3, with the number of their table.
    pub users: Vec<UserSettings>,
}

/// A user of v3, without its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserSettings {
    /// The number of its table, from 0: where its secrets are.
    pub table: usize,
    /// The name.
    pub name: String,
    /// How it proves itself.
    pub auth: Option<AuthProtocol>,
    /// How it hides what is said.
    pub privacy: Option<Cipher>,
    /// The context it asks in.
    pub context: Option<String>,
}

impl SnmpSettings {
    /// Reads the table; all errors at once.
    pub(crate) fn read(settings: &Value) -> (SnmpSettings, Vec<SettingError>) {
        let mut reader = SettingsReader::new("snmp", settings);
        let whole = |reader: &mut SettingsReader<'_>, key: &str, range, otherwise: u64| {
            reader.whole(key, range).unwrap_or(otherwise)
        };
        let mut read = SnmpSettings {
            targets: Vec::new(),
            entries: reader.texts("targets").unwrap_or_default(),
            exclude: reader.texts("exclude").unwrap_or_default(),
            include: reader.texts("include").unwrap_or_default(),
            port: u16::try_from(whole(&mut reader, "port", 1..=65_535, 161)).unwrap_or(161),
            timeout: reader
                .duration("timeout", SHORTEST..=LONGEST)
                .unwrap_or(Duration::from_secs(2)),
            retries: u32::try_from(whole(&mut reader, "retries", 0..=10, 1)).unwrap_or(1),
            deadline: reader
                .duration("deadline", DEADLINE_SHORTEST..=DEADLINE_LONGEST)
                .unwrap_or(Duration::from_secs(300)),
            concurrency: usize::try_from(whole(&mut reader, "concurrency", 1..=256, 16))
                .unwrap_or(16),
            sweep_every: reader.duration("sweep_every", SWEEP_SHORTEST..=SWEEP_LONGEST),
            sweep_rate: reader.whole("sweep_rate", RATES).and_then(|rate| u32::try_from(rate).ok()),
            probe_defaults: reader.flag("probe_defaults").unwrap_or(false),
            users: Vec::new(),
        };
        reader.secret("communities");
        for key in ["proxy", "ca_file", "insecure_tls"] {
            let hint = "leave it out; what hides SNMP is a user with `priv`";
            reader.refuse(key, "is of no use here: SNMP knows neither proxies nor TLS", hint);
        }
        let tables = reader.tables("users");
        let mut of_users = Vec::new();
        for (table, settings) in tables.into_iter().enumerate() {
            let (user, errors) = read_user(table, settings);
            read.users.extend(user);
            of_users.extend(errors);
        }
        match targets::targets(&read.entries, &read.exclude) {
            Ok(found) => read.targets = found,
            Err(what) => {
                let hint = "expected entries such as 10.0.0.1, 10.0.0.1-10.0.0.99 or 10.0.0.0/24";
                reader.error("targets", what, hint);
            }
        }
        let mut errors = reader.finish();
        errors.extend(of_users);
        errors.sort();
        (read, errors)
    }

    /// Whether a device known by these names is wanted.
    pub(crate) fn wanted(&self) -> Pattern {
        let of_names: Vec<String> =
            self.exclude.iter().filter(|text| !targets::is_address(text)).cloned().collect();
        Pattern::new(&self.include, &of_names)
    }

    /// What a replay must know to ask the same questions.
    pub(crate) fn noted(&self) -> Value {
        json!({
            "targets": self.entries, "exclude": self.exclude, "include": self.include,
            "port": self.port, "probe_defaults": self.probe_defaults,
        })
    }

    /// These settings, with what a recording noted in the place of what is about targets. What is
    /// wanted stays as it is set, if it is.
    pub(crate) fn with_noted(mut self, noted: &Value) -> SnmpSettings {
        let (recorded, errors) = SnmpSettings::read(noted);
        if errors.is_empty() {
            self.targets = recorded.targets;
            self.port = recorded.port;
            self.probe_defaults = recorded.probe_defaults;
            if self.include.is_empty() && self.exclude.is_empty() {
                self.include = recorded.include;
                self.exclude = recorded.exclude;
            }
        }
        self
    }
}

fn read_user(table: usize, settings: &Value) -> (Option<UserSettings>, Vec<SettingError>) {
    let key = |part: &str| format!("users.{table}.{part}");
    // A table that was taken out leaves its number behind.
    if settings.as_object().is_some_and(serde_json::Map::is_empty) {
        return (None, Vec::new());
    }
    let mut reader = SettingsReader::new("snmp.users", settings);
    let name = reader.text("name");
    let auth = word(&mut reader, "auth", &AUTH_WORDS, auth_of);
    let privacy = word(&mut reader, "priv", &PRIV_WORDS, priv_of);
    let context = reader.text("context");
    reader.secret("auth_key");
    reader.secret("priv_key");
    if privacy.is_some() && auth.is_none() {
        reader.error("priv", "goes with `auth` only", "name the protocol of `auth` too");
    }
    if name.is_none() {
        reader.error("name", "is missing", "name the user of SNMPv3");
    }
    let errors = reader.finish().into_iter();
    let errors =
        errors.map(|error| SettingError::new(key(&error.key), error.what, error.hint)).collect();
    let user = name.map(|name| UserSettings { table, name, auth, privacy, context });
    (user, errors)
}

fn word<T>(
    reader: &mut SettingsReader<'_>,
    key: &str,
    words: &[&str],
    of: fn(&str) -> Option<T>,
) -> Option<T> {
    let text = reader.text(key)?;
    let found = of(&text.to_lowercase());
    if found.is_none() {
        let hint = format!("expected one of: {}", words.join(", "));
        reader.error(key, format!("is \"{text}\""), hint);
    }
    found
}

fn auth_of(word: &str) -> Option<AuthProtocol> {
    match word {
        "sha" => Some(AuthProtocol::Sha1),
        "sha224" => Some(AuthProtocol::Sha224),
        "sha256" => Some(AuthProtocol::Sha256),
        "sha384" => Some(AuthProtocol::Sha384),
        "sha512" => Some(AuthProtocol::Sha512),
        "md5" => Some(AuthProtocol::Md5),
        _ => None,
    }
}

fn priv_of(word: &str) -> Option<Cipher> {
    match word {
        "aes" => Some(Cipher::Aes128),
        "aes192" => Some(Cipher::Aes192),
        "aes256" => Some(Cipher::Aes256),
        "des" => Some(Cipher::Des),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(settings: Value) -> Vec<String> {
        SnmpSettings::read(&settings).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn takes_what_is_right() {
        let (read, errors) = SnmpSettings::read(&json!({
            "targets": ["10.0.0.0/30", "sw1.example"], "exclude": ["10.0.0.2", "lab-*"],
            "communities_env": "CADASTRE_SECRET_SNMP", "port": 1161, "timeout": "500ms", "retries": 0,
            "deadline": "1m", "concurrency": 4, "probe_defaults": true, "include": ["sw*"],
            "users": [
                {"name": "mon", "auth": "sha256", "auth_key_env": "CADASTRE_SECRET_A", "priv": "AES",
                 "priv_key_file": "p", "context": "x"},
                {},
                {"name": "open"},
            ],
        }));
        assert_eq!(errors, []);
        assert_eq!(read.targets.len(), 2);
        let tables: Vec<usize> = read.users.iter().map(|user| user.table).collect();
        assert_eq!(tables, [0, 2]);
        assert!(read.wanted().wants(&["sw1"]) && !read.wanted().wants(&["lab-1", "sw1"]));
    }

    #[test]
    fn refuses_what_is_wrong_each_by_name() {
        assert_eq!(
            said(json!({
                "targets": ["10.0.0.0/8"], "proxy": "http://p:1", "retries": 11,
                "users": [{"auth": "sha1", "priv": "aes", "colour": 1}], "comunities_env": "x",
            })),
            [
                "`comunities_env` is not a setting of this kind; did you mean `communities_env`?",
                "`proxy` is of no use here: SNMP knows neither proxies nor TLS; leave it out; what \
                 hides SNMP is a user with `priv`",
                "`retries` is the number 11; expected a whole number from 0 to 10",
                "`targets` names `10.0.0.0/8`, which has more than 65536 addresses; expected entries \
                 such as 10.0.0.1, 10.0.0.1-10.0.0.99 or 10.0.0.0/24",
                "`users.0.auth` is \"sha1\"; expected one of: sha, sha224, sha256, sha384, sha512, md5",
                "`users.0.colour` is not a setting of this kind; known here: auth, auth_key_env, \
                 auth_key_file, context, name, priv, priv_key_env, priv_key_file",
                "`users.0.name` is missing; name the user of SNMPv3",
                "`users.0.priv` goes with `auth` only; name the protocol of `auth` too",
            ]
        );
    }
}
