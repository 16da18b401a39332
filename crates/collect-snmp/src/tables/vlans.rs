//! VLANs: Q-BRIDGE-MIB (RFC 4363) and its successor IEEE8021-Q-BRIDGE-MIB, and which bridge port is which
//! interface (BRIDGE-MIB, RFC 4188).

use super::{Span, index, port_list};
use crate::value::Value;
use crate::varbinds::Varbinds;
use std::collections::{BTreeMap, BTreeSet};

/// `dot1dBasePortIfIndex`.
const BASE_PORT: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 1, 4, 1];
/// By time mark and VLAN: FDB id, ports, untagged ports.
const CURRENT: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 2, 1];
/// By VLAN: name, ports, forbidden ports, untagged ports.
const STATIC: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 3, 1];
/// `dot1qPvid`.
const PORT: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 5, 1];
/// The same three tables of the IEEE; their indexes have the component before VLAN and port.
const NEW_CURRENT: &[u32] = &[1, 3, 111, 2, 802, 1, 1, 4, 1, 4, 2, 1];
const NEW_STATIC: &[u32] = &[1, 3, 111, 2, 802, 1, 1, 4, 1, 4, 3, 1];
const NEW_PORT: &[u32] = &[1, 3, 111, 2, 802, 1, 1, 4, 1, 4, 5, 1];

/// All of it.
pub(crate) const SPANS: &[Span] = &[
    Span::of(BASE_PORT, 2, 2),
    Span::of(CURRENT, 3, 5),
    Span::of(STATIC, 1, 2),
    Span::of(STATIC, 4, 4),
    Span::of(PORT, 1, 1),
    Span::of(NEW_CURRENT, 4, 6),
    Span::of(NEW_STATIC, 3, 4),
    Span::of(NEW_STATIC, 6, 6),
    Span::of(NEW_PORT, 1, 1),
];

/// The VLANs of a bridge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Vlans {
    /// Name by number; an empty name if it has none.
    pub names: BTreeMap<i64, String>,
    /// Interface by bridge port.
    pub ports: BTreeMap<u32, u32>,
    /// VLAN of untagged frames that come in, by bridge port.
    pub untagged: BTreeMap<u32, i64>,
    /// VLANs whose frames leave tagged, by bridge port.
    pub tagged: BTreeMap<u32, BTreeSet<i64>>,
    /// VLAN by the id of its forwarding table.
    pub by_fdb: BTreeMap<u32, i64>,
}

/// Where one MIB keeps a table, and how long the index before the VLAN is.
struct Place {
    root: &'static [u32],
    egress: u32,
    untagged: u32,
    before: usize,
}

const MEMBERS: [Place; 4] = [
    Place { root: CURRENT, egress: 4, untagged: 5, before: 1 },
    Place { root: STATIC, egress: 2, untagged: 4, before: 0 },
    Place { root: NEW_CURRENT, egress: 5, untagged: 6, before: 2 },
    Place { root: NEW_STATIC, egress: 4, untagged: 6, before: 1 },
];

/// Reads all tables.
pub(crate) fn decode(all: &Varbinds) -> Vlans {
    let mut vlans = Vlans::default();
    for (row, value) in all.below(&[BASE_PORT, &[2]].concat()) {
        let port = value.int().and_then(|port| u32::try_from(port).ok());
        if let ([bridge], Some(port)) = (row, port) {
            vlans.ports.insert(*bridge, port);
        }
    }
    for place in &MEMBERS {
        read_members(all, place, &mut vlans);
    }
    for (root, column, before) in [(STATIC, 1, 0), (NEW_STATIC, 3, 1)] {
        for (row, value) in all.below(&[root, &[column]].concat()) {
            let Some(vlan) = only(row, before) else { continue };
            let name = value.bytes().and_then(crate::text::clean).unwrap_or_default();
            vlans.names.insert(vlan, name);
        }
    }
    for (root, column, before) in [(CURRENT, 3, 1), (NEW_CURRENT, 4, 2)] {
        for (row, value) in all.below(&[root, &[column]].concat()) {
            let fdb = value.int().and_then(|fdb| u32::try_from(fdb).ok());
            if let (Some(vlan), Some(fdb)) = (only(row, before), fdb) {
                vlans.by_fdb.insert(fdb, vlan);
            }
        }
    }
    for (root, before) in [(PORT, 0), (NEW_PORT, 1)] {
        for (row, value) in all.below(&[root, &[1]].concat()) {
            let port = row.get(before).filter(|_| row.len() == before + 1);
            if let (Some(port), Some(vlan)) = (port, value.int().and_then(index::vlan)) {
                vlans.untagged.insert(*port, vlan);
            }
        }
    }
    vlans
}

/// The VLAN at the end of an index of this length.
fn only(row: &[u32], before: usize) -> Option<i64> {
    let vlan = row.get(before).filter(|_| row.len() == before + 1)?;
    index::vlan(i64::from(*vlan))
}

fn read_members(all: &Varbinds, place: &Place, vlans: &mut Vlans) {
    for (row, value) in all.below(&[place.root, &[place.egress]].concat()) {
        let Some(vlan) = only(row, place.before) else { continue };
        vlans.names.entry(vlan).or_default();
        let untagged = all.cell(&[place.root, &[place.untagged]].concat(), row);
        let untagged = untagged.and_then(Value::bytes).map(port_list::ports).unwrap_or_default();
        let untagged: BTreeSet<u32> = untagged.into_iter().collect();
        for port in value.bytes().map(port_list::ports).unwrap_or_default() {
            if !untagged.contains(&port) {
                vlans.tagged.entry(port).or_default().insert(vlan);
            }
        }
    }
}
