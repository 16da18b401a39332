//! A host's network cards, its own interfaces (vmk), its standard switches and port groups.

use crate::api::{Known, Row};
use crate::enumerate::Scope;
use crate::enumerate::networks::{Policy, PortGroups, state_policy};
use crate::observe::claim;
use cadastre_model::{Attr, Identifier, Interface, Kind, Observation, RelationType, Scheme};
use std::collections::{BTreeMap, BTreeSet};
use vim_rs::types::structs::{
    HostPortGroup, HostProxySwitch, HostVirtualNic, HostVirtualSwitch, PhysicalNic,
};

/// Bits in a megabit.
const MEGABIT: i64 = 1_000_000;

/// States a host's interfaces and the switches it hangs on, and gives its own switches.
pub(super) fn state_network(
    scope: &Scope<'_>,
    seen: &mut Observation,
    row: &mut Row,
    groups: &mut PortGroups,
) -> Known<Vec<Observation>> {
    let port_groups: Known<Vec<HostPortGroup>> = row.take("config.network.portgroup");
    let port_groups = port_groups.value().unwrap_or_default();
    for group in &port_groups {
        groups.add(&row.object.id, &seen.native_id, group);
    }
    let vlans: BTreeMap<&str, i64> = port_groups
        .iter()
        .map(|group| (group.spec.name.as_str(), i64::from(group.spec.vlan_id)))
        .collect();
    let cards: Known<Vec<PhysicalNic>> = row.take("config.network.pnic");
    let own: Known<Vec<HostVirtualNic>> = row.take("config.network.vnic");
    state_addresses(seen, &own);
    seen.interfaces.extend(cards.value().unwrap_or_default().iter().map(card));
    for interface in own.value().unwrap_or_default() {
        let (interface, network) = own_interface(scope, &interface, &vlans);
        claim(seen, RelationType::InNetwork, network);
        seen.interfaces.push(interface);
    }
    seen.interfaces.sort();
    for interface in seen.interfaces.clone() {
        seen.identify(interface.mac.as_deref().and_then(Identifier::mac));
        for address in &interface.addresses {
            seen.identify(Identifier::ip(address));
        }
    }
    let shared: Known<Vec<HostProxySwitch>> = row.take("config.network.proxySwitch");
    for switch in shared.value().unwrap_or_default() {
        claim(seen, RelationType::MemberOf, scope.survey.switch(&switch.dvs_uuid));
    }
    let own: Known<Vec<HostVirtualSwitch>> = row.take("config.network.vswitch");
    let host = row.name().unwrap_or_else(|| row.object.id.clone());
    own.map(|switches| {
        switches.iter().map(|switch| own_switch(scope, seen, &host, switch)).collect()
    })
}

/// The host's first address, by which it is managed.
fn state_addresses(seen: &mut Observation, own: &Known<Vec<HostVirtualNic>>) {
    match own {
        Known::Value(own) => {
            let first = own.iter().filter_map(|one| addresses(one).into_iter().next()).next();
            seen.state_text(Attr::PrivateIp, first);
        }
        Known::Absent => seen.state(Attr::PrivateIp, None),
        Known::NotRead(why) => seen.not_read(Attr::PrivateIp, why.as_str()),
    }
}

fn card(card: &PhysicalNic) -> Interface {
    let speed = card.link_speed.as_ref().map(|link| i64::from(link.speed_mb));
    Interface {
        native_id: card.device.clone(),
        name: Some(crate::text::value(&card.device)),
        description: card.driver.as_deref().map(crate::text::value),
        sort: Some("ethernet".to_owned()),
        mac: Identifier::mac(&card.mac).map(|mac| mac.value),
        speed: speed.and_then(|megabits| megabits.checked_mul(MEGABIT)).filter(|speed| *speed > 0),
        state: Some(if card.link_speed.is_some() { "up" } else { "down" }.to_owned()),
        ..Interface::default()
    }
}

/// An interface of the host itself, and the network it hangs in.
fn own_interface(
    scope: &Scope<'_>,
    nic: &HostVirtualNic,
    vlans: &BTreeMap<&str, i64>,
) -> (Interface, Option<String>) {
    let spec = &nic.spec;
    let port = spec.distributed_virtual_port.as_ref();
    let network =
        port.and_then(|port| port.portgroup_key.as_deref()).map(|key| scope.survey.native(key));
    let interface = Interface {
        native_id: nic.device.clone(),
        name: Some(crate::text::value(&nic.device)),
        description: Some(crate::text::value(&nic.portgroup)).filter(|text| !text.is_empty()),
        sort: Some("virtual".to_owned()),
        mac: spec.mac.as_deref().and_then(Identifier::mac).map(|mac| mac.value),
        addresses: addresses(nic),
        vlan: vlans.get(nic.portgroup.as_str()).copied().filter(|vlan| (1..4095).contains(vlan)),
        network: network.clone(),
        ..Interface::default()
    };
    (interface, network)
}

/// Its addresses, the one by IPv4 first if it has one; each in canonical text.
fn addresses(nic: &HostVirtualNic) -> Vec<String> {
    let Some(ip) = nic.spec.ip.as_ref().map(|ip| ip.get_host_ip_config()) else {
        return Vec::new();
    };
    let six = ip.ip_v_6_config.iter().flat_map(|six| six.ip_v_6_address.iter().flatten());
    let all =
        ip.ip_address.iter().map(String::as_str).chain(six.map(|one| one.ip_address.as_str()));
    let canonical: BTreeSet<String> =
        all.filter_map(Identifier::ip).map(|address| address.value).collect();
    canonical.into_iter().collect()
}

fn own_switch(
    scope: &Scope<'_>,
    host: &Observation,
    host_name: &str,
    switch: &HostVirtualSwitch,
) -> Observation {
    let native = PortGroups::switch_native(&host.native_id, &switch.name);
    let mut seen = Observation::new(native, Kind::VirtualSwitch, &scope.datacenter.scope);
    let name = crate::text::value(&switch.name);
    seen.state_text(Attr::Name, Some(format!("{host_name}/{name}")));
    seen.state_text(Attr::Datacenter, Some(scope.datacenter.name.as_str()));
    seen.state_text(Attr::SwitchType, Some("standard"));
    seen.state_int(Attr::Mtu, switch.mtu.map(i64::from).filter(|mtu| *mtu > 0));
    let cards = switch
        .pnic
        .iter()
        .flatten()
        .map(|key| key.rsplit_once("PhysicalNic-").map_or(key.as_str(), |(_, device)| device));
    seen.state_list(Attr::Uplinks, cards.map(crate::text::value));
    let security = switch.spec.policy.as_ref().and_then(|policy| policy.security.as_ref());
    state_policy(&mut seen, &Known::Value(Policy::of_host(security)));
    seen.identify(Identifier::plain(Scheme::Native, &switch.key));
    claim(&mut seen, RelationType::RunsOn, Some(host.native_id.clone()));
    seen
}
