//! Hints: ties that decide nothing, because the record has an asset already, but must not be lost.

use super::crowd::Crowd;
use super::questions::Questions;
use super::settle::Gained;
use super::tie::{Tie, evidence, ties};
use super::weak::Candidate;
use super::{strong, weak};
use crate::draft::Draft;
use crate::words;
use cadastre_model::{AssetId, Identifier, Kind, Record, RecordKey, Scheme, SourceKind};
use std::collections::{BTreeMap, BTreeSet};

/// A record linked by a strong identifier may have a name that ties it to yet another asset.
pub(super) fn at_others(
    draft: &Draft<'_>,
    questions: &mut Questions,
    key: RecordKey,
    ties: &BTreeMap<AssetId, Tie>,
) {
    let Some(record) = draft.record(key) else { return };
    for (asset, tie) in ties.iter().filter(|(asset, _)| **asset != record.asset) {
        let candidate = weak::candidate(draft, record, *asset, tie);
        if let Some(mut candidate) = candidate.filter(|one| one.objection.is_none()) {
            candidate.objection = Some(linked_elsewhere(draft, record));
            questions.suggest(draft, key, candidate);
        }
    }
}

/// A known record stays where it is, but what it newly says may tie it to another asset: a machine
/// whose name could be read only once it was switched on.
pub(super) fn at_gained(
    draft: &Draft<'_>,
    crowd: &Crowd<'_>,
    questions: &mut Questions,
    gained: &Gained,
) {
    let Some(record) = draft.record(gained.key) else { return };
    for (asset, tie) in ties(draft, crowd, record) {
        if !tie.rests_on(&gained.identifiers) {
            continue;
        }
        let strong = tie.strong();
        let mut candidate = None;
        if !strong.is_empty() {
            let evidence = evidence(strong.iter().copied());
            candidate = match strong::fit(draft, record, asset, &strong) {
                strong::Fit::Another => None,
                strong::Fit::Fits => Some(Candidate { asset, evidence, objection: None }),
                strong::Fit::Contested(why, _) => {
                    Some(Candidate { asset, evidence, objection: Some(why) })
                }
            };
        }
        let by_name =
            || weak::candidate(draft, record, asset, &tie).filter(|one| one.objection.is_none());
        if let Some(mut candidate) = candidate.or_else(by_name) {
            candidate.objection.get_or_insert_with(|| linked_elsewhere(draft, record));
            questions.suggest(draft, gained.key, candidate);
        }
    }
}

fn linked_elsewhere(draft: &Draft<'_>, record: &Record) -> String {
    format!("it is {} already", words::asset(draft, record.asset))
}

/// Two new computers of one directory and one name: an account made anew beside the old one.
pub(super) fn same_name_twice(
    draft: &Draft<'_>,
    crowd: &Crowd<'_>,
    questions: &mut Questions,
    placed: &mut [(RecordKey, AssetId)],
) {
    if draft.snapshot.source.kind != SourceKind::Directory {
        return;
    }
    placed.sort();
    let mut named: BTreeMap<&Identifier, BTreeSet<AssetId>> = BTreeMap::new();
    for (key, asset) in placed.iter() {
        let Some(record) = draft.record(*key) else { continue };
        if record.doc.kind != Kind::Computer || !strong::is_live(record) {
            continue;
        }
        let names = record.doc.identifiers.iter().filter(|one| one.scheme == Scheme::Fqdn);
        for name in names.filter(|name| crowd.admits(name)) {
            let earlier = named.entry(name).or_default();
            for other in earlier.iter().filter(|other| *other != asset) {
                let objection = format!("{} sees both", draft.snapshot.source.name);
                let candidate = Candidate {
                    asset: *other,
                    evidence: vec![name.clone()],
                    objection: Some(objection),
                };
                questions.suggest(draft, *key, candidate);
            }
            earlier.insert(*asset);
        }
    }
}
