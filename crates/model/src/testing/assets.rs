//! Random states of assets.

use super::pools;
use crate::asset::{AssetDoc, Freshness, Lifecycle, Power};
use crate::fact::Value;
use crate::identifier::Identifier;
use crate::ids::SourceId;
use crate::registry::{Attr, Kind};
use crate::tag::Tag;
use crate::time::Timestamp;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::{BTreeMap, BTreeSet};

/// A moment around [`super::NOW`] whose age queries ask for.
pub fn any_moment() -> impl Strategy<Value = Timestamp> {
    select(pools::AGES.to_vec()).prop_map(|age| pools::NOW.plus_ms(-age))
}

/// A state of an asset: everything a query can ask for, nothing else (no interfaces, no
/// provenance).
pub fn any_asset_doc() -> impl Strategy<Value = AssetDoc> {
    (any_axes(), any_text(), any_names(), any_attributes(), any_tags(), any_identifiers()).prop_map(
        |(axes, name, sources, attributes, tags, identifiers)| AssetDoc {
            kind: axes.kind,
            name,
            lifecycle: axes.lifecycle,
            power: axes.power,
            freshness: axes.freshness,
            hidden: axes.hidden.then(|| "a test".to_owned()),
            conflicted: axes.conflicted,
            witness: (!sources.is_empty()).then_some(SourceId(1)),
            sources,
            attributes,
            provenance: BTreeMap::new(),
            tags,
            tag_provenance: BTreeMap::new(),
            identifiers,
            interfaces: Vec::new(),
        },
    )
}

#[derive(Debug)]
struct Axes {
    kind: Kind,
    lifecycle: Lifecycle,
    power: Power,
    freshness: Freshness,
    hidden: bool,
    conflicted: bool,
}

fn any_axes() -> impl Strategy<Value = Axes> {
    (
        select(pools::KINDS.to_vec()),
        prop_oneof![3 => Just(Lifecycle::Active), 1 => select(Lifecycle::ALL.to_vec())],
        select(Power::ALL.to_vec()),
        prop_oneof![3 => Just(Freshness::Live), 1 => select(Freshness::ALL.to_vec())],
        proptest::bool::weighted(0.1),
        proptest::bool::weighted(0.2),
    )
        .prop_map(|(kind, lifecycle, power, freshness, hidden, conflicted)| Axes {
            kind,
            lifecycle,
            power,
            freshness,
            hidden,
            conflicted,
        })
}

fn any_text() -> impl Strategy<Value = String> {
    select(pools::TEXTS.to_vec()).prop_map(str::to_owned)
}

fn any_names() -> impl Strategy<Value = BTreeSet<String>> {
    btree_set(select(pools::SOURCES.to_vec()).prop_map(str::to_owned), 0..3)
}

fn any_tags() -> impl Strategy<Value = BTreeSet<Tag>> {
    let tag = (select(pools::TAG_KEYS.to_vec()), select(pools::TAG_VALUES.to_vec()))
        .prop_map(|(key, value)| Tag::new(key, value));
    btree_set(tag, 0..3)
}

fn any_identifiers() -> impl Strategy<Value = BTreeSet<Identifier>> {
    btree_set(select(pools::identifiers()), 0..4)
}

fn any_attributes() -> impl Strategy<Value = BTreeMap<Attr, Value>> {
    let texts = btree_map(
        select(pools::TEXT_ATTRS.to_vec()),
        any_text().prop_map(Value::Text),
        0..=pools::TEXT_ATTRS.len(),
    );
    let numbers = btree_map(
        select(pools::NUMBER_ATTRS.to_vec()),
        select(pools::NUMBERS.to_vec()).prop_map(Value::Int),
        0..=pools::NUMBER_ATTRS.len(),
    );
    let arn = option::of(select(pools::ARNS.to_vec()).prop_map(Value::text));
    let list = option::of(vec(any_text(), 0..3).prop_map(Value::List));
    let truth = option::of(any::<bool>().prop_map(Value::Bool));
    let moment = option::of(any_moment().prop_map(|at| Value::Int(at.0)));
    (texts, numbers, arn, list, truth, moment).prop_map(
        |(texts, numbers, arn, list, truth, moment)| {
            let single = [
                (Attr::Arn, arn),
                (pools::LIST_ATTR, list),
                (pools::BOOL_ATTR, truth),
                (pools::MOMENT_ATTR, moment),
            ];
            let single = single.into_iter().filter_map(|(attr, value)| Some((attr, value?)));
            texts.into_iter().chain(numbers).chain(single).collect()
        },
    )
}
