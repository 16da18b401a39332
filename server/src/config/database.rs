//! Where the register is kept.

use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::path::{Path, PathBuf};
use url::Url;

/// What an address may look like, for messages.
pub(super) const EXPECTED: &str = "sqlite:///path/to/cadastre.db or postgres://user@host/name";

/// Where the register is kept. Displays without its password.
#[derive(Clone, Debug)]
pub enum Database {
    /// The embedded database, in this file.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres {
        /// Its address, with the password if there is one.
        url: SecretString,
        /// Its address without.
        shown: String,
    },
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Database::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Database::Postgres { shown, .. } => f.write_str(shown),
        }
    }
}

/// An address before its password is known.
#[derive(Debug)]
pub(super) enum Address {
    Sqlite(PathBuf),
    Postgres(Url),
}

impl Address {
    /// Reads an address; a relative path counts from `folder`. The error says what is wrong and
    /// quotes nothing.
    pub(super) fn parse(text: &str, folder: &Path) -> Result<Address, String> {
        let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
        match scheme {
            "sqlite" => sqlite_path(rest, folder).map(Address::Sqlite),
            "postgres" | "postgresql" => {
                let url =
                    Url::parse(text).map_err(|error| format!("is not an address ({error})"))?;
                if url.cannot_be_a_base() {
                    return Err("lacks // after its scheme".to_owned());
                }
                Ok(Address::Postgres(url))
            }
            _ => Err("names no database that is known here".to_owned()),
        }
    }

    /// Whether it has a password in it.
    pub(super) fn has_password(&self) -> bool {
        match self {
            Address::Sqlite(_) => false,
            Address::Postgres(url) => {
                url.password().is_some() || url.query_pairs().any(|(key, _)| is_password(&key))
            }
        }
    }

    /// With its password, if that is kept elsewhere.
    pub(super) fn with_password(self, password: Option<&SecretString>) -> Database {
        let mut url = match self {
            Address::Sqlite(path) => return Database::Sqlite(path),
            Address::Postgres(url) => url,
        };
        let shown = shown(&url);
        if let Some(password) = password {
            let password = password.expose_secret();
            // An address without a host, such as one of a socket, has its password among the
            // parameters.
            if url.set_password(Some(password)).is_err() {
                url.query_pairs_mut().append_pair("password", password);
            }
        }
        Database::Postgres { url: SecretString::from(String::from(url)), shown }
    }
}

fn sqlite_path(rest: &str, folder: &Path) -> Result<PathBuf, String> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() {
        return Err("names no file".to_owned());
    }
    if path.starts_with(':') {
        return Err("would be lost with the process; a file is needed".to_owned());
    }
    if path.contains('?') {
        return Err("has parameters, which are not taken here".to_owned());
    }
    Ok(folder.join(path))
}

/// The address without its password, wherever that stands.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Fails only where there can be no password.
    let _ = url.set_password(None);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| !is_password(key))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    url.into()
}

fn is_password(key: &str) -> bool {
    key == "password"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn database(text: &str, password: Option<&str>) -> Database {
        let address = Address::parse(text, Path::new("/srv")).unwrap();
        address.with_password(password.map(SecretString::from).as_ref())
    }

    #[test]
    fn files() {
        for (text, path) in [
            ("sqlite:///var/lib/x.db", "/var/lib/x.db"),
            ("sqlite://x.db", "/srv/x.db"),
            ("sqlite:x.db", "/srv/x.db"),
            ("sqlite:/x y.db", "/x y.db"),
        ] {
            assert_eq!(database(text, None).to_string(), format!("sqlite://{path}"), "{text}");
        }
    }

    #[test]
    fn passwords_are_joined_and_never_shown() {
        for (text, password, whole, without) in [
            ("postgres://u@h/d", None, "postgres://u@h/d", "postgres://u@h/d"),
            ("postgres://u@h/d", Some("p@/?"), "postgres://u:p%40%2F%3F@h/d", "postgres://u@h/d"),
            (
                "postgres://u:old@h:1/d?sslmode=require",
                None,
                "postgres://u:old@h:1/d?sslmode=require",
                "postgres://u@h:1/d?sslmode=require",
            ),
            (
                "postgresql:///d?host=/run&password=old",
                None,
                "postgresql:///d?host=/run&password=old",
                "postgresql:///d?host=%2Frun",
            ),
            (
                "postgres:///d?host=/run",
                Some("p&q"),
                "postgres:///d?host=/run&password=p%26q",
                "postgres:///d?host=%2Frun",
            ),
        ] {
            let database = database(text, password);
            assert_eq!(database.to_string(), without, "{text}");
            let shown = format!("{database:?}");
            assert!(!shown.contains("old") && !shown.contains("p%"), "{shown}");
            match database {
                Database::Postgres { url, .. } => assert_eq!(url.expose_secret(), whole),
                Database::Sqlite(path) => panic!("{path:?}"),
            }
        }
    }

    #[test]
    fn what_is_no_address() {
        for text in [
            "",
            "x.db",
            "mysql://h/d",
            "sqlite:",
            "sqlite://",
            "sqlite::memory:",
            "sqlite:///x?mode=ro",
            "postgres:d",
            "postgres://h:port/d",
        ] {
            let problem = Address::parse(text, Path::new("/srv")).unwrap_err();
            assert!(!problem.is_empty(), "{text}");
        }
    }
}
