//! Writing: transactions that take a revision, and what they carry out.

mod apply;
mod assets;
mod audit;
mod close;
mod questions;
mod records;
mod sightings;
mod snapshot;
mod transaction;

pub use audit::{AuditCheck, AuditEntry};
pub use transaction::{Intent, WriteTx};
