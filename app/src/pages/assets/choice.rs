//! Choosing columns: which are shown, and what a person does to that by the form of ticks. The form asks
//! by an address of its own; the answer leads to the list with the columns in its address, and has the
//! browser keep them.

use super::address::{Address, Fields};
use crate::web::KeptColumns;
use axum::Extension;
use axum::response::{IntoResponse, Redirect, Response};
use cadastre_model::Attr;
use cadastre_service::shape::Column;
use cadastre_service::{ServiceError, columns_named};

/// Shown to who never chose, beside the name.
const USUAL: [Column; 7] = [
    Column::Kind,
    Column::Attr(Attr::Owner),
    Column::Attr(Attr::Environment),
    Column::Attr(Attr::CloudAccount),
    Column::Attr(Attr::Region),
    Column::Freshness,
    Column::LastSeen,
];

/// The columns of a page beside the name: those that its address names, else those kept for the person,
/// else the usual ones.
pub fn shown(address: &Address, kept: &KeptColumns) -> Result<Vec<Column>, ServiceError> {
    let named = match address.columns.is_empty() {
        false => columns_named(&address.columns)?,
        true => kept.0.iter().filter_map(|name| Column::from_name(name)).collect(),
    };
    Ok(if named.is_empty() { USUAL.to_vec() } else { beside_the_name(named) })
}

fn beside_the_name(mut columns: Vec<Column>) -> Vec<Column> {
    columns.retain(|column| *column != Column::Name);
    columns
}

/// What a person did to the form.
#[derive(Debug, PartialEq, Eq)]
pub enum Choice {
    /// These, in this order.
    These(Vec<Column>),
    /// Those that everybody has who never chose.
    Usual,
}

impl Choice {
    /// Reads it from a query string; `None`: nothing was chosen, the list is asked for.
    ///
    /// # Errors
    /// A name that is no column.
    pub fn of(fields: &Fields) -> Result<Option<Choice>, ServiceError> {
        let field = |wanted: &str| {
            fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        let left = field("left");
        if field("choose") == Some("usual") {
            return Ok(Some(Choice::Usual));
        }
        if field("choose").is_none() && left.is_none() {
            return Ok(None);
        }
        let ticked: Vec<&str> = fields
            .iter()
            .filter(|(name, _)| name == "column")
            .map(|(_, value)| value.as_str())
            .collect();
        let mut columns = beside_the_name(columns_named(&ticked.join(","))?);
        if let Some(left) = left {
            let at = columns.iter().position(|column| column.name() == left);
            if let Some(at) = at.filter(|at| *at > 0) {
                columns.swap(at - 1, at);
            }
        }
        Ok(Some(Choice::These(columns)))
    }

    /// Leads to the list, and has the choice kept.
    pub fn answer(self, address: &Address) -> Response {
        let (link, kept) = match self {
            Choice::These(columns) => {
                let address = address.showing(&columns);
                let names = address.columns.split(',').map(str::to_owned).collect();
                (address.link_saying("columns-kept"), names)
            }
            Choice::Usual => (address.showing_usual().link_saying("columns-usual"), Vec::new()),
        };
        (Extension(KeptColumns(kept)), Redirect::to(&link)).into_response()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn fields(query: &str) -> Fields {
        serde_urlencoded::from_str(query).unwrap()
    }

    fn names(columns: &[Column]) -> Vec<&'static str> {
        columns.iter().map(|column| column.name()).collect()
    }

    fn chosen(query: &str) -> Vec<&'static str> {
        match Choice::of(&fields(query)).unwrap() {
            Some(Choice::These(columns)) => names(&columns),
            other => panic!("{query}: {other:?}"),
        }
    }

    #[test]
    fn the_address_comes_before_what_is_kept() {
        let kept = KeptColumns(vec!["power".to_owned(), "colour".to_owned(), "env".to_owned()]);
        let nothing = KeptColumns::default();
        let of = |columns: &str| Address { columns: columns.to_owned(), ..Address::default() };
        assert_eq!(names(&shown(&of("region,name,kind"), &kept).unwrap()), ["region", "kind"]);
        assert_eq!(names(&shown(&of(""), &kept).unwrap()), ["power", "env"]);
        assert_eq!(shown(&of(""), &nothing).unwrap(), USUAL);
        assert_eq!(shown(&of(" ,"), &nothing).unwrap(), USUAL);
        assert_eq!(shown(&of("name"), &kept).unwrap(), [], "the name alone");
        let gone = KeptColumns(vec!["colour".to_owned()]);
        assert_eq!(shown(&of(""), &gone).unwrap(), USUAL, "not one is a column any longer");
        assert!(shown(&of("colour"), &kept).is_err(), "an address that is wrong says so");
    }

    #[test]
    fn ticks_are_read_in_their_order_and_moved_one_to_the_left() {
        let ticks = "q=web&column=kind&column=owner&column=env";
        assert_eq!(Choice::of(&fields(ticks)).unwrap(), None, "nobody pressed a button");
        assert_eq!(chosen(&format!("{ticks}&choose=these")), ["kind", "owner", "env"]);
        assert_eq!(chosen(&format!("{ticks}&left=env")), ["kind", "env", "owner"]);
        assert_eq!(chosen(&format!("{ticks}&left=kind")), ["kind", "owner", "env"]);
        assert_eq!(chosen("choose=these"), [""; 0]);
        assert_eq!(Choice::of(&fields("choose=usual")).unwrap(), Some(Choice::Usual));
        assert!(Choice::of(&fields("choose=these&column=colour")).is_err());
    }
}
