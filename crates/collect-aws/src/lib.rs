//! Discovery of Amazon Web Services: one or more accounts, region by region.
//!
//! Why it exists: it is the only crate that names the AWS SDK, so that nothing else waits for that
//! to compile, and the only one that knows how AWS says things. It asks STS who it is, the organisation
//! which accounts there are, EC2 which regions, and reads each region whole: instances, images, volumes
//! and snapshots, networks and what joins them, load balancers, what was bought ahead, and by its tags
//! everything else.
//!
//! What it never asks for: the user data of instances (`DescribeInstanceAttribute` is not called),
//! secrets of any sort, or the content of anything. What comes unasked of that sort is dropped before
//! anything sees it (`forget`).
//!
//! What it must not know: databases, the reconciler, other sources.
//!
//! Neighbours: `cadastre-collect` gives the contract, `cadastre-model` the observations; `server`
//! hands [`AwsFactory`] to the service.
//!
//! The way through the files: `factory` and `settings` make a `collector`; that opens a
//! `connection` (credentials, `transport`, `tape`), finds the `organisation`, `accounts` and
//! `regions`, and runs `enumerate` over each region's `services`, one file a kind. `asked` is what a
//! replay must ask the same. `errors` says in words what went wrong.

mod accounts;
mod arn;
mod asked;
mod collector;
mod connection;
mod enumerate;
mod errors;
mod factory;
mod fields;
mod forget;
mod not_offered;
mod observe;
mod organisation;
mod place;
mod probe;
mod question;
mod regions;
mod services;
mod settings;
mod tape;
mod transport;
mod trust;
mod unverified;
mod whole;

#[cfg(test)]
mod tests;

pub use factory::AwsFactory;
