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
mod wires;

pub(crate) use apply::OPEN;
pub use audit::{AuditCheck, AuditEntry};
pub use transaction::{Intent, WriteTx};
