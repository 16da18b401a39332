//! Interfaces: network attachments of an asset. Components, not assets.

use serde::{Deserialize, Serialize};

/// One network interface of an asset.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Interface {
    /// The source's own id of it; what an interface is known by from run to run.
    pub native_id: String,
    /// What people call it (`eth0`, `Gi1/0/24`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What its keeper wrote beside it (`ifAlias`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is: `ethernet`, `lag`, `vlan`, `loopback`, `tunnel` or the source's word for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Ethernet address, lower case with colons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// IP addresses in canonical text, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// VLAN of untagged frames, 1–4094.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<i64>,
    /// VLANs of tagged frames, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vlans: Vec<i64>,
    /// The aggregate it is a member of, by its native id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag: Option<String>,
    /// Bits per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<i64>,
    /// `up`, `down` or the source's word for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The network it hangs in, by the source's native id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}

impl Interface {
    /// What people call it; its native id where nobody gave it a name.
    #[must_use]
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.native_id)
    }
}
