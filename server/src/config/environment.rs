//! The layer of variables: `CADASTRE_SERVER__LISTEN` sets `server.listen`.

use super::inputs::Inputs;
use super::keys::{KEYS, Key, VARIABLE_PREFIX};
use super::layers::{Given, Giver, Layers};
use cadastre_service::secrets::VARIABLE_PREFIX as SECRET_PREFIX;
use cadastre_service::toml_doc::{Fault, Faults, closest};

/// Names the configuration file; no key itself.
pub(super) const CONFIG_VARIABLE: &str = "CADASTRE_CONFIG";

/// Puts every `CADASTRE_*` variable that is a key, and refuses those that are none. Values are not
/// quoted: a secret may have been put into the wrong variable.
pub(super) fn put(inputs: &Inputs, layers: &mut Layers, faults: &mut Faults) {
    for (name, value) in &inputs.variables {
        let is_ours = name.starts_with(VARIABLE_PREFIX)
            && !name.starts_with(SECRET_PREFIX)
            && name != CONFIG_VARIABLE;
        if !is_ours {
            continue;
        }
        let Some(key) = KEYS.iter().find(|key| key.variable() == *name) else {
            faults.push(unknown(name));
            continue;
        };
        match value {
            Some(text) => {
                let given = Given {
                    text: text.clone(),
                    giver: Giver::Variable(name.clone()),
                    folder: inputs.working_folder.clone(),
                };
                layers.put(key.path, given);
            }
            None => faults.push(Fault::new(
                name,
                key.path,
                "is not Unicode text",
                "correct or unset the variable",
            )),
        }
    }
}

fn unknown(name: &str) -> Fault {
    let names: Vec<String> = KEYS.iter().map(Key::variable).collect();
    let advice = match closest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {near}?"),
        None => format!(
            "unset it; variables that set a key are {}; secrets are named {SECRET_PREFIX}*",
            names.join(", ")
        ),
    };
    Fault::new("environment", name, "unknown variable", advice)
}
