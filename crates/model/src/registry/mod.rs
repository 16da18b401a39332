//! The one registry of kinds and attributes. Columns, filters, exports, API schema and docs derive
//! from it; `docs/ADDING.md` says how to add to it.

mod attributes;
mod kinds;
mod value_type;

pub use attributes::{Attr, AttributeDef};
pub use kinds::{Family, Kind};
pub use value_type::{History, ValueType};
