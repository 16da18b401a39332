//! The asset's state, from all its records.

use super::attributes::merge_attributes;
use super::interfaces::merge_interfaces;
use super::manual::Manual;
use super::order::{Witnesses, best_state};
use super::tags::merge_tags;
use crate::words::last_segment;
use cadastre_model::{
    AssetDoc, Attr, Freshness, Identifier, Kind, Lifecycle, Policy, Power, Record, RecordState,
    Scheme, SourceId, SourceRef, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

/// The state of the asset that has these records; `None` if it has none.
///
/// The order of `records` means nothing. `sources` names their sources, `now` decides which of them
/// have not been seen for longer than their authority lasts. The name is [`AssetDoc::name`], not an
/// attribute; a lock of an attribute that is kept only as latest has no effect. Attributes that tags
/// fill follow the tags as merged, people's among them.
#[must_use]
pub fn merge(
    records: &[&Record],
    manual: &Manual<'_>,
    policy: &Policy,
    now: Timestamp,
    sources: &BTreeMap<SourceId, SourceRef>,
) -> Option<AssetDoc> {
    let kind = kind_of(records)?;
    let witnesses = Witnesses::new(records, kind, policy, now, sources);
    let first = *witnesses.records.first()?;
    let tags = merge_tags(&witnesses, manual.tag_locks);
    let mut merged = merge_attributes(&witnesses, Some(first.source), manual.locks, &tags);
    let name = match merged.values.remove(&Attr::Name) {
        Some(name) => name.to_string(),
        None => last_segment(&first.native_id).to_owned(),
    };
    Some(AssetDoc {
        kind,
        name,
        lifecycle: manual.lifecycle.unwrap_or(Lifecycle::Active),
        power: power(&witnesses),
        freshness: freshness(best_state(records.iter().copied())),
        hidden: manual.hidden.map(str::to_owned),
        conflicted: manual.conflicted,
        witness: Some(first.source),
        sources: witnesses
            .records
            .iter()
            .filter_map(|record| witnesses.source_name(record))
            .map(str::to_owned)
            .collect(),
        attributes: merged.values,
        provenance: merged.provenance,
        tag_provenance: tags.provenance(first.source),
        tags: tags.as_written(),
        identifiers: identifiers(&witnesses),
        interfaces: merge_interfaces(&witnesses),
    })
}

/// What an asset is whose last record was moved to another one: what it was, but no source sees it
/// and nothing is found by its identifiers.
pub(crate) fn emptied(before: &AssetDoc) -> AssetDoc {
    AssetDoc {
        kind: before.kind,
        name: before.name.clone(),
        lifecycle: before.lifecycle,
        power: Power::Unknown,
        freshness: Freshness::Gone,
        hidden: before.hidden.clone(),
        conflicted: false,
        witness: None,
        sources: BTreeSet::new(),
        attributes: before.attributes.clone(),
        provenance: BTreeMap::new(),
        tags: before.tags.clone(),
        tag_provenance: BTreeMap::new(),
        identifiers: BTreeSet::new(),
        interfaces: Vec::new(),
    }
}

/// The kind of highest rank among the records that are not gone, or among all if all are.
pub(crate) fn kind_of(records: &[&Record]) -> Option<Kind> {
    let all_gone = best_state(records.iter().copied()) == RecordState::Gone;
    records
        .iter()
        .filter(|record| all_gone || record.state != RecordState::Gone)
        .min_by_key(|record| (std::cmp::Reverse(record.doc.kind.rank()), record.source, record.key))
        .map(|record| record.doc.kind)
}

fn power(witnesses: &Witnesses<'_>) -> Power {
    let known = |record: &Record| record.doc.power.filter(|power| *power != Power::Unknown);
    let speaking = witnesses.speaking(None, |record| known(record).is_some());
    speaking.first().and_then(|record| known(record)).unwrap_or(Power::Unknown)
}

fn freshness(state: RecordState) -> Freshness {
    match state {
        RecordState::Live => Freshness::Live,
        RecordState::Stale => Freshness::Stale,
        RecordState::Gone => Freshness::Gone,
    }
}

/// Identifiers of all records. Addresses are taken from those that still have a say: the address
/// of a machine that is gone may be another's by now.
fn identifiers(witnesses: &Witnesses<'_>) -> BTreeSet<Identifier> {
    let is_address = |one: &&Identifier| one.scheme == Scheme::Ip;
    let lasting = witnesses
        .records
        .iter()
        .flat_map(|record| record.doc.identifiers.iter().filter(|one| !is_address(one)));
    let speaking = witnesses
        .speaking(None, |record| record.doc.identifiers.iter().any(|one| is_address(&one)));
    let addresses =
        speaking.into_iter().flat_map(|record| record.doc.identifiers.iter().filter(is_address));
    lasting.chain(addresses).cloned().collect()
}
