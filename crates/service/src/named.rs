//! The order and the columns of a list, read from the names that people give: on the command line, in
//! the address of a page.

use crate::error::{ErrorKind, Result, ServiceError};
use crate::shape::Column;
use crate::toml_doc::closest;
use cadastre_store::Sort;

/// The order of a list: `name`, `id` or an attribute, with `-` before it for the other way round.
///
/// # Errors
/// [`ErrorKind::Invalid`]: there is none of that name; the nearest is suggested.
pub fn sort_named(text: &str) -> Result<Sort> {
    Sort::parse(text).ok_or_else(|| {
        let name = text.strip_prefix('-').unwrap_or(text);
        let known = Column::all().filter(|column| column.sort_key().is_some()).map(Column::name);
        let hint = match closest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name, id or an attribute".to_owned(),
        };
        let message = format!("there is nothing to sort by called `{name}`");
        ServiceError::new(ErrorKind::Invalid, message).advising(hint)
    })
}

/// Columns named one after the other with commas between, in that order, each once.
///
/// # Errors
/// [`ErrorKind::Invalid`]: every name that is none, with the nearest, and those there are.
pub fn columns_named(text: &str) -> Result<Vec<Column>> {
    let mut columns = Vec::new();
    let mut unknown = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match Column::from_name(name) {
            Some(column) if columns.contains(&column) => {}
            Some(column) => columns.push(column),
            None => unknown.push(no_column(name)),
        }
    }
    if unknown.is_empty() {
        return Ok(columns);
    }
    let known: Vec<&str> = Column::all().map(Column::name).collect();
    let hint = format!("the columns there are: {}", known.join(", "));
    Err(ServiceError::invalid_all(unknown).advising(hint))
}

fn no_column(name: &str) -> String {
    match closest(name, Column::all().map(Column::name)) {
        Some(near) => format!("there is no column `{name}`; did you mean `{near}`?"),
        None => format!("there is no column `{name}`"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        columns_named(text).unwrap().into_iter().map(Column::name).collect()
    }

    #[test]
    fn columns_keep_the_order_they_are_named_in() {
        assert_eq!(names("region,owner,kind"), ["region", "owner", "kind"]);
        assert_eq!(names(" owner , ,owner,env,"), ["owner", "env"]);
        assert_eq!(names(""), [""; 0]);
    }

    #[test]
    fn every_name_that_is_none_is_told_with_the_nearest() {
        let error = columns_named("onwer,env,colour").unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        let told = "there is no column `onwer`; did you mean `owner`?\n\
                    there is no column `colour`";
        assert_eq!(error.message, told);
        assert!(error.hint.unwrap().contains("id, kind, name,"));
    }

    #[test]
    fn an_order_that_is_none_is_told_with_the_nearest() {
        assert!(sort_named("-owner").unwrap().descending);
        let error = sort_named("-onwer").unwrap_err();
        assert_eq!(error.message, "there is nothing to sort by called `onwer`");
        assert_eq!(error.hint.as_deref(), Some("did you mean `owner`?"));
        let error = sort_named("kind").unwrap_err();
        assert_eq!(error.hint.as_deref(), Some("name, id or an attribute"));
    }
}
