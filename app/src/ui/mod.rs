//! The pieces that pages are made of. Each has its class in `style/`, one file a piece.
//! Those that islands are made of compile without the service.

mod as_of;
mod badge;
mod change_list;
mod chart;
mod check_box;
mod confirm;
mod difference;
mod empty;
mod field;
mod fieldset;
mod filter;
mod fold;
mod lasted;
mod marked;
mod natural;
mod notice;
mod number;
mod page_head;
mod pager;
mod run_figures;
#[cfg(feature = "ssr")]
mod shell;
mod table;
mod tabs;
mod text_area;
mod toast;
#[cfg(feature = "ssr")]
mod trouble;
#[cfg(feature = "ssr")]
mod when;

pub use as_of::AsOf;
pub use badge::{Badge, axes_badges, freshness_badge, kind_badge, run_badge};
pub use change_list::ChangeList;
pub use chart::{ColumnChart, Columns};
pub use check_box::CheckBox;
pub use confirm::Confirm;
pub use difference::Difference;
pub use empty::Empty;
pub use field::Field;
pub use fieldset::Fieldset;
pub use filter::{Chip, FilterBar, FilterChips};
pub use fold::Fold;
pub use lasted::lasted;
pub use marked::marked;
pub use natural::natural;
pub use notice::Notice;
pub use number::grouped;
pub use page_head::PageHead;
pub use pager::{Pager, Turn};
pub use run_figures::RunFigures;
#[cfg(feature = "ssr")]
pub use shell::Shell;
pub use table::{Head, Table, heads};
pub use tabs::{Tab, Tabs};
pub use text_area::TextArea;
pub use toast::toast;
#[cfg(feature = "ssr")]
pub use trouble::Trouble;
#[cfg(feature = "ssr")]
pub use when::When;
