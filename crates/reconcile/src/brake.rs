//! The brake: when so much is missing at once that a person must say whether it is true.
//!
//! Lost rights answer with an empty list and no error; an expired credential of half the hosts
//! halves the answer. Everything else of such a run is written, only the ageing waits.

use cadastre_model::{ConflictKind, ConflictWrite, Kind, Policy, ScopeId};
use std::collections::BTreeMap;

/// How many of one kind a scope had live, and how many of them a complete enumeration missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindTally {
    /// Records known live before the run.
    pub known: u64,
    /// Of those, records missed.
    pub missing: u64,
}

/// A kind is looked at by itself from this many things on: below it, half is too few to tell.
const KIND_AT_LEAST: u64 = 20;

/// Whether the ageing of a completely enumerated scope must wait for a person, and why.
///
/// `known_live` are the scope's live records before the run, `missing` those of them that it did
/// not see, `seen` what it saw. Held when more than the policy's share and count are missing, when
/// half or all of the scope is, or half or all of a kind of which there were at least 20. Whether a
/// person has already let this scope age is for the caller to know.
#[must_use]
pub fn brake(
    known_live: u64,
    seen: u64,
    missing: u64,
    by_kind: &BTreeMap<Kind, KindTally>,
    policy: &Policy,
    scope: ScopeId,
) -> Option<ConflictWrite> {
    let why = whole_scope(known_live, missing, policy).or_else(|| kinds(by_kind))?;
    let reason = format!(
        "{why}; this run saw {seen}. Nothing of the scope ages until a person decides: if these \
         are really gone, let it age; if not, look at what the source's account may read"
    );
    let kind = ConflictKind::AgeingHeld { scope, missing, known: known_live };
    Some(ConflictWrite { kind, reason })
}

fn whole_scope(known: u64, missing: u64, policy: &Policy) -> Option<String> {
    if missing == 0 || known == 0 {
        return None;
    }
    if missing >= known {
        return Some(format!("all {known} known things are missing at once"));
    }
    if missing.saturating_mul(2) >= known {
        return Some(format!(
            "{missing} of {known} known things, half or more, are missing at once"
        ));
    }
    let share = &policy.brake;
    let over_share =
        missing.saturating_mul(100) > share.percent.saturating_mul(known) && missing > share.count;
    over_share.then(|| {
        format!(
            "{missing} of {known} known things are missing at once, more than {} and more than \
             {} % of them",
            share.count, share.percent
        )
    })
}

fn kinds(by_kind: &BTreeMap<Kind, KindTally>) -> Option<String> {
    let fallen: Vec<String> = by_kind
        .iter()
        .filter(|(_, tally)| {
            tally.known >= KIND_AT_LEAST && tally.missing.saturating_mul(2) >= tally.known
        })
        .map(|(kind, tally)| {
            format!("{} of {} {}", tally.missing, tally.known, kind.plural().to_lowercase())
        })
        .collect();
    (!fallen.is_empty()).then(|| format!("missing at once: {}", fallen.join(", ")))
}
