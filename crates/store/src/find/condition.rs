//! The one translation of queries to SQL: a condition on `v`, a row of `asset_version`.
//!
//! What each node means stands with the evaluator in `cadastre_model::query`; the store's suite
//! proves both equal.

use crate::at::At;
use crate::sql::{Dialect, Sql};
use cadastre_model::identifier::{ip_index_range, uuid_swapped};
use cadastre_model::query::{Bounds, Glob, Lookup, Query, Span, Test};
use cadastre_model::terms::{TAG_SEPARATOR, TermKey, number_value};
use cadastre_model::{Freshness, Lifecycle, RecordState, Scheme};

/// Translates for one dialect and point in time.
#[derive(Clone, Copy)]
pub(crate) struct Translator {
    pub dialect: Dialect,
    pub at: At,
    /// Only rows of assets that lists show by default; lets term rows answer without their asset.
    pub listed_only: bool,
}

impl Translator {
    fn sql(&self) -> Sql {
        Sql::new(self.dialect)
    }

    /// `alias.rev_from <= R AND alias.rev_to > R`.
    pub fn holds(&self, sql: &mut Sql, alias: &str) {
        let rev = self.at.rev.0;
        sql.push(
            &format!("{alias}.rev_from <= ? AND {alias}.rev_to > ?"),
            [rev.into(), rev.into()],
        );
    }

    fn holds_listed(&self, sql: &mut Sql, alias: &str) {
        self.holds(sql, alias);
        if self.listed_only {
            sql.raw(&format!(" AND {alias}.listed = 1"));
        }
    }

    /// The condition that `v` fulfils the query.
    pub fn condition(&self, query: &Query) -> Sql {
        let mut sql = self.sql();
        match query {
            Query::All | Query::Any => sql.raw("1 = 1"),
            Query::And(all) => self.joined(&mut sql, all, " AND "),
            Query::Or(any) => self.joined(&mut sql, any, " OR "),
            Query::Not(inner) => {
                sql.raw("NOT ");
                sql.append(&self.condition(inner));
            }
            Query::Term { key, test: Test::Is(value) } => self.probe(&mut sql, *key, value),
            Query::Tag { key, test: Test::Is(value) } => {
                self.probe(&mut sql, TermKey::Tag, &format!("{key}{TAG_SEPARATOR}{value}"));
            }
            Query::Kind(kind) => self.probe(&mut sql, TermKey::Kind, kind.word()),
            Query::Id(id) => sql.push("v.asset_id = ?", [(*id).into()]),
            Query::Lifecycle(one) => sql.push("v.lifecycle = ?", [one.code().into()]),
            Query::Power(one) => sql.push("v.power = ?", [one.code().into()]),
            Query::Freshness(one) => sql.push("v.freshness = ?", [one.code().into()]),
            Query::Conflicted => sql.raw("v.conflicted = 1"),
            Query::Hidden => sql.raw("v.hidden = 1"),
            Query::Seen { first: true, span } => {
                sql.raw("EXISTS (SELECT 1 FROM asset a WHERE a.id = v.asset_id AND ");
                self.span(&mut sql, "a.first_seen", *span);
                sql.raw(")");
            }
            Query::Seen { first: false, span } => {
                self.span(&mut sql, &self.last_seen(), *span);
            }
            Query::Text(_)
            | Query::Lookup(_)
            | Query::Term { .. }
            | Query::Tag { .. }
            | Query::Locked
            | Query::Related { .. } => {
                sql.raw("v.asset_id IN (");
                match self.members(query) {
                    Some(members) => sql.append(&members),
                    None => sql.raw("NULL"),
                }
                sql.raw(")");
            }
        }
        sql
    }

