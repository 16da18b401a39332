//! The canonical form of a batch: in order of native id, each once, in scopes that are known.
//!
//! Everything after this depends on that order alone, which is why the order in which a collector
//! came upon things cannot matter.

use cadastre_model::{DetailError, Fact, Observation, ScopeId, Snapshot};

/// An observation with the scope it was made in.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub observation: &'a Observation,
    pub scope: ScopeId,
}

/// The batch in canonical order.
///
/// Of several observations of one native id the fullest is kept, see [`objections`].
pub(crate) fn canonical<'a>(snapshot: &Snapshot, observations: &'a [Observation]) -> Vec<Seen<'a>> {
    let mut seen: Vec<Seen<'a>> = observations
        .iter()
        .filter_map(|observation| {
            let scope = *snapshot.scopes.get(&observation.scope)?;
            Some(Seen { observation, scope })
        })
        .collect();
    seen.sort_by(|a, b| a.observation.native_id.cmp(&b.observation.native_id));
    let mut kept: Vec<Seen<'a>> = Vec::with_capacity(seen.len());
    for one in seen {
        match kept.last_mut() {
            Some(last) if last.observation.native_id == one.observation.native_id => {
                if fullness(one.observation) > fullness(last.observation) {
                    *last = one;
                }
            }
            _ => kept.push(one),
        }
    }
    kept
}

/// What of a batch [`reconcile`](crate::reconcile) sets aside, for the run's log: observations of
/// a scope the snapshot does not name, and all but one of those that share a native id.
///
/// A thing listed twice in one run changed between two pages. The one that says it has ended is
/// kept (what ended does not come back within a run), else the one that states more values, else
/// the greater in JSON form, which means nothing but is always the same one.
#[must_use]
pub fn objections(snapshot: &Snapshot, observations: &[Observation]) -> Vec<DetailError> {
    let kept = canonical(snapshot, observations);
    let mut objections: Vec<DetailError> =
        observations.iter().filter_map(|one| objection(snapshot, &kept, one)).collect();
    objections.sort_by(|a, b| (&a.subject, &a.message).cmp(&(&b.subject, &b.message)));
    objections
}

fn objection(snapshot: &Snapshot, kept: &[Seen<'_>], one: &Observation) -> Option<DetailError> {
    let message = if snapshot.scopes.contains_key(&one.scope) {
        let at =
            kept.binary_search_by(|seen| seen.observation.native_id.cmp(&one.native_id)).ok()?;
        if kept.get(at)?.observation == one {
            return None;
        }
        "listed more than once in one run, with different words; the fullest statement was kept, \
         the next run settles it"
            .to_owned()
    } else {
        format!(
            "came in scope `{}`, which this run did not announce; it was left out, its record \
             stays as it was",
            one.scope
        )
    };
    Some(DetailError { subject: one.native_id.clone(), message })
}

fn fullness(observation: &Observation) -> (bool, usize, String) {
    let values = observation.facts.values().filter(|fact| matches!(fact, Fact::Value(_))).count();
    let text = serde_json::to_string(observation).unwrap_or_default();
    (observation.tombstone.is_some(), values, text)
}
