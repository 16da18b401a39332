//! Changes: the difference between two states of an asset, as people read it in its history.

use cadastre_model::registry::Kind;
use cadastre_model::{
    AssetDoc, Attr, Change, Interface, Provenance, TagProvenance, Value, Witness,
};
use std::collections::{BTreeMap, BTreeSet};

/// What differs between two states of an asset, in order: axes, attributes, tags, the rest.
///
/// Subjects are `kind`, `name`, `lifecycle`, `power`, `freshness`, `hidden`, `conflicted`,
/// `sources`, an attribute's name, `tag:KEY`, `interface:NATIVE-ID`. Two states that differ in
/// nothing of these give `identifiers`, or `witness`, `provenance:ATTRIBUTE` and
/// `provenance:tag:KEY` where only who stands behind the values changed. Without a state before there is one change, `created`.
#[must_use]
pub fn changes_between(before: Option<&AssetDoc>, after: &AssetDoc) -> Vec<Change> {
    let Some(before) = before else { return vec![created(after)] };
    let mut changes = axes(before, after);
    changes.extend(attributes(&before.attributes, &after.attributes));
    changes.extend(texts("tag:", &tags(before), &tags(after)));
    changes.extend(texts("interface:", &interfaces(before), &interfaces(after)));
    if !changes.is_empty() || before == after {
        return changes;
    }
    if before.identifiers != after.identifiers {
        return vec![identifiers(before, after)];
    }
    let first = |doc: &AssetDoc| doc.witness.map(|source| format!("source {source}"));
    if before.witness != after.witness {
        let (before, after) = (first(before), first(after));
        changes.push(Change { subject: "witness".to_owned(), before, after });
    }
    changes.extend(texts("provenance:", &provenance(before), &provenance(after)));
    changes.extend(texts("provenance:tag:", &tag_provenance(before), &tag_provenance(after)));
    changes
}

/// The one change of a new asset.
pub(crate) fn created(after: &AssetDoc) -> Change {
    let what = format!("{} {}", Kind::label(after.kind).to_lowercase(), after.name);
    Change { subject: "created".to_owned(), before: None, after: Some(what) }
}

fn axes(before: &AssetDoc, after: &AssetDoc) -> Vec<Change> {
    let word = |word: &str| Some(word.to_owned());
    let yes = |yes: bool| yes.then(|| "yes".to_owned());
    let list = |names: &BTreeSet<String>| {
        (!names.is_empty()).then(|| names.iter().cloned().collect::<Vec<_>>().join(", "))
    };
    let pairs = [
        ("kind", word(before.kind.word()), word(after.kind.word())),
        ("name", word(&before.name), word(&after.name)),
        ("lifecycle", word(before.lifecycle.word()), word(after.lifecycle.word())),
        ("power", word(before.power.word()), word(after.power.word())),
        ("freshness", word(before.freshness.word()), word(after.freshness.word())),
        ("hidden", before.hidden.clone(), after.hidden.clone()),
        ("conflicted", yes(before.conflicted), yes(after.conflicted)),
        ("sources", list(&before.sources), list(&after.sources)),
    ];
    pairs
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(subject, before, after)| Change { subject: subject.to_owned(), before, after })
        .collect()
}

fn attributes(before: &BTreeMap<Attr, Value>, after: &BTreeMap<Attr, Value>) -> Vec<Change> {
    let attrs: BTreeSet<Attr> = before.keys().chain(after.keys()).copied().collect();
    attrs
        .into_iter()
        .filter(|attr| before.get(attr) != after.get(attr))
        .map(|attr| {
            let def = attr.def();
            let display = |value: &Value| def.value_type.to_display(value);
            Change {
                subject: def.name.to_owned(),
                before: before.get(&attr).map(display),
                after: after.get(&attr).map(display),
            }
        })
        .collect()
}

