//! One asset: what it is and why, who is responsible, what it hangs together with, what changed.

mod cables;
mod edit;
mod forms;
mod handler;
mod place;
mod tags;
mod view;
mod why;
mod wires;

pub use edit::edit;
pub use handler::show;
