//! Lists of assets: page by page by the key of the last row, at any depth; counts with a ceiling.

use super::condition::{Translator, needs_version};
use super::driver;
use crate::at::At;
use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::json;
use crate::sql::{Dialect, Row, Sql};
use crate::visibility::Visibility;
use cadastre_model::query::Query;
use cadastre_model::terms::TermKey;
use cadastre_model::{AssetDoc, AssetId, Attr, Rev, Timestamp};
use serde::{Deserialize, Serialize};

/// What a list is sorted by; ties by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortKey {
    /// Name, numbers in it by value.
    Name,
    /// Id.
    Id,
    /// An attribute; of several values the least. Those without come last.
    Attr(Attr),
}

/// A sort key and its direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// What by.
    pub key: SortKey,
    /// Greatest first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Sort {
        Sort { key: SortKey::Name, descending: false }
    }
}

/// What to list.
#[derive(Clone, Debug)]
pub struct ListRequest<'a> {
    /// What an asset must fulfil.
    pub query: &'a Query,
    /// As of when.
    pub at: At,
    /// What the reader may see.
    pub visibility: &'a Visibility,
    /// In which order.
    pub sort: Sort,
    /// Where the page before ended, see [`Page::next`].
    pub after: Option<&'a str>,
    /// Rows a page, at most.
    pub limit: u32,
}

/// One row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// The asset.
    pub id: AssetId,
    /// Its state (without interfaces).
    pub doc: AssetDoc,
    /// When the register first knew it.
    pub first_seen: Timestamp,
    /// When one of its records was last seen.
    pub last_seen: Timestamp,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its rows.
    pub rows: Vec<ListRow>,
    /// Give this as [`ListRequest::after`] for the next page; `None`: this was the last. It keeps the
    /// revision, so that all pages show one state.
    pub next: Option<String>,
}

/// A count with a ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many, or the ceiling.
    pub count: u64,
    /// There are more than the ceiling.
    pub more: bool,
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    rev: i64,
    moment: i64,
    missing: i64,
    value: String,
    id: i64,
}

impl Store {
    /// One page of the assets that fulfil a query.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a cursor of another list, or what the database says.
    pub async fn asset_list(&self, request: &ListRequest<'_>) -> Result<Page> {
        let cursor = request.after.map(read_cursor).transpose()?;
        let at = match &cursor {
            Some(cursor) => At { rev: Rev(cursor.rev), moment: Timestamp(cursor.moment) },
            None => request.at,
        };
        let query = visible(request.query, request.visibility);
        let translator = self.translator(&query, at);
        let approach = driver::choose(&translator, self.reader(), &query).await?;
        let order = Order::of(request.sort);
        let mut sql = Sql::new(self.dialect());
        sql.raw(&format!(
            "SELECT v.asset_id, v.doc, (SELECT a.first_seen FROM asset a WHERE a.id = v.asset_id), \
             {}, {}, {} FROM ",
            translator.last_seen(),
            order.missing,
            order.value,
        ));
        match &approach.leader {
            Some(leader) => {
                sql.raw("(SELECT DISTINCT asset_id FROM (");
                sql.append(leader);
                sql.raw(") x) m");
                sql.raw(if self.dialect() == Dialect::Sqlite { " CROSS" } else { "" });
                sql.raw(" JOIN asset_version v ON v.asset_id = m.asset_id");
            }
            None => sql.raw("asset_version v"),
        }
        if let SortKey::Attr(attr) = request.sort.key {
            sql.raw(" LEFT JOIN (SELECT asset_id, min(value) AS value FROM term t WHERE ");
            sql.push("t.key = ? AND ", [TermKey::Attr(attr).code().into()]);
            translator.holds(&mut sql, "t");
            sql.raw(" GROUP BY asset_id) s ON s.asset_id = v.asset_id");
        }
        sql.raw(" WHERE ");
        translator.holds(&mut sql, "v");
        sql.raw(" AND ");
        sql.append(&translator.shown(&query));
        for part in &approach.rest {
            sql.raw(" AND ");
            sql.append(&translator.condition(part));
        }
        if let Some(cursor) = &cursor {
            order.after(&mut sql, cursor, request.sort.descending);
        }
        sql.raw(&order.order_by(request.sort.descending));
        sql.push(" LIMIT ?", [(i64::from(request.limit) + 1).into()]);
        let found = sql.all(self.reader(), "listing assets").await?;
        read_page(&found, request.limit, at)
    }

