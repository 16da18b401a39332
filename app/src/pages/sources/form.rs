//! A posted form of a source, read by the fields of its kind.

use crate::web::Form;
use crate::web::Viewer;
use cadastre_model::{Rev, SourceKind};
use cadastre_service::{
    KindForm, SecretForm, Service, ServiceError, SettingError, SettingField, SourceForm,
};
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What the page of a form shows.
pub struct Shown {
    /// What is asked for.
    pub kind: KindForm,
    /// What stands in the fields.
    pub form: SourceForm,
    /// Secrets that are kept sealed.
    pub kept: BTreeSet<String>,
    /// The recording that it replays.
    pub recording: Option<PathBuf>,
    /// It is not there yet.
    pub is_new: bool,
    /// What is wrong.
    pub faults: Vec<SettingError>,
}

impl Shown {
    /// What is wrong with a field, in words.
    pub fn fault(&self, key: &str) -> Option<String> {
        let faults = self.faults.iter().filter(|fault| fault.key == key);
        let words: Vec<String> =
            faults.map(|fault| format!("{}; {}", fault.what, fault.hint)).collect();
        (!words.is_empty()).then(|| words.join(". "))
    }

    /// Secrets were typed that the page does not show again.
    pub fn has_typed(&self) -> bool {
        self.form.secrets.values().any(|secret| secret.typed.is_some())
    }
}

/// The field of a setting, which is also the id of its control.
pub fn setting_name(key: &str) -> String {
    format!("set-{key}")
}

/// The field of one way to give a secret.
pub fn secret_name(key: &str, way: &str) -> String {
    format!("secret-{key}-{way}")
}

/// What is asked for a source of a kind.
pub fn kind_form(
    service: &Service,
    viewer: &Viewer,
    kind: SourceKind,
) -> Result<Option<KindForm>, ServiceError> {
    let kinds = service.source_kinds(&viewer.actor)?;
    Ok(kinds.into_iter().find(|one| one.kind == kind))
}

/// The form as it was filled in. Fields that the kind does not have are not looked at.
pub fn read(posted: &Form, kind: &KindForm, name: &str) -> SourceForm {
    let all = kind.fields.iter().flat_map(|field| field.whole(tables(posted, field)));
    let (secrets, settings): (Vec<_>, Vec<_>) = all.partition(|(_, field)| field.is_secret);
    let text = |key: &str| posted.text(&setting_name(key)).to_owned();
    SourceForm {
        name: name.to_owned(),
        kind: kind.kind,
        since: posted.text("since").parse().ok().map(Rev),
        schedule: posted.text("schedule").to_owned(),
        settings: settings.iter().map(|(key, _)| (key.clone(), text(key))).collect(),
        secrets: secrets.iter().map(|(key, _)| (key.clone(), read_secret(posted, key))).collect(),
    }
}

/// How many tables of a list were posted: each is marked by a field of its own.
fn tables(posted: &Form, field: &SettingField) -> usize {
    let is_there = |table: &usize| posted.has(&setting_name(&format!("{}.{table}", field.key)));
    (0..).take_while(is_there).count()
}

fn read_secret(posted: &Form, key: &str) -> SecretForm {
    let typed = posted.raw(&secret_name(key, "typed"));
    SecretForm {
        env: posted.text(&secret_name(key, "env")).to_owned(),
        file: posted.text(&secret_name(key, "file")).to_owned(),
        typed: (!typed.is_empty()).then(|| SecretString::from(typed)),
        forget: posted.has(&secret_name(key, "forget")),
    }
}
