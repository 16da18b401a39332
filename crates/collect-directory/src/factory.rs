//! How the `[directory]` table becomes a collector.

use crate::collector::DirectoryCollector;
use crate::fields::{DIRECTORY_FIELDS, common_fields};
use crate::session::Door;
use crate::settings::DirectorySettings;
use cadastre_collect::{Collector, Factory, Mode, SettingError, SettingField, Trust};
use cadastre_model::SourceKind;
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeMap;

/// Makes collectors of directory sources.
#[derive(Clone, Copy, Debug, Default)]
pub struct DirectoryFactory;

impl Factory for DirectoryFactory {
    fn kind(&self) -> SourceKind {
        SourceKind::Directory
    }

    fn check(&self, settings: &Value) -> Vec<SettingError> {
        DirectorySettings::read(settings).1
    }

    fn fields(&self) -> Vec<SettingField> {
        DIRECTORY_FIELDS.into_iter().chain(common_fields()).collect()
    }

    fn build(
        &self,
        settings: &Value,
        secrets: &BTreeMap<String, SecretString>,
        mode: Mode,
    ) -> Result<Box<dyn Collector>, Vec<SettingError>> {
        let (settings, mut errors) = DirectorySettings::read(settings);
        if let Mode::Replay(recording) = &mode {
            if recording.kind() != self.kind() {
                let what = format!("is of a source of the kind {}", recording.kind());
                errors.push(SettingError::new("recording", what, "name one of the kind directory"));
            }
            if errors.is_empty() {
                return Ok(Box::new(DirectoryCollector::new(settings, Vec::new(), mode)));
            }
            return Err(errors);
        }
        let password = secrets.get("password");
        errors.extend(missing(&settings, password));
        let trust = Trust::read(&settings.common).map_err(|error| errors.push(error));
        match (&settings.bind_dn, password, trust) {
            (Some(who), Some(password), Ok(trust)) if errors.is_empty() => {
                let doors = doors(&settings, who, password, &trust);
                Ok(Box::new(DirectoryCollector::new(settings, doors, mode)))
            }
            _ => Err(errors),
        }
    }
}

/// What a live source cannot do without.
fn missing(settings: &DirectorySettings, password: Option<&SecretString>) -> Vec<SettingError> {
    let mut errors = Vec::new();
    if settings.addresses.is_empty() {
        let hint = "name a domain controller: url = \"ldaps://dc1.corp.example.com\"";
        errors.push(SettingError::new("url", "is missing", hint));
    }
    if settings.bind_dn.is_none() {
        let hint = "name the account that logs on: bind_dn = \"cadastre@corp.example.com\"";
        errors.push(SettingError::new("bind_dn", "is missing", hint));
    }
    // An empty password logs nobody on and is answered with success.
    let is_empty = |it: &&SecretString| secrecy::ExposeSecret::expose_secret(*it).is_empty();
    if password.filter(|it| !is_empty(it)).is_none() {
        let hint = "name where it is: password_env = \"CADASTRE_SECRET_...\"";
        errors.push(SettingError::new("password", "is missing", hint));
    }
    errors
}

fn doors(
    settings: &DirectorySettings,
    who: &str,
    password: &SecretString,
    trust: &Trust,
) -> Vec<Door> {
    let door = |address: &crate::address::Address| Door {
        address: address.clone(),
        start_tls: settings.start_tls,
        trust: trust.clone(),
        who: who.to_owned(),
        password: password.clone(),
        limit: settings.common.timeout,
    };
    settings.addresses.iter().map(door).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use cadastre_collect::testing::disagreements;
    use serde_json::json;

    #[test]
    fn what_is_described_is_what_is_accepted() {
        assert_eq!(disagreements(&DirectoryFactory), [""; 0]);
    }

    #[test]
    fn the_docs_have_every_setting() {
        let docs = include_str!("../../../docs/SOURCES.md");
        for field in DirectoryFactory.fields() {
            let key = match field.is_secret {
                true => format!("`{0}_env`, `{0}_file`", field.key),
                false => format!("`{}`", field.key),
            };
            let line = format!("| {key} | {} | {} |", field.sort.word(), field.help);
            assert!(docs.contains(&line), "docs/SOURCES.md lacks the line\n{line}");
        }
    }

    #[test]
    fn nobody_logs_on_without_a_password() {
        let settings = json!({"url": "ldaps://dc1"});
        let secrets = [("password".to_owned(), SecretString::from(""))].into();
        let errors = DirectoryFactory.build(&settings, &secrets, Mode::Live).err().unwrap();
        let keys: Vec<&str> = errors.iter().map(|error| error.key.as_str()).collect();
        assert_eq!(keys, ["bind_dn", "password"]);
    }
}
