//! The reconciler's tests: the traps of real estates by number, the laws as properties, and what
//! people read as snapshots.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod ageing;
mod batch;
mod changes;
mod decisions;
mod identity;
mod laws;
mod merging;
mod plan_text;
mod register;
mod tags;
mod things;
mod traps;
mod view;
