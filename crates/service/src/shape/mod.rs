//! The shapes in which the register is handed out: the same on the command line, in downloads, and over
//! HTTP. Scripts rely on them.

mod column;
mod csv;
mod row;
mod tags;

pub use column::Column;
pub use csv::CsvWriter;
pub use row::{attributes_json, csv_cells, csv_header, row_json, tags_json};
pub use tags::tag_provenance_json;
