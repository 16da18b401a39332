//! TOML files that people write, read so that every mistake is shown at once and in its place.
//!
//! Why it exists: a source file and the configuration are both read key by key with the line and
//! column of each, unknown keys are refused with a suggestion, and all faults are told together.
//! What it must not know: which keys there are, or what they mean. Its neighbours: `source_file`
//! here, and the configuration in `server`.

mod document;
mod fault;
mod suggest;

pub use document::{Document, Entry};
pub use fault::{Fault, Faults};
pub use suggest::closest;
