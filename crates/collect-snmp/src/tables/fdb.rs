//! Forwarding tables: BRIDGE-MIB (RFC 4188) and Q-BRIDGE-MIB (RFC 4363).

use super::{Span, index};
use crate::text::{is_unicast_mac, mac};
use crate::varbinds::Varbinds;
use std::collections::BTreeSet;

/// `dot1dBasePortIfIndex`.
const BASE_PORT: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 1, 4, 1];
/// By address: port, status.
const BRIDGE: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 4, 3, 1];
/// By table and address: port, status.
const Q_BRIDGE: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1];

/// Ports and statuses of both.
pub(crate) const SPANS: &[Span] = &[Span::of(BRIDGE, 2, 3), Span::of(Q_BRIDGE, 2, 3)];

/// Only the old table, asked once more for each VLAN of devices that keep one a VLAN, with the bridge ports
/// that are numbered anew in each.
pub(crate) const VLAN_SPANS: &[Span] = &[Span::of(BASE_PORT, 2, 2), Span::of(BRIDGE, 2, 3)];

/// Statuses of what the device itself is (4) and of what no longer counts (2).
const NOT_SEEN: [i64; 2] = [2, 4];

/// One address on one port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// The address.
    pub mac: String,
    /// The bridge port.
    pub port: u32,
    /// The forwarding table's id, if the device has several.
    pub fdb: Option<u32>,
}

/// What both say; what stands in both is taken from the newer, which knows the VLAN.
pub(crate) fn decode(all: &Varbinds) -> BTreeSet<Entry> {
    let mut entries: BTreeSet<Entry> = BTreeSet::new();
    for (row, value) in all.below(&[Q_BRIDGE, &[2]].concat()) {
        let Some((fdb, octets)) = row.split_first() else { continue };
        let status = all.int(&[Q_BRIDGE, &[3]].concat(), row);
        entries.extend(entry(octets, value.int(), status, Some(*fdb)));
    }
    let known: BTreeSet<(String, u32)> =
        entries.iter().map(|entry| (entry.mac.clone(), entry.port)).collect();
    for (row, value) in all.below(&[BRIDGE, &[2]].concat()) {
        let status = all.int(&[BRIDGE, &[3]].concat(), row);
        let found = entry(row, value.int(), status, None);
        entries.extend(found.filter(|entry| !known.contains(&(entry.mac.clone(), entry.port))));
    }
    entries
}

fn entry(
    octets: &[u32],
    port: Option<i64>,
    status: Option<i64>,
    fdb: Option<u32>,
) -> Option<Entry> {
    let octets = index::mac(octets).filter(|octets| is_unicast_mac(octets))?;
    let port = port.and_then(|port| u32::try_from(port).ok())?;
    if status.is_some_and(|status| NOT_SEEN.contains(&status)) {
        return None;
    }
    Some(Entry { mac: mac(&octets)?, port, fdb })
}
