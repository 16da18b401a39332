//! The one translation of queries to SQL: a condition on a row of `asset_version`, and the assets
//! that a part of a query can be looked up by.
//!
//! What each node means stands with the evaluator in `cadastre_model::query`; the store's suite
//! proves both equal.

use crate::at::At;
use crate::sql::{Dialect, Sql};
use cadastre_model::query::{Bounds, Glob, Query, Shown, Span, Test};
use cadastre_model::terms::{TAG_SEPARATOR, TermKey, number_value};
use cadastre_model::{Attr, Freshness, Lifecycle, RecordState};

/// SQLite reads the left side first; PostgreSQL goes by its statistics.
pub(crate) const JOIN: &str = " CROSS JOIN ";

/// What people hold of an asset: attributes, tags, ports.
const HELD: [&str; 3] = ["held", "held_tag", "held_port"];

/// Up to so many parts of a query are planned as joins of one statement.
const MANY: usize = 8;

/// Translates for one dialect and point in time.
#[derive(Clone, Copy)]
pub(crate) struct Translator {
    pub dialect: Dialect,
    pub at: At,
    /// What the list shows of that which lists leave out.
    pub shown: Shown,
    /// How many relations the row of `asset_version` stands within: each has a name of its own.
    depth: usize,
    /// Few assets are asked, one by one, rather than all of them counted.
    probing: bool,
}

impl Translator {
    pub fn new(dialect: Dialect, at: At, shown: Shown) -> Translator {
        Translator { dialect, at, shown, depth: 0, probing: false }
    }

    /// For a page of a list: it ends after a few dozen assets, so each is asked for its own values
    /// rather than all values gathered first.
    pub fn probing(self) -> Translator {
        Translator { probing: true, ..self }
    }

    /// For the far end of a relation, where everything counts.
    pub fn inside(&self) -> Translator {
        Translator { shown: Shown::EVERYTHING, depth: self.depth + 1, ..*self }
    }

    /// The name of the row of `asset_version`.
    pub fn row(&self) -> String {
        match self.depth {
            0 => "v".to_owned(),
            depth => format!("v{depth}"),
        }
    }

    /// How many relations it stands within.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Whether rows of terms tell by themselves that a list shows their asset.
    pub fn listed_only(&self) -> bool {
        self.shown == Shown::default()
    }

    pub fn sql(&self) -> Sql {
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

    pub fn holds_listed(&self, sql: &mut Sql, alias: &str) {
        self.holds(sql, alias);
        if self.listed_only() {
            sql.raw(&format!(" AND {alias}.listed = 1"));
        }
    }

    /// The condition that the row fulfils the query.
    pub fn condition(&self, query: &Query) -> Sql {
        let mut sql = self.sql();
        let row = self.row();
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
            Query::Id(id) => sql.push(&format!("{row}.asset_id = ?"), [(*id).into()]),
            Query::Lifecycle(one) => {
                sql.push(&format!("{row}.lifecycle = ?"), [one.code().into()]);
            }
            Query::Power(one) => sql.push(&format!("{row}.power = ?"), [one.code().into()]),
            Query::Freshness(one) => {
                sql.push(&format!("{row}.freshness = ?"), [one.code().into()]);
            }
            Query::Conflicted => sql.raw(&format!("{row}.conflicted = 1")),
            Query::Hidden => sql.raw(&format!("{row}.hidden = 1")),
            Query::Locked => {
                sql.raw("(");
                for (index, table) in HELD.iter().enumerate() {
                    let before = if index == 0 { "" } else { " OR " };
                    sql.raw(&format!(
                        "{before}EXISTS (SELECT 1 FROM {table} h WHERE h.asset_id = {row}.asset_id \
                         AND "
                    ));
                    self.holds(&mut sql, "h");
                    sql.raw(")");
                }
                sql.raw(")");
            }
            Query::Seen { first, span } => self.seen(&mut sql, *first, *span),
            Query::Related { relation, reverse, other } => {
                sql.append(&self.has_related(*relation, *reverse, other));
            }
            Query::Text(glob) => self.text_probe(&mut sql, glob),
            Query::Term { key: TermKey::Attr(attr), test: Test::Number(bounds) }
                if self.probing =>
            {
                self.number_probe(&mut sql, *attr, *bounds);
            }
            Query::Term { key: TermKey::Attr(attr), test: Test::When(span) } if self.probing => {
                self.number_probe(&mut sql, *attr, self.resolved(*span));
            }
            Query::Lookup(_) | Query::Term { .. } | Query::Tag { .. } => {
                sql.raw(&format!("{row}.asset_id IN ("));
                match self.members(query) {
                    Some(members) => sql.append(&members),
                    None => sql.raw("NULL"),
                }
                sql.raw(")");
            }
        }
        sql
    }

