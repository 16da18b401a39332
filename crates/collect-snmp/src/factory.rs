//! How the `[snmp]` table becomes a collector.

use crate::collector::SnmpCollector;
use crate::credentials::{Credential, User};
use crate::fields::SNMP_FIELDS;
use crate::settings::{SnmpSettings, UserSettings};
use cadastre_collect::{Collector, Factory, Mode, SettingError, SettingField};
use cadastre_model::SourceKind;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use snmp2::v3::KeyExtension;
use std::collections::BTreeMap;

/// A passphrase is no shorter (RFC 3414, 11.2).
const KEY_MIN_CHARS: usize = 8;

/// Makes collectors of SNMP sources.
#[derive(Clone, Copy, Debug, Default)]
pub struct SnmpFactory;

impl Factory for SnmpFactory {
    fn kind(&self) -> SourceKind {
        SourceKind::Snmp
    }

    fn check(&self, settings: &Value) -> Vec<SettingError> {
        SnmpSettings::read(settings).1
    }

    fn fields(&self) -> Vec<SettingField> {
        SNMP_FIELDS.to_vec()
    }

    fn build(
        &self,
        settings: &Value,
        secrets: &BTreeMap<String, SecretString>,
        mode: Mode,
    ) -> Result<Box<dyn Collector>, Vec<SettingError>> {
        let (settings, mut errors) = SnmpSettings::read(settings);
        if let Mode::Replay(recording) = &mode {
            if recording.kind() != self.kind() {
                let what = format!("is of a source of the kind {}", recording.kind());
                errors.push(SettingError::new("recording", what, "name one of the kind snmp"));
            }
            if !errors.is_empty() {
                return Err(errors);
            }
            let settings = settings.with_noted(recording.settings());
            return Ok(Box::new(SnmpCollector::new(settings, Vec::new(), mode)));
        }
        if settings.targets.is_empty() && errors.is_empty() {
            let hint = "name whom to ask: targets = [\"10.0.0.0/24\"]";
            errors.push(SettingError::new("targets", "names nobody", hint));
        }
        let credentials = credentials(&settings, secrets, &mut errors);
        if !errors.is_empty() {
            return Err(errors);
        }
        if let Mode::Record(recorder) = &mode {
            secrets.values().for_each(|secret| recorder.hide(secret));
            credentials.iter().filter_map(Credential::secret).for_each(|it| recorder.hide(it));
            recorder.note_settings(settings.noted());
        }
        Ok(Box::new(SnmpCollector::new(settings, credentials, mode)))
    }
}

/// Users first: they can be told apart, and what they say is hidden.
fn credentials(
    settings: &SnmpSettings,
    secrets: &BTreeMap<String, SecretString>,
    errors: &mut Vec<SettingError>,
) -> Vec<Credential> {
    let mut all = Vec::new();
    for user in &settings.users {
        match user_of(user, secrets) {
            Ok(user) => all.extend(user.ways()),
            Err(wrong) => errors.extend(wrong),
        }
    }
    all.extend(secrets.get("communities").map(Credential::communities).into_iter().flatten());
    if all.is_empty() && errors.is_empty() {
        errors.push(SettingError::new(
            "communities",
            "is missing, and there are no `users`",
            "name where it is: communities_env = \"CADASTRE_SECRET_...\", or give [[snmp.users]]",
        ));
    }
    all
}

fn user_of(
    user: &UserSettings,
    secrets: &BTreeMap<String, SecretString>,
) -> Result<User, Vec<SettingError>> {
    let mut errors = Vec::new();
    let mut key = |part: &str, is_wanted: bool| {
        let path = format!("users.{}.{part}", user.table);
        match secrets.get(&path) {
            Some(secret) if secret.expose_secret().chars().count() < KEY_MIN_CHARS => {
                let what = "is too short";
                errors.push(SettingError::new(path, what, "expected eight characters or more"));
                None
            }
            None if is_wanted => {
                let hint = format!("name where it is: {part}_env = \"CADASTRE_SECRET_...\"");
                errors.push(SettingError::new(path, "is missing", hint));
                None
            }
            found => found.cloned(),
        }
    };
    let auth_key = key("auth_key", user.auth.is_some());
    let priv_key = key("priv_key", user.privacy.is_some());
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(User {
        name: user.name.clone(),
        auth: user.auth.zip(auth_key),
        privacy: user.privacy.zip(priv_key),
        context: user.context.clone(),
        extension: KeyExtension::Reeder,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadastre_collect::testing::disagreements;
    use serde_json::json;

    #[test]
    fn what_is_described_is_what_is_accepted() {
        assert_eq!(disagreements(&SnmpFactory), [""; 0]);
    }

    #[test]
    fn the_docs_have_every_setting() {
        let docs = include_str!("../../../docs/SOURCES.md");
        let (_, docs) = docs.split_once("## `[snmp]`").unwrap_or_default();
        let own = SnmpFactory.fields().into_iter();
        for field in own.chain(crate::fields::USER_FIELDS) {
            let key = match field.is_secret {
                true => format!("`{0}_env`, `{0}_file`", field.key),
                false => format!("`{}`", field.key),
            };
            let line = format!("| {key} | {} | {} |", field.sort.word(), field.help);
            assert!(docs.contains(&line), "docs/SOURCES.md lacks the line\n{line}");
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let said = |settings: Value, secrets: &[(&str, &str)]| -> Vec<String> {
            let secrets = secrets
                .iter()
                .map(|(key, secret)| ((*key).to_owned(), SecretString::from(*secret)))
                .collect();
            let built = SnmpFactory.build(&settings, &secrets, Mode::Live);
            built.err().unwrap_or_default().into_iter().map(|error| error.key).collect()
        };
        let user = json!({"name": "u", "auth": "sha", "priv": "aes"});
        let targets = json!(["10.0.0.1"]);
        assert_eq!(said(json!({}), &[("communities", "x")]), ["targets"]);
        assert_eq!(said(json!({"targets": targets}), &[]), ["communities"]);
        assert_eq!(said(json!({"targets": targets}), &[("communities", " , ")]), ["communities"]);
        assert_eq!(
            said(json!({"targets": targets, "users": [user]}), &[("users.0.auth_key", "short")]),
            ["users.0.auth_key", "users.0.priv_key"]
        );
        let keys = [("users.0.auth_key", "authauth"), ("users.0.priv_key", "privpriv")];
        assert_eq!(said(json!({"targets": targets, "users": [user]}), &keys), [""; 0]);
    }
}
