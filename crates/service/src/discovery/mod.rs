//! Discovery: one run of one source, from its events to the register.
//!
//! `collection` drives the collector; `engine` receives what it tells and gathers batches; `batch`
//! reconciles and writes one; `ageing` closes a scope; `writer` is the one difference between a run
//! and a dry run; `pulse` keeps the register told of the run while it goes on, and hears there whether
//! it is to stop.

mod ageing;
mod batch;
mod collection;
mod engine;
mod pulse;
mod report;
mod run;
mod writer;

pub use report::{DryRun, RunReport};
pub use run::DiscoverRequest;
