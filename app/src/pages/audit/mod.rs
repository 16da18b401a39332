//! The audit log: who did what, newest first, each line chained to the one before.

mod detail;
mod show;

pub use show::show;
