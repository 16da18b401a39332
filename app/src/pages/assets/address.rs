//! The state of the list, which is its address: what is asked, as of when, in which order, with which
//! columns, from where.

use cadastre_service::shape::Column;
use serde::Serialize;

/// The list's query string. Texts as people typed them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Address {
    /// The query.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub q: String,
    /// A day or moment.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub as_of: String,
    /// `name`, `-name`, `id` or an attribute.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sort: String,
    /// Columns beside the name, with commas between; `name`: none beside it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub columns: String,
    /// The mark at which the page before ended.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub after: String,
}

/// A query string, field by field as it was sent.
pub type Fields = Vec<(String, String)>;

impl Address {
    /// Reads a query string; of a field sent twice, the last counts, and what is none of ours is left.
    pub fn of(fields: &Fields) -> Address {
        let mut address = Address::default();
        for (name, value) in fields {
            let field = match name.as_str() {
                "q" => &mut address.q,
                "as_of" => &mut address.as_of,
                "sort" => &mut address.sort,
                "columns" => &mut address.columns,
                "after" => &mut address.after,
                _ => continue,
            };
            field.clone_from(value);
        }
        address
    }

    /// Where it is.
    pub fn link(&self) -> String {
        self.at("/assets")
    }

    /// Where it is, saying what was done.
    pub fn link_saying(&self, done: &'static str) -> String {
        let link = self.link();
        let sign = if link.contains('?') { '&' } else { '?' };
        format!("{link}{sign}done={done}")
    }

    /// Where all rows of it are as CSV, with these columns beside id and name; none: with every one.
    pub fn csv_link(&self, columns: Option<&[Column]>) -> String {
        let columns = columns.map(names).unwrap_or_default();
        Address { columns, ..self.first() }.at("/assets.csv")
    }

    fn at(&self, path: &str) -> String {
        match serde_urlencoded::to_string(self) {
            // A comma may stand in a query string as it is, and is easier read so.
            Ok(query) if !query.is_empty() => format!("{path}?{}", query.replace("%2C", ",")),
            _ => path.to_owned(),
        }
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

    /// The same page with other columns.
    pub fn showing(&self, columns: &[Column]) -> Address {
        Address { columns: names(columns), ..self.clone() }
    }

    /// The same page with the columns that are kept, or the usual ones.
    pub fn showing_usual(&self) -> Address {
        Address { columns: String::new(), ..self.clone() }
    }

    /// In the order of a column; if it is in that order, the other way round.
    pub fn sorted_by(&self, column: &str) -> Address {
        let sort =
            if self.order() == (column, false) { format!("-{column}") } else { column.to_owned() };
        Address { sort, after: String::new(), ..self.clone() }
    }

    /// Which column it is sorted by, and whether the other way round.
    pub fn order(&self) -> (&str, bool) {
        match self.sort.strip_prefix('-') {
            Some(column) => (column, true),
            None if self.sort.is_empty() => ("name", false),
            None => (&self.sort, false),
        }
    }
}

/// Columns as an address names them.
fn names(columns: &[Column]) -> String {
    if columns.is_empty() {
        return Column::Name.name().to_owned();
    }
    columns.iter().map(|column| column.name()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use cadastre_model::Attr;

    fn read(link: &str) -> Address {
        let query = link.split_once('?').map_or("", |(_, query)| query);
        Address::of(&serde_urlencoded::from_str(query).unwrap())
    }

    #[test]
    fn an_address_is_its_state() {
        let address = Address { q: "env:prod a&b".to_owned(), ..Address::default() };
        assert_eq!(address.link(), "/assets?q=env%3Aprod+a%26b");
        let whole = Address {
            q: "name:\"a,b\" é".to_owned(),
            as_of: "2026-06-30".to_owned(),
            sort: "-owner".to_owned(),
            columns: "region,owner".to_owned(),
            after: "7b22".to_owned(),
        };
        assert!(whole.link().contains("&columns=region,owner&"), "{}", whole.link());
        for address in [address, whole, Address::default()] {
            assert_eq!(read(&address.link()), address);
        }
        assert_eq!(Address::default().link(), "/assets");
        assert_eq!(read("/assets?q=a&q=b&nothing=x").q, "b");
    }

    #[test]
    fn what_was_done_is_no_part_of_the_state() {
        let list = Address::default();
        assert_eq!(list.link_saying("columns-kept"), "/assets?done=columns-kept");
        let list = list.asking("web".to_owned());
        assert_eq!(list.link_saying("columns-kept"), "/assets?q=web&done=columns-kept");
        assert_eq!(read(&list.link_saying("columns-kept")), list);
    }

    #[test]
    fn columns_stay_whatever_else_is_asked() {
        let columns = [Column::Attr(Attr::Region), Column::Kind];
        let list = Address { after: "mark".to_owned(), ..Address::default() }.showing(&columns);
        assert_eq!(list.link(), "/assets?columns=region,kind&after=mark");
        for other in [
            list.first(),
            list.after("next"),
            list.asking("web".to_owned()),
            list.sorted_by("owner"),
        ] {
            assert_eq!(other.columns, "region,kind");
        }
        assert_eq!(list.showing(&[]).columns, "name");
        assert_eq!(list.showing_usual().columns, "");
    }

    #[test]
    fn all_rows_come_with_all_columns_or_with_those_shown() {
        let list = Address { after: "mark".to_owned(), ..Address::default() };
        let list = list.showing(&[Column::Power]).asking("web".to_owned());
        assert_eq!(list.csv_link(None), "/assets.csv?q=web");
        assert_eq!(list.csv_link(Some(&[Column::Kind])), "/assets.csv?q=web&columns=kind");
    }

    #[test]
    fn a_column_is_sorted_and_then_the_other_way_round() {
        let list = Address { after: "mark".to_owned(), ..Address::default() };
        let by_owner = list.sorted_by("owner");
        assert_eq!((by_owner.sort.as_str(), by_owner.after.as_str()), ("owner", ""));
        assert_eq!(by_owner.sorted_by("owner").sort, "-owner");
        assert_eq!(by_owner.sorted_by("owner").sorted_by("owner").sort, "owner");
        assert_eq!(list.sorted_by("name").sort, "-name", "by name is how it begins");
    }
}
