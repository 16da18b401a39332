//! Identifiers that must not match: junk by the shipped list, and those too many records share.

use crate::batch::Seen;
use cadastre_model::registry::Family;
use cadastre_model::{Identifier, Observation, Policy, RecordKey, RecordState, Snapshot, Strength};
use std::collections::{BTreeMap, BTreeSet};

/// What of the batch's identifiers is crowded.
pub(crate) struct Crowd<'a> {
    snapshot: &'a Snapshot,
    limit: u64,
    /// Crowded by what the batch itself brings.
    brought: BTreeSet<&'a Identifier>,
}

impl<'a> Crowd<'a> {
    /// Counts who shares what, the batch included: fifty boards with one placeholder may well
    /// arrive in one batch, into an empty register.
    pub fn of(snapshot: &'a Snapshot, policy: &Policy, batch: &[Seen<'a>]) -> Crowd<'a> {
        let mut counts: BTreeMap<&'a Identifier, u64> = BTreeMap::new();
        let live = batch.iter().map(|seen| seen.observation).filter(|one| one.tombstone.is_none());
        for identifier in live.flat_map(matchable) {
            *counts.entry(identifier).or_default() += 1;
        }
        let in_batch: BTreeSet<RecordKey> = batch
            .iter()
            .filter_map(|seen| snapshot.natives.get(&seen.observation.native_id))
            .copied()
            .collect();
        let others = |identifier: &Identifier| {
            let holders = snapshot.holders.get(identifier).into_iter().flatten();
            let records = holders
                .filter(|key| !in_batch.contains(key))
                .filter_map(|key| snapshot.records.get(key))
                .filter(|one| one.source == snapshot.source.id && one.state == RecordState::Live);
            u64::try_from(records.count()).unwrap_or(u64::MAX)
        };
        let limit = policy.crowd_limit;
        let brought = counts
            .into_iter()
            .filter(|(identifier, count)| count.saturating_add(others(identifier)) > limit)
            .map(|(identifier, _)| identifier)
            .collect();
        Crowd { snapshot, limit, brought }
    }

    /// Why an identifier must not match anything, in words; `None` if it may.
    pub fn why_unused(&self, identifier: &Identifier) -> Option<String> {
        if let Some(junk) = identifier.junk() {
            return Some(junk.to_owned());
        }
        let crowded =
            self.snapshot.crowded.contains(identifier) || self.brought.contains(identifier);
        crowded.then(|| format!("more than {} live records of one source share it", self.limit))
    }

    /// Whether an identifier may match.
    pub fn admits(&self, identifier: &Identifier) -> bool {
        identifier.junk().is_none()
            && !self.snapshot.crowded.contains(identifier)
            && !self.brought.contains(identifier)
    }
}

fn matchable(observation: &Observation) -> impl Iterator<Item = &Identifier> {
    let matches_at_all = observation.kind.family() != Family::Own;
    observation
        .identifiers
        .iter()
        .filter(move |one| matches_at_all && one.scheme.strength() != Strength::LookupOnly)
}
