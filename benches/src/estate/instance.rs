//! One instance: five tags, two interfaces with addresses, some fifteen attributes, seven or eight
//! identifiers, three claims.

use super::place::{self, Place};
use super::words::{ENVIRONMENTS, SERVICES, SIZES, Size, TEAMS};
use super::{Estate, ground};
use crate::dice::{Dice, scramble};
use cadastre_model::{
    Attr, Claim, Identifier, Interface, Kind, Observation, Power, RelationType, Scheme, Tag,
    Target, Timestamp,
};
use std::net::Ipv4Addr;

const GIB: i64 = 1 << 30;
/// The youngest instance was started then: 2026-06-01.
const LAUNCHED_LAST: i64 = 1_780_272_000_000;
const HOUR_MS: i64 = 3_600_000;

/// What is drawn for an instance before it is put into words.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Which one.
    pub number: u64,
    /// Where it lies.
    pub place: &'static Place,
    /// The subnet, by its number in the place.
    pub subnet: u64,
    /// The service it is part of.
    pub service: &'static str,
    /// The team the service belongs to.
    pub team: &'static str,
    /// The environment.
    pub environment: &'static str,
    /// Its size class.
    pub size: Size,
    subnets: u64,
    host: u64,
    version: u64,
    dice: Dice,
}

impl Machine {
    /// Draws an instance that has changed so many times.
    pub fn of(estate: &Estate, number: u64, version: u64) -> Machine {
        let (place, rank) = place::of_instance(number);
        let mut dice = Dice::of(1, number);
        let service = dice.pick_skewed(&SERVICES);
        let home = SERVICES.iter().position(|one| *one == service).unwrap_or_default();
        // What changes for one in ten is the team; what changes for all is not.
        let moved = usize::from(number % 10 == 3 && version > 0);
        let team =
            TEAMS.iter().cycle().nth(home % TEAMS.len() + moved).copied().unwrap_or_default();
        let subnets = place.subnets(estate);
        Machine {
            number,
            place,
            subnet: rank % subnets,
            host: 10 + rank / subnets * 2,
            subnets,
            service,
            team,
            environment: dice.pick(&ENVIRONMENTS),
            size: dice.pick_skewed(&SIZES),
            version,
            dice,
        }
    }

    /// Its name, which no other has.
    pub fn name(&self) -> String {
        format!("{}-{}-{:06}", self.service, self.environment, self.number)
    }

    /// The provider's id.
    pub fn id(&self) -> String {
        format!("i-0{:016x}", scramble(self.number))
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        self.place.arn("instance", &self.id())
    }

    /// The address of one of its two interfaces.
    pub fn address(&self, interface: u64) -> Ipv4Addr {
        self.place.address(self.subnet, self.host + interface)
    }

