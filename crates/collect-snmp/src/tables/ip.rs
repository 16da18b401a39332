//! Addresses of interfaces: IP-MIB, old (RFC 2011) and new (RFC 4293), and IPV6-MIB (RFC 2465).

use super::{Span, index};
use crate::varbinds::Varbinds;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// `ipAdEntIfIndex`.
const OLD: &[u32] = &[1, 3, 6, 1, 2, 1, 4, 20, 1];
/// `ipAddressIfIndex`, `ipAddressType`.
const NEW: &[u32] = &[1, 3, 6, 1, 2, 1, 4, 34, 1];
/// `ipv6AddrPfxLength`, whose index holds all that matters.
const SIX: &[u32] = &[1, 3, 6, 1, 2, 1, 55, 1, 8, 1];

/// Which interface each address is on.
pub(crate) const SPANS: &[Span] = &[Span::of(OLD, 2, 2), Span::of(NEW, 3, 4), Span::of(SIX, 2, 2)];

/// Addresses by `ifIndex`.
pub(crate) fn decode(all: &Varbinds) -> BTreeMap<u32, BTreeSet<IpAddr>> {
    let mut found: BTreeMap<u32, BTreeSet<IpAddr>> = BTreeMap::new();
    let mut add = |port: Option<i64>, address: Option<IpAddr>| {
        let (Some(port), Some(address)) = (port.and_then(|p| u32::try_from(p).ok()), address)
        else {
            return;
        };
        if !address.is_unspecified() && !address.is_multicast() {
            found.entry(port).or_default().insert(address);
        }
    };
    for (row, value) in all.below(&[OLD, &[2]].concat()) {
        add(value.int(), index::ipv4(row));
    }
    for (row, value) in all.below(&[NEW, &[3]].concat()) {
        // 1 unicast, 2 anycast, 3 broadcast.
        if all.int(&[NEW, &[4]].concat(), row) != Some(3) {
            add(value.int(), index::address(row).map(|(address, _)| address));
        }
    }
    for (row, _) in all.below(&[SIX, &[2]].concat()) {
        let Some((port, octets)) = row.split_first() else { continue };
        add(Some(i64::from(*port)), index::ipv6(octets));
    }
    found
}
