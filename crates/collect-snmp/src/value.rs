//! Values of SNMP, as far as a register needs them apart.

use crate::oid::Oid;
use std::net::Ipv4Addr;

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// INTEGER, Counter32, Gauge32, Unsigned32, TimeTicks.
    Int(i64),
    /// Counter64.
    Big(u64),
    /// OCTET STRING, Opaque.
    Bytes(Vec<u8>),
    /// OBJECT IDENTIFIER.
    Oid(Oid),
    /// IpAddress.
    Ip(Ipv4Addr),
    /// NULL and whatever else says nothing.
    Nothing,
}

impl Value {
    /// The number, if this is one that fits.
    pub(crate) fn int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            Value::Big(number) => i64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The octets, if this is a string of them.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Octets of memory it takes, about: what a walk is charged for it.
    pub(crate) fn size(&self) -> usize {
        match self {
            Value::Bytes(bytes) => bytes.len(),
            Value::Oid(oid) => oid.arcs().len() * 4,
            _ => 8,
        }
    }
}