    /// ` AND ...` for each of the parts. PostgreSQL would make joins of them and weigh all orders of
    /// all; of many it takes minutes for that, so that many are asked of each row as they stand.
    pub fn conditions(&self, sql: &mut Sql, parts: &[&Query]) {
        let apart = if parts.len() > MANY { " IS TRUE" } else { "" };
        for part in parts {
            sql.raw(" AND (");
            sql.append(&self.condition(part));
            sql.raw(&format!("){apart}"));
        }
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
        self.is_there(sql, |sql| {
            let text = format!(
                "SELECT 1 FROM term t WHERE t.key = ? AND t.value = ? AND t.asset_id = {}.asset_id AND ",
                self.row(),
            );
            sql.push(&text, [key.code().into(), value.into()]);
            self.holds_listed(sql, "t");
        });
    }

    /// Asks the asset's own text, without the index: cheaper as soon as many have the word.
    fn text_probe(&self, sql: &mut Sql, glob: &Glob) {
        self.is_there(sql, |sql| {
            let row = self.row();
            sql.raw(&format!("SELECT 1 FROM search_text s WHERE s.asset_id = {row}.asset_id AND "));
            self.holds(sql, "s");
            self.like(sql, "s.body", &text_pattern(glob));
        });
    }

    /// Asks the asset's own document. What is no number there, such as a text from before the
    /// attribute became one, lies within no bounds.
    fn number_probe(&self, sql: &mut Sql, attr: Attr, bounds: Bounds) {
        let row = self.row();
        let (value, is_number) = match self.dialect {
            Dialect::Sqlite => {
                let value = format!("json_extract({row}.doc, '$.attributes.{attr}')");
                let is_number = format!("typeof({value}) = 'integer'");
                (value, is_number)
            }
            // Read as JSON, a NUL in any text of the document would fail the whole query. In text,
            // quotes are escaped, so that only a key stands like this before a number.
            Dialect::Postgres => {
                let value = format!("substring({row}.doc, '\"{attr}\":(-[0-9]+|[0-9]+)')::bigint");
                let is_number = format!("{value} IS NOT NULL");
                (value, is_number)
            }
        };
        sql.raw(&format!("coalesce({is_number}"));
        if let Some(min) = bounds.min {
            sql.push(&format!(" AND {value} >= ?"), [min.into()]);
        }
        if let Some(max) = bounds.max {
            sql.push(&format!(" AND {value} <= ?"), [max.into()]);
        }
        match self.dialect {
            Dialect::Sqlite => sql.raw(", 0)"),
            Dialect::Postgres => sql.raw(", false)"),
        }
    }

