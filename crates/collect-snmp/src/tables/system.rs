//! The system group (RFC 3418), the engine's id (RFC 3411), and what else is asked in the first question.

use crate::oid::Oid;
use crate::text::{hex, is_unicast_mac, mac};
use crate::value::Value;
use crate::varbinds::Varbinds;

const SYSTEM: &[u32] = &[1, 3, 6, 1, 2, 1, 1];

/// `snmpEngineID`.
const ENGINE: &[u32] = &[1, 3, 6, 1, 6, 3, 10, 2, 1, 1];

/// `dot1dBaseBridgeAddress`.
const BRIDGE: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 1, 1];

/// `sysUpTime.0`: what every agent has.
pub(crate) const UPTIME: &[u32] = &[1, 3, 6, 1, 2, 1, 1, 3, 0];

/// Scalars of the first question, with those of `lldp`.
pub(crate) const SCALARS: &[&[u32]] = &[
    &[1, 3, 6, 1, 2, 1, 1, 1, 0],
    &[1, 3, 6, 1, 2, 1, 1, 2, 0],
    UPTIME,
    &[1, 3, 6, 1, 2, 1, 1, 5, 0],
    &[1, 3, 6, 1, 2, 1, 1, 6, 0],
    &[1, 3, 6, 1, 2, 1, 1, 7, 0],
    &[1, 3, 6, 1, 6, 3, 10, 2, 1, 1, 0],
    &[1, 3, 6, 1, 2, 1, 17, 1, 1, 0],
];

/// What a device says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct System {
    /// `sysDescr`, on one line.
    pub description: Option<String>,
    /// `sysObjectID`.
    pub object_id: Option<Oid>,
    /// `sysName`.
    pub name: Option<String>,
    /// `sysLocation`.
    pub location: Option<String>,
    /// Seconds since the agent started.
    pub uptime: Option<i64>,
    /// `sysServices`, a bit a layer.
    pub services: Option<i64>,
    /// `snmpEngineID`, lower-case hex.
    pub engine: Option<String>,
    /// `dot1dBaseBridgeAddress`.
    pub bridge: Option<String>,
}

/// Reads the group.
pub(crate) fn decode(all: &Varbinds) -> System {
    let text = |last: u32| all.scalar_text(&[SYSTEM, &[last]].concat());
    let int = |last: u32| all.scalar(&[SYSTEM, &[last]].concat()).and_then(Value::int);
    let object_id = match all.scalar(&[SYSTEM, &[2]].concat()) {
        Some(Value::Oid(oid)) if oid.arcs().len() > 2 => Some(oid.clone()),
        _ => None,
    };
    System {
        description: text(1),
        object_id,
        name: text(5),
        location: text(6),
        uptime: int(3).filter(|ticks| *ticks >= 0).map(|ticks| ticks / 100),
        services: int(7),
        engine: all.scalar(ENGINE).and_then(Value::bytes).and_then(engine),
        bridge: all
            .scalar(BRIDGE)
            .and_then(Value::bytes)
            .filter(|bytes| is_unicast_mac(bytes))
            .and_then(mac),
    }
}

/// An engine's id, five to 32 octets, neither all zeros nor all ones (RFC 3411).
fn engine(bytes: &[u8]) -> Option<String> {
    let is_none = |octet: u8| bytes.iter().all(|other| *other == octet);
    let is_engine = (5..=32).contains(&bytes.len()) && !is_none(0) && !is_none(0xff);
    is_engine.then(|| hex(bytes))
}
