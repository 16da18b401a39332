//! The spanning tree's root (BRIDGE-MIB, RFC 4188).

use crate::text::mac;
use crate::value::Value;
use crate::varbinds::Varbinds;

const STP: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 2];

/// `dot1dStpDesignatedRoot.0`, `dot1dStpRootPort.0`.
pub(crate) const SCALARS: &[&[u32]] =
    &[&[1, 3, 6, 1, 2, 1, 17, 2, 5, 0], &[1, 3, 6, 1, 2, 1, 17, 2, 7, 0]];

/// The spanning tree as one bridge sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stp {
    /// The root bridge's address.
    pub root: Option<String>,
    /// The bridge port towards it; none on the root itself.
    pub port: Option<u32>,
}

/// Reads the scalars.
pub(crate) fn decode(all: &Varbinds) -> Stp {
    // Two octets of priority before the address.
    let root = all.scalar(&[STP, &[5]].concat()).and_then(Value::bytes);
    let root = root.filter(|id| id.len() == 8).and_then(|id| id.get(2..));
    let port = all.scalar(&[STP, &[7]].concat()).and_then(Value::int);
    Stp {
        root: root.filter(|octets| octets.iter().any(|octet| *octet != 0)).and_then(mac),
        port: port.and_then(|port| u32::try_from(port).ok()).filter(|port| *port != 0),
    }
}
