//! A source as a form: its fields as texts, read into the same description that a file gives.

use super::put::{Draft, SourcePut, SourceRefused, Wanted};
use super::{Settings, settings_of};
use crate::error::{Result, require};
use crate::schedule::Schedule;
use crate::secrets::SecretRef;
use crate::service::Service;
use crate::source_file::{SourceFile, name_is_valid};
use cadastre_collect::{FieldSort, SettingError, SettingField};
use cadastre_model::{Actor, Permission, Rev, SourceKind};
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Tables that a list may have in a form.
const MOST_TABLES: usize = 50;

/// What to ask for a source of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindForm {
    /// The kind.
    pub kind: SourceKind,
    /// Its settings and secrets, in the order in which they are asked for.
    pub fields: Vec<SettingField>,
}

/// A source as people fill it in. An empty text is a field left empty.
#[derive(Clone, Debug)]
pub struct SourceForm {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: SourceKind,
    /// The revision since which what was filled in stood so; `None`: whatever stands is overwritten.
    pub since: Option<Rev>,
    /// When it runs by itself, as cron.
    pub schedule: String,
    /// Settings by their key: a list has one item a line, a switch that is on any text.
    pub settings: BTreeMap<String, String>,
    /// What is said of its secrets, by their key.
    pub secrets: BTreeMap<String, SecretForm>,
}

impl SourceForm {
    /// How many tables of a list the form speaks of: one more than the number of the last.
    #[must_use]
    pub fn tables(&self, key: &str) -> usize {
        let said = self.settings.iter().filter(|(_, text)| !text.trim().is_empty());
        let given = self.secrets.iter().filter(|(_, secret)| secret.is_given());
        let keys = said.map(|(key, _)| key).chain(given.map(|(key, _)| key));
        let numbers = keys.filter_map(|whole| {
            let (number, _) = whole.strip_prefix(key)?.strip_prefix('.')?.split_once('.')?;
            number.parse::<usize>().ok()
        });
        numbers.max().map_or(0, |last| last.saturating_add(1).min(MOST_TABLES))
    }
}

/// What people say of one secret: where it is, or the secret itself. One of these at most; if none,
/// one that is kept sealed stays.
#[derive(Clone, Debug, Default)]
pub struct SecretForm {
    /// The name of an environment variable.
    pub env: String,
    /// The path of a file below `secrets_dir`.
    pub file: String,
    /// The secret, to be kept sealed.
    pub typed: Option<SecretString>,
    /// The one that is kept sealed is to be kept no longer.
    pub forget: bool,
}

impl SecretForm {
    /// Whether anything is said of it.
    fn is_given(&self) -> bool {
        let places = [&self.env, &self.file];
        places.iter().any(|text| !text.trim().is_empty()) || self.typed.is_some() || self.forget
    }
}

/// A source as it stands, to be filled in anew.
#[derive(Clone, Debug)]
pub struct SourceEdit {
    /// As it stands. Sealed secrets are not in it.
    pub form: SourceForm,
    /// The secrets that are kept sealed.
    pub kept: BTreeSet<String>,
    /// The recording that it replays. A form does not change it, nor the secrets, which nobody asks
    /// for then.
    pub recording: Option<PathBuf>,
}

impl Service {
    /// The kinds of sources there may be, each with what to ask for.
    ///
    /// # Errors
    /// Not allowed.
    pub fn source_kinds(&self, actor: &Actor) -> Result<Vec<KindForm>> {
        require(actor, Permission::SourceManage)?;
        let factories = self.inner.factories.values();
        Ok(factories.map(|one| KindForm { kind: one.kind(), fields: one.fields() }).collect())
    }

    /// A source as it stands, to be filled in anew.
    ///
    /// # Errors
    /// Not allowed, no such source, or what the database says.
    pub async fn source_form(&self, actor: &Actor, name: &str) -> Result<SourceEdit> {
        require(actor, Permission::SourceManage)?;
        let row = self.source_row(name).await?;
        let settings = settings_of(&row)?;
        let table = settings.table.as_object().into_iter().flatten();
        let mut secrets = BTreeMap::new();
        let mut kept = BTreeSet::new();
        for (key, reference) in settings.secrets {
            let mut form = SecretForm::default();
            match reference {
                SecretRef::Env(name) => form.env = name,
                SecretRef::File(path) => form.file = path.display().to_string(),
                SecretRef::Sealed(_) => {
                    kept.insert(key.clone());
                }
            }
            secrets.insert(key, form);
        }
        let form = SourceForm {
            name: row.name,
            kind: row.kind,
            since: Some(row.since),
            schedule: row.schedule.unwrap_or_default(),
            settings: table.flat_map(|(key, value)| texts_of(key, value)).collect(),
            secrets,
        };
        Ok(SourceEdit { form, kept, recording: settings.recording })
    }

