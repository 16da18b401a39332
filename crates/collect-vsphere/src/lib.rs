//! Discovery of VMware vSphere: a vCenter, datacenter by datacenter, or a standalone ESXi host.
//!
//! Why it exists: it is the only crate that names the vSphere binding, so that nothing else waits for
//! that to compile, and the only one that knows how vSphere says things. It reads hosts, virtual
//! machines, clusters, datastores, networks and virtual switches, with tags and custom attributes.
//!
//! What it never asks for: `config.extraConfig` of machines (it holds secrets), guest operations,
//! the content of any disk or file.
//!
//! What it must not know: databases, the reconciler, other sources.
//!
//! Neighbours: `cadastre-collect` gives the contract, `cadastre-model` the observations; `server`
//! hands [`VsphereFactory`] to the service.
//!
//! The way through the files: `factory` and `settings` make a `collector`; that opens a session
//! (`api`: login, calls, rows; over SOAP or VI JSON) on a `wire` (HTTP: trust, bounds, attempts,
//! tape), makes a `survey` of what there is and what it is known by, asks for `tags`, and runs
//! `enumerate` over each datacenter, one file a kind. `fault` says in words what went wrong.

mod api;
mod collector;
mod enumerate;
mod factory;
mod fault;
mod fields;
mod observe;
mod probe;
mod settings;
mod survey;
mod tags;
mod text;
mod wire;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use factory::VsphereFactory;
