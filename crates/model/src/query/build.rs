//! The normal form of a tree, and the constructors that keep it.
//!
//! Lists are flat, have at least two items and, if all must hold, no [`Query::All`]; nothing is
//! negated twice. The parser yields only such trees, so equal texts make equal trees.

use super::ast::{Lookup, Query, Test};
use crate::registry::{Attr, Kind};
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

    /// The query that a facet's value stands for: `kind:vm`, `source:cloud`, `env:prod`; `None` if
    /// the key is no facet's.
    #[must_use]
    pub fn of_facet(key: &str, value: &str) -> Option<Query> {
        let test = Test::Is(value.to_owned());
        match key {
            "kind" => Kind::from_word(value).map(Query::Kind),
            "source" => Some(Query::term(TermKey::Source, test)),
            _ => Some(Query::term(TermKey::Attr(Attr::from_name(key)?), test)),
        }
    }

    /// Whether `part` is one of what must hold.
    #[must_use]
    pub fn asks(&self, part: &Query) -> bool {
        match self {
            Query::And(parts) => parts.contains(part),
            one => one == part,
        }
    }

    /// With `part` asked as well.
    #[must_use]
    pub fn with(&self, part: Query) -> Query {
        Query::all_of(vec![self.clone(), part])
    }

    /// With `part` no longer asked.
    #[must_use]
    pub fn without(&self, part: &Query) -> Query {
        match self {
            Query::And(parts) => {
                Query::all_of(parts.iter().filter(|one| *one != part).cloned().collect())
            }
            one if one == part => Query::All,
            one => one.clone(),
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
