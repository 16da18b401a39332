//! Observations: what a collector says about one thing, in one run. Plain data.

use crate::fact::{Fact, Value};
use crate::identifier::Identifier;
use crate::interface::Interface;
use crate::plan::Digest;
use crate::registry::{Attr, Kind};
use crate::relation::Claim;
use crate::sighting::Sighting;
use crate::tag::Tag;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The source says that the thing has ended (an instance listed as terminated).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// When it ended, if the source says.
    pub at: Option<Timestamp>,
    /// In words: `terminated`.
    pub reason: String,
}

/// What one source says about one thing in one run.
///
/// Attributes not named are *not stated*: the record keeps what it knew of them only if they are
/// [`Fact::NotRead`]; an attribute a collector once gave and now leaves out counts as `Absent`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The source's own id of the thing, unique within the source.
    pub native_id: String,
    /// What it is.
    pub kind: Kind,
    /// The scope it was enumerated in, by name.
    pub scope: String,
    /// Statements by attribute.
    pub facts: BTreeMap<Attr, Fact>,
    /// Tags, each key once.
    pub tags: BTreeSet<Tag>,
    /// Identifiers in normal form, junk included (it stays findable).
    pub identifiers: BTreeSet<Identifier>,
    /// Interfaces, by native id.
    pub interfaces: Vec<Interface>,
    /// Relations stated.
    pub claims: BTreeSet<Claim>,
    /// What it has seen on its wires.
    pub sightings: BTreeSet<Sighting>,
    /// Power state, if the thing has one.
    pub power: Option<crate::asset::Power>,
    /// Set when the source lists the thing as ended.
    pub tombstone: Option<Tombstone>,
}

impl Observation {
    /// An observation that says nothing yet but what it is about.
    pub fn new(native_id: impl Into<String>, kind: Kind, scope: impl Into<String>) -> Observation {
        Observation {
            native_id: native_id.into(),
            kind,
            scope: scope.into(),
            facts: BTreeMap::new(),
            tags: BTreeSet::new(),
            identifiers: BTreeSet::new(),
            interfaces: Vec::new(),
            claims: BTreeSet::new(),
            sightings: BTreeSet::new(),
            power: None,
            tombstone: None,
        }
    }

    /// States a value, or its absence.
    pub fn state(&mut self, attr: Attr, value: Option<Value>) {
        self.facts.insert(attr, Fact::from_option(value));
    }

    /// States a text; an empty one is absent.
    pub fn state_text(&mut self, attr: Attr, text: Option<impl Into<String>>) {
        let text = text.map(Into::into).filter(|text: &String| !text.is_empty());
        self.state(attr, text.map(Value::Text));
    }

    /// States a whole number in the attribute's unit.
    pub fn state_int(&mut self, attr: Attr, number: Option<i64>) {
        self.state(attr, number.map(Value::Int));
    }

    /// States yes or no.
    pub fn state_bool(&mut self, attr: Attr, yes: Option<bool>) {
        self.state(attr, yes.map(Value::Bool));
    }

    /// States a moment.
    pub fn state_time(&mut self, attr: Attr, at: Option<Timestamp>) {
        self.state(attr, at.map(|at| Value::Int(at.0)));
    }

    /// States a list, sorted and without repeats; an empty one is absent.
    pub fn state_list(&mut self, attr: Attr, items: impl IntoIterator<Item = String>) {
        let items: BTreeSet<String> = items.into_iter().collect();
        let list: Vec<String> = items.into_iter().collect();
        self.state(attr, (!list.is_empty()).then_some(Value::List(list)));
    }

    /// Notes that an attribute could not be read; what the record knew of it stays.
    pub fn not_read(&mut self, attr: Attr, why: impl Into<String>) {
        self.facts.insert(attr, Fact::NotRead(why.into()));
    }

    /// Adds an identifier if there is one.
    pub fn identify(&mut self, identifier: Option<Identifier>) {
        self.identifiers.extend(identifier);
    }

    /// Tells this observation from another of the same thing, without keeping either.
    ///
    /// SHA-256 of the JSON form, cut to 64 bits; the scope is part of it, detail errors are not.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let (versioned, latest): (BTreeMap<_, _>, BTreeMap<_, _>) =
            self.facts.iter().partition(|(attr, _)| attr.is_versioned());
        let whole = (
            (self.kind, &self.scope, versioned, &self.tags, &self.identifiers),
            (&self.interfaces, &self.claims, self.power, &self.tombstone),
        );
        let latest = match self.sightings.is_empty() {
            true => digest_of(&latest),
            false => digest_of(&(&latest, &self.sightings)),
        };
        Digest { versioned: digest_of(&whole), latest }
    }
}

fn digest_of(value: &impl Serialize) -> i64 {
    let mut hasher = Sha256::new();
    // Hashing cannot fail and every key of the maps is text, so the outcome is not looked at.
    let _ = serde_json::to_writer(HashWriter(&mut hasher), value);
    let digest = hasher.finalize();
    let mut first = [0_u8; 8];
    first.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
    i64::from_be_bytes(first)
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
