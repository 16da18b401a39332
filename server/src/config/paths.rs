//! The folders used where none is named, after the XDG base directory specification.

use super::inputs::Inputs;
use super::keys::{STATE_DIR, find};
use std::path::{Path, PathBuf};

/// The folder of `cadastre.toml`: `$XDG_CONFIG_HOME/cadastre`, else `~/.config/cadastre`; a service
/// that has no home uses `/etc/cadastre`.
pub(super) fn config_dir(inputs: &Inputs) -> PathBuf {
    of_user(inputs, "XDG_CONFIG_HOME", ".config").unwrap_or_else(|| "/etc/cadastre".into())
}

/// The state folder that holds without a file: as named by flag or variable, else the default.
pub(super) fn state_dir(inputs: &Inputs) -> PathBuf {
    let named = inputs.flags.state_dir.clone().or_else(|| {
        let variable = find(STATE_DIR)?.variable();
        inputs.variable(&variable).map(PathBuf::from)
    });
    match named {
        Some(folder) => inputs.working_folder.join(folder),
        None => default_state_dir(inputs),
    }
}

/// `$XDG_STATE_HOME/cadastre`, else `~/.local/state/cadastre`; a service that has no home uses
/// `/var/lib/cadastre`.
pub(super) fn default_state_dir(inputs: &Inputs) -> PathBuf {
    of_user(inputs, "XDG_STATE_HOME", ".local/state").unwrap_or_else(|| "/var/lib/cadastre".into())
}

/// The specification wants absolute paths and anything else passed over.
fn of_user(inputs: &Inputs, variable: &str, below_home: &str) -> Option<PathBuf> {
    let absolute = |name| inputs.variable(name).map(Path::new).filter(|path| path.is_absolute());
    let base = absolute(variable)
        .map(Path::to_owned)
        .or_else(|| Some(absolute("HOME")?.join(below_home)))?;
    Some(base.join("cadastre"))
}