    /// The Ethernet address of one of its two interfaces, the provider's own sort.
    pub fn mac(&self, interface: u64) -> String {
        let octets = scramble(self.number * 2 + interface + (1 << 40)).to_be_bytes();
        let [_, _, first, b, c, d, e, f] = octets;
        let first = (first & 0x0c) | 0x02;
        format!("{first:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
    }

    /// What the collector says of it.
    pub fn observation(&self) -> Observation {
        let id = self.id();
        let mut dice = self.dice.clone();
        let mut seen = Observation::new(self.place.native(&id), Kind::Instance, self.place.scope());
        seen.identify(Identifier::aws_arn(&self.arn()));
        seen.identify(Identifier::plain(Scheme::Native, &id));
        seen.identify(Identifier::plain(Scheme::CloudInstance, &id));
        self.state_place(&mut seen);
        self.state_make(&mut seen, &mut dice);
        self.state_life(&mut seen, &mut dice);
        self.add_tags(&mut seen);
        self.add_interfaces(&mut seen);
        self.add_claims(&mut seen);
        seen
    }

    fn state_place(&self, seen: &mut Observation) {
        let zone = ["a", "b", "c"].into_iter().cycle().nth((self.subnet % 3) as usize);
        let region = self.place.region;
        seen.state_text(Attr::Name, Some(self.name()));
        seen.state_text(Attr::Provider, Some("aws"));
        seen.state_text(Attr::CloudAccount, Some(self.place.account));
        seen.state_text(Attr::Region, Some(region));
        seen.state_text(Attr::Zone, Some(format!("{region}{}", zone.unwrap_or_default())));
        seen.state_text(Attr::Arn, Some(self.arn()));
    }

    fn state_make(&self, seen: &mut Observation, dice: &mut Dice) {
        let (size, vcpu, memory) = self.size;
        let is_arm = size.contains("6g");
        seen.state_text(Attr::InstanceType, Some(size));
        seen.state_int(Attr::Vcpu, Some(vcpu));
        seen.state_int(Attr::Memory, Some(memory * GIB));
        seen.state_text(Attr::Architecture, Some(if is_arm { "arm64" } else { "x86_64" }));
        seen.state_text(Attr::ImageId, Some(ground::image_id(self.place, self.image())));
        let address = self.address(0);
        let host = address.to_string().replace('.', "-");
        let region = self.place.region;
        seen.state_text(Attr::PrivateIp, Some(address.to_string()));
        seen.state_text(Attr::PrivateDns, Some(format!("ip-{host}.{region}.compute.internal")));
        seen.identify(Identifier::ip(&address.to_string()));
        if dice.chance(25) {
            let public = Ipv4Addr::from(0x3400_0000 | (scramble(self.number) as u32 & 0xff_ffff));
            seen.state_text(Attr::PublicIp, Some(public.to_string()));
            seen.identify(Identifier::ip(&public.to_string()));
        }
    }

    fn state_life(&self, seen: &mut Observation, dice: &mut Dice) {
        let age_hours = i64::try_from(dice.below(24 * 900)).unwrap_or_default();
        let started = LAUNCHED_LAST - age_hours * HOUR_MS;
        let version = i64::try_from(self.version).unwrap_or_default();
        seen.state_time(Attr::LaunchedAt, Some(Timestamp(started + version * 24 * HOUR_MS)));
        let is_on = dice.chance(88) == self.version.is_multiple_of(2);
        seen.state_text(Attr::NativeState, Some(if is_on { "running" } else { "stopped" }));
        seen.power = Some(if is_on { Power::On } else { Power::Off });
    }

    fn add_tags(&self, seen: &mut Observation) {
        let centre = 4000 + TEAMS.iter().position(|one| *one == self.team).unwrap_or_default();
        seen.tags = [
            Tag::new("Name", self.name()),
            Tag::new("env", self.environment),
            Tag::new("team", self.team),
            Tag::new("service", self.service),
            Tag::new("CostCenter", centre.to_string()),
        ]
        .into();
    }

    fn add_interfaces(&self, seen: &mut Observation) {
        for interface in [0, 1] {
            let (mac, address) = (self.mac(interface), self.address(interface).to_string());
            seen.identify(Identifier::mac(&mac));
            seen.identify(Identifier::ip(&address));
            seen.interfaces.push(Interface {
                native_id: format!("eni-0{:016x}", scramble(self.number * 2 + interface)),
                mac: Some(mac),
                addresses: vec![address],
                state: Some("in-use".to_owned()),
                network: Some(self.place.native(&ground::subnet_id(self.place, self.subnet))),
                ..Interface::default()
            });
        }
        seen.interfaces.sort();
    }

    fn add_claims(&self, seen: &mut Observation) {
        let group = self.number % ground::groups(self.subnets);
        let claims = [
            (RelationType::InNetwork, ground::subnet_id(self.place, self.subnet)),
            (RelationType::SecuredBy, ground::group_id(self.place, group)),
            (RelationType::MadeFrom, ground::image_id(self.place, self.image())),
        ];
        for (relation, id) in claims {
            seen.claims.insert(Claim::new(relation, Target::Native(self.place.native(&id))));
        }
    }

    fn image(&self) -> u64 {
        scramble(self.number) % ground::IMAGES
    }
}
