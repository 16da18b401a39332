//! Relations: typed edges between assets, stated by records and resolved when read.

use crate::identifier::Identifier;
use serde::{Deserialize, Serialize};

/// The type of an edge, read from its subject: a VM *runs on* a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationType {
    /// A machine runs on a host or hypervisor.
    RunsOn,
    /// Something belongs to a group, cluster, stack or network.
    MemberOf,
    /// A port's neighbour.
    ConnectedTo,
    /// A volume, address or network card attached to a machine.
    AttachedTo,
    /// Something lies in a network or subnet.
    InNetwork,
    /// Something is filtered by a security group.
    SecuredBy,
    /// Something is managed by another.
    ManagedBy,
    /// A machine or disk was made from an image or snapshot.
    MadeFrom,
}

impl RelationType {
    /// Every type with its stored number and its word in queries. Never reuse a number.
    pub const ALL: [(RelationType, i16, &'static str); 8] = [
        (RelationType::RunsOn, 1, "runs-on"),
        (RelationType::MemberOf, 2, "member-of"),
        (RelationType::ConnectedTo, 3, "connected-to"),
        (RelationType::AttachedTo, 4, "attached-to"),
        (RelationType::InNetwork, 5, "in-network"),
        (RelationType::SecuredBy, 6, "secured-by"),
        (RelationType::ManagedBy, 7, "managed-by"),
        (RelationType::MadeFrom, 8, "made-from"),
    ];

    /// The stored number.
    #[must_use]
    pub fn code(self) -> i16 {
        Self::ALL.iter().find(|(one, _, _)| *one == self).map_or(0, |(_, code, _)| *code)
    }

    /// The word in queries and output.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(one, _, _)| *one == self).map_or("", |(_, _, word)| *word)
    }

    /// The type of a stored number.
    #[must_use]
    pub fn from_code(code: i16) -> Option<RelationType> {
        Self::ALL.iter().find(|(_, one, _)| *one == code).map(|(kind, _, _)| *kind)
    }

    /// The type of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<RelationType> {
        Self::ALL.iter().find(|(_, _, one)| *one == word).map(|(kind, _, _)| *kind)
    }
}

/// What the other end of a claim is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A thing of the same source, by its native id.
    Native(String),
    /// A thing of any source, by an identifier (an LLDP neighbour's chassis id).
    Identifier(Identifier),
}

/// A record's statement that its subject stands in a relation to something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Claim {
    /// The type of the edge.
    #[serde(rename = "type")]
    pub relation: RelationType,
    /// The other end.
    pub target: Target,
}
