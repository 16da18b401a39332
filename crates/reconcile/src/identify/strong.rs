//! Rule 1: a strong identifier in common, and rule 3 where it leads to more than one answer.

use super::odds::{Odds, odds};
use super::tie::{Pair, Tie, evidence};
use crate::draft::Draft;
use crate::words;
use cadastre_model::{AssetId, Identifier, Kind, Reason, Record, RecordState, Rule, Scheme};
use std::collections::BTreeMap;

/// What rules 1 and 3 say of a record.
pub(crate) enum Verdict {
    /// It is a record of this asset.
    Link { asset: AssetId, reason: Reason },
    /// A person must say.
    Ambiguous { candidates: Vec<AssetId>, evidence: Vec<Identifier>, reason: String },
    /// Strong identifiers have no say.
    Undecided,
}

/// Whether an asset with a strong identifier in common may be the record's.
pub(crate) enum Fit {
    Fits,
    /// It is another thing, and its source says so: clones, Fault Tolerance pairs, templates.
    Another,
    /// Something speaks against it, in words, with the identifiers at odds.
    Contested(String, Vec<Identifier>),
}

/// Decides by strong identifiers.
pub(crate) fn verdict(
    draft: &Draft<'_>,
    record: &Record,
    ties: &BTreeMap<AssetId, Tie>,
) -> Verdict {
    let mut candidates: Vec<(AssetId, Vec<Identifier>, Fit)> = Vec::new();
    for (asset, tie) in ties {
        let pairs = tie.strong();
        if pairs.is_empty() {
            continue;
        }
        match fit(draft, record, *asset, &pairs) {
            Fit::Another => {}
            fit => candidates.push((*asset, evidence(pairs), fit)),
        }
    }
    match candidates.as_slice() {
        [] => Verdict::Undecided,
        [(asset, shared, Fit::Fits)] => Verdict::Link {
            asset: *asset,
            reason: Reason {
                rule: Rule::StrongIdentifier,
                text: format!(
                    "{} of {} has the {} of {}",
                    words::record(record),
                    draft.source_name(record),
                    words::identifiers(shared),
                    words::asset(draft, *asset),
                ),
                evidence: shared.clone(),
            },
        },
        several => ambiguous(draft, several),
    }
}

fn ambiguous(draft: &Draft<'_>, several: &[(AssetId, Vec<Identifier>, Fit)]) -> Verdict {
    let mut all = Vec::new();
    let mut parts = Vec::new();
    for (asset, shared, fit) in several {
        let mut part = format!("{} by {}", words::asset(draft, *asset), words::identifiers(shared));
        all.extend(shared.iter().cloned());
        if let Fit::Contested(why, at_odds) = fit {
            part = format!("{part}, but {why}");
            all.extend(at_odds.iter().cloned());
        }
        parts.push(part);
    }
    all.sort();
    all.dedup();
    Verdict::Ambiguous {
        candidates: several.iter().map(|(asset, ..)| *asset).collect(),
        evidence: all,
        reason: format!("may be {}", parts.join("; or ")),
    }
}

/// Whether `asset` may be the record's, given what they have in common.
pub(crate) fn fit(draft: &Draft<'_>, record: &Record, asset: AssetId, pairs: &[&Pair]) -> Fit {
    let others: Vec<&Record> =
        draft.members(asset).into_iter().filter(|one| one.key != record.key).collect();
    if let Some(twin) = others.iter().find(|one| is_live(one) && one.source == record.source) {
        let only_twins = pairs.iter().all(|pair| {
            draft.record(pair.holder).is_none_or(|holder| holder.source == record.source)
        });
        if only_twins {
            return Fit::Another;
        }
        let why = format!(
            "{} already sees {} there, and it sees two things",
            draft.source_name(record),
            words::record(twin),
        );
        return Fit::Contested(why, Vec::new());
    }
    if let Some(clone) = others.iter().find(|one| may_be_clone(draft, record, one, pairs)) {
        let why = format!(
            "{} runs in {} at the same time, and cloning copies these",
            words::record(clone),
            draft.source_name(clone),
        );
        return Fit::Contested(why, Vec::new());
    }
    match odds(record, others.iter().copied()) {
        Some(Odds { ours, theirs }) => {
            let scheme = words::scheme(ours.scheme);
            let why = format!("its {scheme} is {}, there it is {}", ours.value, theirs.value);
            Fit::Contested(why, vec![ours, theirs])
        }
        None => Fit::Fits,
    }
}

/// Two virtual machines, both live, each in the source of its own that runs it: nothing that a
/// clone copies can tell whether they are one.
fn may_be_clone(draft: &Draft<'_>, record: &Record, other: &Record, pairs: &[&Pair]) -> bool {
    let copied = |pair: &&Pair| {
        matches!(pair.identifier.scheme, Scheme::SmbiosUuid | Scheme::Serial | Scheme::Mac)
    };
    is_live(record)
        && is_live(other)
        && record.doc.kind == Kind::Vm
        && other.doc.kind == Kind::Vm
        && draft.source_kind(other) == draft.source_kind(record)
        && pairs.iter().all(copied)
}

pub(crate) fn is_live(record: &Record) -> bool {
    record.state == RecordState::Live
}
