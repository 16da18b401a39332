//! What the configuration is made from, apart from its file: flags, variables, the working folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The flags of the command line that set keys, or name the file.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--config`: the file.
    pub config: Option<PathBuf>,
    /// `--database`.
    pub database: Option<String>,
    /// `--state-dir`.
    pub state_dir: Option<PathBuf>,
    /// `--listen` of `serve`.
    pub listen: Option<String>,
}

/// Everything outside the file. Given, not asked for, so that tests can give it.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The flags.
    pub flags: Flags,
    /// Variables; `None` where the value is not Unicode.
    pub variables: BTreeMap<String, Option<String>>,
    /// The working folder: relative paths in flags and variables count from it.
    pub working_folder: PathBuf,
}

impl Inputs {
    /// With the variables and the working folder of this process.
    #[must_use]
    pub fn of_process(flags: Flags) -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok())))
            .collect();
        Self {
            flags,
            variables,
            // Without a working folder (it was removed) relative paths count from the root.
            working_folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")),
        }
    }

    /// The value of a variable that is set, not empty and Unicode.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name)?.as_deref()?;
        (!value.is_empty()).then_some(value)
    }
}
