//! Runs: the list, one run as it goes on and what it did, stopping one, looking on.

mod address;
mod events;
mod list;
mod places;
mod plan;
mod show;
mod stop;
mod view;

pub use events::events;
pub use list::list;
pub use show::show;
pub use stop::stop;
