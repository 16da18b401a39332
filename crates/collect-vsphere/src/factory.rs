//! How the `[vsphere]` table becomes a collector.

use crate::collector::{Login, VsphereCollector};
use crate::fields::VSPHERE_FIELDS;
use crate::settings::VsphereSettings;
use cadastre_collect::{
    COMMON_FIELDS, Collector, Factory, Mode, SettingError, SettingField, Trust,
};
use cadastre_model::SourceKind;
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeMap;

/// Makes collectors of vSphere sources.
#[derive(Clone, Copy, Debug, Default)]
pub struct VsphereFactory;

impl Factory for VsphereFactory {
    fn kind(&self) -> SourceKind {
        SourceKind::Vsphere
    }

    fn check(&self, settings: &Value) -> Vec<SettingError> {
        VsphereSettings::read(settings).1
    }

    fn fields(&self) -> Vec<SettingField> {
        VSPHERE_FIELDS.into_iter().chain(COMMON_FIELDS).collect()
    }

    fn build(
        &self,
        settings: &Value,
        secrets: &BTreeMap<String, SecretString>,
        mode: Mode,
    ) -> Result<Box<dyn Collector>, Vec<SettingError>> {
        let (settings, mut errors) = VsphereSettings::read(settings);
        if let Mode::Replay(recording) = &mode {
            if recording.kind() != self.kind() {
                let what = format!("is of a source of the kind {}", recording.kind());
                errors.push(SettingError::new("recording", what, "name one of the kind vsphere"));
            }
            if errors.is_empty() {
                let collector = VsphereCollector::new(settings, None, Trust::System, mode);
                return Ok(Box::new(collector));
            }
            return Err(errors);
        }
        if settings.url.is_empty() && !errors.iter().any(|error| error.key == "url") {
            let hint = "name the vCenter or ESXi host: url = \"https://vcenter.example\"";
            errors.push(SettingError::new("url", "is missing", hint));
        }
        let login = login(&settings, secrets, &mut errors);
        let trust = Trust::read(&settings.common).map_err(|error| errors.push(error));
        match (login, trust) {
            (Some(login), Ok(trust)) if errors.is_empty() => {
                Ok(Box::new(VsphereCollector::new(settings, Some(login), trust, mode)))
            }
            _ => Err(errors),
        }
    }
}

/// Who logs in: a name and a password, neither without the other.
fn login(
    settings: &VsphereSettings,
    secrets: &BTreeMap<String, SecretString>,
    errors: &mut Vec<SettingError>,
) -> Option<Login> {
    let password = secrets.get("password");
    if settings.username.is_none() {
        errors.push(SettingError::new(
            "username",
            "is missing",
            "name an account with the read-only role: username = \"cadastre@vsphere.local\"",
        ));
    }
    if password.is_none() {
        errors.push(SettingError::new(
            "password",
            "is missing",
            "name where it is: password_env = \"CADASTRE_SECRET_...\"",
        ));
    }
    Some(Login { username: settings.username.clone()?, password: password?.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadastre_collect::testing::disagreements;

    #[test]
    fn what_is_described_is_what_is_accepted() {
        assert_eq!(disagreements(&VsphereFactory), [""; 0]);
    }

    #[test]
    fn the_docs_have_every_setting() {
        let docs = include_str!("../../../docs/SOURCES.md");
        for field in VsphereFactory.fields() {
            let key = match field.is_secret {
                true => format!("`{0}_env`, `{0}_file`", field.key),
                false => format!("`{}`", field.key),
            };
            let line = format!("| {key} | {} | {} |", field.sort.word(), field.help);
            assert!(docs.contains(&line), "docs/SOURCES.md lacks the line\n{line}");
        }
    }
}
