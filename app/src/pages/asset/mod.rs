//! One asset: what it is and why, who is responsible, what it hangs together with, what changed.

mod edit;
mod handler;
mod view;
mod why;

pub use edit::edit;
pub use handler::show;
