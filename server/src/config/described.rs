//! One key as `check-config` shows it.

use serde::Serialize;

/// A key, its value in effect and where that came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Described {
    /// The key, dotted.
    pub key: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its value; empty if it has none. Never a secret.
    pub value: String,
    /// `default`, `cadastre.toml:3:1`, `CADASTRE_ZONE` or `--listen`.
    pub from: String,
}
