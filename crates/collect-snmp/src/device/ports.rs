//! Interfaces: the id each is known by, and what all tables say of it.

use super::Device;
use crate::tables::interfaces::{Port, sort_word};
use cadastre_model::Interface;
use std::collections::BTreeMap;

/// The id of each interface by `ifIndex`: its name where no other may be called so, for the index changes
/// when a device starts anew; else name and index, or the index alone.
pub(super) fn ids(ports: &BTreeMap<u32, Port>) -> BTreeMap<u32, String> {
    let name = |port: &Port| port.name.clone().unwrap_or_default();
    let with_index = |port: &Port| format!("{}#{}", name(port), port.index);
    let mut counts: BTreeMap<String, usize> =
        ports.values().map(|port| (with_index(port), 1)).collect();
    for port in ports.values() {
        *counts.entry(name(port)).or_default() += 1;
    }
    let id = |port: &Port| match port.name.as_deref() {
        Some(name) if counts.get(name) == Some(&1) => name.to_owned(),
        _ => with_index(port),
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

    fn ids_of(names: &[Option<&str>]) -> Vec<String> {
        let port = |(index, name): (u32, &Option<&str>)| {
            let name = name.map(str::to_owned);
            (index, Port { index, name, ..Port::default() })
        };
        ids(&(1..).zip(names).map(port).collect()).into_values().collect()
    }

    #[test]
    fn names_that_several_have_get_their_index() {
        assert_eq!(ids_of(&[Some("a"), Some("b"), Some("b"), None]), ["a", "b#2", "b#3", "#4"]);
    }

    /// Windows calls its adapters so.
    #[test]
    fn a_name_that_ends_like_an_index_stands_alone_unless_it_is_the_id_of_another() {
        assert_eq!(ids_of(&[Some("card"), Some("card #1")]), ["card", "card #1"]);
        assert_eq!(ids_of(&[None, Some("#1")]), ["#1", "#1#2"]);
        assert_eq!(ids_of(&[Some("b"), Some("b"), Some("b#1")]), ["b#1", "b#2", "b#1#3"]);
    }
}