/// Changes of what is already text, by key.
fn texts(
    prefix: &str,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<Change> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    keys.into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .map(|key| Change {
            subject: format!("{prefix}{key}"),
            before: before.get(key).cloned(),
            after: after.get(key).cloned(),
        })
        .collect()
}

/// By key; of several tags of one key, all values.
fn tags(doc: &AssetDoc) -> BTreeMap<String, String> {
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    for tag in &doc.tags {
        let values = tags.entry(tag.key.clone()).or_default();
        if !values.is_empty() {
            values.push_str(", ");
        }
        values.push_str(&tag.value);
    }
    tags
}

fn interfaces(doc: &AssetDoc) -> BTreeMap<String, String> {
    doc.interfaces.iter().map(|one| (one.native_id.clone(), interface(one))).collect()
}

fn interface(one: &Interface) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(one.name.clone());
    parts.extend(one.mac.clone());
    parts.extend(one.addresses.iter().cloned());
    parts.extend(one.vlan.map(|vlan| format!("VLAN {vlan}")));
    parts.extend(one.speed.map(speed));
    parts.extend(one.state.clone());
    parts.extend(one.network.as_ref().map(|network| format!("in {network}")));
    if parts.is_empty() { "present".to_owned() } else { parts.join(" ") }
}

/// In the largest unit that leaves a whole number.
fn speed(bits: i64) -> String {
    let units = [(1_000_000_000, "Gbit/s"), (1_000_000, "Mbit/s"), (1_000, "kbit/s")];
    let unit = units.into_iter().find(|(size, _)| bits >= *size && bits % size == 0);
    match unit {
        Some((size, name)) => format!("{} {name}", bits / size),
        None => format!("{bits} bit/s"),
    }
}

fn identifiers(before: &AssetDoc, after: &AssetDoc) -> Change {
    let only = |these: &AssetDoc, others: &AssetDoc| {
        let gone = these.identifiers.difference(&others.identifiers);
        let text = crate::words::identifiers(gone);
        (!text.is_empty()).then_some(text)
    };
    Change {
        subject: "identifiers".to_owned(),
        before: only(before, after),
        after: only(after, before),
    }
}

fn provenance(doc: &AssetDoc) -> BTreeMap<String, String> {
    doc.provenance
        .iter()
        .map(|(attr, provenance)| (attr.name().to_owned(), why(*attr, provenance)))
        .collect()
}

fn why(attr: Attr, provenance: &Provenance) -> String {
    let losers: Vec<String> = provenance
        .losers
        .iter()
        .map(|one| {
            let value = attr.def().value_type.to_display(&one.value);
            format!("{} ({value})", witness(&one.witness))
        })
        .collect();
    before(&provenance.winner, &losers)
}

fn tag_provenance(doc: &AssetDoc) -> BTreeMap<String, String> {
    let why = |provenance: &TagProvenance| {
        let losers: Vec<String> = provenance
            .losers
            .iter()
            .map(|one| format!("{} ({}={})", witness(&one.witness), one.tag.key, one.tag.value))
            .collect();
        before(&provenance.winner, &losers)
    };
    doc.tag_provenance.iter().map(|(key, provenance)| (key.clone(), why(provenance))).collect()
}

fn before(winner: &Witness, losers: &[String]) -> String {
    if losers.is_empty() {
        return witness(winner);
    }
    format!("{} before {}", witness(winner), losers.join(", "))
}

fn witness(witness: &Witness) -> String {
    match witness {
        Witness::Source(source) => format!("source {source}"),
        Witness::Lock => "a person".to_owned(),
        Witness::Derived(from) => from.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_read_as_people_say_them() {
        let said: Vec<String> = [10_000_000_000, 2_500_000_000, 64_000, 300, 0].map(speed).to_vec();
        assert_eq!(said, ["10 Gbit/s", "2500 Mbit/s", "64 kbit/s", "300 bit/s", "0 bit/s"]);
    }
}
