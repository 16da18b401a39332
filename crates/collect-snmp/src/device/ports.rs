//! Interfaces: the id each is known by, and what all tables say of it.

use super::Device;
use crate::tables::interfaces::{Port, sort_word};
use cadastre_model::Interface;
use std::collections::BTreeMap;

/// The id of each interface by `ifIndex`: its name where only one has it, for the index changes when a
/// device starts anew; else name and index, or the index alone.
pub(super) fn ids(ports: &BTreeMap<u32, Port>) -> BTreeMap<u32, String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in ports.values().filter_map(|port| port.name.as_deref()) {
        *counts.entry(name).or_default() += 1;
    }
    let id = |port: &Port| match port.name.as_deref() {
        Some(name) if counts.get(name) == Some(&1) => name.to_owned(),
        Some(name) => format!("{name}#{}", port.index),
        None => format!("#{}", port.index),
    };
    ports.values().map(|port| (port.index, id(port))).collect()
}

/// All interfaces, in the order of their ids.
pub(super) fn interfaces(device: &Device) -> Vec<Interface> {
    let bridge_ports: BTreeMap<u32, u32> =
        device.vlans.ports.iter().map(|(bridge, port)| (*port, *bridge)).collect();
    let mut all: Vec<Interface> = device
        .ports
        .values()
        .filter_map(|port| interface(device, port, bridge_ports.get(&port.index).copied()))
        .collect();
    all.sort();
    all
}

fn interface(device: &Device, port: &Port, bridge_port: Option<u32>) -> Option<Interface> {
    let (vlan, vlans) = vlans(device, port.index, bridge_port);
    let addresses = device.addresses.get(&port.index);
    let mut addresses: Vec<String> =
        addresses.into_iter().flatten().map(ToString::to_string).collect();
    addresses.sort();
    let alias = port.alias.clone().filter(|alias| Some(alias) != port.name.as_ref());
    Some(Interface {
        native_id: device.ids.get(&port.index)?.clone(),
        name: port.name.clone(),
        description: alias,
        sort: port.sort.map(|sort| sort_word(sort).to_owned()),
        mac: port.mac.clone(),
        addresses,
        vlan,
        vlans,
        lag: device.lags.get(&port.index).and_then(|lag| device.ids.get(lag)).cloned(),
        speed: port.speed,
        state: port.state.map(str::to_owned),
        network: None,
    })
}

/// VLAN of untagged frames and VLANs of tagged ones. Cisco's own MIB is the fuller one where it is there.
fn vlans(device: &Device, port: u32, bridge_port: Option<u32>) -> (Option<i64>, Vec<i64>) {
    let vtp = &device.vtp;
    if vtp.untagged.contains_key(&port) || vtp.tagged.contains_key(&port) {
        let tagged = vtp.tagged.get(&port).into_iter().flatten().copied();
        return (vtp.untagged.get(&port).copied(), tagged.collect());
    }
    let Some(bridge_port) = bridge_port else { return (None, Vec::new()) };
    let untagged = device.vlans.untagged.get(&bridge_port).copied();
    let tagged = device.vlans.tagged.get(&bridge_port).into_iter().flatten();
    (untagged, tagged.filter(|vlan| Some(**vlan) != untagged).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_several_have_get_their_index() {
        let port = |index, name: Option<&str>| Port {
            index,
            name: name.map(str::to_owned),
            ..Port::default()
        };
        let all = [port(1, Some("a")), port(2, Some("b")), port(3, Some("b")), port(4, None)];
        let ports = all.into_iter().map(|port| (port.index, port)).collect();
        let ids: Vec<String> = ids(&ports).into_values().collect();
        assert_eq!(ids, ["a", "b#2", "b#3", "#4"]);
    }
}
