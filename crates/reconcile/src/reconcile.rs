//! One batch of observations, worked through: known records first, then those to be identified.

use crate::batch::{Seen, canonical};
use crate::draft::{Afresh, Draft, News};
use crate::fold::{Folded, fold};
use crate::identify::{self, Crowd, Gained, Newcomer, Origin};
use crate::standing::{Standing, enact, standing};
use crate::words;
use cadastre_model::{
    AssetId, LatestWrite, Observation, Plan, Policy, Reason, Record, RecordKey, RecordState, Rule,
    Snapshot, Timestamp,
};

/// What a batch of observations of one source means for the register.
///
/// `snapshot` is closed under links and names every identifier of the batch; `now` is the moment
/// of the run. Of the counts, `seen` is left at 0 for the caller, who alone knows what it dropped;
/// every observation that came here is one of `created`, `updated` and `unchanged`: it made an
/// asset; it made or changed a record; or it said nothing whose history is kept. (A known record
/// that is given an asset of its own counts beside that as `created`.)
///
/// Doing it twice plans nothing the second time, and the order of the observations never matters.
/// Observations that cannot be used are left out, see [`objections`](crate::objections).
#[must_use]
pub fn reconcile(
    snapshot: &Snapshot,
    observations: &[Observation],
    policy: &Policy,
    now: Timestamp,
) -> Plan {
    let batch = canonical(snapshot, observations);
    let crowd = Crowd::of(snapshot, policy, &batch);
    let mut draft = Draft::new(snapshot, policy, now);
    let mut newcomers = Vec::new();
    let mut gained = Vec::new();
    let mut next_key = snapshot.next_record;
    for seen in &batch {
        let native_id = &seen.observation.native_id;
        let known = snapshot.natives.get(native_id).and_then(|key| snapshot.records.get(key));
        let Some(record) = known else {
            newcomers.push(newcomer(snapshot, next_key, seen, now));
            next_key = RecordKey(next_key.0.saturating_add(1));
            continue;
        };
        let news = restate(&mut draft, record, seen);
        match standing(&draft, record) {
            Standing::Stays => gained.extend(news),
            other => newcomers.extend(enact(&mut draft, record.key, other)),
        }
    }
    identify::settle(&mut draft, &crowd, newcomers, &gained);
    draft.finish()
}

/// Stands in the record of a newcomer until it is placed.
const UNPLACED: AssetId = AssetId(0);

fn newcomer(snapshot: &Snapshot, key: RecordKey, seen: &Seen<'_>, now: Timestamp) -> Newcomer {
    let observation = seen.observation;
    let Folded { doc, latest } = fold(observation, None);
    let state = state_of(observation);
    let ended = ended_at(observation);
    let afresh = Afresh::of(observation, None);
    Newcomer {
        record: Record {
            key,
            source: snapshot.source.id,
            native_id: observation.native_id.clone(),
            scope: seen.scope,
            asset: UNPLACED,
            state,
            doc,
            latest,
            latest_digest: afresh.digest.latest,
            sees: !observation.sightings.is_empty(),
            first_seen: now,
            last_seen: ended.map_or(now, |at| at.min(now)),
        },
        origin: Origin::New(afresh),
    }
}

fn state_of(observation: &Observation) -> RecordState {
    if observation.tombstone.is_some() { RecordState::Gone } else { RecordState::Live }
}

fn ended_at(observation: &Observation) -> Option<Timestamp> {
    observation.tombstone.as_ref().and_then(|tombstone| tombstone.at)
}

/// Lays an observation over a known record. Gives what identifiers the record gained, if any.
fn restate(draft: &mut Draft<'_>, record: &Record, seen: &Seen<'_>) -> Option<Gained> {
    let observation = seen.observation;
    let Folded { doc, latest } = fold(observation, Some(record));
    let state = state_of(observation);
    let afresh = Afresh::of(observation, Some(record.last_seen));
    let says_new = doc != record.doc || seen.scope != record.scope;
    if !says_new && state == record.state {
        draft.plan.counts.unchanged += 1;
        let says_otherwise = afresh.digest.latest != record.latest_digest;
        let sees = record.sees || !observation.sightings.is_empty();
        if latest != record.latest || (sees && says_otherwise) {
            let Afresh { digest, sighted } = afresh;
            draft.write_latest(LatestWrite { key: record.key, digest, latest, sighted });
        }
        return None;
    }
    draft.plan.counts.updated += 1;
    if state == RecordState::Gone && record.state != RecordState::Gone {
        draft.plan.counts.gone += 1;
    }
    let gained: Vec<_> = doc.identifiers.difference(&record.doc.identifiers).cloned().collect();
    let reason = restated(draft, record, observation, state);
    let ended = ended_at(observation);
    let last_seen = match (state, record.state) {
        (RecordState::Gone, RecordState::Gone) => ended.unwrap_or(record.last_seen),
        (RecordState::Gone, _) => ended.unwrap_or(draft.now),
        _ => draft.now,
    };
    let after = Record {
        state,
        doc,
        latest,
        latest_digest: afresh.digest.latest,
        sees: !observation.sightings.is_empty(),
        scope: seen.scope,
        // A source whose clock is ahead must not make a thing seen in the future.
        last_seen: last_seen.min(draft.now),
        key: record.key,
        source: record.source,
        native_id: record.native_id.clone(),
        asset: record.asset,
        first_seen: record.first_seen,
    };
    draft.rewrite(after, News { afresh: Some(afresh), reason });
    let live = state == RecordState::Live;
    (live && !gained.is_empty()).then_some(Gained { key: record.key, identifiers: gained })
}

fn restated(
    draft: &Draft<'_>,
    record: &Record,
    observation: &Observation,
    state: RecordState,
) -> Reason {
    let source = &draft.snapshot.source.name;
    let thing = words::record(record);
    if let Some(tombstone) = &observation.tombstone {
        let at = tombstone.at.map(|at| format!(" since {at}")).unwrap_or_default();
        let text = format!("{source} lists {thing} as {}{at}", tombstone.reason);
        return Reason::new(Rule::Tombstone, text);
    }
    if state == RecordState::Live && record.state != RecordState::Live {
        let text = format!("{source} sees {thing} again, last seen {}", record.last_seen);
        return Reason::new(Rule::Revived, text);
    }
    Reason::new(Rule::Restated, format!("{source} says something new of {thing}"))
}
