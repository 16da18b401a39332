//! An asset merged anew though no source said anything: a person set or released something.

use crate::draft::asset_write;
use crate::merge::{Manual, merge};
use cadastre_model::{AssetId, AssetWrite, Policy, Reason, Record, Snapshot, Timestamp};

/// The write that brings an asset in line with its records and with what `snapshot` says people
/// set on it; `None` if that changes nothing, if there is no such asset, or if it has no records.
///
/// The caller puts the new lock, lifecycle or hiding into the snapshot first.
#[must_use]
pub fn remerge(
    snapshot: &Snapshot,
    asset: AssetId,
    policy: &Policy,
    now: Timestamp,
    reason: Reason,
) -> Option<AssetWrite> {
    let known = snapshot.assets.get(&asset)?;
    let records: Vec<&Record> =
        known.records.iter().filter_map(|key| snapshot.records.get(key)).collect();
    let manual = Manual::of(snapshot, asset, known, &records);
    let after = merge(&records, &manual, policy, now, &snapshot.sources)?;
    asset_write(asset, Some(&known.doc), after, reason)
}