    /// How many assets fulfil a query, counted no further than `ceiling`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn asset_count(
        &self,
        query: &Query,
        at: At,
        visibility: &Visibility,
        ceiling: Option<u64>,
    ) -> Result<Count> {
        let query = visible(query, visibility);
        let translator = self.translator(&query, at);
        let limit = ceiling.map_or(i64::MAX, |ceiling| i64::try_from(ceiling).unwrap_or(i64::MAX));
        let matching = self.matching(&translator, &query).await?;
        let mut sql = Sql::new(self.dialect());
        sql.raw("SELECT count(*) FROM (SELECT 1 FROM (");
        sql.append(&matching);
        sql.push(") x LIMIT ?) n", [limit.saturating_add(1).into()]);
        let count = sql.number(self.reader(), "counting assets").await?;
        let count = u64::try_from(count).unwrap_or_default();
        match ceiling {
            Some(ceiling) if count > ceiling => Ok(Count { count: ceiling, more: true }),
            _ => Ok(Count { count, more: false }),
        }
    }

    pub(crate) fn translator(&self, query: &Query, at: At) -> Translator {
        let shown = query.shown();
        let listed_only = !(shown.gone || shown.hidden || shown.disposed);
        Translator { dialect: self.dialect(), at, listed_only }
    }

    /// `SELECT asset_id ...` of every asset that fulfils the query, each once.
    pub(crate) async fn matching(&self, translator: &Translator, query: &Query) -> Result<Sql> {
        let approach = driver::choose(translator, self.reader(), query).await?;
        let mut sql = Sql::new(self.dialect());
        match (&approach.leader, self.indexed(translator, query)) {
            (Some(leader), _) => {
                sql.raw("SELECT v.asset_id FROM (SELECT DISTINCT asset_id FROM (");
                sql.append(leader);
                sql.raw(") x) m");
                sql.raw(if self.dialect() == Dialect::Sqlite { " CROSS" } else { "" });
                sql.raw(" JOIN asset_version v ON v.asset_id = m.asset_id");
            }
            // A term row says by itself that its asset is listed; the asset's row is not needed.
            (None, Some((members, rest))) => {
                sql.raw("SELECT v.asset_id FROM (");
                sql.append(&members);
                sql.raw(") v WHERE 1 = 1");
                for part in rest {
                    sql.raw(" AND ");
                    sql.append(&translator.condition(&part));
                }
                return Ok(sql);
            }
            (None, None) => sql.raw("SELECT v.asset_id FROM asset_version v"),
        }
        sql.raw(" WHERE ");
        translator.holds(&mut sql, "v");
        sql.raw(" AND ");
        sql.append(&translator.shown(query));
        for part in &approach.rest {
            sql.raw(" AND ");
            sql.append(&translator.condition(part));
        }
        Ok(sql)
    }

    /// For a broad query: one part that names each asset once and only listed ones, and the others,
    /// if none of them needs the asset's row.
    fn indexed(&self, translator: &Translator, query: &Query) -> Option<(Sql, Vec<Query>)> {
        if !translator.listed_only || needs_version(query) {
            return None;
        }
        let parts: Vec<Query> = match query {
            Query::And(parts) => parts.clone(),
            one => vec![one.clone()],
        };
        let leading = parts.iter().position(names_once)?;
        let members = translator.members(parts.get(leading)?)?;
        let rest = parts
            .into_iter()
            .enumerate()
            .filter(|(index, _)| *index != leading)
            .map(|(_, part)| part)
            .collect();
        Some((members, rest))
    }
}

