//! Assets: what people look up, computed from the records linked to them and from people's locks.

use crate::coded::coded;
use crate::fact::Value;
use crate::identifier::Identifier;
use crate::ids::{AssetId, SourceId};
use crate::interface::Interface;
use crate::registry::{Attr, Kind};
use crate::tag::Tag;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

coded! {
    /// Where an asset stands in its life, as people decide it.
    Lifecycle {
        /// Ordered or announced, not there yet.
        Planned = 1 "planned",
        /// In use.
        Active = 2 "active",
        /// Taken out of use, still owned.
        Retired = 3 "retired",
        /// No longer owned.
        Disposed = 4 "disposed",
    }
}

coded! {
    /// Whether it runs.
    Power {
        /// Running.
        On = 1 "on",
        /// Stopped.
        Off = 2 "off",
        /// Suspended or hibernated.
        Suspended = 3 "suspended",
        /// No source says.
        Unknown = 4 "unknown",
    }
}

coded! {
    /// Whether sources still see it.
    Freshness {
        /// Seen by the last complete enumeration of its scope.
        Live = 1 "live",
        /// Missed by the last complete enumeration.
        Stale = 2 "stale",
        /// Missed long enough, or listed as ended by its source.
        Gone = 3 "gone",
    }
}

/// Who stands behind a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Witness {
    /// A source's record.
    Source(SourceId),
    /// A person's lock.
    Lock,
    /// Derived by a policy from another attribute or tag, named here.
    Derived(String),
}

/// A value that lost to the winner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Losing {
    /// Who stands behind it.
    pub witness: Witness,
    /// What they said.
    pub value: Value,
}

/// Why an attribute has its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Who won.
    pub winner: Witness,
    /// Who lost, in order of authority.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losers: Vec<Losing>,
}

/// A tag that lost to the winner of its key, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LosingTag {
    /// Who stands behind it.
    pub witness: Witness,
    /// What they wrote.
    pub tag: Tag,
}

/// Why a tag has its value, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagProvenance {
    /// Who won.
    pub winner: Witness,
    /// What lost, in order of authority: tags of the same canonical key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losers: Vec<LosingTag>,
}

/// The merged, versioned state of an asset: the unit of its history.
///
/// `provenance` and `tag_provenance` name only what has another winner than `witness`, or losers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetDoc {
    /// What it is.
    pub kind: Kind,
    /// What people call it; the native id where no source names it.
    pub name: String,
    /// Lifecycle.
    pub lifecycle: Lifecycle,
    /// Power.
    pub power: Power,
    /// Freshness, the best of its records.
    pub freshness: Freshness,
    /// Hidden by hand, with the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<String>,
    /// Waits for a person's decision.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conflicted: bool,
    /// The source whose record comes first by authority.
    pub witness: Option<SourceId>,
    /// Names of the sources that have a record of it.
    pub sources: BTreeSet<String>,
    /// Merged attributes, versioned ones only.
    pub attributes: BTreeMap<Attr, Value>,
    /// Why, where it is not simply `witness` alone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub provenance: BTreeMap<Attr, Provenance>,
    /// Tags as written.
    pub tags: BTreeSet<Tag>,
    /// Why, by key as written; the key of a lock that holds a tag away is here too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tag_provenance: BTreeMap<String, TagProvenance>,
    /// Identifiers of all its records.
    pub identifiers: BTreeSet<Identifier>,
    /// Interfaces of all its records, each once. Kept in rows of their own, not in the JSON form.
    #[serde(skip)]
    pub interfaces: Vec<Interface>,
}

impl AssetDoc {
    /// Whether lists leave it out unless asked: gone, hidden or disposed.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.freshness != Freshness::Gone
            && self.hidden.is_none()
            && self.lifecycle != Lifecycle::Disposed
    }

    /// Who stands behind an attribute's value, or behind the name.
    #[must_use]
    pub fn winner(&self, attr: Attr) -> Option<Witness> {
        if attr != Attr::Name {
            self.attributes.get(&attr)?;
        }
        match self.provenance.get(&attr) {
            Some(provenance) => Some(provenance.winner.clone()),
            None => self.witness.map(Witness::Source),
        }
    }
}

/// A person's value for one attribute: it wins until released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// The attribute.
    pub attr: Attr,
    /// The value; `None` says "deliberately empty".
    pub value: Option<Value>,
    /// Who set it.
    pub actor: String,
    /// When it was set.
    pub set_at: Timestamp,
    /// From when on it holds in the world (allocation reads this).
    pub effective_from: Timestamp,
}

/// A person's word on one tag: it wins until released, over every tag of its canonical key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagLock {
    /// The key, as the person wrote it.
    pub key: String,
    /// The value, which may be empty; `None` says "deliberately without this tag".
    pub value: Option<String>,
    /// Who set it.
    pub actor: String,
    /// When it was set.
    pub set_at: Timestamp,
    /// From when on it holds in the world (allocation reads this).
    pub effective_from: Timestamp,
}

impl TagLock {
    /// The tag it holds, unless it holds one away.
    #[must_use]
    pub fn tag(&self) -> Option<Tag> {
        self.value.as_ref().map(|value| Tag::new(&self.key, value))
    }
}

/// A person's word on what one port leads to: it wins until released, at both ends, over whatever devices
/// announce there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortLock {
    /// The port: its interface's name, or else its native id.
    pub port: String,
    /// The other end; `None` says "deliberately nothing".
    pub far: Option<FarPort>,
    /// Who set it.
    pub actor: String,
    /// When it was set.
    pub set_at: Timestamp,
}

/// The other end of a cable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FarPort {
    /// The asset.
    pub asset: AssetId,
    /// Its port; `None`: nobody said which.
    pub port: Option<String>,
}

/// An asset with its id and the times around its current state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// Its state.
    pub doc: AssetDoc,
    /// When the register first knew it.
    pub first_seen: Timestamp,
    /// The last complete enumeration that saw one of its records.
    pub last_seen: Timestamp,
}