    /// Adds the source that a form describes.
    ///
    /// # Errors
    /// Not allowed, everything wrong in the form by its fields, or what the database says.
    pub async fn source_form_add(
        &self,
        actor: &Actor,
        form: &SourceForm,
    ) -> std::result::Result<SourcePut, SourceRefused> {
        require(actor, Permission::SourceManage)?;
        let draft = self.draft(form, None)?;
        self.source_put(actor, draft).await
    }

    /// Changes the source of the form's name to what the form says.
    ///
    /// # Errors
    /// Not allowed, no such source, everything wrong in the form by its fields, or what the database
    /// says.
    pub async fn source_form_change(
        &self,
        actor: &Actor,
        form: &SourceForm,
    ) -> std::result::Result<SourcePut, SourceRefused> {
        require(actor, Permission::SourceManage)?;
        let before = settings_of(&self.source_row(&form.name).await?)?;
        let draft = self.draft(form, Some(before))?;
        self.source_put(actor, draft).await
    }

    /// The description that a form gives; `before` if the source is there.
    fn draft(&self, form: &SourceForm, before: Option<Settings>) -> Result<Draft> {
        let fields = self.factory(form.kind)?.fields();
        let mut reader = Reader { form, fields: &fields, faults: Vec::new() };
        let wanted = if before.is_some() { Wanted::Changed } else { Wanted::New };
        let (name, schedule, settings) = (reader.name(), reader.schedule(), reader.settings());
        let mut draft = Draft {
            source: SourceFile {
                name,
                kind: form.kind,
                schedule,
                recording: None,
                settings,
                secrets: BTreeMap::new(),
            },
            typed: BTreeMap::new(),
            forgotten: BTreeSet::new(),
            faults: Vec::new(),
            wanted,
            since: form.since,
        };
        match before {
            Some(Settings { recording: Some(recording), secrets, .. }) => {
                draft.source.recording = Some(recording);
                draft.source.secrets = secrets;
                draft.source.secrets.retain(|_, place| !matches!(place, SecretRef::Sealed(_)));
            }
            Some(_) | None => reader.secrets(&mut draft),
        }
        draft.faults = reader.faults;
        Ok(draft)
    }
}

/// Reads one field after the other and notes what is wrong.
struct Reader<'a> {
    form: &'a SourceForm,
    fields: &'a [SettingField],
    faults: Vec<SettingError>,
}

