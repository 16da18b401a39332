//! The one integration binary: the product from outside, against real peers.
//!
//! One binary because each would link the whole product anew. A module a
//! subject; what they share is the package's library.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests: a panic is how a test fails"
)]

mod browser;
mod discovery;
mod fault_proxy;
mod lab;
mod operation;
