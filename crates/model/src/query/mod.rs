//! The query language: one parser, one tree, one in-memory evaluator. The store has the one
//! translation to SQL, proven equal to the evaluator.
//!
//! The way of a query: text → [`parse`] (lexer, words, shapes, clauses, terms) → [`Query`] →
//! [`eval`] here or SQL in the store; and back by its `Display`. For people the language is told
//! in `docs/QUERY.md`. It must not know clocks, zones or databases: the moment comes in as a value,
//! the beginning of days by [`DayStart`], the neighbours of an asset by [`Estate`].

pub mod ast;
mod build;
mod clause;
mod clauses;
mod days;
mod display;
mod error;
mod eval;
mod glob;
mod keys;
mod lexer;
mod moment;
mod number;
mod parser;
mod shape;
mod shown;
mod suggest;
mod term;
#[cfg(test)]
mod tests;
mod word;

pub use ast::{Bounds, Glob, Lookup, Moment, Query, Span, Test};
pub use days::{DayStart, UtcDays};
pub use error::{ParseError, render};
pub use eval::{Derived, Estate, Subject, eval, is_found};
pub use parser::{MAX_BYTES, MAX_DEPTH, MAX_RELATIONS, MAX_TERMS, parse};
pub use shown::Shown;
