//! Indexes of rows, as numbers after the column (RFC 2578, 7.7).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Six numbers as an Ethernet address.
pub(crate) fn mac(index: &[u32]) -> Option<[u8; 6]> {
    let octets: Option<Vec<u8>> = index.iter().map(|arc| u8::try_from(*arc).ok()).collect();
    octets?.try_into().ok()
}

/// Four numbers as an IPv4 address.
pub(crate) fn ipv4(index: &[u32]) -> Option<IpAddr> {
    let octets: Option<Vec<u8>> = index.iter().map(|arc| u8::try_from(*arc).ok()).collect();
    let octets: [u8; 4] = octets?.try_into().ok()?;
    Some(IpAddr::V4(Ipv4Addr::from(octets)))
}

/// Type, length and octets of an address (RFC 4001: 1 IPv4, 2 IPv6, 3 and 4 the same with a zone,
/// which is not kept). What stands after the address is handed back.
pub(crate) fn address(index: &[u32]) -> Option<(IpAddr, &[u32])> {
    let (kind, rest) = index.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (octets, rest) = rest.split_at_checked(usize::try_from(*length).ok()?)?;
    let address = match (kind, octets.len()) {
        (1, 4) | (3, 8) => ipv4(octets.get(..4)?)?,
        (2, 16) | (4, 20) => ipv6(octets.get(..16)?)?,
        _ => return None,
    };
    Some((address, rest))
}

/// Sixteen numbers as an IPv6 address.
pub(crate) fn ipv6(index: &[u32]) -> Option<IpAddr> {
    let octets: Option<Vec<u8>> = index.iter().map(|arc| u8::try_from(*arc).ok()).collect();
    let octets: [u8; 16] = octets?.try_into().ok()?;
    Some(IpAddr::V6(Ipv6Addr::from(octets)))
}

/// A VLAN's number, 1 to 4094.
pub(crate) fn vlan(number: i64) -> Option<i64> {
    (1..=4094).contains(&number).then_some(number)
}