impl Reader<'_> {
    fn name(&mut self) -> String {
        let name = self.form.name.trim();
        if !name_is_valid(name) {
            self.faults.push(SettingError::new(
                "name",
                "cannot name a source",
                "expected 1 to 63 of a-z, 0-9, `.`, `_` and `-`, a letter or digit first",
            ));
        }
        name.to_owned()
    }

    fn schedule(&mut self) -> Option<Schedule> {
        let text = self.form.schedule.trim();
        if text.is_empty() {
            return None;
        }
        let parsed = Schedule::parse(text);
        parsed.map_err(|error| self.note("schedule", &error.to_string())).ok()
    }

    /// The kind's table. What a text means, and whether it is right, the collector says.
    fn settings(&self) -> Value {
        let plain = self.fields.iter().filter(|field| !field.is_secret);
        let table: Map<String, Value> = plain
            .filter_map(|field| {
                let value = match field.sort {
                    FieldSort::Tables(parts) => self.tables(field.key, parts),
                    sort => value_of(sort, self.form.settings.get(field.key)?.trim()),
                };
                Some((field.key.to_owned(), value?))
            })
            .collect();
        table.into()
    }

    /// A list of tables; one that was emptied stays, so that the others keep their numbers and with
    /// them their secrets.
    fn tables(&self, key: &str, parts: &[SettingField]) -> Option<Value> {
        let tables = (0..self.form.tables(key)).map(|table| {
            let plain = parts.iter().filter(|part| !part.is_secret);
            plain
                .filter_map(|part| {
                    let text = self.form.settings.get(&format!("{key}.{table}.{}", part.key))?;
                    Some((part.key.to_owned(), value_of(part.sort, text.trim())?))
                })
                .collect::<Map<_, _>>()
        });
        let mut tables: Vec<Map<String, Value>> = tables.collect();
        while tables.pop_if(|last| last.is_empty()).is_some() {}
        (!tables.is_empty()).then(|| tables.into_iter().map(Value::Object).collect())
    }

    /// Where the secrets are, what was typed, and what is to be forgotten.
    fn secrets(&mut self, draft: &mut Draft) {
        let form = self.form;
        let all = self.fields.iter().flat_map(|field| field.whole(form.tables(field.key)));
        for (key, _) in all.filter(|(_, field)| field.is_secret) {
            let Some(form) = self.form.secrets.get(&key) else { continue };
            if self.is_emptied(&key) {
                draft.forgotten.insert(key);
                continue;
            }
            let (env, file) = (form.env.trim(), form.file.trim());
            let given = [!env.is_empty(), !file.is_empty(), form.typed.is_some(), form.forget];
            if given.into_iter().filter(|one| *one).count() > 1 {
                let message = "is given in more than one way; leave only the one that counts";
                self.note(&key, message);
                // Whichever counts, the sealed one is not asked for on top.
                draft.forgotten.insert(key);
                continue;
            }
            if form.forget {
                draft.forgotten.insert(key);
            } else if let Some(secret) = &form.typed {
                draft.typed.insert(key, secret.clone());
            } else if !env.is_empty() || !file.is_empty() {
                let reference =
                    if env.is_empty() { SecretRef::file(file) } else { SecretRef::env(env) };
                match reference {
                    Ok(reference) => {
                        draft.source.secrets.insert(key, reference);
                    }
                    Err(error) => self.note(&key, &error.to_string()),
                }
            }
        }
    }

    /// Whether a key is of a table that has no settings.
    fn is_emptied(&self, key: &str) -> bool {
        let Some((table, _)) = key.rsplit_once('.') else { return false };
        let below =
            |one: &&String| one.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'));
        let mut settings = self.form.settings.iter().filter(|(one, _)| below(one));
        settings.all(|(_, text)| text.trim().is_empty())
    }

    /// Notes a message, which says what to do after a semicolon.
    fn note(&mut self, key: &str, message: &str) {
        let (what, hint) = message.split_once("; ").unwrap_or((message, "correct it"));
        self.faults.push(SettingError::new(key, what, hint));
    }
}

/// A field's text as the setting's value; `None` if it was left empty.
fn value_of(sort: FieldSort, text: &str) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    Some(match sort {
        FieldSort::Text | FieldSort::Path | FieldSort::Duration => json!(text),
        FieldSort::Tables(_) => return None,
        FieldSort::Texts => text.lines().map(str::trim).filter(|line| !line.is_empty()).collect(),
        FieldSort::Switch => json!(true),
        // What is no number is left as it is, for the collector to say what it expects.
        FieldSort::Whole => {
            text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number))
        }
    })
}

/// A setting's value as the texts of its fields: of a list of tables each by its whole key.
fn texts_of(key: &str, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => {
            let tables = items.iter().filter_map(Value::as_object).enumerate();
            tables
                .flat_map(|(table, parts)| {
                    parts
                        .iter()
                        .map(move |(part, value)| (format!("{key}.{table}.{part}"), text_of(value)))
                })
                .collect()
        }
        value => vec![(key.to_owned(), text_of(value))],
    }
}

/// A setting's value as the text of its field.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_left_as_it_is_keeps_its_value() {
        for (sort, value) in [
            (FieldSort::Text, json!("http://127.0.0.1:5000")),
            (FieldSort::Path, json!("/etc/ca.pem")),
            (FieldSort::Duration, json!("30s")),
            (FieldSort::Texts, json!(["eu-west-1", "a, b"])),
            (FieldSort::Switch, json!(true)),
            (FieldSort::Whole, json!(64)),
        ] {
            assert_eq!(value_of(sort, &text_of(&value)), Some(value), "{sort:?}");
        }
        for sort in FieldSort::ALL {
            assert_eq!(value_of(sort, ""), None, "{sort:?}");
        }
        assert_eq!(text_of(&json!(false)), "", "a switch that is off");
        assert_eq!(value_of(FieldSort::Texts, "a\r\n\n b \n"), Some(json!(["a", "b"])));
        assert_eq!(value_of(FieldSort::Whole, "many"), Some(json!("many")), "to be complained of");
    }
}
