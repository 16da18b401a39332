//! How the `[aws]` table becomes a collector.

use crate::collector::AwsCollector;
use crate::connection::StaticKeys;
use crate::fields::AWS_FIELDS;
use crate::settings::AwsSettings;
use cadastre_collect::{
    COMMON_FIELDS, Collector, Factory, Mode, SettingError, SettingField, Trust,
};
use cadastre_model::SourceKind;
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeMap;

/// Makes collectors of AWS sources.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsFactory;

impl Factory for AwsFactory {
    fn kind(&self) -> SourceKind {
        SourceKind::Aws
    }

    fn check(&self, settings: &Value) -> Vec<SettingError> {
        AwsSettings::read(settings).1
    }

    fn fields(&self) -> Vec<SettingField> {
        AWS_FIELDS.into_iter().chain(COMMON_FIELDS).collect()
    }

    fn build(
        &self,
        settings: &Value,
        secrets: &BTreeMap<String, SecretString>,
        mode: Mode,
    ) -> Result<Box<dyn Collector>, Vec<SettingError>> {
        let (settings, mut errors) = AwsSettings::read(settings);
        if let Mode::Replay(recording) = &mode {
            if recording.kind() != self.kind() {
                let what = format!("is of a source of the kind {}", recording.kind());
                errors.push(SettingError::new("recording", what, "name one of the kind aws"));
            }
            if errors.is_empty() {
                return Ok(Box::new(AwsCollector::new(settings, None, Trust::System, mode)));
            }
            return Err(errors);
        }
        let keys = static_keys(&settings, secrets).map_err(|error| errors.push(error));
        let trust = Trust::read(&settings.common).map_err(|error| errors.push(error));
        match (keys, trust) {
            (Ok(keys), Ok(trust)) if errors.is_empty() => {
                Ok(Box::new(AwsCollector::new(settings, keys, trust, mode)))
            }
            _ => Err(errors),
        }
    }
}

/// The keys given in the settings, both or neither.
fn static_keys(
    settings: &AwsSettings,
    secrets: &BTreeMap<String, SecretString>,
) -> Result<Option<StaticKeys>, SettingError> {
    let secret = secrets.get("secret_access_key");
    let token = secrets.get("session_token");
    match (&settings.access_key_id, secret) {
        (Some(id), Some(secret)) => Ok(Some(StaticKeys {
            access_key_id: id.clone(),
            secret_access_key: secret.clone(),
            session_token: token.cloned(),
        })),
        (Some(_), None) => Err(SettingError::new(
            "secret_access_key",
            "is missing, and `access_key_id` is useless without it",
            "name where it is: secret_access_key_env = \"CADASTRE_SECRET_...\"",
        )),
        (None, Some(_)) => Err(SettingError::new(
            "access_key_id",
            "is missing, and `secret_access_key` is useless without it",
            "give the id of that key",
        )),
        (None, None) if token.is_some() => Err(SettingError::new(
            "session_token",
            "is useless without `access_key_id` and `secret_access_key`",
            "give all three, or none to use the default chain",
        )),
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadastre_collect::testing::disagreements;

    #[test]
    fn what_is_described_is_what_is_accepted() {
        assert_eq!(disagreements(&AwsFactory), [""; 0]);
    }

    #[test]
    fn the_docs_have_every_setting() {
        let docs = include_str!("../../../docs/SOURCES.md");
        for field in AwsFactory.fields() {
            let key = match field.is_secret {
                true => format!("`{0}_env`, `{0}_file`", field.key),
                false => format!("`{}`", field.key),
            };
            let line = format!("| {key} | {} | {} |", field.sort.word(), field.help);
            assert!(docs.contains(&line), "docs/SOURCES.md lacks the line\n{line}");
        }
    }
}
