//! Discovery of Active Directory: one or more domains, each read whole over LDAP.
//!
//! Why it exists: it is the only crate that names the LDAP client, and the only one that knows how
//! a directory says things. It reads computers, accounts, groups, organisational units, the domain
//! itself and, once a forest, sites and subnets.
//!
//! What it never asks for: passwords and their hashes, those that LAPS keeps included; pictures,
//! telephone numbers, home addresses. Mail addresses only if the settings say so.
//!
//! What it must not know: databases, the reconciler, other sources.
//!
//! Neighbours: `cadastre-collect` gives the contract, `cadastre-model` the observations; `server`
//! hands [`DirectoryFactory`] to the service.
//!
//! The way through the files: `factory` and `settings` make a `collector`; that meets a `peer` for
//! each `address` (live by `session` over `link`, `bridge` and `guard`; or played), asks which
//! `place` it is, and runs `enumerate` over each domain, one file a kind. `observe` turns entries
//! into observations by `decode`; `errors` says in words what went wrong.

mod address;
mod bridge;
mod collector;
mod decode;
mod entry;
mod enumerate;
mod errors;
mod factory;
mod fields;
mod guard;
mod link;
mod observe;
mod page;
mod peer;
mod place;
mod privilege;
mod probe;
mod question;
mod session;
mod settings;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

#[cfg(test)]
mod tests;

pub use factory::DirectoryFactory;
