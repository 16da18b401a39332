//! One asset of a list, in the shapes that scripts rely on.

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

/// The columns of a list as CSV.
#[must_use]
pub fn csv_header() -> Vec<&'static str> {
    let mut header = vec!["id", "kind", "name", "lifecycle", "power", "freshness"];
    header.extend(csv_attributes().map(Attr::name));
    header.extend(["tags", "sources", "first_seen", "last_seen"]);
    header
}

fn csv_attributes() -> impl Iterator<Item = Attr> {
    let versioned = |attr: &Attr| *attr != Attr::Name && attr.is_versioned();
    Attr::ALL.iter().copied().filter(versioned)
}

/// The cells of a row, as many as [`csv_header`] has.
#[must_use]
pub fn csv_cells(row: &ListRow) -> Vec<String> {
    let doc = &row.doc;
    let mut cells = vec![
        row.id.to_string(),
        doc.kind.to_string(),
        doc.name.clone(),
        doc.lifecycle.word().to_owned(),
        doc.power.word().to_owned(),
        doc.freshness.word().to_owned(),
    ];
    for attr in csv_attributes() {
        let value = doc.attributes.get(&attr);
        cells.push(value.map_or(
            String::new(),
            |value| match attr.def().value_type.to_json(value) {
                Json::String(text) => text,
                Json::Array(_) => value.to_string(),
                other => other.to_string(),
            },
        ));
    }
    cells.push(json!(tags_json(&doc.tags)).to_string());
    cells.push(doc.sources.iter().cloned().collect::<Vec<_>>().join(" "));
    cells.push(row.first_seen.to_string());
    cells.push(row.last_seen.to_string());
    cells
}
