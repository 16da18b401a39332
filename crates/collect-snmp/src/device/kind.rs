//! What a device is: what the table of makers says, else what the device does.

use super::Device;
use crate::tables::lldp::ACCESS_POINT;
use cadastre_model::Kind;

/// A router that bridges between two cards is still a router.
const SWITCH_PORTS_MIN: usize = 4;

/// `sysServices`: routes packets (layer 3), bridges frames (layer 2), serves applications (layer 7).
const ROUTES: i64 = 1 << 2;
const BRIDGES: i64 = 1 << 1;
const SERVES: i64 = 1 << 6;

pub(super) fn kind(device: &Device) -> Kind {
    if let Some(kind) = device.make.kind {
        return kind;
    }
    if device.lldp.capabilities.is_some_and(|bits| bits & ACCESS_POINT != 0) {
        return Kind::AccessPoint;
    }
    let bridge_ports = device.vlans.ports.len().max(device.vtp.untagged.len());
    let services = device.system.services.unwrap_or_default();
    if bridge_ports >= SWITCH_PORTS_MIN {
        return Kind::Switch;
    }
    match services {
        _ if services & ROUTES != 0 && services & SERVES == 0 => Kind::Router,
        _ if device.make.vendor.is_some() && services & ROUTES != 0 => Kind::Router,
        _ if services & BRIDGES != 0 && services & SERVES == 0 => Kind::Switch,
        _ => Kind::NetworkDevice,
    }
}
