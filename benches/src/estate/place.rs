//! Places: an account and a region each, which is a scope. Some are large, some small.

use super::Estate;
use std::net::Ipv4Addr;

/// Of twenty instances in a row, which place each lies in.
const SLOTS: [usize; 20] = [0, 1, 0, 2, 0, 1, 3, 0, 4, 2, 0, 1, 5, 3, 0, 6, 2, 1, 4, 7];

/// Instances that share a subnet, about.
const INSTANCES_A_SUBNET: u64 = 400;
/// Subnets of /20 that fit into a place's /11.
const SUBNETS_MOST: u64 = 512;

/// One account and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its number.
    pub number: usize,
    /// The account.
    pub account: &'static str,
    /// The region.
    pub region: &'static str,
}

/// Every place.
pub const PLACES: [Place; 8] = [
    Place { number: 0, account: "418273645501", region: "eu-west-1" },
    Place { number: 1, account: "418273645501", region: "eu-central-1" },
    Place { number: 2, account: "418273645501", region: "us-east-1" },
    Place { number: 3, account: "730918264455", region: "eu-west-1" },
    Place { number: 4, account: "730918264455", region: "us-west-2" },
    Place { number: 5, account: "730918264455", region: "ap-southeast-1" },
    Place { number: 6, account: "205566778899", region: "eu-west-1" },
    Place { number: 7, account: "205566778899", region: "eu-north-1" },
];

/// Where an instance lies, and which it is there.
pub fn of_instance(number: u64) -> (&'static Place, u64) {
    let slot = (number % SLOTS.len() as u64) as usize;
    let number_of_place = SLOTS.iter().copied().nth(slot).unwrap_or_default();
    let same = |slots: &[usize]| slots.iter().filter(|one| **one == number_of_place).count() as u64;
    let earlier = same(SLOTS.split_at(slot).0);
    let rank = (number / SLOTS.len() as u64) * same(&SLOTS) + earlier;
    (PLACES.iter().find(|place| place.number == number_of_place).unwrap_or(&PLACES[0]), rank)
}

impl Place {
    /// The scope's name.
    pub fn scope(&self) -> String {
        format!("{}/{}", self.account, self.region)
    }

    /// The native id of a thing.
    pub fn native(&self, id: &str) -> String {
        format!("{}/{}/{id}", self.account, self.region)
    }

    /// The ARN of a thing.
    pub fn arn(&self, resource: &str, id: &str) -> String {
        format!("arn:aws:ec2:{}:{}:{resource}/{id}", self.region, self.account)
    }

    /// How many subnets it has.
    pub fn subnets(&self, estate: &Estate) -> u64 {
        let slots = SLOTS.iter().filter(|slot| **slot == self.number).count() as u64;
        let instances = estate.assets() * slots / SLOTS.len() as u64;
        (instances / INSTANCES_A_SUBNET).clamp(2, SUBNETS_MOST)
    }

    /// The address of a host in a subnet.
    pub fn address(&self, subnet: u64, host: u64) -> Ipv4Addr {
        let ten = u32::from(Ipv4Addr::new(10, 0, 0, 0));
        let offset = ((self.number as u64) << 21) + (subnet << 12) + (host & 0xfff);
        Ipv4Addr::from(ten + u32::try_from(offset).unwrap_or_default())
    }
}
