//! Standing: known is known, unless a person decided otherwise or another took its place.

use crate::draft::Draft;
use crate::identify::{self, Crowd, Newcomer, Origin};
use crate::words;
use cadastre_model::{
    AssetId, Decision, Plan, Policy, Reason, Record, RecordKey, RecordState, Rule, Snapshot,
    Timestamp,
};

/// What became of a known record's link.
pub(crate) enum Standing {
    /// It stays: known is known.
    Stays,
    /// A person pinned the record to another asset.
    Moves(AssetId),
    /// A person said that it does not belong where it is.
    Rejected,
    /// It came back to an asset that another record of its source, named here, has taken over.
    Doubled(String),
}

/// Where a known record stands, given what people decided and where its twins are.
pub(crate) fn standing(draft: &Draft<'_>, record: &Record) -> Standing {
    let snapshot = draft.snapshot;
    let decision = |asset| snapshot.decisions.get(&(record.key, asset));
    if decision(record.asset) == Some(&Decision::Accept) {
        return Standing::Stays;
    }
    let every = (record.key, AssetId(i64::MIN))..=(record.key, AssetId(i64::MAX));
    let accepted = snapshot.decisions.range(every).find(|((_, asset), decision)| {
        **decision == Decision::Accept && snapshot.assets.contains_key(asset)
    });
    if let Some(((_, asset), _)) = accepted {
        return Standing::Moves(*asset);
    }
    if decision(record.asset) == Some(&Decision::Reject) {
        return Standing::Rejected;
    }
    twin_of_revived(draft, record).map_or(Standing::Stays, Standing::Doubled)
}

fn twin_of_revived(draft: &Draft<'_>, record: &Record) -> Option<String> {
    let is_live = draft.record(record.key)?.state == RecordState::Live;
    if record.state == RecordState::Live || !is_live {
        return None;
    }
    let members = draft.members(record.asset);
    let twin = members.into_iter().find(|one| {
        one.key != record.key && one.source == record.source && one.state == RecordState::Live
    });
    twin.map(words::record)
}

/// Moves the record where it is pinned, or gives it back as one that needs an asset.
pub(crate) fn enact(draft: &mut Draft<'_>, key: RecordKey, standing: Standing) -> Option<Newcomer> {
    let record = draft.record(key)?.clone();
    let origin = match standing {
        Standing::Stays => return None,
        Standing::Moves(to) => {
            let text = format!("a person decided that {} belongs here", words::record(&record));
            draft.relink(key, to, Reason::new(Rule::Person, text), false);
            return None;
        }
        Standing::Rejected => Origin::Rejected,
        Standing::Doubled(twin) => Origin::Doubled(twin),
    };
    Some(Newcomer { record, origin })
}

/// What it takes to bring one record's link in line with what people decided of it, at once and
/// without a run: an accepted record moves to its asset, a rejected one to another.
///
/// `snapshot` holds the record, its asset, the asset it is accepted for, and the decisions. Only if
/// it names holders of the record's identifiers can a rejected record find another asset than one
/// of its own.
#[must_use]
pub fn decide(snapshot: &Snapshot, record: RecordKey, policy: &Policy, now: Timestamp) -> Plan {
    let mut draft = Draft::new(snapshot, policy, now);
    if let Some(known) = snapshot.records.get(&record) {
        let standing = standing(&draft, known);
        let newcomers = enact(&mut draft, record, standing).into_iter().collect();
        let crowd = Crowd::of(snapshot, policy, &[]);
        identify::settle(&mut draft, &crowd, newcomers, &[]);
    }
    draft.finish()
}
