//! Queries answered from memory. What each node means stands with the evaluator in
//! `cadastre_model::query`.

use super::entry::{Axis, is_held, shown_null};
use super::state::State;
use crate::at::At;
use cadastre_model::Attr;
use cadastre_model::query::{Bounds, Glob, Query, Shown, Span, Test};
use cadastre_model::terms::{TAG_SEPARATOR, TermKey, number_value};
use roaring::RoaringBitmap;
use std::sync::Arc;

/// The assets that fulfil a query, at one revision.
#[derive(Clone)]
pub(crate) struct Hits(pub Arc<RoaringBitmap>);

/// What the database found of the parts that are not held.
pub type Outside<'q> = Vec<(&'q Query, RoaringBitmap)>;

/// The parts of a query that only the database can answer; `None`: it cannot list them either.
pub fn outside(query: &Query) -> Option<Vec<&Query>> {
    match query {
        Query::And(parts) | Query::Or(parts) => {
            let parts: Option<Vec<Vec<&Query>>> = parts.iter().map(outside).collect();
            Some(parts?.concat())
        }
        Query::Not(inner) => outside(inner),
        Query::Seen { .. } => None,
        Query::Lookup(_) | Query::Locked | Query::Related { .. } => Some(vec![query]),
        Query::Term { key, test } if !is_held(*key) && name_asked(*key, test).is_none() => {
            Some(vec![query])
        }
        _ => Some(Vec::new()),
    }
}

/// Whether the query finds the same a moment later at the same revision.
pub fn is_timeless(query: &Query) -> bool {
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().all(is_timeless),
        Query::Not(inner) => is_timeless(inner),
        Query::Term { test: Test::When(_), .. } | Query::Seen { .. } => false,
        Query::Related { other, .. } => is_timeless(other),
        _ => true,
    }
}

impl State {
    /// The assets that lists show and that fulfil the query.
    pub fn found(
        &self,
        query: &Query,
        shown: Shown,
        at: At,
        outside: &Outside<'_>,
    ) -> RoaringBitmap {
        self.eval(query, at, outside) & self.shows(shown)
    }

    fn eval(&self, query: &Query, at: At, outside: &Outside<'_>) -> RoaringBitmap {
        match query {
            Query::All | Query::Any => self.everything.clone(),
            Query::And(parts) => {
                let mut sets: Vec<RoaringBitmap> =
                    parts.iter().map(|part| self.eval(part, at, outside)).collect();
                sets.sort_unstable_by_key(RoaringBitmap::len);
                let mut sets = sets.into_iter();
                let first = sets.next().unwrap_or_default();
                sets.fold(first, |all, one| all & one)
            }
            Query::Or(parts) => parts
                .iter()
                .fold(RoaringBitmap::new(), |all, part| all | self.eval(part, at, outside)),
            Query::Not(inner) => &self.everything - self.eval(inner, at, outside),
            Query::Id(id) => {
                u32::try_from(*id).into_iter().filter(|id| self.everything.contains(*id)).collect()
            }
            Query::Kind(kind) => self.having(TermKey::Kind, "", &is(kind.word()), at),
            Query::Lifecycle(one) => self.axis(Axis::Lifecycle(*one)),
            Query::Power(one) => self.axis(Axis::Power(*one)),
            Query::Freshness(one) => self.axis(Axis::Freshness(*one)),
            Query::Conflicted => self.axis(Axis::Conflicted),
            Query::Hidden => self.axis(Axis::Hidden),
            Query::Text(glob) => self.texts.holding(&stored(glob)),
            Query::Tag { key, test } => {
                self.having(TermKey::Tag, &format!("{key}{TAG_SEPARATOR}"), test, at)
            }
            Query::Term { key, test } if is_held(*key) => self.having(*key, "", test, at),
            Query::Term { key, test } => match name_asked(*key, test) {
                Some(glob) => self.texts.called(&stored(&glob)),
                None => self.of_outside(query, outside),
            },
            Query::Lookup(_) | Query::Locked | Query::Related { .. } | Query::Seen { .. } => {
                self.of_outside(query, outside)
            }
        }
    }

    fn of_outside(&self, query: &Query, outside: &Outside<'_>) -> RoaringBitmap {
        let found = outside.iter().find(|(part, _)| *part == query);
        found.map_or_else(RoaringBitmap::new, |(_, found)| found & &self.everything)
    }

    /// The assets with a term of the key whose value begins with `prefix`, the rest as the test asks.
    fn having(&self, key: TermKey, prefix: &str, test: &Test, at: At) -> RoaringBitmap {
        let prefix = shown_null(prefix.to_owned());
        let mut found = RoaringBitmap::new();
        let key = key.code();
        let values = |first: &str| {
            self.values(key, &format!("{prefix}{first}"))
                .map_while(|(value, posting)| Some((value.strip_prefix(&prefix)?, posting)))
        };
        match test {
            Test::Any => values("").for_each(|(_, posting)| posting.union_into(&mut found)),
            Test::Is(wanted) => {
                let wanted = shown_null(wanted.clone());
                let first = values(&wanted).next().filter(|(value, _)| *value == wanted);
                if let Some((_, posting)) = first {
                    posting.union_into(&mut found);
                }
            }
            Test::Like(glob) => {
                let glob = stored(glob);
                let begin = glob.parts.first().map_or("", String::as_str);
                values(begin)
                    .take_while(|(value, _)| value.starts_with(begin))
                    .filter(|(value, _)| glob.matches(value))
                    .for_each(|(_, posting)| posting.union_into(&mut found));
            }
            Test::Number(bounds) => self.between(values, *bounds, &mut found),
            Test::When(span) => self.between(values, resolved(*span, at), &mut found),
        }
        found
    }

    fn between<'s, V>(
        &'s self,
        values: impl Fn(&str) -> V,
        bounds: Bounds,
        found: &mut RoaringBitmap,
    ) where
        V: Iterator<Item = (&'s str, &'s super::posting::Posting)>,
    {
        let least = bounds.min.map(number_value).unwrap_or_default();
        let most = bounds.max.map(number_value);
        values(&least)
            .take_while(|(value, _)| most.as_deref().is_none_or(|most| *value <= most))
            .for_each(|(_, posting)| posting.union_into(found));
    }
}

/// What names are asked to be like: they are held with the search texts, not as terms.
fn name_asked(key: TermKey, test: &Test) -> Option<Glob> {
    match (key, test) {
        (TermKey::Attr(Attr::Name), Test::Is(name)) => Some(Glob { parts: vec![name.clone()] }),
        (TermKey::Attr(Attr::Name), Test::Like(glob)) => Some(glob.clone()),
        _ => None,
    }
}

fn is(word: &str) -> Test {
    Test::Is(word.to_owned())
}

/// The glob as it is compared with what is stored.
fn stored(glob: &Glob) -> Glob {
    Glob { parts: glob.parts.iter().cloned().map(shown_null).collect() }
}

fn resolved(span: Span, at: At) -> Bounds {
    Bounds {
        min: span.from.map(|from| from.resolve(at.moment).0),
        max: span.to.map(|to| to.resolve(at.moment).0),
    }
}
