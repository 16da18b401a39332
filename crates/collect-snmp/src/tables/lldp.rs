//! LLDP (LLDP-MIB of IEEE 802.1AB-2005, LLDP-V2-MIB of 2009): who the device is, and its neighbours.

use super::Span;
use crate::text::{clean, mac};
use crate::value::Value;
use crate::varbinds::Varbinds;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const LOCAL: &[u32] = &[1, 0, 8802, 1, 1, 2, 1, 3];
const LOCAL_PORT: &[u32] = &[1, 0, 8802, 1, 1, 2, 1, 3, 7, 1];
const REMOTE: &[u32] = &[1, 0, 8802, 1, 1, 2, 1, 4, 1, 1];
const REMOTE_ADDRESS: &[u32] = &[1, 0, 8802, 1, 1, 2, 1, 4, 2, 1];
const NEW_REMOTE: &[u32] = &[1, 3, 111, 2, 802, 1, 1, 13, 1, 4, 1, 1];

/// Our chassis: subtype, id, and what the device is able to.
pub(crate) const SCALARS: &[&[u32]] = &[
    &[1, 0, 8802, 1, 1, 2, 1, 3, 1, 0],
    &[1, 0, 8802, 1, 1, 2, 1, 3, 2, 0],
    &[1, 0, 8802, 1, 1, 2, 1, 3, 6, 0],
];

/// Our ports, the neighbours and their addresses.
pub(crate) const SPANS: &[Span] = &[
    Span::of(LOCAL_PORT, 2, 4),
    Span::of(REMOTE, 4, 10),
    Span::of(REMOTE_ADDRESS, 3, 3),
    Span::of(NEW_REMOTE, 5, 11),
];

/// A chassis or port id, by its subtype.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Id {
    /// An Ethernet address.
    Mac(String),
    /// A network address.
    Address(IpAddr),
    /// Anything else, as text.
    Text(String),
}

impl Id {
    /// As people read it.
    pub(crate) fn text(&self) -> String {
        match self {
            Id::Mac(text) | Id::Text(text) => text.clone(),
            Id::Address(address) => address.to_string(),
        }
    }
}

/// Which of our ports a neighbour is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// An LLDP port number, whose meaning is the agent's own.
    Number(u32),
    /// An `ifIndex`.
    Interface(u32),
    /// The agent does not say.
    Unknown,
}

/// One of our ports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LocalPort {
    /// Its id.
    pub id: Option<Id>,
    /// Its description.
    pub description: Option<String>,
}

/// One neighbour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Neighbour {
    /// Our port.
    pub at: At,
    /// Its chassis.
    pub chassis: Option<Id>,
    /// Its port.
    pub far_port: Option<Id>,
    /// Its port in words.
    pub far_port_description: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// What it says of itself.
    pub description: Option<String>,
    /// Its management addresses.
    pub addresses: BTreeSet<IpAddr>,
}

/// What LLDP knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lldp {
    /// Our own chassis id.
    pub chassis: Option<Id>,
    /// Our enabled capabilities: the first octet of the bits, `other` being the highest.
    pub capabilities: Option<u8>,
    /// Our ports by LLDP port number.
    pub ports: BTreeMap<u32, LocalPort>,
    /// The neighbours.
    pub neighbours: Vec<Neighbour>,
}

/// The capability of a WLAN access point, as a bit of the first octet.
pub(crate) const ACCESS_POINT: u8 = 0x10;

/// Reads both MIBs.
pub(crate) fn decode(all: &Varbinds) -> Lldp {
    let subtype = all.scalar(&[LOCAL, &[1]].concat()).and_then(Value::int);
    let chassis = all.scalar(&[LOCAL, &[2]].concat()).and_then(Value::bytes);
    let capabilities = all.scalar(&[LOCAL, &[6]].concat()).and_then(Value::bytes);
    let mut lldp = Lldp {
        chassis: chassis.and_then(|id| chassis_id(subtype, id)),
        capabilities: capabilities.and_then(|bits| bits.first()).copied(),
        ports: local_ports(all),
        neighbours: Vec::new(),
    };
    let addresses = addresses(all);
    for row in rows(all, REMOTE) {
        lldp.neighbours.extend(neighbour(all, row, &addresses));
    }
    if lldp.neighbours.is_empty() {
        for row in rows(all, NEW_REMOTE) {
            lldp.neighbours.extend(new_neighbour(all, row));
        }
    }
    lldp
}

/// The indexes of a table's rows, each once.
fn rows<'a>(all: &'a Varbinds, root: &'a [u32]) -> BTreeSet<&'a [u32]> {
    all.below(root).filter_map(|(index, _)| index.get(1..)).filter(|row| !row.is_empty()).collect()
}

