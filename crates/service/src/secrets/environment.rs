//! The environment, as far as secrets are read from it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

/// What the name of every variable that holds a secret begins with.
pub const VARIABLE_PREFIX: &str = "CADASTRE_SECRET_";

/// The variable that holds the sealing key itself. No source may name it.
pub const KEY_VARIABLE: &str = "CADASTRE_SECRET_KEY";

type LookUp = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// Looks variables up: those of the process, or fixed ones in tests.
#[derive(Clone)]
pub struct Environment(Arc<LookUp>);

impl Environment {
    /// The variables of this process.
    #[must_use]
    pub fn process() -> Self {
        Self(Arc::new(|name| std::env::var_os(name)))
    }

    /// These variables and no other.
    #[must_use]
    pub fn fixed(variables: BTreeMap<String, String>) -> Self {
        Self(Arc::new(move |name| variables.get(name).map(OsString::from)))
    }

    /// The value of a variable, if set.
    pub(crate) fn get(&self, name: &str) -> Option<OsString> {
        (self.0)(name)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment(..)")
    }
}
