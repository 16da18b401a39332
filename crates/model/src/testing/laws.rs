//! What must hold for any text whatever. The fuzz target and the replay of its corpus both call it.

use crate::query::{UtcDays, parse, render};

/// Reading `text` as a query gives a tree whose text reads as the same tree, or errors that point
/// into the text and take one line each.
///
/// # Panics
/// If the law does not hold.
pub fn query_holds(text: &str) {
    match parse(text, &UtcDays) {
        Ok(query) => {
            let written = query.to_string();
            assert_eq!(parse(&written, &UtcDays).as_ref(), Ok(&query), "written as {written:?}");
        }
        Err(errors) => {
            let columns = text.chars().count();
            assert!(!errors.is_empty(), "no reason given");
            for error in &errors {
                assert!((1..=columns + 1).contains(&error.column), "{error:?}");
                assert!(error.length >= 1 && error.length <= columns.max(1), "{error:?}");
                assert_eq!(error.to_string().lines().count(), 1, "{error:?}");
            }
            assert_eq!(render(text, &errors).lines().count(), errors.len() * 3);
        }
    }
}