    fn joined(&self, sql: &mut Sql, parts: &[Query], word: &str) {
        sql.raw("(");
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                sql.raw(word);
            }
            sql.append(&self.condition(part));
        }
        sql.raw(")");
    }

    fn probe(&self, sql: &mut Sql, key: TermKey, value: &str) {
        sql.push(
            "EXISTS (SELECT 1 FROM term t WHERE t.key = ? AND t.value = ? \
             AND t.asset_id = v.asset_id AND ",
            [key.code().into(), value.into()],
        );
        self.holds_listed(sql, "t");
        sql.raw(")");
    }

    /// `SELECT asset_id ...` of the assets that fulfil one node, if it can be looked up by itself.
    /// May name an asset more than once.
    pub fn members(&self, query: &Query) -> Option<Sql> {
        let mut sql = self.sql();
        match query {
            Query::Id(id) => {
                sql.push("SELECT a.id AS asset_id FROM asset a WHERE a.id = ?", [(*id).into()]);
            }
            Query::Kind(kind) => {
                self.terms(&mut sql, TermKey::Kind);
                sql.push(" AND t.value = ?", [kind.word().into()]);
            }
            Query::Text(glob) => self.text(&mut sql, glob),
            Query::Lookup(lookup) => self.lookup(&mut sql, lookup),
            Query::Term { key, test } => {
                self.terms(&mut sql, *key);
                self.test(&mut sql, "", test);
            }
            Query::Tag { key, test } => {
                self.terms(&mut sql, TermKey::Tag);
                self.test(&mut sql, &format!("{key}{TAG_SEPARATOR}"), test);
            }
            Query::Locked => {
                sql.raw("SELECT h.asset_id FROM held h WHERE ");
                self.holds(&mut sql, "h");
            }
            Query::Related { relation, reverse, other } => {
                sql.append(&self.related(*relation, *reverse, other));
            }
            _ => return None,
        }
        Some(sql)
    }

    fn terms(&self, sql: &mut Sql, key: TermKey) {
        sql.push("SELECT t.asset_id FROM term t WHERE t.key = ? AND ", [key.code().into()]);
        self.holds_listed(sql, "t");
    }

    /// ` AND ...` for a term whose value is `prefix` followed by what the test asks for.
    fn test(&self, sql: &mut Sql, prefix: &str, test: &Test) {
        match test {
            Test::Any => self.starts_with(sql, "t.value", prefix),
            Test::Is(value) => sql.push(" AND t.value = ?", [format!("{prefix}{value}").into()]),
            Test::Like(glob) => self.like_value(sql, prefix, glob),
            Test::Number(bounds) => self.number(sql, *bounds),
            Test::When(span) => self.number(sql, self.resolved(*span)),
        }
    }

    fn resolved(&self, span: Span) -> Bounds {
        let number = |moment: Option<cadastre_model::query::Moment>| {
            moment.map(|moment| moment.resolve(self.at.moment).0)
        };
        Bounds { min: number(span.from), max: number(span.to) }
    }

    fn number(&self, sql: &mut Sql, bounds: Bounds) {
        if let Some(min) = bounds.min {
            sql.push(" AND t.value >= ?", [number_value(min).into()]);
        }
        if let Some(max) = bounds.max {
            sql.push(" AND t.value <= ?", [number_value(max).into()]);
        }
    }

    fn like_value(&self, sql: &mut Sql, prefix: &str, glob: &Glob) {
        let first = glob.parts.first().map(String::as_str).unwrap_or_default();
        self.starts_with(sql, "t.value", &format!("{prefix}{first}"));
        let pattern: Vec<String> = glob.parts.iter().map(|part| like_literal(part)).collect();
        let pattern = format!("{}{}", like_literal(prefix), pattern.join("%"));
        self.like(sql, "t.value", &pattern);
    }

    fn like(&self, sql: &mut Sql, column: &str, pattern: &str) {
        sql.push(&format!(" AND {column} LIKE ? ESCAPE '\\'"), [pattern.into()]);
    }

    /// ` AND column` begins with the prefix, as a range of the index.
    fn starts_with(&self, sql: &mut Sql, column: &str, prefix: &str) {
        if prefix.is_empty() {
            return;
        }
        sql.push(&format!(" AND {column} >= ?"), [prefix.into()]);
        if let Some(end) = after_prefix(prefix) {
            sql.push(&format!(" AND {column} < ?"), [end.into()]);
        }
    }

    fn text(&self, sql: &mut Sql, glob: &Glob) {
        sql.raw("SELECT s.asset_id FROM search_text s WHERE ");
        self.holds_listed(sql, "s");
        let parts: Vec<&str> =
            glob.parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let longest = parts.iter().max_by_key(|part| part.chars().count());
        if let (Dialect::Sqlite, Some(longest)) = (self.dialect, longest)
            && longest.chars().count() >= 3
        {
            let phrase = format!("\"{}\"", longest.replace('"', "\"\""));
            sql.push(
                " AND s.id IN (SELECT rowid FROM search_index WHERE search_index MATCH ?)",
                [phrase.into()],
            );
            // One part of three letters or more is just what the index answers.
            if parts.len() == 1 {
                return;
            }
        }
        let pattern: Vec<String> = parts.iter().map(|part| like_literal(part)).collect();
        self.like(sql, "s.body", &format!("%{}%", pattern.join("%")));
    }

    fn lookup(&self, sql: &mut Sql, lookup: &Lookup) {
        match lookup {
            Lookup::Whole(one) => self.identified(sql, |sql| {
                sql.push(
                    "i.scheme = ? AND i.value = ?",
                    [one.scheme.code().into(), one.index_value().into()],
                );
            }),
            Lookup::Uuid(uuid) => self.identified(sql, |sql| {
                sql.push("i.scheme IN (?, ?)", [
                    Scheme::SmbiosUuid.code().into(),
                    Scheme::AdGuid.code().into(),
                ]);
                sql.push(" AND i.value = ?", [uuid.as_str().into()]);
                if let Some(swapped) = uuid_swapped(uuid) {
                    sql.push(" OR i.scheme = ? AND i.value = ?", [
                        Scheme::SmbiosUuid.code().into(),
                        swapped.into(),
                    ]);
                }
            }),
            Lookup::MacPart(part) => {
                self.identified(sql, |sql| {
                    sql.push("i.scheme = ?", [Scheme::Mac.code().into()]);
                    self.starts_with(sql, "i.value", part);
                });
                sql.raw(" UNION ALL ");
                let tail: String = part.chars().rev().collect();
                self.identified(sql, |sql| {
                    sql.raw("i.tail IS NOT NULL");
                    self.starts_with(sql, "i.tail", &tail);
                });
            }
            Lookup::Net(net) => self.identified(sql, |sql| {
                let (first, last) = ip_index_range(net);
                sql.push(
                    "i.scheme = ? AND i.value >= ? AND i.value <= ?",
                    [Scheme::Ip.code().into(), first.into(), last.into()],
                );
            }),
        }
    }

    fn identified(&self, sql: &mut Sql, condition: impl FnOnce(&mut Sql)) {
        sql.raw(
            "SELECT l.asset_id FROM identifier i JOIN link l ON l.record_key = i.record_key WHERE (",
        );
        condition(sql);
        sql.raw(") AND ");
        self.holds(sql, "i");
        sql.raw(" AND ");
        self.holds(sql, "l");
    }

    fn span(&self, sql: &mut Sql, column: &str, span: Span) {
        let bounds = self.resolved(span);
        sql.raw("(1 = 1");
        if let Some(min) = bounds.min {
            sql.push(&format!(" AND {column} >= ?"), [min.into()]);
        }
        if let Some(max) = bounds.max {
            sql.push(&format!(" AND {column} <= ?"), [max.into()]);
        }
        sql.raw(")");
    }

    /// When an asset was last seen: the newest of its records' own moment or, while a record is
    /// live, its scope's last complete enumeration by then.
    pub fn last_seen(&self) -> String {
        let (rev, moment) = (self.at.rev.0, self.at.moment.0);
        let live = RecordState::Live.code();
        format!(
            "(SELECT max(coalesce(rv.last_seen, CASE WHEN rv.state = {live} THEN \
             (SELECT max(h.at) FROM run_scope h WHERE h.scope_id = rv.scope_id \
              AND h.enumeration = 1 AND h.at <= {moment}) END, r.first_seen)) \
             FROM link l JOIN record_version rv ON rv.record_key = l.record_key \
             AND rv.rev_from <= {rev} AND rv.rev_to > {rev} \
             JOIN record r ON r.key = l.record_key \
             WHERE l.asset_id = v.asset_id AND l.rev_from <= {rev} AND l.rev_to > {rev})"
        )
    }

    /// What lists leave out unless asked.
    pub fn shown(&self, query: &Query) -> Sql {
        let shown = query.shown();
        let mut sql = self.sql();
        sql.raw("1 = 1");
        if !shown.gone {
            sql.push(" AND v.freshness <> ?", [Freshness::Gone.code().into()]);
        }
        if !shown.hidden {
            sql.raw(" AND v.hidden = 0");
        }
        if !shown.disposed {
            sql.push(" AND v.lifecycle <> ?", [Lifecycle::Disposed.code().into()]);
        }
        sql
    }
}

/// Whether a node needs the asset's own row, not only its id.
pub(crate) fn needs_version(query: &Query) -> bool {
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().any(needs_version),
        Query::Not(inner) => needs_version(inner),
        Query::Lifecycle(_)
        | Query::Power(_)
        | Query::Freshness(_)
        | Query::Conflicted
        | Query::Hidden => true,
        _ => false,
    }
}

/// Text in which `LIKE` finds nothing but itself.
fn like_literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The least text that comes after everything with this prefix, byte by byte.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            _ => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// Whether equal values are looked up by whole keys: such nodes are the best to begin with.
pub(crate) fn is_exact(query: &Query) -> bool {
    matches!(query, Query::Id(_) | Query::Lookup(Lookup::Whole(_) | Lookup::Uuid(_)))
}
