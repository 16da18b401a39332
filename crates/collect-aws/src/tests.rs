//! Tests of the crate as a whole: settings in, events out.
//!
//! `mapping` and `faults` replay recordings written here, in EC2's own shape: they need no peer.
//! `sockets` answers over TCP what no real peer can be made to (a body cut in half, silence, a
//! certificate of nobody): a stand-in. `moto` and `wide` run against a real server of somebody else's,
//! and are NOT RUN where there is none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod faults;
mod mapping;
mod moto;
mod organisation;
mod sockets;
mod support;
mod wide;
