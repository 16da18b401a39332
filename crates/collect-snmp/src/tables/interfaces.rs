//! IF-MIB (RFC 2863): ifTable and ifXTable.

use super::Span;
use crate::text::{is_unicast_mac, mac};
use crate::value::Value;
use crate::varbinds::Varbinds;
use std::collections::BTreeMap;

const TABLE: &[u32] = &[1, 3, 6, 1, 2, 1, 2, 2, 1];
const MORE: &[u32] = &[1, 3, 6, 1, 2, 1, 31, 1, 1, 1];

/// Description, type, speed, address and states; name, speed in megabits, alias.
pub(crate) const SPANS: &[Span] = &[
    Span::of(TABLE, 2, 3),
    Span::of(TABLE, 5, 8),
    Span::of(MORE, 1, 1),
    Span::of(MORE, 15, 15),
    Span::of(MORE, 18, 18),
];

/// `ifType` of an aggregate (IANAifType-MIB).
pub(crate) const LAG: i64 = 161;

/// One interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Port {
    /// `ifIndex`.
    pub index: u32,
    /// `ifName`, else `ifDescr`.
    pub name: Option<String>,
    /// `ifDescr`.
    pub description: Option<String>,
    /// `ifAlias`, what its keeper wrote beside it.
    pub alias: Option<String>,
    /// `ifType`.
    pub sort: Option<i64>,
    /// Ethernet address.
    pub mac: Option<String>,
    /// Bits per second.
    pub speed: Option<i64>,
    /// Switched off by its keeper, up, down, or the MIB's word.
    pub state: Option<&'static str>,
}

/// Reads both tables, by index.
pub(crate) fn decode(all: &Varbinds) -> BTreeMap<u32, Port> {
    let mut ports = BTreeMap::new();
    let rows = all.below(TABLE).chain(all.below(MORE));
    for (index, _) in rows {
        let [_, index] = index else { continue };
        ports.entry(*index).or_insert_with(|| port(all, *index));
    }
    ports
}

fn port(all: &Varbinds, index: u32) -> Port {
    let cell = |root: &[u32], column: u32| all.cell(&[root, &[column]].concat(), &[index]);
    let text = |root: &[u32], column: u32| all.text(&[root, &[column]].concat(), &[index]);
    let int = |root: &[u32], column: u32| cell(root, column).and_then(Value::int);
    let description = text(TABLE, 2);
    let mac =
        cell(TABLE, 6).and_then(Value::bytes).filter(|bytes| is_unicast_mac(bytes)).and_then(mac);
    Port {
        index,
        name: text(MORE, 1).or_else(|| description.clone()),
        description,
        alias: text(MORE, 18),
        sort: int(TABLE, 3),
        mac,
        speed: speed(int(TABLE, 5), int(MORE, 15)),
        state: state(int(TABLE, 7), int(TABLE, 8)),
    }
}

/// From `ifSpeed` in bits and `ifHighSpeed` in megabits; the first ends at 4.29 gigabits.
fn speed(bits: Option<i64>, megabits: Option<i64>) -> Option<i64> {
    let whole = bits.filter(|bits| (1..i64::from(u32::MAX)).contains(bits));
    let high = megabits.filter(|megabits| (1..=1_000_000_000).contains(megabits));
    match (whole, high) {
        (Some(bits), Some(megabits)) if megabits * 1_000_000 <= bits => Some(bits),
        (_, Some(megabits)) => Some(megabits * 1_000_000),
        (whole, None) => whole,
    }
}

fn state(admin: Option<i64>, operation: Option<i64>) -> Option<&'static str> {
    if admin == Some(2) {
        return Some("disabled");
    }
    match operation? {
        1 => Some("up"),
        2 => Some("down"),
        3 => Some("testing"),
        4 => Some("unknown"),
        5 => Some("dormant"),
        6 => Some("not present"),
        7 => Some("lower layer down"),
        _ => None,
    }
}

/// What an interface is, in a word, by its `ifType` (IANAifType-MIB).
pub(crate) fn sort_word(sort: i64) -> &'static str {
    match sort {
        6 | 26 | 62 | 69 | 117 => "ethernet",
        23 | 108 => "ppp",
        24 => "loopback",
        53 => "virtual",
        54 => "virtual",
        71 => "wireless",
        131 => "tunnel",
        135 | 136 => "vlan",
        161 => "lag",
        209 => "bridge",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds() {
        assert_eq!(speed(Some(100_000_000), Some(100)), Some(100_000_000));
        assert_eq!(speed(Some(i64::from(u32::MAX)), Some(40_000)), Some(40_000_000_000));
        assert_eq!(speed(Some(1_544_000), Some(1)), Some(1_544_000));
        assert_eq!(speed(Some(0), Some(0)), None);
        assert_eq!(speed(None, Some(i64::MAX)), None);
    }
}
