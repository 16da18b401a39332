//! What all tables of a device say together: from variables to one observation. Pure.
//!
//! It must not know how the variables were read, nor of other devices.

pub(crate) mod facts;
pub(crate) mod identity;
mod kind;
mod neighbours;
mod ports;
mod sightings;

use crate::tables::{cdp, entity, interfaces, ip, lag, lldp, stp, system, vlans, vtp};
use crate::varbinds::Varbinds;
use crate::vendors::{self, Make};
use cadastre_model::{Kind, Observation};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// What was read of a device, and what was not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    /// The address it was asked at, as in the settings.
    pub address: String,
    /// How it was read: `v2c`, `v3 authPriv`.
    pub access: String,
    /// Whether it answers to a community that everybody knows, or why that is not known.
    pub default_community: Option<Result<bool, String>>,
    /// Everything that was read.
    pub all: Varbinds,
    /// Forwarding tables that were asked VLAN by VLAN.
    pub by_vlan: BTreeMap<i64, Varbinds>,
    /// Tables that could not be read whole, by name, and why.
    pub missing: BTreeMap<&'static str, String>,
    /// An engine id that other devices have too, and that therefore tells nothing.
    pub is_engine_shared: bool,
}

/// What the tables say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Device {
    pub system: system::System,
    pub parts: entity::Parts,
    pub make: Make,
    pub ports: BTreeMap<u32, interfaces::Port>,
    /// The id each interface is known by, by `ifIndex`.
    pub ids: BTreeMap<u32, String>,
    pub addresses: BTreeMap<u32, BTreeSet<IpAddr>>,
    pub vlans: vlans::Vlans,
    pub vtp: vtp::Vtp,
    pub lldp: lldp::Lldp,
    pub cdp: Vec<cdp::Neighbour>,
    pub lags: BTreeMap<u32, u32>,
    pub stp: stp::Stp,
    /// What it is.
    pub kind: Option<Kind>,
}

impl Device {
    /// Reads all tables but those of sightings.
    pub(crate) fn decode(all: &Varbinds) -> Device {
        let system = system::decode(all);
        let parts = entity::decode(all);
        let ports = interfaces::decode(all);
        let make = vendors::make(&system, parts.chassis.first(), all);
        let mut device = Device {
            ids: ports::ids(&ports),
            addresses: ip::decode(all),
            vlans: vlans::decode(all),
            vtp: vtp::decode(all),
            lldp: lldp::decode(all),
            cdp: cdp::decode(all),
            lags: lag::decode(all, &ports),
            stp: stp::decode(all),
            system,
            parts,
            make,
            ports,
            kind: None,
        };
        device.kind = Some(kind::kind(&device));
        device
    }

    /// The interface behind a bridge port, by `ifIndex`.
    fn behind(&self, bridge_port: u32) -> Option<u32> {
        self.vlans.ports.get(&bridge_port).copied()
    }

    /// Names of its VLANs by number.
    pub(crate) fn vlan_names(&self) -> BTreeMap<i64, String> {
        let mut names = self.vlans.names.clone();
        for (vlan, name) in &self.vtp.names {
            let known = names.entry(*vlan).or_default();
            if known.is_empty() {
                known.clone_from(name);
            }
        }
        names
    }
}

/// The observation of a device in a scope.
pub(crate) fn observe(reading: &Reading, scope: &str) -> Observation {
    let device = Device::decode(&reading.all);
    let native = identity::native_id(&device, reading);
    let kind = device.kind.unwrap_or(Kind::NetworkDevice);
    let mut seen = Observation::new(native, kind, scope);
    identity::identify(&device, reading, &mut seen);
    facts::state(&device, reading, &mut seen);
    seen.interfaces = ports::interfaces(&device);
    seen.claims = neighbours::claims(&device);
    seen.sightings = sightings::sightings(&device, reading);
    seen
}
