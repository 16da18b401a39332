//! Rule 2: a weak identifier suggests, and links only alone, uncontradicted and by policy.

use super::odds::odds;
use super::strong::is_live;
use super::tie::{Pair, Tie, evidence};
use crate::draft::Draft;
use crate::words;
use cadastre_model::{
    AssetId, Identifier, Kind, Reason, Record, RecordState, Rule, Scheme, SourceKind,
};
use std::collections::BTreeMap;

/// What rule 2 says of a record.
pub(crate) enum Verdict {
    /// It is a record of this asset.
    Link { asset: AssetId, reason: Reason },
    /// It may be; a person must say.
    Suggest(Vec<Candidate>),
    /// Weak identifiers have no say.
    Undecided,
}

/// An asset that a weak identifier suggests.
pub(crate) struct Candidate {
    pub asset: AssetId,
    /// The identifiers in common.
    pub evidence: Vec<Identifier>,
    /// What speaks against linking without asking, in words.
    pub objection: Option<String>,
}

/// Decides by weak identifiers. Only live records are asked: what has ended ties nothing new.
pub(crate) fn verdict(
    draft: &Draft<'_>,
    record: &Record,
    ties: &BTreeMap<AssetId, Tie>,
) -> Verdict {
    if !is_live(record) {
        return Verdict::Undecided;
    }
    let mut candidates: Vec<Candidate> =
        ties.iter().filter_map(|(asset, tie)| candidate(draft, record, *asset, tie)).collect();
    match candidates.as_slice() {
        [] => Verdict::Undecided,
        [Candidate { asset, evidence, objection: None }] => Verdict::Link {
            asset: *asset,
            reason: Reason {
                rule: Rule::WeakIdentifier,
                text: format!(
                    "{} of {} has the {} of {}, which alone has it and nothing contradicts",
                    words::record(record),
                    draft.source_name(record),
                    words::identifiers(evidence),
                    words::asset(draft, *asset),
                ),
                evidence: evidence.clone(),
            },
        },
        [_] => Verdict::Suggest(candidates),
        several => {
            let why = format!("{} assets have it", several.len());
            for one in &mut candidates {
                one.objection.get_or_insert_with(|| why.clone());
            }
            Verdict::Suggest(candidates)
        }
    }
}

/// The asset as a candidate, if what it has in common with the record suggests anything.
pub(crate) fn candidate(
    draft: &Draft<'_>,
    record: &Record,
    asset: AssetId,
    tie: &Tie,
) -> Option<Candidate> {
    let mut pairs = tie.weak();
    pairs.retain(|pair| {
        draft.record(pair.holder).is_some_and(|holder| suggests(draft, record, holder, pair))
    });
    if pairs.is_empty() {
        return None;
    }
    Some(Candidate {
        asset,
        objection: objection(draft, record, asset, &pairs),
        evidence: evidence(pairs),
    })
}

/// A weak identifier suggests something only between two sorts of source: what one vCenter, or
/// two, list as two machines of one name are two machines. And between a directory's computer and
/// its former account.
fn suggests(draft: &Draft<'_>, record: &Record, holder: &Record, pair: &Pair) -> bool {
    if is_account_of_same_name(draft, record, holder, pair) {
        return true;
    }
    holder.state != RecordState::Gone && draft.source_kind(holder) != draft.source_kind(record)
}

fn is_account_of_same_name(
    draft: &Draft<'_>,
    record: &Record,
    holder: &Record,
    pair: &Pair,
) -> bool {
    draft.source_kind(record) == Some(SourceKind::Directory)
        && holder.source == record.source
        && record.doc.kind == Kind::Computer
        && holder.doc.kind == Kind::Computer
        && pair.identifier.scheme == Scheme::Fqdn
}

/// Why a weak identifier must not link this record to that asset without a person.
fn objection(
    draft: &Draft<'_>,
    record: &Record,
    asset: AssetId,
    pairs: &[&Pair],
) -> Option<String> {
    let others: Vec<&Record> =
        draft.members(asset).into_iter().filter(|one| one.key != record.key).collect();
    if let Some(twin) = others.iter().find(|one| is_live(one) && one.source == record.source) {
        let source = draft.source_name(record);
        return Some(format!("{source} already sees {} there", words::record(twin)));
    }
    // What is gone says no more what it is: a new account may replace a deleted one.
    let speaking = others.iter().copied().filter(|one| one.state != RecordState::Gone);
    if let Some(odds) = odds(record, speaking) {
        let scheme = words::scheme(odds.ours.scheme);
        let (ours, theirs) = (odds.ours.value, odds.theirs.value);
        return Some(format!("its {scheme} is {ours}, there it is {theirs}"));
    }
    if may_link(draft, record, &others, pairs) {
        return None;
    }
    Some("policy does not let this alone decide between these kinds".to_owned())
}

fn may_link(draft: &Draft<'_>, record: &Record, others: &[&Record], pairs: &[&Pair]) -> bool {
    let has = |scheme| pairs.iter().any(|pair| pair.identifier.scheme == scheme);
    let rejoined = pairs.iter().any(|pair| {
        draft.record(pair.holder).is_some_and(|holder| {
            is_account_of_same_name(draft, record, holder, pair)
                && holder.state == RecordState::Gone
                && holder.doc.tombstone.is_some()
        })
    });
    if rejoined {
        return true;
    }
    let kind = crate::merge::kind_of(others);
    let pair_allowed =
        kind.is_some_and(|kind| draft.policy.weak_pairs.contains(&(record.doc.kind, kind)));
    if has(Scheme::Fqdn) && pair_allowed {
        return true;
    }
    has(Scheme::Fqdn) && has(Scheme::Mac) && agent_and_platform(draft, record, pairs)
}

/// A device's own agent on one side, the platform it runs on at the other: its name and one of its
/// Ethernet addresses together are enough.
fn agent_and_platform(draft: &Draft<'_>, record: &Record, pairs: &[&Pair]) -> bool {
    let platform = |kind| matches!(kind, SourceKind::Vsphere | SourceKind::Aws);
    let Some(here) = draft.source_kind(record) else { return false };
    pairs.iter().all(|pair| {
        let there = draft.record(pair.holder).and_then(|holder| draft.source_kind(holder));
        there.is_some_and(|there| {
            (here == SourceKind::Snmp && platform(there))
                || (there == SourceKind::Snmp && platform(here))
        })
    })
}
