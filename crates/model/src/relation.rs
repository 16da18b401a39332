//! Relations: typed edges between assets, stated by records and resolved when read.

use crate::coded::coded;
use crate::identifier::Identifier;
use serde::{Deserialize, Serialize};

coded! {
    /// The type of an edge, read from its subject: a VM *runs on* a host.
    RelationType {
        /// A machine runs on a host or hypervisor.
        RunsOn = 1 "runs-on",
        /// Something belongs to a group, cluster, stack or network.
        MemberOf = 2 "member-of",
        /// A port's neighbour.
        ConnectedTo = 3 "connected-to",
        /// A volume, address or network card attached to a machine.
        AttachedTo = 4 "attached-to",
        /// Something lies in a network or subnet.
        InNetwork = 5 "in-network",
        /// Something is filtered by a security group.
        SecuredBy = 6 "secured-by",
        /// Something is managed by another.
        ManagedBy = 7 "managed-by",
        /// A machine or disk was made from an image or snapshot.
        MadeFrom = 8 "made-from",
        /// A machine keeps data on a datastore.
        Uses = 9 "uses",
    }
}

impl RelationType {
    /// How people say it of an asset that stands at its beginning; `reverse`: at its end.
    #[must_use]
    pub fn phrase(self, reverse: bool) -> &'static str {
        let (forward, backward) = match self {
            RelationType::RunsOn => ("runs on", "runs"),
            RelationType::MemberOf => ("member of", "has as member"),
            RelationType::ConnectedTo => ("connected to", "connected to"),
            RelationType::AttachedTo => ("attached to", "has attached"),
            RelationType::InNetwork => ("in network", "contains"),
            RelationType::SecuredBy => ("secured by", "secures"),
            RelationType::ManagedBy => ("managed by", "manages"),
            RelationType::MadeFrom => ("made from", "made into"),
            RelationType::Uses => ("uses", "used by"),
        };
        if reverse { backward } else { forward }
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
    /// The subject's interface at which the edge begins, by its native id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// The port at the other end, as the subject was told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far_port: Option<String>,
    /// What the other end calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far_name: Option<String>,
    /// How the subject knows: `lldp`, `cdp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl Claim {
    /// A claim that knows nothing of ports.
    #[must_use]
    pub fn new(relation: RelationType, target: Target) -> Claim {
        Claim { relation, target, port: None, far_port: None, far_name: None, by: None }
    }
}
