//! Records: the latest observation of one thing by one source, folded over what was known before.

use crate::asset::Power;
use crate::coded::coded;
use crate::fact::Value;
use crate::identifier::Identifier;
use crate::ids::{AssetId, RecordKey, ScopeId, SourceId};
use crate::interface::Interface;
use crate::observation::Tombstone;
use crate::registry::{Attr, Kind};
use crate::relation::Claim;
use crate::tag::Tag;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

coded! {
    /// Whether the source still sees it.
    RecordState {
        /// Seen by the last complete enumeration of its scope.
        Live = 1 "live",
        /// Missed by it.
        Stale = 2 "stale",
        /// Missed long enough, or ended.
        Gone = 3 "gone",
    }
}

/// What a record says: the observation with its unread facts filled from before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordDoc {
    /// What it is.
    pub kind: Kind,
    /// Values by attribute, versioned ones only.
    pub values: BTreeMap<Attr, Value>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<Tag>,
    /// Identifiers, junk included.
    pub identifiers: BTreeSet<Identifier>,
    /// Interfaces, by native id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interfaces: Vec<Interface>,
    /// Relations stated.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub claims: BTreeSet<Claim>,
    /// Power state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<Power>,
    /// Set once the source listed it as ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tombstone: Option<Tombstone>,
}

/// A record as the register holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its key.
    pub key: RecordKey,
    /// The source that speaks.
    pub source: SourceId,
    /// The source's own id of the thing.
    pub native_id: String,
    /// The scope it was last enumerated in.
    pub scope: ScopeId,
    /// The asset it is linked to.
    pub asset: AssetId,
    /// Whether the source still sees it.
    pub state: RecordState,
    /// What it says.
    pub doc: RecordDoc,
    /// The newest value of each attribute kept only as latest.
    pub latest: BTreeMap<Attr, Value>,
    /// Of its last observation, see [`crate::plan::Digest`].
    pub latest_digest: i64,
    /// Whether it saw anything on its wires.
    pub sees: bool,
    /// When the register first knew it.
    pub first_seen: Timestamp,
    /// The last complete enumeration (or listing as ended) that saw it.
    pub last_seen: Timestamp,
}
