//! Order of authority: whose word counts before whose.

use cadastre_model::policy::Authority;
use cadastre_model::time::DAY_MS;
use cadastre_model::{
    Attr, Kind, Policy, Record, RecordState, SourceId, SourceKind, SourceRef, Timestamp,
};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The records of one asset, and what decides between them.
pub(crate) struct Witnesses<'a> {
    /// In the order of the kind's general authority.
    pub records: Vec<&'a Record>,
    pub kind: Kind,
    pub policy: &'a Policy,
    sources: &'a BTreeMap<SourceId, SourceRef>,
    now: Timestamp,
}

impl<'a> Witnesses<'a> {
    pub fn new(
        records: &[&'a Record],
        kind: Kind,
        policy: &'a Policy,
        now: Timestamp,
        sources: &'a BTreeMap<SourceId, SourceRef>,
    ) -> Witnesses<'a> {
        let mut all = Witnesses { records: records.to_vec(), kind, policy, sources, now };
        let general = policy
            .authority
            .iter()
            .find(|rule| rule.attr.is_none() && rule.kind.is_none_or(|one| one == kind));
        let mut sorted = std::mem::take(&mut all.records);
        sorted.sort_by(|a, b| all.compare(general, a, b));
        all.records = sorted;
        all
    }

    /// Those that may speak where `states` says who does, the one whose word counts most first.
    ///
    /// Of what live records state, stale and gone ones have no say.
    pub fn speaking(
        &self,
        attr: Option<Attr>,
        states: impl Fn(&Record) -> bool,
    ) -> Vec<&'a Record> {
        let mut speaking: Vec<&Record> =
            self.records.iter().copied().filter(|record| states(record)).collect();
        if speaking.len() < 2 {
            return speaking;
        }
        if let Some(best) = speaking.iter().map(|record| record.state).min() {
            speaking.retain(|record| record.state == best);
        }
        if let Some(attr) = attr {
            let rule = self.policy.authority_for(self.kind, attr);
            speaking.sort_by(|a, b| self.compare(rule, a, b));
        }
        speaking
    }

    /// State first, then age, then the rule's order, then what never changes.
    fn compare(&self, rule: Option<&Authority>, a: &Record, b: &Record) -> Ordering {
        self.rank(rule, a).cmp(&self.rank(rule, b))
    }

    fn rank(&self, rule: Option<&Authority>, record: &Record) -> impl Ord + use<> {
        let kind = self.sources.get(&record.source).map(|source| source.kind);
        let place = rule.map_or(0, |rule| place(&rule.order, kind));
        let too_old = rule
            .and_then(|rule| rule.max_age_days)
            .is_some_and(|days| self.now.since(record.last_seen) > days.saturating_mul(DAY_MS));
        (record.state, too_old, place, record.source, record.key)
    }

    /// The name of the source of a record.
    pub fn source_name(&self, record: &Record) -> Option<&'a str> {
        self.sources.get(&record.source).map(|source| source.name.as_str())
    }
}

/// A sort of source that the rule does not name comes last.
fn place(order: &[SourceKind], kind: Option<SourceKind>) -> usize {
    order.iter().position(|one| Some(*one) == kind).unwrap_or(order.len())
}

/// The states of records from the one that counts most.
pub(crate) fn best_state<'a>(records: impl IntoIterator<Item = &'a Record>) -> RecordState {
    records.into_iter().map(|record| record.state).min().unwrap_or(RecordState::Gone)
}
