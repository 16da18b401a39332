//! The login of the demo, to be told once.

use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// An account and its password. Displays with the password: that is what it is for.
pub struct Login {
    /// The account.
    pub name: &'static str,
    /// Its password.
    pub password: SecretString,
}

impl Login {
    /// In JSON.
    pub fn told(&self) -> serde_json::Value {
        serde_json::json!({ "name": self.name, "password": self.password.expose_secret() })
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "log in as {} with the password {}", self.name, self.password.expose_secret())
    }
}
