//! Tests of the crate as a whole: settings in, events out.
//!
//! `mapping` and `faults` replay recordings written here: they need no peer. `sockets` answers over
//! TCP what no real peer can be made to: a stand-in. `samba` runs against real domain controllers of
//! somebody else's, and is NOT RUN where there are none; so does `increments`, run after run, and
//! `cut` stands between us and one of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod corpus;
mod cut;
mod faults;
mod increments;
mod lab;
mod mapping;
mod samba;
mod sockets;
mod support;
