//! Every key there is: its name, the sort of its value, what it is for.
//!
//! The names of variables, the refusal of unknown keys, and what `check-config` prints all derive
//! from this table.

/// What the names of all variables begin with.
pub(super) const VARIABLE_PREFIX: &str = "CADASTRE_";

/// Between the items of a list given as text.
pub(super) const LIST_COMMA: &str = ",";

/// The sort of value a key has in a file. Variables and flags are text that is read as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Text,
    Count,
    Switch,
    /// Of texts; in a variable, with commas between them.
    List,
}

/// A key.
#[derive(Debug)]
pub(super) struct Key {
    /// Dotted, as in the file.
    pub path: &'static str,
    /// The sort of its value.
    pub sort: Sort,
    /// What it is for, in one line.
    pub about: &'static str,
}

pub(super) const DATABASE: &str = "database";
pub(super) const DATABASE_PASSWORD_ENV: &str = "database_password_env";
pub(super) const DATABASE_PASSWORD_FILE: &str = "database_password_file";
pub(super) const STATE_DIR: &str = "state_dir";
pub(super) const ZONE: &str = "zone";
pub(super) const SECRETS_DIR: &str = "secrets_dir";
pub(super) const SEALING_KEY_FILE: &str = "sealing_key_file";
pub(super) const LISTEN: &str = "server.listen";
pub(super) const ALLOW_INSECURE_HTTP: &str = "server.allow_insecure_http";
pub(super) const PUBLIC_URL: &str = "server.public_url";
pub(super) const TRUSTED_PROXIES: &str = "server.trusted_proxies";
/// The certificate's file; errors name it.
pub(crate) const TLS_CERT: &str = "tls.cert";
/// The key's file; errors name it.
pub(crate) const TLS_KEY: &str = "tls.key";
pub(super) const LOG_LEVEL: &str = "log.level";
pub(super) const LOG_FORMAT: &str = "log.format";
pub(super) const WORKERS_COUNT: &str = "workers.count";
pub(super) const WORKERS_POLL: &str = "workers.poll";
pub(super) const WORKERS_LEASE: &str = "workers.lease";

/// All keys, in the order in which people read them.
pub(super) const KEYS: [Key; 18] = [
    key(
        DATABASE,
        Sort::Text,
        "where the register is kept: sqlite:///path or postgres://user@host/name",
    ),
    key(
        DATABASE_PASSWORD_ENV,
        Sort::Text,
        "the CADASTRE_SECRET_* variable that holds the database's password",
    ),
    key(
        DATABASE_PASSWORD_FILE,
        Sort::Text,
        "the file below secrets_dir that holds the database's password",
    ),
    key(STATE_DIR, Sort::Text, "folder of what the program itself writes"),
    key(ZONE, Sort::Text, "the organisation's time zone: schedules, days and dates follow it"),
    key(SECRETS_DIR, Sort::Text, "the only folder that secret files are read from"),
    key(
        SEALING_KEY_FILE,
        Sort::Text,
        "the key that typed-in secrets are sealed with; made at first start",
    ),
    key(LISTEN, Sort::Text, "address and port to serve at"),
    key(ALLOW_INSECURE_HTTP, Sort::Switch, "whether plain HTTP may be served beyond this machine"),
    key(
        PUBLIC_URL,
        Sort::Text,
        "the address people reach it at, such as https://cmdb.example.org; other names are refused",
    ),
    key(
        TRUSTED_PROXIES,
        Sort::List,
        "networks of the proxies that are believed about who asks, such as 10.0.0.0/24",
    ),
    key(TLS_CERT, Sort::Text, "PEM file of the certificate and those between it and the root"),
    key(TLS_KEY, Sort::Text, "PEM file of the certificate's private key"),
    key(
        LOG_LEVEL,
        Sort::Text,
        "error, warn, info, debug, trace, or directives such as info,cadastre_store=debug",
    ),
    key(LOG_FORMAT, Sort::Text, "form of a log line: text or json"),
    key(WORKERS_COUNT, Sort::Count, "how many jobs run at once"),
    key(WORKERS_POLL, Sort::Text, "how often an idle worker looks for a job, such as 1s"),
    key(
        WORKERS_LEASE,
        Sort::Text,
        "a run or job without a sign of life for so long is taken for dead, such as 60s",
    ),
];

const fn key(path: &'static str, sort: Sort, about: &'static str) -> Key {
    Key { path, sort, about }
}

/// The key of a dotted path.
pub(super) fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

impl Key {
    /// The variable that sets it: `CADASTRE_SERVER__LISTEN` for `server.listen`.
    pub(super) fn variable(&self) -> String {
        format!("{VARIABLE_PREFIX}{}", self.path.to_uppercase().replace('.', "__"))
    }
}

impl Sort {
    /// In words, for messages.
    pub(super) fn word(self) -> &'static str {
        match self {
            Sort::Text => "a string",
            Sort::Count => "a whole number",
            Sort::Switch => "true or false",
            Sort::List => "a list of strings",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_named_after_keys() {
        let names: Vec<String> = KEYS.iter().map(Key::variable).collect();
        assert!(names.contains(&"CADASTRE_DATABASE".to_owned()));
        assert!(names.contains(&"CADASTRE_SERVER__ALLOW_INSECURE_HTTP".to_owned()));
        let unique: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
    }
}
