//! What a device is known by: all its ids, and which of them names its record.

use super::{Device, Reading};
use crate::tables::lldp::Id;
use cadastre_model::{Identifier, Observation, Scheme};
use std::collections::BTreeSet;

/// The id of the record, by the strongest that the device states: the least of its serial numbers with the
/// maker (a stack keeps it when its master changes), its LLDP chassis (an Ethernet address), its SNMP
/// engine, its bridge's address, and at last the address it was asked at.
///
/// A run that reads fewer of them names it by a weaker one; it states all of them as identifiers, so that
/// it is found to be the same.
pub(crate) fn native_id(device: &Device, reading: &Reading) -> String {
    let serial = serials(device).into_iter().find(|serial| serial.junk().is_none());
    if let Some(serial) = serial {
        return format!("serial/{}", serial.value);
    }
    if let Some(Id::Mac(mac)) = &device.lldp.chassis {
        return format!("chassis/{mac}");
    }
    if let (Some(engine), false) = (&device.system.engine, reading.is_engine_shared) {
        return format!("engine/{engine}");
    }
    match &device.system.bridge {
        Some(bridge) => format!("bridge/{bridge}"),
        None => format!("address/{}", reading.address),
    }
}

/// States every id.
pub(super) fn identify(device: &Device, reading: &Reading, seen: &mut Observation) {
    seen.identifiers.extend(serials(device));
    seen.identify(device.lldp.chassis.as_ref().and_then(chassis));
    if let (Some(engine), false) = (&device.system.engine, reading.is_engine_shared) {
        seen.identify(Identifier::plain(Scheme::SnmpEngine, engine));
    }
    seen.identify(device.system.bridge.as_deref().and_then(Identifier::mac));
    for port in device.ports.values() {
        seen.identify(port.mac.as_deref().and_then(Identifier::mac));
    }
    seen.identify(device.system.name.as_deref().and_then(Identifier::fqdn));
    seen.identify(Identifier::ip(&reading.address));
    for address in device.addresses.values().flatten() {
        let found = Identifier::ip(&address.to_string());
        seen.identify(found.filter(|address| address.junk().is_none()));
    }
}

/// The serial numbers of all its boxes, each with its maker, in order.
pub(crate) fn serials(device: &Device) -> BTreeSet<Identifier> {
    let vendor = device.make.vendor.as_deref();
    let boxes = device.parts.chassis.iter().filter_map(|part| {
        let maker = vendor.or(part.maker.as_deref())?;
        Identifier::serial(maker, part.serial.as_deref()?)
    });
    let own = vendor
        .zip(device.make.serial.as_deref())
        .and_then(|(vendor, serial)| Identifier::serial(vendor, serial));
    boxes.chain(own).collect()
}

/// A chassis id as identifier. Addresses that everybody may have in their own network tell nothing by
/// themselves, and are only for finding.
pub(super) fn chassis(id: &Id) -> Option<Identifier> {
    match id {
        Id::Mac(mac) => Identifier::plain(Scheme::LldpChassis, mac),
        Id::Address(address) => Identifier::ip(&address.to_string()),
        Id::Text(text) => Identifier::plain(Scheme::LldpChassis, text),
    }
}
