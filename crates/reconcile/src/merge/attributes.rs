//! Attributes: one value each, and why it is that one.

use super::order::Witnesses;
use super::tags::MergedTags;
use cadastre_model::registry::ValueType;
use cadastre_model::{Attr, Lock, Losing, Provenance, Record, SourceId, Value, Witness};
use std::collections::{BTreeMap, BTreeSet};

/// Merged attributes; the name is among them.
#[derive(Default)]
pub(crate) struct MergedAttributes {
    pub values: BTreeMap<Attr, Value>,
    pub provenance: BTreeMap<Attr, Provenance>,
}

/// Merges every attribute that a record states, a person locked or a tag fills.
///
/// Of the provenance only that is kept which is not plain: somebody else than `witness` won, or
/// somebody lost. Whoever says what the winner says has not lost.
pub(crate) fn merge_attributes(
    witnesses: &Witnesses<'_>,
    witness: Option<SourceId>,
    locks: &[Lock],
    tags: &MergedTags<'_>,
) -> MergedAttributes {
    let locks: BTreeMap<Attr, &Lock> = locks
        .iter()
        .filter(|lock| lock.attr.is_versioned())
        .map(|lock| (lock.attr, lock))
        .collect();
    let derived = derived(witnesses, tags);
    let stated = witnesses.records.iter().flat_map(|record| record.doc.values.keys());
    let attrs: BTreeSet<Attr> = stated.chain(locks.keys()).chain(derived.keys()).copied().collect();
    let mut merged = MergedAttributes::default();
    for attr in attrs {
        let said = statements(witnesses, attr, derived.get(&attr));
        let (winner, value) = match (locks.get(&attr), said.first()) {
            (Some(lock), _) => (Witness::Lock, lock.value.clone()),
            (None, Some((witness, value))) => (witness.clone(), Some((*value).clone())),
            (None, None) => continue,
        };
        let losers = losers(&said, value.as_ref());
        let plain = losers.is_empty() && Some(&winner) == witness.map(Witness::Source).as_ref();
        if !plain {
            merged.provenance.insert(attr, Provenance { winner, losers });
        }
        if let Some(value) = value {
            merged.values.insert(attr, value);
        }
    }
    merged
}

/// Who says what of an attribute, in order of authority. A tag speaks where no source does.
fn statements<'a>(
    witnesses: &Witnesses<'a>,
    attr: Attr,
    derived: Option<&'a (String, Value)>,
) -> Vec<(Witness, &'a Value)> {
    let speaking = witnesses.speaking(Some(attr), |record| record.doc.values.contains_key(&attr));
    let said =
        |record: &'a Record| Some((Witness::Source(record.source), record.doc.values.get(&attr)?));
    let mut all: Vec<_> = speaking.into_iter().filter_map(said).collect();
    if all.is_empty()
        && let Some((from, value)) = derived
    {
        all.push((Witness::Derived(from.clone()), value));
    }
    all
}

fn losers(said: &[(Witness, &Value)], winner: Option<&Value>) -> Vec<Losing> {
    let mut losers: Vec<Losing> = Vec::new();
    for (witness, value) in said.iter().filter(|(_, value)| Some(*value) != winner) {
        let losing = Losing { witness: witness.clone(), value: (*value).clone() };
        if !losers.contains(&losing) {
            losers.push(losing);
        }
    }
    losers
}

/// What tags say of attributes, with the tag it is from.
fn derived(witnesses: &Witnesses<'_>, tags: &MergedTags<'_>) -> BTreeMap<Attr, (String, Value)> {
    let filled = |(key, attr): (&String, &Attr)| {
        let is_text =
            matches!(attr.def().value_type, ValueType::Text | ValueType::Party | ValueType::Site);
        let tag = tags.of(key).filter(|tag| is_text && !tag.value.is_empty())?;
        Some((*attr, (format!("tag:{}", tag.key), Value::text(&tag.value))))
    };
    witnesses.policy.tag_attributes.iter().filter_map(filled).collect()
}
