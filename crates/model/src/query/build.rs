//! The normal form of a tree, and the constructors that keep it.
//!
//! Lists are flat, have at least two items and, if all must hold, no [`Query::All`]; nothing is
//! negated twice. The parser yields only such trees, so equal texts make equal trees.

use super::ast::{Lookup, Query, Test};
use crate::terms::TermKey;

impl Query {
    /// All of `items` must hold.
    #[must_use]
    pub fn all_of(items: Vec<Query>) -> Query {
        let mut flat = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Query::And(inner) => flat.extend(inner),
                Query::All => {}
                other => flat.push(other),
            }
        }
        single(flat, Query::And)
    }

    /// One of `items` must hold.
    #[must_use]
    pub fn any_of(items: Vec<Query>) -> Query {
        let mut flat = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Query::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        single(flat, Query::Or)
    }

    /// This must not hold.
    #[must_use]
    pub fn negated(self) -> Query {
        match self {
            Query::Not(inner) => *inner,
            other => Query::Not(Box::new(other)),
        }
    }

    pub(super) fn term(key: TermKey, test: Test) -> Query {
        Query::Term { key, test }
    }

    pub(super) fn lookup(lookup: Lookup) -> Query {
        Query::Lookup(lookup)
    }
}

fn single(mut items: Vec<Query>, list: fn(Vec<Query>) -> Query) -> Query {
    if items.len() > 1 {
        return list(items);
    }
    items.pop().unwrap_or(Query::All)
}
