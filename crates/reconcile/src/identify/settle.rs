//! Settling a batch: every record that needs an asset gets one, and what is left open is asked.
//!
//! All records of the batch are judged by strong identifiers before any is judged by weak ones, and
//! nobody is placed before all are judged: two records that claim one asset are found out, and the
//! first of them has no advantage.

use super::crowd::Crowd;
use super::questions::Questions;
use super::tie::{Tie, ties};
use super::{contest, hints, strong, weak};
use crate::draft::{Afresh, Draft, News};
use crate::words;
use cadastre_model::registry::Family;
use cadastre_model::{AssetId, Identifier, Reason, Record, RecordKey, RecordState, Rule, Strength};
use std::collections::BTreeMap;

/// A record that needs an asset.
pub(crate) struct Newcomer {
    /// The record; of a new one the asset means nothing until it is placed.
    pub record: Record,
    /// Why it needs one.
    pub origin: Origin,
}

/// Why a record needs an asset.
pub(crate) enum Origin {
    /// The register does not know it; with what is kept of its observation.
    New(Afresh),
    /// A person said that it does not belong where it is.
    Rejected,
    /// It came back, and this other record of its source is in its place.
    Doubled(String),
}

/// Identifiers that a known record did not have before.
pub(crate) struct Gained {
    pub key: RecordKey,
    pub identifiers: Vec<Identifier>,
}

/// A newcomer that is not placed yet, and what ties it to whom.
pub(super) struct Waiting {
    pub newcomer: Newcomer,
    pub ties: BTreeMap<AssetId, Tie>,
}

/// Places every newcomer and asks what is to be asked.
pub(crate) fn settle(
    draft: &mut Draft<'_>,
    crowd: &Crowd<'_>,
    newcomers: Vec<Newcomer>,
    gained: &[Gained],
) {
    let mut questions = Questions::default();
    let mut placed: Vec<(RecordKey, AssetId)> = Vec::new();
    let waiting: Vec<Waiting> = newcomers
        .into_iter()
        .map(|newcomer| Waiting { ties: ties(draft, crowd, &newcomer.record), newcomer })
        .collect();

    let mut by_strong: Vec<strong::Verdict> =
        waiting.iter().map(|one| strong::verdict(draft, &one.newcomer.record, &one.ties)).collect();
    contest::doubled(draft, &waiting, &mut by_strong);
    contest::strong_claims(draft, &waiting, &mut by_strong);
    let mut open = Vec::new();
    for (one, verdict) in waiting.into_iter().zip(by_strong) {
        let strong::Verdict::Link { asset, reason } = verdict else {
            open.push((one, verdict));
            continue;
        };
        let key = one.newcomer.record.key;
        place(draft, one.newcomer, asset, reason, false);
        placed.push((key, asset));
        hints::at_others(draft, &mut questions, key, &one.ties);
    }

    let mut by_weak: Vec<weak::Verdict> = open
        .iter()
        .map(|(one, verdict)| match verdict {
            strong::Verdict::Undecided => weak::verdict(draft, &one.newcomer.record, &one.ties),
            _ => weak::Verdict::Undecided,
        })
        .collect();
    contest::weak_claims(&mut by_weak);
    for ((one, strong), weak) in open.into_iter().zip(by_weak) {
        let key = one.newcomer.record.key;
        let asset = match (strong, weak) {
            (_, weak::Verdict::Link { asset, reason }) => {
                place(draft, one.newcomer, asset, reason, false);
                asset
            }
            (strong::Verdict::Ambiguous { candidates, evidence, reason }, _) => {
                let asset = draft.new_asset();
                let thing = words::record(&one.newcomer.record);
                let text = format!("{thing} {reason}; it waits for a person's decision");
                let why = Reason {
                    rule: Rule::Ambiguous,
                    text: text.clone(),
                    evidence: evidence.clone(),
                };
                place(draft, one.newcomer, asset, why, true);
                questions.ambiguous(key, asset, candidates, evidence, text);
                asset
            }
            (_, weak) => {
                let asset = draft.new_asset();
                let reason = nothing_matches(draft, crowd, &one, &weak);
                place(draft, one.newcomer, asset, reason, false);
                if let weak::Verdict::Suggest(candidates) = weak {
                    for candidate in candidates {
                        questions.suggest(draft, key, candidate);
                    }
                }
                asset
            }
        };
        placed.push((key, asset));
    }
    hints::same_name_twice(draft, crowd, &mut questions, &mut placed);
    for one in gained {
        hints::at_gained(draft, crowd, &mut questions, one);
    }
    questions.ask(draft);
}

fn place(
    draft: &mut Draft<'_>,
    newcomer: Newcomer,
    asset: AssetId,
    reason: Reason,
    provisional: bool,
) {
    let Newcomer { mut record, origin } = newcomer;
    let Origin::New(afresh) = origin else {
        draft.relink(record.key, asset, reason, provisional);
        return;
    };
    if draft.snapshot.assets.contains_key(&asset) {
        draft.plan.counts.updated += 1;
    }
    if record.state == RecordState::Gone {
        draft.plan.counts.gone += 1;
    }
    record.asset = asset;
    draft.insert(record, News { afresh: Some(afresh), reason }, provisional);
}

fn nothing_matches(
    draft: &Draft<'_>,
    crowd: &Crowd<'_>,
    one: &Waiting,
    weak: &weak::Verdict,
) -> Reason {
    let record = &one.newcomer.record;
    let source = draft.source_name(record);
    let mut text = format!("{} is first seen by {source}", words::record(record));
    if matches!(one.newcomer.origin, Origin::Rejected) {
        let was = words::asset(draft, record.asset);
        text = format!("a person decided that {} is not {was}", words::record(record));
        return Reason::new(Rule::Person, text);
    }
    if record.doc.kind.family() == Family::Own {
        return Reason::new(Rule::NothingMatches, text);
    }
    let twins: Vec<AssetId> = one
        .ties
        .iter()
        .filter(|(_, tie)| !tie.strong().is_empty())
        .map(|(asset, _)| *asset)
        .collect();
    if let weak::Verdict::Suggest(candidates) = weak {
        let ids = candidates.iter().map(|candidate| candidate.asset);
        text = format!("{text}; whether it is {} is asked", words::assets(draft, ids));
    } else if twins.is_empty() {
        text.push_str("; nothing known has its identifiers");
    } else {
        let twins = words::assets(draft, twins);
        text = format!("{text}, which lists it beside {twins}: two things that share identifiers");
    }
    let strong =
        record.doc.identifiers.iter().filter(|one| one.scheme.strength() == Strength::Strong);
    for (one, why) in strong.filter_map(|one| Some((one, crowd.why_unused(one)?))) {
        text = format!("{text}; its {} is not used: {why}", words::identifier(one));
    }
    Reason::new(Rule::NothingMatches, text)
}
