//! VLANs of Cisco: CISCO-VTP-MIB (VLANs and trunks) and CISCO-VLAN-MEMBERSHIP-MIB (access ports).

use super::{Span, index, port_list};
use crate::value::Value;
use crate::varbinds::Varbinds;
use std::collections::{BTreeMap, BTreeSet};

/// By domain and VLAN: state, type, name.
const VLAN: &[u32] = &[1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 3, 1, 1];
/// By interface: enabled VLANs (4, 17, 18, 19), native VLAN (5), state (14), encapsulation (16).
const TRUNK: &[u32] = &[1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 6, 1, 1];
/// `vmVlan`, by interface.
const ACCESS: &[u32] = &[1, 3, 6, 1, 4, 1, 9, 9, 68, 1, 2, 2, 1];

/// All of it.
pub(crate) const SPANS: &[Span] = &[
    Span::of(VLAN, 2, 4),
    Span::of(TRUNK, 4, 5),
    Span::of(TRUNK, 14, 14),
    Span::of(TRUNK, 16, 19),
    Span::of(ACCESS, 2, 2),
];

/// The VLANs of FDDI and token ring that every such device lists.
const OTHER_MEDIA: std::ops::RangeInclusive<i64> = 1002..=1005;

/// `vtpVlanType` ethernet.
const ETHERNET: i64 = 1;

/// The VLANs of a device of Cisco.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Vtp {
    /// Name by number.
    pub names: BTreeMap<i64, String>,
    /// VLAN of untagged frames, by `ifIndex`.
    pub untagged: BTreeMap<u32, i64>,
    /// VLANs of tagged frames, by `ifIndex`.
    pub tagged: BTreeMap<u32, BTreeSet<i64>>,
}

/// Reads all tables.
pub(crate) fn decode(all: &Varbinds) -> Vtp {
    let mut vtp = Vtp { names: names(all), ..Vtp::default() };
    for (row, value) in all.below(&[ACCESS, &[2]].concat()) {
        if let ([port], Some(vlan)) = (row, value.int().and_then(index::vlan)) {
            vtp.untagged.insert(*port, vlan);
        }
    }
    for (row, value) in all.below(&[TRUNK, &[5]].concat()) {
        let [port] = row else { continue };
        if !is_trunk(all, row) {
            continue;
        }
        let native = value.int().and_then(index::vlan);
        match native {
            Some(native) => vtp.untagged.insert(*port, native),
            None => vtp.untagged.remove(port),
        };
        let allowed = enabled(all, row);
        let carried = vtp.names.keys().filter(|vlan| allowed.contains(vlan));
        let carried = carried.filter(|vlan| Some(**vlan) != native).copied().collect();
        vtp.tagged.insert(*port, carried);
    }
    vtp
}

fn names(all: &Varbinds) -> BTreeMap<i64, String> {
    let mut names = BTreeMap::new();
    for column in [2, 4] {
        for (row, value) in all.below(&[VLAN, &[column]].concat()) {
            let [_domain, number] = row else { continue };
            let Some(vlan) = index::vlan(i64::from(*number)) else { continue };
            let sort = all.int(&[VLAN, &[3]].concat(), row);
            if OTHER_MEDIA.contains(&vlan) && sort != Some(ETHERNET) {
                continue;
            }
            let name = value.bytes().and_then(crate::text::clean).unwrap_or_default();
            names.insert(vlan, name);
        }
    }
    names
}

/// Whether a port trunks: by its dynamic state (1), else by an encapsulation in use (not 6).
fn is_trunk(all: &Varbinds, row: &[u32]) -> bool {
    match all.int(&[TRUNK, &[14]].concat(), row) {
        Some(state) => state == 1,
        None => all.int(&[TRUNK, &[16]].concat(), row).is_some_and(|used| (1..=5).contains(&used)),
    }
}

/// The VLANs a trunk lets through: 1,024 a column.
fn enabled(all: &Varbinds, row: &[u32]) -> BTreeSet<i64> {
    [(4, 0), (17, 1_024), (18, 2_048), (19, 3_072)]
        .into_iter()
        .flat_map(|(column, first)| {
            let bytes = all.cell(&[TRUNK, &[column]].concat(), row).and_then(Value::bytes);
            port_list::bits(bytes.unwrap_or_default(), first).map(i64::from)
        })
        .collect()
}
