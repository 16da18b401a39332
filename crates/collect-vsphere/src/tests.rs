//! Tests of the crate as a whole: settings in, events out.
//!
//! `vcsim` runs against a simulated vCenter of somebody else's making, and is NOT RUN where there is
//! none. `json` answers over TLS in the shapes of VI JSON, for no vCenter that speaks it is to be had;
//! `faults` answers what no peer at hand can be made to. These two are stand-ins.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod faults;
mod json;
mod server;
mod support;
mod vcsim;