/// Whether the node's rows name each asset once: one row an asset, or a whole value.
fn names_once(query: &Query) -> bool {
    use cadastre_model::query::Test;
    matches!(
        query,
        Query::Kind(_)
            | Query::Text(_)
            | Query::Term { test: Test::Is(_), .. }
            | Query::Tag { test: Test::Is(_), .. }
    )
}

fn visible(query: &Query, visibility: &Visibility) -> Query {
    match (query, visibility.query()) {
        (query, Query::All) => query.clone(),
        (Query::And(parts), only) => {
            Query::And(parts.iter().cloned().chain([only.clone()]).collect())
        }
        (query, only) => Query::And(vec![query.clone(), only.clone()]),
    }
}

/// The expressions a list is ordered by.
struct Order {
    missing: &'static str,
    value: &'static str,
}

impl Order {
    fn of(sort: Sort) -> Order {
        match sort.key {
            SortKey::Name => Order { missing: "0", value: "v.sort_name" },
            SortKey::Id => Order { missing: "0", value: "''" },
            SortKey::Attr(_) => Order {
                missing: "CASE WHEN s.value IS NULL THEN 1 ELSE 0 END",
                value: "coalesce(s.value, '')",
            },
        }
    }

    fn after(&self, sql: &mut Sql, cursor: &Cursor, descending: bool) {
        let sign = if descending { "<" } else { ">" };
        let same = |sql: &mut Sql| {
            sql.push(&format!("({} = ? AND ({} {sign} ? OR {} = ? AND v.asset_id {sign} ?))",
                self.missing, self.value, self.value), [
                cursor.missing.into(),
                cursor.value.as_str().into(),
                cursor.value.as_str().into(),
                cursor.id.into(),
            ]);
        };
        if self.missing == "0" && self.value == "v.sort_name" {
            sql.push(&format!(" AND (v.sort_name, v.asset_id) {sign} (?, ?)"), [
                cursor.value.as_str().into(),
                cursor.id.into(),
            ]);
            return;
        }
        sql.push(&format!(" AND ({} > ? OR ", self.missing), [cursor.missing.into()]);
        same(sql);
        sql.raw(")");
    }

    fn order_by(&self, descending: bool) -> String {
        let way = if descending { " DESC" } else { "" };
        let mut parts = Vec::new();
        if self.missing != "0" {
            parts.push(self.missing.to_owned());
        }
        if self.value != "''" {
            parts.push(format!("{}{way}", self.value));
        }
        parts.push(format!("v.asset_id{way}"));
        format!(" ORDER BY {}", parts.join(", "))
    }
}

fn read_page(found: &[Row], limit: u32, at: At) -> Result<Page> {
    let limit = limit as usize;
    let mut rows = Vec::with_capacity(found.len().min(limit));
    let mut next = None;
    for (index, row) in found.iter().take(limit).enumerate() {
        let id: i64 = row.get(0)?;
        let first_seen: i64 = row.get(2)?;
        let last_seen: Option<i64> = row.get(3)?;
        rows.push(ListRow {
            id: AssetId(id),
            doc: json::read("asset_version", id, &row.get::<String>(1)?)?,
            first_seen: Timestamp(first_seen),
            last_seen: Timestamp(last_seen.unwrap_or(first_seen)),
        });
        if index + 1 == limit && found.len() > limit {
            let cursor = Cursor {
                rev: at.rev.0,
                moment: at.moment.0,
                missing: i64::from(row.get::<i32>(4)?),
                value: row.get(5)?,
                id,
            };
            next = Some(hex::encode(json::write(&cursor)));
        }
    }
    Ok(Page { rows, next })
}

fn read_cursor(text: &str) -> Result<Cursor> {
    hex::decode(text)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| {
            StoreError::Refused("this page mark is not one of ours; begin at the first page".into())
        })
}
