//! The pieces that pages are made of. Each has its class in `style/`, one file a piece.

mod badge;
mod field;
mod notice;
mod number;
mod shell;
mod when;

pub use badge::{axes_badges, freshness_badge, kind_badge, run_badge};
pub use field::Field;
pub use notice::Notice;
pub use number::grouped;
pub use shell::Shell;
pub use when::When;
