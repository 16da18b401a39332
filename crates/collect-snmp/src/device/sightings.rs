//! Who was seen where: forwarding tables, ARP and neighbour discovery.

use super::{Device, Reading};
use crate::tables::{arp, fdb, index};
use cadastre_model::Sighting;
use std::collections::BTreeSet;

/// All sightings of a device. Its own addresses are not among them.
pub(super) fn sightings(device: &Device, reading: &Reading) -> BTreeSet<Sighting> {
    let own: BTreeSet<&str> =
        device.ports.values().filter_map(|port| port.mac.as_deref()).collect();
    let mut seen = BTreeSet::new();
    for entry in fdb::decode(&reading.all) {
        seen.extend(forwarded(device, &own, entry.mac, entry.port, vlan_of(device, entry.fdb)));
    }
    for (vlan, all) in &reading.by_vlan {
        // Each VLAN numbers its bridge ports itself, and brings that table with it.
        let ports = crate::tables::vlans::decode(all).ports;
        for entry in fdb::decode(all) {
            let Some(port) = ports.get(&entry.port).or(device.vlans.ports.get(&entry.port)) else {
                continue;
            };
            seen.extend(at(device, &own, entry.mac, *port, Some(*vlan)));
        }
    }
    for entry in arp::decode(&reading.all) {
        if own.contains(entry.mac.as_str()) {
            continue;
        }
        seen.insert(Sighting {
            mac: entry.mac,
            port: device.ids.get(&entry.port).cloned(),
            vlan: None,
            address: Some(entry.address.to_canonical().to_string()),
        });
    }
    seen
}

fn forwarded(
    device: &Device,
    own: &BTreeSet<&str>,
    mac: String,
    bridge_port: u32,
    vlan: Option<i64>,
) -> Option<Sighting> {
    at(device, own, mac, device.behind(bridge_port)?, vlan)
}

fn at(
    device: &Device,
    own: &BTreeSet<&str>,
    mac: String,
    port: u32,
    vlan: Option<i64>,
) -> Option<Sighting> {
    if own.contains(mac.as_str()) {
        return None;
    }
    Some(Sighting { mac, port: Some(device.ids.get(&port)?.clone()), vlan, address: None })
}

/// The VLAN of a forwarding table: as the device says, else the same number, as most have it.
fn vlan_of(device: &Device, fdb: Option<u32>) -> Option<i64> {
    let fdb = fdb?;
    match device.vlans.by_fdb.get(&fdb) {
        Some(vlan) => Some(*vlan),
        None if device.vlans.by_fdb.is_empty() => {
            index::vlan(i64::from(fdb)).filter(|vlan| device.vlans.names.contains_key(vlan))
        }
        None => None,
    }
}
