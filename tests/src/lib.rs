//! What the tests from outside share: real peers, a proxy that puts faults in
//! front of them, and the built `cadastre` binary.
//!
//! It exists so that a test reads as what it shows, not as how a server is
//! started. It must not know any other crate of the workspace: a test that
//! drives the product from outside sees what a user sees. For the same reason
//! a crate inside may use it in its own tests without a circle (the store
//! does, for its PostgreSQL databases).
//!
//! Everything here panics when the machine misbehaves, because a test has
//! nobody to hand an error to; only a *missing* peer is no failure: it is noted
//! as NOT RUN ([`lab::not_run`]) and the constructor gives `None`.
//!
//! Neighbours: the scripts in `tests/lab/`, which bring the peers up, and
//! `tests/it/`, the one integration binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "test support: a panic is how a test fails"
)]

pub mod cadastre;
pub mod fault_proxy;
pub mod http;
pub mod lab;
pub mod moto;
pub mod postgres;
pub mod recording;
pub mod rows;
pub mod samba;
pub mod snmpsim;
pub mod sql;
pub mod tls;
pub mod vcsim;
pub mod way;