fn local_ports(all: &Varbinds) -> BTreeMap<u32, LocalPort> {
    let mut ports = BTreeMap::new();
    for row in rows(all, LOCAL_PORT) {
        let [number] = row else { continue };
        let subtype = all.int(&[LOCAL_PORT, &[2]].concat(), row);
        let id = all.cell(&[LOCAL_PORT, &[3]].concat(), row).and_then(Value::bytes);
        let port = LocalPort {
            id: id.and_then(|id| port_id(subtype, id)),
            description: all.text(&[LOCAL_PORT, &[4]].concat(), row),
        };
        ports.insert(*number, port);
    }
    ports
}

/// Index: time mark, our port, number. Some agents leave all but the number out.
fn neighbour(
    all: &Varbinds,
    row: &[u32],
    addresses: &BTreeMap<Vec<u32>, BTreeSet<IpAddr>>,
) -> Option<Neighbour> {
    let at = match row {
        [_, port, _] => At::Number(*port),
        _ => At::Unknown,
    };
    let mut found = described(all, REMOTE, 4, row, at)?;
    found.addresses = addresses.get(row).cloned().unwrap_or_default();
    Some(found)
}

/// Index: time mark, our interface, destination, number.
fn new_neighbour(all: &Varbinds, row: &[u32]) -> Option<Neighbour> {
    let [_, port, _, _] = row else { return None };
    described(all, NEW_REMOTE, 5, row, At::Interface(*port))
}

/// Seven columns from `first` on: chassis subtype and id, port subtype and id, port description,
/// name, description.
fn described(all: &Varbinds, root: &[u32], first: u32, row: &[u32], at: At) -> Option<Neighbour> {
    let column = |place: u32| [root, &[first + place]].concat();
    let bytes = |place: u32| all.cell(&column(place), row).and_then(Value::bytes);
    let found = Neighbour {
        at,
        chassis: bytes(1).and_then(|id| chassis_id(all.int(&column(0), row), id)),
        far_port: bytes(3).and_then(|id| port_id(all.int(&column(2), row), id)),
        far_port_description: all.text(&column(4), row),
        name: all.text(&column(5), row),
        description: all.text(&column(6), row),
        addresses: BTreeSet::new(),
    };
    (found.chassis.is_some() || found.name.is_some()).then_some(found)
}

/// Management addresses by the row they belong to. Index: the row, then subtype, length, octets.
fn addresses(all: &Varbinds) -> BTreeMap<Vec<u32>, BTreeSet<IpAddr>> {
    let mut found: BTreeMap<Vec<u32>, BTreeSet<IpAddr>> = BTreeMap::new();
    for (index, _) in all.below(&[REMOTE_ADDRESS, &[3]].concat()) {
        let Some((row, rest)) = index.split_at_checked(3) else { continue };
        // The same numbers as of other MIBs: 1 IPv4, 2 IPv6.
        if let Some((address, _)) = super::index::address(rest)
            && !address.is_unspecified()
        {
            found.entry(row.to_vec()).or_default().insert(address);
        }
    }
    found
}

/// `LldpChassisIdSubtype`: 4 Ethernet address, 5 network address, else text.
fn chassis_id(subtype: Option<i64>, bytes: &[u8]) -> Option<Id> {
    match subtype {
        Some(5) => network_address(bytes).map(Id::Address).or_else(|| text_or_mac(bytes)),
        Some(4) => mac_id(bytes).or_else(|| text_or_mac(bytes)),
        _ => text_or_mac(bytes),
    }
}

/// `LldpPortIdSubtype`: 3 Ethernet address, 4 network address, else text.
fn port_id(subtype: Option<i64>, bytes: &[u8]) -> Option<Id> {
    match subtype {
        Some(4) => network_address(bytes).map(Id::Address).or_else(|| text_or_mac(bytes)),
        Some(3) => mac_id(bytes).or_else(|| text_or_mac(bytes)),
        _ => text_or_mac(bytes),
    }
}

/// An Ethernet address in octets, or spelled out as some agents do.
fn mac_id(bytes: &[u8]) -> Option<Id> {
    if let Some(mac) = mac(bytes) {
        return Some(Id::Mac(mac));
    }
    let text = clean(bytes)?;
    cadastre_model::Identifier::mac(&text).map(|mac| Id::Mac(mac.value))
}

/// Text if it is printable; six octets that are none are an address without its subtype.
fn text_or_mac(bytes: &[u8]) -> Option<Id> {
    let is_plain = bytes.iter().all(|byte| (0x20..0x7f).contains(byte) || *byte == 0);
    if bytes.len() == 6 && !is_plain {
        return mac(bytes).map(Id::Mac);
    }
    clean(bytes).map(Id::Text)
}

/// One octet of family (IANA: 1 IPv4, 2 IPv6), then the address.
fn network_address(bytes: &[u8]) -> Option<IpAddr> {
    let (family, octets) = bytes.split_first()?;
    match family {
        1 => Some(IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?))),
        2 => Some(IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?))),
        _ => None,
    }
}
