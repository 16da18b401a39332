//! Contest: where several records lay claim to one asset, none of them gets it.

use super::settle::{Origin, Waiting};
use super::weak::Candidate;
use super::{strong, weak};
use crate::draft::Draft;
use crate::words;
use cadastre_model::AssetId;
use std::collections::{BTreeMap, BTreeSet};

/// A record that finds another of its source on the asset it was known as: they were taken for one
/// thing, and are two. Which of them has the asset's history is for a person to say.
pub(super) fn doubled(draft: &Draft<'_>, waiting: &[Waiting], verdicts: &mut [strong::Verdict]) {
    for (one, verdict) in waiting.iter().zip(verdicts) {
        let Origin::Doubled(twin) = &one.newcomer.origin else { continue };
        let was = one.newcomer.record.asset;
        let mut candidates = BTreeSet::from([was]);
        let mut evidence = Vec::new();
        match std::mem::replace(verdict, strong::Verdict::Undecided) {
            strong::Verdict::Link { asset, reason } => {
                candidates.insert(asset);
                evidence = reason.evidence;
            }
            strong::Verdict::Ambiguous { candidates: others, evidence: why, .. } => {
                candidates.extend(others);
                evidence = why;
            }
            strong::Verdict::Undecided => {}
        }
        *verdict = strong::Verdict::Ambiguous {
            reason: format!(
                "was {}, but came back while {} sees {twin} in its place",
                words::assets(draft, candidates.iter().copied()),
                draft.source_name(&one.newcomer.record),
            ),
            candidates: candidates.into_iter().collect(),
            evidence,
        };
    }
}

/// Where several records of the batch would be linked to one asset, none is: its source sees
/// several things, and only one of them can be that asset.
pub(super) fn strong_claims(
    draft: &Draft<'_>,
    waiting: &[Waiting],
    verdicts: &mut [strong::Verdict],
) {
    let mut claims: BTreeMap<AssetId, Vec<String>> = BTreeMap::new();
    for (one, verdict) in waiting.iter().zip(verdicts.iter()) {
        if let strong::Verdict::Link { asset, .. } = verdict {
            claims.entry(*asset).or_default().push(words::record(&one.newcomer.record));
        }
    }
    for verdict in verdicts {
        let strong::Verdict::Link { asset, reason } = verdict else { continue };
        let Some(claimants) = claims.get(asset).filter(|all| all.len() > 1) else { continue };
        *verdict = strong::Verdict::Ambiguous {
            candidates: vec![*asset],
            evidence: std::mem::take(&mut reason.evidence),
            reason: format!(
                "may be {}, as may others that {} sees: {}",
                words::asset(draft, *asset),
                draft.snapshot.source.name,
                claimants.join(", "),
            ),
        };
    }
}

pub(super) fn weak_claims(verdicts: &mut [weak::Verdict]) {
    let mut claims: BTreeMap<AssetId, usize> = BTreeMap::new();
    for verdict in verdicts.iter() {
        if let weak::Verdict::Link { asset, .. } = verdict {
            *claims.entry(*asset).or_default() += 1;
        }
    }
    for verdict in verdicts {
        let weak::Verdict::Link { asset, reason } = verdict else { continue };
        let Some(claimants) = claims.get(asset).filter(|count| **count > 1) else { continue };
        *verdict = weak::Verdict::Suggest(vec![Candidate {
            asset: *asset,
            evidence: std::mem::take(&mut reason.evidence),
            objection: Some(format!("{claimants} records of this run have it")),
        }]);
    }
}
