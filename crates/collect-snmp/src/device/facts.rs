//! What is stated of a device, attribute by attribute.

use super::{Device, Reading};
use crate::tables::entity::Part;
use cadastre_model::{Attr, Fact, Identifier, Kind, Observation};

/// Lists are cut here: a chassis has a few hundred modules at most, and there are 4,094 VLANs.
const LIST_MAX: usize = 4_096;

/// Attributes that a host's own sources know better: not stated at all where SNMP has nothing.
const OF_OTHERS: [Attr; 4] = [Attr::Vendor, Attr::Model, Attr::SerialNumber, Attr::OsVersion];

pub(super) fn state(device: &Device, reading: &Reading, seen: &mut Observation) {
    let system = &device.system;
    let make = &device.make;
    let name = system.name.clone().unwrap_or_else(|| reading.address.clone());
    seen.state_text(Attr::Name, Some(name));
    seen.state_text(Attr::DnsName, dns_name(device));
    seen.state_text(Attr::Vendor, make.vendor.clone());
    seen.state_text(Attr::Model, make.model.clone());
    seen.state_text(Attr::SerialNumber, make.serial.clone());
    seen.state_text(Attr::Os, make.os.clone());
    seen.state_text(Attr::OsVersion, make.version.clone());
    seen.state_text(Attr::SystemDescription, system.description.clone());
    seen.state_text(Attr::ObjectId, system.object_id.as_ref().map(ToString::to_string));
    seen.state_text(Attr::Location, system.location.clone());
    seen.state_int(Attr::Uptime, system.uptime);
    seen.state_text(Attr::ManagementAddress, Some(reading.address.clone()));
    seen.state_text(Attr::SnmpAccess, Some(reading.access.clone()));
    match &reading.default_community {
        Some(Ok(answers)) => seen.state_bool(Attr::DefaultCommunity, Some(*answers)),
        Some(Err(why)) => seen.not_read(Attr::DefaultCommunity, why.clone()),
        None => seen.not_read(Attr::DefaultCommunity, "not tried: `probe_defaults` is off"),
    }
    state_parts(device, seen);
    state_bridge(device, seen);
    state_missing(reading, seen);
    if seen.kind == Kind::Server {
        for attr in OF_OTHERS {
            if seen.facts.get(&attr) == Some(&Fact::Absent) {
                seen.facts.remove(&attr);
            }
        }
    }
}

/// `sysName`, if it is a name of the DNS.
fn dns_name(device: &Device) -> Option<String> {
    device.system.name.as_deref().and_then(Identifier::fqdn).map(|name| name.value)
}

fn state_parts(device: &Device, seen: &mut Observation) {
    let is_network_gear = seen.kind != Kind::Server;
    if is_network_gear {
        let members = device.parts.chassis.iter().filter(|_| device.parts.chassis.len() > 1);
        seen.state_list(Attr::StackMembers, members.take(LIST_MAX).map(line));
    }
    let modules = device.parts.modules.iter().take(LIST_MAX).map(line);
    seen.state_list(Attr::Modules, modules);
}

/// A part on one line: where, what, serial number.
fn line(part: &Part) -> String {
    let place = part.name.clone().unwrap_or_else(|| format!("part {}", part.index));
    let what = part.model.as_ref().or(part.description.as_ref()).filter(|what| **what != place);
    let serial = part.serial.as_ref().map(|serial| format!("serial {serial}"));
    let parts: Vec<String> = [Some(place), what.cloned(), serial].into_iter().flatten().collect();
    parts.join(", ")
}

fn state_bridge(device: &Device, seen: &mut Observation) {
    let vlans = device.vlan_names();
    let vlan = |(number, name): (i64, String)| match name.is_empty() {
        true => number.to_string(),
        false => format!("{number} {name}"),
    };
    let mut lines: Vec<(i64, String)> = vlans.into_iter().collect();
    lines.truncate(LIST_MAX);
    seen.state_list(Attr::Vlans, lines.into_iter().map(vlan));
    if seen.kind == Kind::Server {
        return;
    }
    let count = device.ports.values().filter(|port| port.sort == Some(6)).count();
    let is_read = !device.ports.is_empty();
    seen.state_int(Attr::EthernetPorts, i64::try_from(count).ok().filter(|_| is_read));
    seen.state_text(Attr::SpanningTreeRoot, device.stp.root.clone());
    let own = device.system.bridge.as_ref();
    let is_root = device.stp.root.as_ref().zip(own).map(|(root, own)| root == own);
    seen.state_bool(Attr::IsSpanningTreeRoot, is_root);
}

/// What could not be read is not absent.
fn state_missing(reading: &Reading, seen: &mut Observation) {
    const OF_TABLES: [(&str, &[Attr]); 4] = [
        ("entity", &[Attr::Model, Attr::SerialNumber, Attr::StackMembers, Attr::Modules]),
        ("interfaces", &[Attr::EthernetPorts]),
        ("vlans", &[Attr::Vlans]),
        ("vtp", &[Attr::Vlans]),
    ];
    for (table, attrs) in OF_TABLES {
        let Some(why) = reading.missing.get(table) else { continue };
        for attr in attrs {
            if seen.facts.get(attr) == Some(&Fact::Absent) {
                seen.not_read(*attr, why.clone());
            }
        }
    }
}
