//! The network drawn: devices in layers, what connects them, and who says so.

mod drawing;
mod handler;
mod layout;
mod part;
mod view;

pub use handler::show;
