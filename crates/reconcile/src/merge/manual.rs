//! What people set on an asset, as far as the merge must respect it.

use cadastre_model::{AssetId, Decision, KnownAsset, Lifecycle, Lock, Record, Snapshot, TagLock};

/// What people set on an asset.
#[derive(Clone, Debug, Default)]
pub struct Manual<'a> {
    /// People's values.
    pub locks: &'a [Lock],
    /// People's tags.
    pub tag_locks: &'a [TagLock],
    /// The lifecycle a person set.
    pub lifecycle: Option<Lifecycle>,
    /// Why it is hidden, if it is.
    pub hidden: Option<&'a str>,
    /// Whether it waits for a decision.
    pub conflicted: bool,
}

impl<'a> Manual<'a> {
    /// What people set on a known asset that has these records.
    ///
    /// It waits no longer once a person accepted one of its records for it: that is how "it is a
    /// thing of its own" is written down.
    #[must_use]
    pub fn of(
        snapshot: &'a Snapshot,
        id: AssetId,
        known: &'a KnownAsset,
        records: &[&Record],
    ) -> Manual<'a> {
        let settled = records
            .iter()
            .any(|record| snapshot.decisions.get(&(record.key, id)) == Some(&Decision::Accept));
        Manual {
            locks: &known.locks,
            tag_locks: &known.tag_locks,
            lifecycle: known.lifecycle,
            hidden: known.doc.hidden.as_deref(),
            conflicted: known.doc.conflicted && !settled,
        }
    }
}
