//! The store's suite: every test runs on SQLite and on PostgreSQL by the same code.
//!
//! It stands outside the store and sees what the service sees, but for what only SQL can do to a
//! database (tampering, an older or newer version, a full disk).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[macro_use]
mod support;

mod agreement;
mod apply;
mod audit;
mod backup;
mod conflicts;
mod disk;
mod explain;
mod facets;
mod fetch;
mod jobs;
mod limits;
mod lists;
mod newest;
mod pages;
mod people;
mod plans;
mod present;
mod runs;
mod schema;
mod sightings;
mod snapshots;
mod sources;
mod statements;
mod tokens;
mod types;
mod versions;
mod writers;
