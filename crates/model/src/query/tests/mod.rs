//! Tests of the language: a table of what texts mean, the errors as people read them, the
//! evaluator, and the laws over random texts, trees and estates.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod corpus;
mod documentation;
mod errors;
mod evaluation;
mod laws;
mod limits;
mod meaning;
mod times;

use crate::query::{Query, UtcDays, parse};

/// The tree of a good query.
fn read(text: &str) -> Query {
    parse(text, &UtcDays).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// The canonical text of a good query.
fn canonical(text: &str) -> String {
    read(text).to_string()
}
