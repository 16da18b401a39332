//! The interface over a register of its own, as scripts see it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod desk;
mod discovery;
mod edits;
mod filters;
mod lists;
mod refusals;
mod schema;
mod tokens;
