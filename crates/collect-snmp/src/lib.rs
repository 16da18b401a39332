//! Discovery of network devices by SNMP: switches, routers, firewalls, access points, and whatever else
//! answers.
//!
//! Why it exists: it is the only crate that names the SNMP client, and the only one that knows MIBs. It
//! finds out which addresses answer to which credentials, walks the tables it needs, and makes one
//! observation of each device: identity and hardware, interfaces, addresses, VLANs, neighbours, and who was
//! seen on its ports.
//!
//! What it never does: it sets nothing.
//!
//! What it must not know: databases, the reconciler, other sources.
//!
//! Neighbours: `cadastre-collect` gives the contract, `cadastre-model` the observations; `server` hands
//! [`SnmpFactory`] to the service.
//!
//! The way through the files: `factory` and `settings` make a `collector`. That sweeps its `targets`
//! (`sweep`), each through a `session` with one of the `credentials`, groups what answered into devices,
//! and reads each (`read`, `walk`). From there on all is pure: `tables` decode what was read, `vendors`
//! say what it is, `device` makes the observation. `tape` records and replays what the walks brought.

mod collector;
mod credentials;
mod device;
mod factory;
mod fault;
mod fields;
mod group;
mod line;
mod memory;
mod oid;
mod pace;
mod probe;
mod read;
mod session;
mod settings;
mod sweep;
mod tables;
mod tape;
mod targets;
mod text;
mod value;
mod varbinds;
mod vendors;
mod walk;
mod walk_text;
mod width;

#[cfg(test)]
mod tests;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use factory::SnmpFactory;
