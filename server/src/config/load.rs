//! Reading the configuration, layer over layer.

use super::inputs::Inputs;
use super::keys;
use super::layers::{Given, Giver, Layers};
use super::types::Config;
use super::{environment, file, settle};
use cadastre_service::toml_doc::{Fault, Faults};

/// The configuration these inputs and their file come to.
///
/// # Errors
/// All that is wrong, each fault with its place. Exit status 2: it is wrong usage.
pub fn load(inputs: &Inputs) -> Result<Config, Faults> {
    let mut layers = Layers::default();
    let mut faults = Faults::default();
    let file = match file::read(inputs) {
        Ok(Some((path, text))) => {
            file::put(&path, &text, &mut layers, &mut faults);
            Some(path)
        }
        Ok(None) => None,
        Err(unreadable) => {
            faults.0.extend(unreadable.0);
            None
        }
    };
    environment::put(inputs, &mut layers, &mut faults);
    put_flags(inputs, &mut layers, &mut faults);
    settle::settle(inputs, file, &layers, faults)
}

fn put_flags(inputs: &Inputs, layers: &mut Layers, faults: &mut Faults) {
    let flags = &inputs.flags;
    let mut put = |key: &str, flag: &'static str, text: Option<&str>| {
        if let Some(text) = text {
            let given = Given {
                text: text.to_owned(),
                giver: Giver::Flag(flag),
                folder: inputs.working_folder.clone(),
            };
            layers.put(key, given);
        }
    };
    put(keys::DATABASE, "--database", flags.database.as_deref());
    put(keys::LISTEN, "--listen", flags.listen.as_deref());
    let Some(folder) = &flags.state_dir else {
        return;
    };
    put(keys::STATE_DIR, "--state-dir", folder.to_str());
    if folder.to_str().is_none() {
        let advice = "name a folder whose path is Unicode";
        let fault = Fault::new("--state-dir", keys::STATE_DIR, "is not Unicode text", advice);
        faults.push(fault);
    }
}