    /// Whether a query that names the row has an answer. SQLite would make a join of `EXISTS` and
    /// might begin with the wrong end of it.
    fn is_there(&self, sql: &mut Sql, select: impl FnOnce(&mut Sql)) {
        let (before, after) = match self.dialect {
            Dialect::Sqlite => ("(", " LIMIT 1) IS NOT NULL"),
            Dialect::Postgres => ("EXISTS (", ")"),
        };
        sql.raw(before);
        select(sql);
        sql.raw(after);
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
                for (index, table) in HELD.iter().enumerate() {
                    let before = if index == 0 { "" } else { " UNION ALL " };
                    sql.raw(&format!("{before}SELECT h.asset_id FROM {table} h WHERE "));
                    self.holds(&mut sql, "h");
                }
            }
            Query::Related { relation, reverse, other } => {
                sql.append(&self.related(*relation, *reverse, other));
            }
            // SQLite joins no more than 500 selects; a part may be three.
            Query::Or(parts) if parts.len() <= 100 => {
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        sql.raw(" UNION ALL ");
                    }
                    sql.append(&self.members(part)?);
                }
            }
            _ => return None,
        }
        Some(sql)
    }

    fn terms(&self, sql: &mut Sql, key: TermKey) {
        self.term_rows(sql, key.code());
    }

    /// `SELECT asset_id ...` of the terms of a key, for more conditions on `t.value`.
    pub fn term_rows(&self, sql: &mut Sql, key: i16) {
        sql.push("SELECT t.asset_id FROM term t WHERE t.key = ? AND ", [key.into()]);
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
    pub fn starts_with(&self, sql: &mut Sql, column: &str, prefix: &str) {
        if prefix.is_empty() {
            return;
        }
        sql.push(&format!(" AND {column} >= ?"), [prefix.into()]);
        if let Some(end) = after_prefix(prefix) {
            sql.push(&format!(" AND {column} < ?"), [end.into()]);
        }
    }

    fn text(&self, sql: &mut Sql, glob: &Glob) {
        let parts = || glob.parts.iter().filter(|part| !part.is_empty());
        let longest = parts().max_by_key(|part| part.chars().count());
        let indexed = longest.filter(|part| part.chars().count() >= 3);
        let (Dialect::Sqlite, Some(longest)) = (self.dialect, indexed) else {
            sql.raw("SELECT s.asset_id FROM search_text s WHERE ");
            self.holds_listed(sql, "s");
            return self.like(sql, "s.body", &text_pattern(glob));
        };
        let phrase = format!("\"{}\"", longest.replace('"', "\"\""));
        sql.push(
            "SELECT s.asset_id FROM search_index x CROSS JOIN search_text s ON s.id = x.rowid \
             WHERE x.search_index MATCH ? AND ",
            [phrase.into()],
        );
        self.holds_listed(sql, "s");
        // One part of three letters or more is just what the index answers.
        if parts().count() > 1 {
            self.like(sql, "s.body", &text_pattern(glob));
        }
    }

    fn span(&self, sql: &mut Sql, moment: &Sql, span: Span) {
        let bounds = self.resolved(span);
        sql.raw("(1 = 1");
        if let Some(min) = bounds.min {
            sql.raw(" AND ");
            sql.append(moment);
            sql.push(" >= ?", [min.into()]);
        }
        if let Some(max) = bounds.max {
            sql.raw(" AND ");
            sql.append(moment);
            sql.push(" <= ?", [max.into()]);
        }
        sql.raw(")");
    }

    fn seen(&self, sql: &mut Sql, first: bool, span: Span) {
        let row = self.row();
        let first_seen = format!("(SELECT a.first_seen FROM asset a WHERE a.id = {row}.asset_id)");
        let mut moment = self.sql();
        if first {
            moment.raw(&first_seen);
        } else {
            moment.raw("coalesce(");
            self.last_seen(&mut moment);
            moment.raw(&format!(", {first_seen})"));
        }
        self.span(sql, &moment, span);
    }

    /// When one of the asset's records was last seen; nothing if it has none.
    ///
    /// A record that says so itself (a stale one) is taken at its word. A live one was seen by the
    /// last complete enumeration of its scope, and when its present version was written, which may
    /// be later: in a run that is under way, or one that did not read its scope to the end. An
    /// enumeration with an error is no witness: not to its end, or held because too much is missing.
    pub fn last_seen(&self, sql: &mut Sql) {
        let live = RecordState::Live.code();
        sql.push(
            &format!(
                "(SELECT max(coalesce(rv.last_seen, CASE WHEN rv.state = {live} THEN \
                 (SELECT max(h.at) FROM run_scope h WHERE h.scope_id = rv.scope_id \
                 AND h.enumeration = 1 AND h.error IS NULL AND h.at >= w.committed_at AND h.at <= ?) END, \
                 w.committed_at)) FROM link l \
                 JOIN record_version rv ON rv.record_key = l.record_key \
                 JOIN rev w ON w.rev = rv.rev_from WHERE l.asset_id = {}.asset_id AND ",
                self.row()
            ),
            [self.at.moment.0.into()],
        );
        self.holds(sql, "l");
        sql.raw(" AND ");
        self.holds(sql, "rv");
        sql.raw(")");
    }

    /// What lists leave out unless asked.
    pub fn shows(&self) -> Sql {
        let row = self.row();
        let mut sql = self.sql();
        sql.raw("1 = 1");
        if !self.shown.gone {
            sql.push(&format!(" AND {row}.freshness <> ?"), [Freshness::Gone.code().into()]);
        }
        if !self.shown.hidden {
            sql.raw(&format!(" AND {row}.hidden = 0"));
        }
        if !self.shown.disposed {
            sql.push(&format!(" AND {row}.lifecycle <> ?"), [Lifecycle::Disposed.code().into()]);
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

/// The pattern of a text's parts, in their order, anywhere.
fn text_pattern(glob: &Glob) -> String {
    let parts = glob.parts.iter().filter(|part| !part.is_empty());
    let literal: Vec<String> = parts.map(|part| like_literal(part)).collect();
    format!("%{}%", literal.join("%"))
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
