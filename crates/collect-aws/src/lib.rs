//! Discovery of Amazon Web Services: one or more accounts, region by region.
//!
//! Why it exists: it is the only crate that names the AWS SDK, so that nothing else waits for that
//! to compile, and the only one that knows how EC2 says things. It asks STS who it is, EC2 which
//! regions there are, and reads each region whole: instances, the images they were made from,
//! volumes, VPCs, subnets, security groups, network interfaces and elastic addresses.
//!
//! What it never asks for: the user data of instances (`DescribeInstanceAttribute` is not called),
//! secrets of any sort, or the content of anything.
//!
//! What it must not know: databases, the reconciler, other sources.
//!
//! Neighbours: `cadastre-collect` gives the contract, `cadastre-model` the observations; `server`
//! hands [`AwsFactory`] to the service.
//!
//! The way through the files: `factory` and `settings` make a `collector`; that opens a
//! `connection` (credentials, `transport`, `tape`), finds `accounts` and `regions`, and runs
//! `enumerate` over each region, one file a kind. `errors` says in words what went wrong.

mod accounts;
mod collector;
mod connection;
mod enumerate;
mod errors;
mod factory;
mod fields;
mod observe;
mod place;
mod probe;
mod question;
mod regions;
mod settings;
mod tape;
mod transport;
mod trust;
mod unverified;
mod whole;

#[cfg(test)]
mod tests;

pub use factory::AwsFactory;
