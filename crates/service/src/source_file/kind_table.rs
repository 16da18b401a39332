//! The table of a source's kind: settings to one side, references to secrets to the other.

use super::KindKeys;
use super::parse::did_you_mean;
use crate::secrets::{SecretError, SecretRef};
use crate::toml_doc::{Document, Entry, Fault, Faults};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// A kind's table, taken apart.
#[derive(Debug, Default)]
pub(super) struct KindTable {
    /// All but the secrets.
    pub settings: Map<String, Json>,
    /// The secrets, by the dotted path below the table of what they stand for.
    pub secrets: BTreeMap<String, SecretRef>,
}

/// How a secret may be given: the end of the key, and what makes the reference.
type Reference = fn(&str) -> Result<SecretRef, SecretError>;
const GIVEN_AS: [(&str, Reference, &str); 2] = [
    ("_env", SecretRef::env, "the name of a variable, CADASTRE_SECRET_..."),
    ("_file", SecretRef::file, "the path of a file below secrets_dir"),
];

/// Takes the table apart, and notes all that is wrong in it.
pub(super) fn kind_table(
    document: &Document<'_>,
    entry: &Entry<'_, '_>,
    keys: &KindKeys<'_>,
    faults: &mut Faults,
) -> KindTable {
    let Some(entries) = entry.table() else {
        let problem = format!("is {}, expected a table", entry.described());
        let advice = format!("write [{}] and its settings below it", keys.kind);
        faults.push(Fault::new(document.value_place(entry), entry.key, problem, advice));
        return KindTable::default();
    };
    let mut splitter = Splitter { document, keys, faults, secrets: BTreeMap::new() };
    let settings = splitter.split(&entries, "");
    KindTable { settings, secrets: splitter.secrets }
}

struct Splitter<'a, 'i> {
    document: &'a Document<'i>,
    keys: &'a KindKeys<'a>,
    faults: &'a mut Faults,
    secrets: BTreeMap<String, SecretRef>,
}

impl Splitter<'_, '_> {
    /// Splits one table; `below` is its path from the kind's table, empty or ending with a dot.
    fn split(&mut self, entries: &[Entry<'_, '_>], below: &str) -> Map<String, Json> {
        let mut settings = Map::new();
        for entry in entries {
            if self.take_secret(entry, below) || (below.is_empty() && self.refuse_unknown(entry)) {
                continue;
            }
            let path = format!("{below}{}", entry.key);
            let value = if let Some(entries) = entry.table() {
                Json::Object(self.split(&entries, &format!("{path}.")))
            } else if let Some(tables) = entry.tables() {
                tables
                    .iter()
                    .enumerate()
                    .map(|(index, entries)| self.split(entries, &format!("{path}.{index}.")))
                    .collect()
            } else {
                self.document.json(entry, &self.shown(&path), self.faults)
            };
            settings.insert(entry.key.to_owned(), value);
        }
        settings
    }

    /// Notes the reference if the key is a secret's; `false` if it is not.
    fn take_secret(&mut self, entry: &Entry<'_, '_>, below: &str) -> bool {
        let is_secret = |key: &str| self.keys.secrets.contains(&key);
        if is_secret(entry.key) {
            let (key, path) = (entry.key, format!("{below}{}", entry.key));
            let problem = "secrets do not belong in the file";
            let advice = format!(
                "remove it (and change the secret if others could read the file), then use \
                 {key}_env or {key}_file"
            );
            let place = self.document.key_place(entry);
            self.faults.push(Fault::new(place, self.shown(&path), problem, advice));
            return true;
        }
        for (suffix, make, expected) in GIVEN_AS {
            let Some(base) = entry.key.strip_suffix(suffix) else {
                continue;
            };
            if !is_secret(base) {
                continue;
            }
            let path = format!("{below}{}", entry.key);
            let shown = self.shown(&path);
            if let Some(text) = self.document.text(entry, &shown, expected, self.faults) {
                self.note(entry, &format!("{below}{base}"), &shown, make(&text));
            }
            return true;
        }
        false
    }

    fn note(
        &mut self,
        entry: &Entry<'_, '_>,
        path: &str,
        shown: &str,
        reference: Result<SecretRef, SecretError>,
    ) {
        let place = self.document.value_place(entry);
        match reference {
            Ok(reference) => {
                if let Some(earlier) = self.secrets.insert(path.to_owned(), reference) {
                    let problem = format!("given twice: the {earlier} is named already");
                    self.faults.push(Fault::new(place, shown, problem, "keep one of the two"));
                }
            }
            Err(error) => self.faults.push(Fault::new(place, shown, error.to_string(), "")),
        }
    }

    /// Notes a fault if the kind has no such key.
    fn refuse_unknown(&mut self, entry: &Entry<'_, '_>) -> bool {
        let known = self.keys.settings;
        if known.is_empty() || known.contains(&entry.key) {
            return false;
        }
        let given = self
            .keys
            .secrets
            .iter()
            .flat_map(|key| GIVEN_AS.map(|(suffix, _, _)| format!("{key}{suffix}")));
        let all: Vec<String> = known.iter().map(ToString::to_string).chain(given).collect();
        let near = did_you_mean(entry.key, all.iter().map(String::as_str));
        let advice = if near.is_empty() {
            format!("[{}] has {}", self.keys.kind, all.join(", "))
        } else {
            near
        };
        let place = self.document.key_place(entry);
        let shown = self.shown(entry.key);
        self.faults.push(Fault::new(place, shown, "unknown key", advice));
        true
    }

    /// The path with the kind's table before it.
    fn shown(&self, path: &str) -> String {
        format!("{}.{path}", self.keys.kind)
    }
}
