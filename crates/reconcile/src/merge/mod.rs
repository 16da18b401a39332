//! Merging: an asset's state, computed from the records linked to it and from what people set.

mod asset;
mod attributes;
mod interfaces;
mod manual;
mod order;
mod tags;

pub use asset::merge;
pub(crate) use asset::{emptied, kind_of};
pub use manual::Manual;
