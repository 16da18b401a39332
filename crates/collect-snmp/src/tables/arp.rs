//! Which address answers to which Ethernet address: ipNetToMediaTable (RFC 2011, ARP) and
//! ipNetToPhysicalTable (RFC 4293, ARP and neighbour discovery).

use super::{Span, index};
use crate::text::{is_unicast_mac, mac};
use crate::value::Value;
use crate::varbinds::Varbinds;
use std::collections::BTreeSet;
use std::net::IpAddr;

const OLD: &[u32] = &[1, 3, 6, 1, 2, 1, 4, 22, 1];
const NEW: &[u32] = &[1, 3, 6, 1, 2, 1, 4, 35, 1];

/// Ethernet address and type of both.
pub(crate) const SPANS: &[Span] =
    &[Span::of(OLD, 2, 2), Span::of(OLD, 4, 4), Span::of(NEW, 4, 4), Span::of(NEW, 6, 6)];

/// `invalid` in both, and `local` (the device's own address) in the newer.
const INVALID: i64 = 2;
const LOCAL: i64 = 5;

/// One address and who answers to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// The interface it was learnt on, by `ifIndex`.
    pub port: u32,
    /// The address.
    pub address: IpAddr,
    /// Whose it is.
    pub mac: String,
}

/// What both say.
pub(crate) fn decode(all: &Varbinds) -> BTreeSet<Entry> {
    let mut entries = BTreeSet::new();
    for (row, value) in all.below(&[OLD, &[2]].concat()) {
        let Some((port, octets)) = row.split_first() else { continue };
        let sort = all.int(&[OLD, &[4]].concat(), row);
        entries.extend(entry(*port, index::ipv4(octets), value, sort));
    }
    for (row, value) in all.below(&[NEW, &[4]].concat()) {
        let Some((port, rest)) = row.split_first() else { continue };
        let sort = all.int(&[NEW, &[6]].concat(), row);
        let address = index::address(rest).map(|(address, _)| address);
        entries.extend(entry(*port, address, value, sort));
    }
    entries
}

fn entry(port: u32, address: Option<IpAddr>, value: &Value, sort: Option<i64>) -> Option<Entry> {
    if matches!(sort, Some(INVALID | LOCAL)) {
        return None;
    }
    let octets = value.bytes().filter(|octets| is_unicast_mac(octets))?;
    Some(Entry { port, address: address?, mac: mac(octets)? })
}
