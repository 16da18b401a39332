//! What instances refer to: networks, subnets, security groups, images, and volumes on them.

use super::Estate;
use super::instance::Machine;
use super::place::Place;
use cadastre_model::{
    Attr, Claim, Identifier, Kind, Observation, RelationType, Scheme, Tag, Target,
};

/// Images a place.
pub const IMAGES: u64 = 12;
/// Subnets a network.
const SUBNETS_A_NETWORK: u64 = 16;
/// The size of volumes: one of these, in GiB.
const VOLUME_SIZES: [i64; 5] = [8, 50, 100, 500, 2000];

/// Security groups of a place with so many subnets.
pub fn groups(subnets: u64) -> u64 {
    (subnets / 2).max(4)
}

/// Things of the ground in a place.
pub fn count(estate: &Estate, place: &Place) -> u64 {
    let subnets = place.subnets(estate);
    networks(subnets) + subnets + groups(subnets) + IMAGES
}

fn networks(subnets: u64) -> u64 {
    subnets.div_ceil(SUBNETS_A_NETWORK)
}

/// The id of a subnet, by its number in the place.
pub fn subnet_id(place: &Place, number: u64) -> String {
    format!("subnet-0{:02x}{number:014x}", place.number)
}

/// The name of a subnet, by its number in the place.
pub fn subnet_name(place: &Place, number: u64) -> String {
    format!("{}-{}-net-{number:03}", place.region, place.number)
}

/// The id of a security group, by its number in the place.
pub fn group_id(place: &Place, number: u64) -> String {
    format!("sg-0{:02x}{number:014x}", place.number)
}

/// The id of an image, by its number in the place.
pub fn image_id(place: &Place, number: u64) -> String {
    format!("ami-0{:02x}{number:014x}", place.number)
}

fn network_id(place: &Place, number: u64) -> String {
    format!("vpc-0{:02x}{number:014x}", place.number)
}

/// Everything of the ground in a place.
pub fn observations<'a>(
    estate: &Estate,
    place: &'a Place,
) -> impl Iterator<Item = Observation> + Send + 'a {
    let subnets = place.subnets(estate);
    let networks = (0..networks(subnets)).map(move |number| network(place, number));
    let all_subnets = (0..subnets).map(move |number| subnet(place, number));
    let groups = (0..groups(subnets)).map(move |number| group(place, number));
    let images = (0..IMAGES).map(move |number| image(place, number));
    networks.chain(all_subnets).chain(groups).chain(images)
}

fn begin(place: &Place, kind: Kind, resource: &str, id: &str, name: String) -> Observation {
    let mut seen = Observation::new(place.native(id), kind, place.scope());
    let arn = place.arn(resource, id);
    seen.identify(Identifier::aws_arn(&arn));
    seen.identify(Identifier::plain(Scheme::Native, id));
    seen.tags.insert(Tag::new("Name", name.as_str()));
    seen.state_text(Attr::Name, Some(name));
    seen.state_text(Attr::Provider, Some("aws"));
    seen.state_text(Attr::CloudAccount, Some(place.account));
    seen.state_text(Attr::Region, Some(place.region));
    seen.state_text(Attr::Arn, Some(arn));
    seen
}

fn claim(seen: &mut Observation, place: &Place, relation: RelationType, id: &str) {
    seen.claims.insert(Claim::new(relation, Target::Native(place.native(id))));
}

fn network(place: &Place, number: u64) -> Observation {
    let id = network_id(place, number);
    let name = format!("{}-{}-core-{number}", place.region, place.number);
    let mut seen = begin(place, Kind::Network, "vpc", &id, name);
    let address = place.address(number * SUBNETS_A_NETWORK, 0);
    seen.state_list(Attr::Cidr, [format!("{address}/16")]);
    seen
}

fn subnet(place: &Place, number: u64) -> Observation {
    let id = subnet_id(place, number);
    let mut seen = begin(place, Kind::Subnet, "subnet", &id, subnet_name(place, number));
    seen.state_list(Attr::Cidr, [format!("{}/20", place.address(number, 0))]);
    seen.state_int(Attr::FreeAddresses, Some(3000));
    let network = network_id(place, number / SUBNETS_A_NETWORK);
    claim(&mut seen, place, RelationType::InNetwork, &network);
    seen
}

fn group(place: &Place, number: u64) -> Observation {
    let id = group_id(place, number);
    let name = format!("{}-{}-group-{number:03}", place.region, place.number);
    let mut seen = begin(place, Kind::SecurityGroup, "security-group", &id, name);
    seen.state_list(Attr::RulesIn, ["tcp 443 from 10.0.0.0/8".to_owned()]);
    claim(&mut seen, place, RelationType::InNetwork, &network_id(place, 0));
    seen
}

fn image(place: &Place, number: u64) -> Observation {
    let id = image_id(place, number);
    let mut seen = begin(place, Kind::Image, "image", &id, format!("base-2026-{number:02}"));
    seen.state_text(Attr::Architecture, Some("x86_64"));
    seen.state_text(Attr::Os, Some("Debian GNU/Linux 12"));
    seen
}

/// A volume attached to an instance.
pub fn volume(machine: &Machine) -> Observation {
    let place = machine.place;
    let id = format!("vol-0{:016x}", machine.number);
    let mut seen = begin(place, Kind::Volume, "volume", &id, format!("{}-data", machine.name()));
    let size = VOLUME_SIZES.iter().cycle().nth((machine.number % 11) as usize).copied();
    seen.state_int(Attr::Size, size.map(|size| size << 30));
    seen.state_text(Attr::VolumeType, Some("gp3"));
    seen.state_bool(Attr::Encrypted, Some(!machine.number.is_multiple_of(4)));
    claim(&mut seen, place, RelationType::AttachedTo, &machine.id());
    seen
}
