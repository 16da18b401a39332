//! Sightings: what a network device has seen on its wires. Neither assets nor interfaces: they come and go
//! by the minute, so only when each was seen first and last is kept.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One Ethernet address that a device has seen, on a port or with an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sighting {
    /// The Ethernet address seen, lower case with colons.
    pub mac: String,
    /// The device's interface it was seen on, by its native id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// The VLAN it was seen in, 1–4094.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<i64>,
    /// The IP address it answers to, canonical: an entry of ARP or neighbour discovery. Without: an entry of
    /// the forwarding table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// Everything that one record sees on its wires.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighted {
    /// What it sees now.
    pub now: BTreeSet<Sighting>,
    /// When the record was last seen before: what it saw then and does not see now was seen then last. `None`
    /// of a new record.
    pub before: Option<Timestamp>,
}

impl Sighted {
    /// Whether nothing is seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.now.is_empty()
    }
}
