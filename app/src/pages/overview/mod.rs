//! The first page: what is there by kind, what waits for a person, how the sources are, what changed.

mod changed;
mod handler;
mod view;

pub use handler::show;
