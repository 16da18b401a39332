//! The columns that a list of assets can have: in exports, and on the page of the list.

use super::row::tags_json;
use cadastre_model::{Attr, Value};
use cadastre_store::{ListRow, SortKey};
use serde_json::{Value as Json, json};

/// One of them. Its name is the field's name in exports, and for an attribute its key in queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The asset's number.
    Id,
    /// What it is.
    Kind,
    /// What it is called.
    Name,
    /// Where it stands in its life.
    Lifecycle,
    /// Whether it runs.
    Power,
    /// Whether sources still see it.
    Freshness,
    /// An attribute that the past is kept of, other than the name.
    Attr(Attr),
    /// All its tags.
    Tags,
    /// The sources that speak of it.
    Sources,
    /// When the register first knew it.
    FirstSeen,
    /// When one of its records was last seen.
    LastSeen,
}

const BEFORE: [Column; 6] =
    [Column::Id, Column::Kind, Column::Name, Column::Lifecycle, Column::Power, Column::Freshness];
const AFTER: [Column; 4] = [Column::Tags, Column::Sources, Column::FirstSeen, Column::LastSeen];

impl Column {
    /// Every column, in the order of exports.
    pub fn all() -> impl Iterator<Item = Column> {
        let versioned = |attr: &Attr| *attr != Attr::Name && attr.is_versioned();
        let attributes = Attr::ALL.iter().copied().filter(versioned).map(Column::Attr);
        BEFORE.into_iter().chain(attributes).chain(AFTER)
    }

    /// The column of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Column> {
        Column::all().find(|column| column.name() == name)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Column::Id => "id",
            Column::Kind => "kind",
            Column::Name => "name",
            Column::Lifecycle => "lifecycle",
            Column::Power => "power",
            Column::Freshness => "freshness",
            Column::Attr(attr) => attr.name(),
            Column::Tags => "tags",
            Column::Sources => "sources",
            Column::FirstSeen => "first_seen",
            Column::LastSeen => "last_seen",
        }
    }

    /// What a list is sorted by in the order of this column; `None`: by this no list is sorted.
    #[must_use]
    pub fn sort_key(self) -> Option<SortKey> {
        SortKey::from_name(self.name())
    }

    /// What a row says in it, as scripts read it.
    #[must_use]
    pub fn cell(self, row: &ListRow) -> String {
        let doc = &row.doc;
        match self {
            Column::Id => row.id.to_string(),
            Column::Kind => doc.kind.to_string(),
            Column::Name => doc.name.clone(),
            Column::Lifecycle => doc.lifecycle.word().to_owned(),
            Column::Power => doc.power.word().to_owned(),
            Column::Freshness => doc.freshness.word().to_owned(),
            Column::Attr(attr) => {
                doc.attributes.get(&attr).map_or_else(String::new, |value| told(attr, value))
            }
            Column::Tags => json!(tags_json(&doc.tags)).to_string(),
            Column::Sources => doc.sources.iter().cloned().collect::<Vec<_>>().join(" "),
            Column::FirstSeen => row.first_seen.to_string(),
            Column::LastSeen => row.last_seen.to_string(),
        }
    }
}

fn told(attr: Attr, value: &Value) -> String {
    match attr.def().value_type.to_json(value) {
        Json::String(text) => text,
        Json::Array(_) => value.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_column_is_found_by_its_name_and_has_one_of_its_own() {
        let names: BTreeSet<&str> = Column::all().map(Column::name).collect();
        assert_eq!(names.len(), Column::all().count());
        for column in Column::all() {
            assert_eq!(Column::from_name(column.name()), Some(column));
        }
        for unknown in ["", "colour", "Owner", "free_addresses"] {
            assert_eq!(Column::from_name(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn only_what_the_store_sorts_by_can_be_sorted() {
        let not: Vec<&str> =
            Column::all().filter(|one| one.sort_key().is_none()).map(Column::name).collect();
        assert_eq!(
            not,
            [
                "kind",
                "lifecycle",
                "power",
                "freshness",
                "tags",
                "sources",
                "first_seen",
                "last_seen"
            ]
        );
    }
}
