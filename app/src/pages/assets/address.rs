//! The state of the list, which is its address: what is asked, as of when, in which order, from where.

use cadastre_model::Attr;
use cadastre_service::store::{Sort, SortKey};
use serde::{Deserialize, Serialize};

/// The list's query string. Texts as people typed them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The query.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub q: String,
    /// A day or moment.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub as_of: String,
    /// `name`, `-name`, `id` or an attribute.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sort: String,
    /// The mark at which the page before ended.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub after: String,
}

impl Address {
    /// Where it is.
    pub fn link(&self) -> String {
        match serde_urlencoded::to_string(self) {
            Ok(query) if !query.is_empty() => format!("/assets?{query}"),
            _ => "/assets".to_owned(),
        }
    }

    /// Where all rows of it are, as CSV.
    pub fn csv_link(&self) -> String {
        self.first().link().replacen("/assets", "/assets.csv", 1)
    }

    /// The first page of another query.
    pub fn asking(&self, query: String) -> Address {
        Address { q: query, after: String::new(), ..self.clone() }
    }

    /// The page after a mark.
    pub fn after(&self, mark: &str) -> Address {
        Address { after: mark.to_owned(), ..self.clone() }
    }

    /// The first page.
    pub fn first(&self) -> Address {
        Address { after: String::new(), ..self.clone() }
    }

    /// In the order of a column; if it is in that order, the other way round.
    pub fn sorted_by(&self, column: &str) -> Address {
        let sort =
            if self.column() == (column, false) { format!("-{column}") } else { column.to_owned() };
        Address { sort, after: String::new(), ..self.clone() }
    }

    /// Which column it is sorted by, and whether the other way round.
    pub fn column(&self) -> (&str, bool) {
        match self.sort.strip_prefix('-') {
            Some(column) => (column, true),
            None if self.sort.is_empty() => ("name", false),
            None => (&self.sort, false),
        }
    }

    /// The order asked for; `None`: there is no such column.
    pub fn sort(&self) -> Option<Sort> {
        let (column, descending) = self.column();
        let key = match column {
            "name" => SortKey::Name,
            "id" => SortKey::Id,
            _ => SortKey::Attr(Attr::from_name(column).filter(|attr| attr.is_versioned())?),
        };
        Some(Sort { key, descending })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_is_its_state() {
        let address = Address { q: "env:prod a&b".to_owned(), ..Address::default() };
        assert_eq!(address.link(), "/assets?q=env%3Aprod+a%26b");
        let text = address.link();
        let read: Address = serde_urlencoded::from_str(text.split_once('?').unwrap().1).unwrap();
        assert_eq!(read, address);
        assert_eq!(Address::default().link(), "/assets");
    }

    #[test]
    fn a_column_is_sorted_and_then_the_other_way_round() {
        let list = Address { after: "mark".to_owned(), ..Address::default() };
        let by_owner = list.sorted_by("owner");
        assert_eq!((by_owner.sort.as_str(), by_owner.after.as_str()), ("owner", ""));
        assert_eq!(by_owner.sorted_by("owner").sort, "-owner");
        assert_eq!(by_owner.sorted_by("owner").sorted_by("owner").sort, "owner");
        assert_eq!(list.sorted_by("name").sort, "-name", "by name is how it begins");
        assert!(Address { sort: "nonsense".to_owned(), ..list }.sort().is_none());
    }
}
