//! What was given for each key, the strongest giver last.

use super::keys::KEYS;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Who gave a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Giver {
    /// The file, at `file:line:column`.
    File(String),
    /// A variable.
    Variable(String),
    /// A flag, with its dashes.
    Flag(&'static str),
}

impl Giver {
    /// As messages name it.
    pub(super) fn place(&self) -> String {
        match self {
            Giver::File(place) => place.clone(),
            Giver::Variable(name) => name.clone(),
            Giver::Flag(flag) => (*flag).to_owned(),
        }
    }
}

/// A value as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    /// Its text.
    pub text: String,
    /// Who gave it.
    pub giver: Giver,
    /// The folder that a relative path in it counts from.
    pub folder: PathBuf,
}

/// The strongest value of each key that was given one.
#[derive(Debug, Default)]
pub(super) struct Layers(BTreeMap<&'static str, Given>);

impl Layers {
    /// Puts a value over what was given before. Paths that are no key are not taken.
    pub(super) fn put(&mut self, path: &str, given: Given) {
        if let Some(key) = KEYS.iter().find(|key| key.path == path) {
            self.0.insert(key.path, given);
        }
    }

    /// The value of a key.
    pub(super) fn get(&self, path: &str) -> Option<&Given> {
        self.0.get(path)
    }
}
