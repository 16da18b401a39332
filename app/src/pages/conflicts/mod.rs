//! What waits for a person to decide: the queue, and deciding.

mod decide;
mod show;
mod view;

pub use decide::{accept, reject};
pub use show::show;
