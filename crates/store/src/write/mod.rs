//! Writing: transactions that take a revision, and what they carry out.

mod apply;
mod audit;
mod close;
mod snapshot;
mod transaction;

pub use audit::{AuditCheck, AuditEntry};
pub use transaction::{Intent, WriteTx};
