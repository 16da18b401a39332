//! Plans: what a reconciliation wants written, and why. The store carries them out as they stand.

use crate::asset::AssetDoc;
use crate::coded::coded;
use crate::conflict::ConflictKind;
use crate::coverage::Counts;
use crate::fact::Value;
use crate::identifier::Identifier;
use crate::ids::{AssetId, RecordKey, ScopeId, SourceId};
use crate::record::{RecordDoc, RecordState};
use crate::registry::Attr;
use crate::sighting::Sighted;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

coded! {
    /// The rule that decided.
    Rule {
        /// The source has named it before.
        KnownRecord = 1 "known-record",
        /// A strong identifier in common.
        StrongIdentifier = 2 "strong-identifier",
        /// A weak identifier in common, alone and uncontradicted.
        WeakIdentifier = 3 "weak-identifier",
        /// Nothing matches.
        NothingMatches = 4 "nothing-matches",
        /// Several candidates, or identifiers at odds.
        Ambiguous = 5 "ambiguous",
        /// The source says something new.
        Restated = 6 "restated",
        /// A complete enumeration missed it.
        Missed = 7 "missed",
        /// Missed long enough.
        Expired = 8 "expired",
        /// The source lists it as ended.
        Tombstone = 9 "tombstone",
        /// Seen again.
        Revived = 10 "revived",
        /// A person decided.
        Person = 11 "person",
    }
}

/// Why something is decided as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule.
    pub rule: Rule,
    /// In words for people.
    pub text: String,
    /// The identifiers it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Identifier>,
}

impl Reason {
    /// A reason without identifiers as evidence.
    pub fn new(rule: Rule, text: impl Into<String>) -> Reason {
        Reason { rule, text: text.into(), evidence: Vec::new() }
    }
}

/// A record's state before a write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordBefore {
    /// Whether the source still saw it.
    pub state: RecordState,
    /// What it said.
    pub doc: RecordDoc,
}

/// A record to be made or to get a new version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordWrite {
    /// Its key.
    pub key: RecordKey,
    /// The source that speaks.
    pub source: SourceId,
    /// The source's own id of the thing.
    pub native_id: String,
    /// The scope it is enumerated in.
    pub scope: ScopeId,
    /// The asset it is tied to from now on.
    pub asset: AssetId,
    /// What it was; `None` for a new record.
    pub before: Option<RecordBefore>,
    /// Whether the source still sees it.
    pub state: RecordState,
    /// What it says.
    pub doc: RecordDoc,
    /// Digest of the observation it comes from, see [`crate::observation::Observation::digest`];
    /// `None` leaves the stored one.
    pub digest: Option<Digest>,
    /// The newest value of each attribute kept only as latest.
    pub latest: BTreeMap<Attr, Value>,
    /// What it sees on its wires; of no meaning without a digest.
    #[serde(default, skip_serializing_if = "Sighted::is_empty")]
    pub sighted: Sighted,
    /// When it was last seen; `None` while it is live and follows its scope's heartbeats.
    pub last_seen: Option<Timestamp>,
    /// Why.
    pub reason: Reason,
}

/// What tells two observations apart without keeping either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Digest {
    /// Of everything whose history is kept.
    pub versioned: i64,
    /// Of what is kept only as latest.
    pub latest: i64,
}

/// Only the newest values of a record changed; no version, no revision of the asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestWrite {
    /// The record.
    pub key: RecordKey,
    /// Digest of the observation.
    pub digest: Digest,
    /// The newest values.
    pub latest: BTreeMap<Attr, Value>,
    /// What it sees on its wires.
    #[serde(default, skip_serializing_if = "Sighted::is_empty")]
    pub sighted: Sighted,
}

/// A record tied to an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkWrite {
    /// The record.
    pub record: RecordKey,
    /// The asset.
    pub asset: AssetId,
    /// The asset it was tied to before.
    pub from: Option<AssetId>,
    /// Why.
    pub reason: Reason,
}

/// One attribute, tag or axis of one asset changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    /// `os`, `tag:team`, `power`, `interface:eni-1`, `created` ...
    pub subject: String,
    /// As people read it; `None`: there was nothing.
    pub before: Option<String>,
    /// As people read it; `None`: there is nothing now.
    pub after: Option<String>,
}

/// An asset to be made or to get a new version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetWrite {
    /// Its id.
    pub id: AssetId,
    /// What it was; `None` for a new asset.
    pub before: Option<AssetDoc>,
    /// What it is now.
    pub after: AssetDoc,
    /// The difference, for the history. One `created` for a new asset.
    pub changes: Vec<Change>,
    /// Why.
    pub reason: Reason,
}

/// A decision to be left to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictWrite {
    /// What is to be decided.
    pub kind: ConflictKind,
    /// In words for people.
    pub reason: String,
}

/// Everything one batch wants written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Records, by key.
    pub records: Vec<RecordWrite>,
    /// Records of which only the newest values changed.
    pub latest: Vec<LatestWrite>,
    /// Links, by record.
    pub links: Vec<LinkWrite>,
    /// Assets, by id.
    pub assets: Vec<AssetWrite>,
    /// Decisions left to a person.
    pub conflicts: Vec<ConflictWrite>,
    /// The batch in numbers.
    pub counts: Counts,
}

impl Plan {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
            && self.latest.is_empty()
            && self.links.is_empty()
            && self.assets.is_empty()
            && self.conflicts.is_empty()
    }
}
