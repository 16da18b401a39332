//! Asks one asset whether it fulfils a query, in memory: for rules, checks and previews.
//!
//! It answers from the same terms and search text that the store indexes, compared in the same
//! form, so that both answer alike; the store's tests prove it.

use super::ast::{Bounds, Lookup, Query, Span, Test};
use crate::asset::{Asset, AssetDoc};
use crate::identifier::{Identifier, Scheme, ip_index_range, uuid_swapped};
use crate::ids::AssetId;
use crate::policy::Policy;
use crate::relation::RelationType;
use crate::terms::{TAG_SEPARATOR, Term, TermKey, number_value, search_text, terms_of};
use crate::time::Timestamp;
use std::collections::BTreeSet;

/// What is derived from an asset's state to find it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// Its terms.
    pub terms: BTreeSet<Term>,
    /// Its search text.
    pub search_text: String,
}

impl Derived {
    /// What the store would index of this state.
    #[must_use]
    pub fn of(doc: &AssetDoc, policy: &Policy) -> Derived {
        Derived { terms: terms_of(doc, policy), search_text: search_text(doc) }
    }
}

/// An asset as the evaluator sees it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its id.
    pub id: AssetId,
    /// Its state.
    pub doc: &'a AssetDoc,
    /// Its terms.
    pub terms: &'a BTreeSet<Term>,
    /// Its search text.
    pub search_text: &'a str,
    /// When the register first knew it.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// A person's lock holds one of its attributes or tags.
    pub locked: bool,
}

impl<'a> Subject<'a> {
    /// An asset with what was derived from its state.
    #[must_use]
    pub fn new(asset: &'a Asset, derived: &'a Derived, locked: bool) -> Subject<'a> {
        Subject {
            id: asset.id,
            doc: &asset.doc,
            terms: &derived.terms,
            search_text: &derived.search_text,
            first_seen: asset.first_seen,
            last_seen: asset.last_seen,
            locked,
        }
    }
}

/// The assets around the one that is asked.
pub trait Estate {
    /// The assets at the other end: those that `id` stands in `relation` to, or if `reverse` those
    /// that stand in it to `id`.
    fn related(&self, id: AssetId, relation: RelationType, reverse: bool) -> Vec<AssetId>;

    /// An asset of the estate, also one that is gone, hidden or disposed.
    fn subject(&self, id: AssetId) -> Option<Subject<'_>>;
}

/// Whether a list of the query's hits names the asset: it fulfils the query, and the rule about
/// what is gone, hidden or disposed lets it pass ([`Query::shown`]).
#[must_use]
pub fn is_found(query: &Query, asset: &Subject<'_>, estate: &dyn Estate, now: Timestamp) -> bool {
    query.shown().lets(asset.doc) && eval(query, asset, estate, now)
}

/// Whether the asset fulfils the query, whether or not lists show it.
#[must_use]
pub fn eval(query: &Query, asset: &Subject<'_>, estate: &dyn Estate, now: Timestamp) -> bool {
    match query {
        Query::All | Query::Any => true,
        Query::And(items) => items.iter().all(|item| eval(item, asset, estate, now)),
        Query::Or(items) => items.iter().any(|item| eval(item, asset, estate, now)),
        Query::Not(inner) => !eval(inner, asset, estate, now),
        Query::Text(glob) => glob.occurs_in(asset.search_text),
        Query::Lookup(lookup) => asset.doc.identifiers.iter().any(|one| finds(lookup, one)),
        Query::Term { key, test } => has_term(asset.terms, *key, "", test, now),
        Query::Tag { key, test } => {
            has_term(asset.terms, TermKey::Tag, &format!("{key}{TAG_SEPARATOR}"), test, now)
        }
        Query::Id(id) => asset.id.0 == *id,
        Query::Kind(kind) => asset.doc.kind == *kind,
        Query::Lifecycle(lifecycle) => asset.doc.lifecycle == *lifecycle,
        Query::Power(power) => asset.doc.power == *power,
        Query::Freshness(freshness) => asset.doc.freshness == *freshness,
        Query::Conflicted => asset.doc.conflicted,
        Query::Hidden => asset.doc.hidden.is_some(),
        Query::Locked => asset.locked,
        Query::Seen { first, span } => {
            lies_within(*span, if *first { asset.first_seen } else { asset.last_seen }, now)
        }
        Query::Related { relation, reverse, other } => estate
            .related(asset.id, *relation, *reverse)
            .into_iter()
            .filter_map(|id| estate.subject(id))
            .any(|end| eval(other, &end, estate, now)),
    }
}

/// Whether a term of this key whose value begins with `prefix` fulfils the test with the rest.
fn has_term(
    terms: &BTreeSet<Term>,
    key: TermKey,
    prefix: &str,
    test: &Test,
    now: Timestamp,
) -> bool {
    let first = Term { key, value: prefix.to_owned() };
    terms
        .range(first..)
        .take_while(|term| term.key == key)
        .map_while(|term| term.value.strip_prefix(prefix))
        .any(|value| fulfils(test, value, now))
}

fn fulfils(test: &Test, value: &str, now: Timestamp) -> bool {
    match test {
        Test::Any => true,
        Test::Is(wanted) => value == wanted,
        Test::Like(glob) => glob.matches(value),
        Test::Number(bounds) => is_between(*bounds, value),
        Test::When(span) => is_between(resolved(*span, now), value),
    }
}

/// Compares the form in which numbers are indexed.
fn is_between(bounds: Bounds, value: &str) -> bool {
    bounds.min.is_none_or(|min| value >= number_value(min).as_str())
        && bounds.max.is_none_or(|max| value <= number_value(max).as_str())
}

fn lies_within(span: Span, moment: Timestamp, now: Timestamp) -> bool {
    let bounds = resolved(span, now);
    bounds.min.is_none_or(|min| moment.0 >= min) && bounds.max.is_none_or(|max| moment.0 <= max)
}

fn resolved(span: Span, now: Timestamp) -> Bounds {
    Bounds {
        min: span.from.map(|from| from.resolve(now).0),
        max: span.to.map(|to| to.resolve(now).0),
    }
}

/// Compares identifiers in the form in which they are indexed.
fn finds(lookup: &Lookup, identifier: &Identifier) -> bool {
    let value = identifier.index_value();
    match lookup {
        Lookup::Whole(wanted) => {
            identifier.scheme == wanted.scheme && value == wanted.index_value()
        }
        Lookup::Uuid(uuid) => match identifier.scheme {
            Scheme::SmbiosUuid => {
                value == *uuid || uuid_swapped(uuid).is_some_and(|other| value == other)
            }
            Scheme::AdGuid => value == *uuid,
            _ => false,
        },
        Lookup::MacPart(part) => {
            identifier.scheme == Scheme::Mac && (value.starts_with(part) || value.ends_with(part))
        }
        Lookup::Net(net) => {
            let (first, last) = ip_index_range(net);
            identifier.scheme == Scheme::Ip && first <= value && value <= last
        }
    }
}
