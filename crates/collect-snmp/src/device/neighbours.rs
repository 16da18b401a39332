//! Neighbours as claims: what hangs on which port, by LLDP and CDP.

use super::Device;
use crate::tables::cdp;
use crate::tables::lldp::{At, Id, LocalPort, Neighbour};
use cadastre_model::{Claim, Identifier, RelationType, Scheme, Target};
use std::collections::{BTreeMap, BTreeSet};

/// A neighbour's words about itself are cut here.
const NAME_MAX_CHARS: usize = 80;

/// All neighbours. One that is seen by both protocols on one port is claimed once, by LLDP.
pub(super) fn claims(device: &Device) -> BTreeSet<Claim> {
    let mut claims = BTreeSet::new();
    let mut known = BTreeSet::new();
    for neighbour in &device.lldp.neighbours {
        let port = local_port(device, &neighbour.at);
        known.insert((port, short_name(neighbour.name.as_deref())));
        claims.extend(lldp_targets(neighbour).into_iter().map(|target| Claim {
            port: port.and_then(|port| device.ids.get(&port)).cloned(),
            far_port: far_port(neighbour),
            far_name: far_name(neighbour.name.as_deref(), neighbour.description.as_deref()),
            by: Some("lldp".to_owned()),
            ..Claim::new(RelationType::ConnectedTo, target)
        }));
    }
    for neighbour in &device.cdp {
        let name = short_name(neighbour.device.as_deref());
        if known.contains(&(Some(neighbour.port), name)) {
            continue;
        }
        let Some(target) = cdp_target(neighbour) else { continue };
        claims.insert(Claim {
            port: device.ids.get(&neighbour.port).cloned(),
            far_port: neighbour.far_port.clone(),
            far_name: far_name(neighbour.device.as_deref(), neighbour.platform.as_deref()),
            by: Some("cdp".to_owned()),
            ..Claim::new(RelationType::ConnectedTo, target)
        });
    }
    claims
}

/// The name without its domain and without the serial number that NX-OS puts behind it.
fn short_name(name: Option<&str>) -> Option<String> {
    let name = name?.split(['.', '(']).next()?;
    (!name.is_empty()).then(|| name.to_lowercase())
}

fn far_name(name: Option<&str>, otherwise: Option<&str>) -> Option<String> {
    let words = name.or(otherwise)?;
    Some(words.chars().take(NAME_MAX_CHARS).collect())
}

/// The port of the other end by its name there. Where its id is an address (what lldpd tells of every port
/// without words of its own), the name stands in the description.
fn far_port(neighbour: &Neighbour) -> Option<String> {
    match &neighbour.far_port {
        Some(Id::Text(name)) => Some(name.clone()),
        id => neighbour.far_port_description.clone().or_else(|| id.as_ref().map(Id::text)),
    }
}

/// What the other end is known by: its chassis, else its name or address; and its port, if that is told by its
/// Ethernet address: of a machine whose own LLDP nobody reads, others know the cards.
fn lldp_targets(neighbour: &Neighbour) -> BTreeSet<Target> {
    let by_chassis = neighbour.chassis.as_ref().and_then(super::identity::chassis);
    let by_name = || neighbour.name.as_deref().and_then(by_name);
    let by_address =
        || neighbour.addresses.first().and_then(|address| Identifier::ip(&address.to_string()));
    let main = by_chassis.or_else(by_name).or_else(by_address);
    let card = match &neighbour.far_port {
        Some(Id::Mac(mac)) => Identifier::mac(mac),
        _ => None,
    };
    main.into_iter().chain(card).map(Target::Identifier).collect()
}

/// CDP has no id of the chassis: a serial number behind the name, an address, a name.
fn cdp_target(neighbour: &cdp::Neighbour) -> Option<Target> {
    let device = neighbour.device.as_deref();
    let serial = device
        .and_then(|device| device.strip_suffix(')'))
        .and_then(|device| device.rsplit_once('('))
        .and_then(|(_, serial)| Identifier::serial("cisco", serial));
    let by_address = || neighbour.address.and_then(|address| Identifier::ip(&address.to_string()));
    serial.or_else(by_address).or_else(|| device.and_then(by_name)).map(Target::Identifier)
}

fn by_name(name: &str) -> Option<Identifier> {
    Identifier::fqdn(name).or_else(|| Identifier::plain(Scheme::LldpChassis, name))
}

/// The interface at which a neighbour is, by `ifIndex`.
///
/// A number of LLDP means what the agent likes: most often an `ifIndex` or a bridge port. So the port's own
/// id and description are asked first, which name it.
fn local_port(device: &Device, at: &At) -> Option<u32> {
    let number = match at {
        At::Interface(port) => return Some(*port),
        At::Unknown => return None,
        At::Number(number) => *number,
    };
    let by_words = device.lldp.ports.get(&number).and_then(|local| by_words(device, local, number));
    let as_index = || device.ports.contains_key(&number).then_some(number);
    by_words.or_else(as_index).or_else(|| device.behind(number))
}

fn by_words(device: &Device, local: &LocalPort, number: u32) -> Option<u32> {
    let id = match &local.id {
        Some(Id::Mac(mac)) => {
            let with: Vec<u32> = device
                .ports
                .values()
                .filter(|port| port.mac.as_ref() == Some(mac))
                .map(|port| port.index)
                .collect();
            // Layers above a card have its address too; the number says which is meant.
            return with.contains(&number).then_some(number).or(match with.as_slice() {
                [only] => Some(*only),
                _ => None,
            });
        }
        Some(Id::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    let names = port_names(device);
    [id, local.description.as_deref()]
        .into_iter()
        .flatten()
        .find_map(|words| names.get(words).copied())
}

/// `ifIndex` by `ifName` and `ifDescr`, where only one port has it.
fn port_names(device: &Device) -> BTreeMap<&str, u32> {
    let mut names: BTreeMap<&str, Option<u32>> = BTreeMap::new();
    for port in device.ports.values() {
        let own: BTreeSet<&str> =
            [port.name.as_deref(), port.description.as_deref()].into_iter().flatten().collect();
        for name in own {
            names.entry(name).and_modify(|known| *known = None).or_insert(Some(port.index));
        }
    }
    names.into_iter().filter_map(|(name, port)| Some((name, port?))).collect()
}
