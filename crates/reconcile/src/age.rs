//! Ageing: what a complete enumeration did not see turns stale at once, and gone in time.

use crate::draft::{Draft, News};
use crate::words;
use cadastre_model::time::DAY_MS;
use cadastre_model::{
    Plan, Policy, Reason, Record, RecordKey, RecordState, Rule, Snapshot, Timestamp,
};
use std::collections::BTreeMap;

/// A record that a complete enumeration of its scope did not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The record.
    pub record: RecordKey,
    /// Complete enumerations of its scope since it was last seen, this one included.
    pub missed_runs: u64,
    /// When it was last seen.
    pub last_seen: Timestamp,
}

/// Ages what complete enumerations missed. The caller has asked the [`brake`](crate::brake) first.
///
/// A live record turns stale; one that the policy's number of complete runs missed *and* that was
/// not seen for the policy's days is gone. Records of other sources, unknown ones and those already
/// gone are passed over. Doing it twice plans nothing the second time.
#[must_use]
pub fn age(snapshot: &Snapshot, missing: &[Missing], policy: &Policy, now: Timestamp) -> Plan {
    let mut draft = Draft::new(snapshot, policy, now);
    let missing: BTreeMap<RecordKey, &Missing> =
        missing.iter().map(|one| (one.record, one)).collect();
    for (key, missing) in missing {
        let Some(record) = snapshot.records.get(&key) else { continue };
        if record.source != snapshot.source.id {
            continue;
        }
        let expired = is_expired(missing, policy, now);
        let (state, reason) = match (record.state, expired) {
            (RecordState::Gone, _) | (RecordState::Stale, false) => continue,
            (_, true) => (RecordState::Gone, expiry(record, missing, now)),
            (RecordState::Live, false) => (RecordState::Stale, miss(snapshot, record, missing)),
        };
        match state {
            RecordState::Gone => draft.plan.counts.gone += 1,
            _ => draft.plan.counts.stale += 1,
        }
        let aged = Record { state, last_seen: missing.last_seen, ..record.clone() };
        draft.rewrite(aged, News { afresh: None, reason });
    }
    draft.finish()
}

fn is_expired(missing: &Missing, policy: &Policy, now: Timestamp) -> bool {
    let days = policy.expiry.days.saturating_mul(DAY_MS);
    missing.missed_runs >= policy.expiry.complete_runs && now.since(missing.last_seen) >= days
}

fn miss(snapshot: &Snapshot, record: &Record, missing: &Missing) -> Reason {
    let scope = snapshot.scopes.iter().find(|(_, id)| **id == record.scope);
    let scope = scope.map(|(name, _)| format!(" of {name}")).unwrap_or_default();
    let text = format!(
        "{} was not in the complete list{scope} that {} gave; last seen {}",
        words::record(record),
        snapshot.source.name,
        missing.last_seen,
    );
    Reason::new(Rule::Missed, text)
}

fn expiry(record: &Record, missing: &Missing, now: Timestamp) -> Reason {
    let text = format!(
        "{} was missed by {} complete runs and not seen for {} days; last seen {}",
        words::record(record),
        missing.missed_runs,
        now.since(missing.last_seen) / DAY_MS,
        missing.last_seen,
    );
    Reason::new(Rule::Expired, text)
}
