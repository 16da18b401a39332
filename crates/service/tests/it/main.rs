//! The service from outside, with collectors that do as they are told and a clock that is moved by
//! hand, on both databases: who may do what, how runs end, how the queue goes on, what changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests: a panic is how a test fails"
)]

mod accounts;
mod cables;
mod collectors;
mod forms;
mod hits;
mod increments;
mod jobs;
mod lab;
mod looking_on;
mod overview;
mod permissions;
mod runs;
mod schedules;
mod scopes;
mod tags;
mod tokens;
