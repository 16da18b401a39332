//! One asset of a list, in the shapes that scripts rely on.

use super::column::Column;
use cadastre_model::{Attr, Tag, Value};
use cadastre_store::ListRow;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// A row in the shape that scripts rely on.
#[must_use]
pub fn row_json(row: &ListRow) -> Json {
    json!({
        "id": row.id,
        "kind": row.doc.kind,
        "name": row.doc.name,
        "lifecycle": row.doc.lifecycle,
        "power": row.doc.power,
        "freshness": row.doc.freshness,
        "attributes": attributes_json(&row.doc.attributes),
        "tags": tags_json(&row.doc.tags),
        "sources": row.doc.sources,
        "first_seen": row.first_seen,
        "last_seen": row.last_seen,
    })
}

/// Attributes by name, moments as text.
#[must_use]
pub fn attributes_json(attributes: &BTreeMap<Attr, Value>) -> BTreeMap<&'static str, Json> {
    attributes
        .iter()
        .map(|(attr, value)| (attr.name(), attr.def().value_type.to_json(value)))
        .collect()
}

/// Tags by key.
#[must_use]
pub fn tags_json(tags: &BTreeSet<Tag>) -> BTreeMap<&str, &str> {
    tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())).collect()
}

/// The header of a list as CSV, with every column there is.
#[must_use]
pub fn csv_header() -> Vec<&'static str> {
    Column::all().map(Column::name).collect()
}

/// The cells of a row, as many as [`csv_header`] has.
#[must_use]
pub fn csv_cells(row: &ListRow) -> Vec<String> {
    Column::all().map(|column| column.cell(row)).collect()
}
