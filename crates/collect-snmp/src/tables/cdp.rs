//! Neighbours by Cisco's discovery protocol (CISCO-CDP-MIB).

use super::Span;
use crate::value::Value;
use crate::varbinds::Varbinds;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const CACHE: &[u32] = &[1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1];

/// Address type, address, version, device, port, platform.
pub(crate) const SPANS: &[Span] = &[Span::of(CACHE, 3, 8)];

/// One neighbour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Neighbour {
    /// Our interface, by `ifIndex`.
    pub port: u32,
    /// What it calls itself: a name, a name with a serial number in brackets, an address.
    pub device: Option<String>,
    /// Its port.
    pub far_port: Option<String>,
    /// Its address.
    pub address: Option<IpAddr>,
    /// What it is.
    pub platform: Option<String>,
    /// What runs on it.
    pub version: Option<String>,
}

/// Reads the table.
pub(crate) fn decode(all: &Varbinds) -> Vec<Neighbour> {
    let mut rows: BTreeMap<&[u32], ()> = BTreeMap::new();
    for (index, _) in all.below(CACHE) {
        if let [_, row @ ..] = index
            && row.len() == 2
        {
            rows.insert(row, ());
        }
    }
    rows.into_keys().filter_map(|row| neighbour(all, row)).collect()
}

fn neighbour(all: &Varbinds, row: &[u32]) -> Option<Neighbour> {
    let text = |column: u32| all.text(&[CACHE, &[column]].concat(), row);
    let address = all.cell(&[CACHE, &[4]].concat(), row).and_then(Value::bytes);
    let found = Neighbour {
        port: *row.first()?,
        device: text(6),
        far_port: text(7),
        address: address.and_then(address_of),
        platform: text(8),
        version: text(5),
    };
    (found.device.is_some() || found.address.is_some()).then_some(found)
}

fn address_of(octets: &[u8]) -> Option<IpAddr> {
    let address = match octets.len() {
        4 => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?)),
        16 => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?)),
        _ => return None,
    };
    (!address.is_unspecified()).then_some(address)
}
