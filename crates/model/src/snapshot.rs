//! Snapshots: the part of the register that one batch needs to be reconciled. Filled by the store.

use crate::asset::{AssetDoc, Lifecycle, Lock, TagLock};
use crate::conflict::Decision;
use crate::identifier::Identifier;
use crate::ids::{AssetId, RecordKey, ScopeId, SourceId};
use crate::record::Record;
use crate::source::SourceKind;
use std::collections::{BTreeMap, BTreeSet};

/// The source whose run is reconciled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRef {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// What sort of place it is.
    pub kind: SourceKind,
}

/// An asset the batch may touch, with what people set on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAsset {
    /// Its current state.
    pub doc: AssetDoc,
    /// People's values.
    pub locks: Vec<Lock>,
    /// People's tags.
    pub tag_locks: Vec<TagLock>,
    /// The lifecycle a person set.
    pub lifecycle: Option<Lifecycle>,
    /// All records linked to it.
    pub records: BTreeSet<RecordKey>,
}

/// The part of the register that one batch needs.
///
/// Closed under links: every asset here has all its records here, every record here has its asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The running source.
    pub source: SourceRef,
    /// Every source a record here belongs to.
    pub sources: BTreeMap<SourceId, SourceRef>,
    /// The running source's scopes by name.
    pub scopes: BTreeMap<String, ScopeId>,
    /// Records: those the batch names, those that hold an identifier of the batch, and those linked
    /// to the same assets.
    pub records: BTreeMap<RecordKey, Record>,
    /// Of the running source: which native id is which record.
    pub natives: BTreeMap<String, RecordKey>,
    /// Who holds the identifiers of the batch (both byte orders of a firmware UUID).
    pub holders: BTreeMap<Identifier, BTreeSet<RecordKey>>,
    /// Identifiers of the batch that too many live records of one source share.
    pub crowded: BTreeSet<Identifier>,
    /// Assets.
    pub assets: BTreeMap<AssetId, KnownAsset>,
    /// What people decided: whether a record belongs to an asset.
    pub decisions: BTreeMap<(RecordKey, AssetId), Decision>,
    /// The first free record key.
    pub next_record: RecordKey,
    /// The first free asset id.
    pub next_asset: AssetId,
}
