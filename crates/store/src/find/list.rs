//! Lists of assets: page by page by the key of the last row, at any depth; counts with a ceiling.

use super::condition::{JOIN, Translator};
use super::driver;
use super::order::{Mark, Sort, list_digest};
use crate::at::At;
use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::json;
use crate::present::{Hits, Placed};
use crate::sql::{Row, Sql};
use crate::visibility::Visibility;
use cadastre_model::query::Query;
use cadastre_model::{AssetDoc, AssetId, Timestamp};
use serde::Serialize;

/// What to list.
#[derive(Clone, Debug)]
pub struct ListRequest<'a> {
    /// What an asset must fulfil.
    pub query: &'a Query,
    /// As of when. A page mark keeps the point in time of the first page instead.
    pub at: At,
    /// What the reader may see.
    pub visibility: &'a Visibility,
    /// In which order.
    pub sort: Sort,
    /// Where the page before ended, see [`Page::next`].
    pub after: Option<&'a str>,
    /// Rows a page, at most; at least one.
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
    /// The point in time that they are of.
    pub at: At,
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

impl Count {
    fn up_to(ceiling: Option<u64>, count: u64) -> Count {
        match ceiling {
            Some(ceiling) if count > ceiling => Count { count: ceiling, more: true },
            _ => Count { count, more: false },
        }
    }
}

impl Store {
    /// One page of the assets that fulfil a query.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a page mark of another list or a page without rows, or what the
    /// database says.
    pub async fn asset_list(&self, request: &ListRequest<'_>) -> Result<Page> {
        if request.limit == 0 {
            return Err(StoreError::Refused("a page of no rows; ask for at least one".to_owned()));
        }
        let list = list_digest(&(request.query, request.visibility, request.sort));
        let mark = request.after.map(|text| Mark::read(text, &list)).transpose()?;
        let at = mark.as_ref().map_or(request.at, Mark::point);
        let query = request.visibility.applied(request.query);
        let shown = request.query.shown();
        if let Some(hits) = self.present_hits(&query, shown, at).await?
            && let Some(page) = self.present_list(request, &hits, at, mark.as_ref(), &list).await?
        {
            return Ok(page);
        }
        let translator = Translator::new(self.dialect(), at, shown).probing();
        let approach = driver::choose(&translator, self.reader(), &query, driver::BROAD).await?;
        // First which assets, then what they say: documents are not carried through the sort.
        let mut sql = Sql::new(self.dialect());
        sql.raw(
            "SELECT v.asset_id, v.doc, (SELECT a.first_seen FROM asset a WHERE a.id = v.asset_id), ",
        );
        translator.last_seen(&mut sql);
        sql.raw(&format!(
            ", p.missing, p.value FROM (SELECT v.asset_id, v.rev_from, {} FROM ",
            request.sort.columns()
        ));
        approach.lead(&mut sql);
        sql.raw("asset_version v");
        if let Some(key) = request.sort.term() {
            sql.raw(" LEFT JOIN (SELECT asset_id, min(value) AS value FROM term t WHERE ");
            sql.push("t.key = ? AND ", [key.code().into()]);
            translator.holds_listed(&mut sql, "t");
            sql.raw(" GROUP BY asset_id) s ON s.asset_id = v.asset_id");
        }
        sql.raw(" WHERE ");
        approach.remaining(&mut sql, &translator);
        if let Some(mark) = &mark {
            request.sort.after(&mut sql, mark);
        }
        sql.raw(&request.sort.order_by());
        sql.push(" LIMIT ?", [(i64::from(request.limit) + 1).into()]);
        sql.raw(&format!(
            ") p{JOIN}asset_version v WHERE v.asset_id = p.asset_id AND v.rev_from = p.rev_from{}",
            request.sort.page_order()
        ));
        let found = sql.all(self.reader(), "listing assets").await?;
        read_page(&found, request.limit, at, &list)
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
        let shown = query.shown();
        let query = visibility.applied(query);
        if let Some(hits) = self.present_hits(&query, shown, at).await? {
            return Ok(Count::up_to(ceiling, hits.0.len()));
        }
        let translator = Translator::new(self.dialect(), at, shown);
        let limit = ceiling.map_or(i64::MAX, |ceiling| i64::try_from(ceiling).unwrap_or(i64::MAX));
        let matching = self.matching(&translator, &query).await?;
        let mut sql = Sql::new(self.dialect());
        sql.raw("SELECT count(*) FROM (SELECT 1 FROM (");
        sql.append(&matching);
        sql.push(") x LIMIT ?) n", [limit.saturating_add(1).into()]);
        let count = sql.number(self.reader(), "counting assets").await?;
        Ok(Count::up_to(ceiling, u64::try_from(count).unwrap_or_default()))
    }

    /// The page from memory: which assets is known there, the database is asked only what they say.
    async fn present_list(
        &self,
        request: &ListRequest<'_>,
        hits: &Hits,
        at: At,
        mark: Option<&Mark>,
        list: &str,
    ) -> Result<Option<Page>> {
        let after = match mark.map(Mark::name_and_id) {
            None => None,
            Some(Some(after)) => Some(after),
            Some(None) => return Ok(None),
        };
        let limit = request.limit as usize;
        let Some(mut placed) = self.present_page(at.rev, hits, request.sort, after, limit + 1)
        else {
            return Ok(None);
        };
        let is_last = placed.len() <= limit;
        placed.truncate(limit);
        let next = placed.last().filter(|_| !is_last);
        let next = next.map(|last| Mark::named(list, at, i64::from(last.id), &last.name).text());
        Ok(Some(Page { rows: self.placed_rows(at, placed).await?, at, next }))
    }

    /// What assets of a page say, in its order.
    async fn placed_rows(&self, at: At, placed: Vec<Placed>) -> Result<Vec<ListRow>> {
        let scopes = placed.iter().flat_map(|one| one.seen.scopes.iter().copied()).collect();
        let ids: Vec<u32> = placed.iter().map(|one| one.id).collect();
        let (mut docs, enumerated) =
            tokio::try_join!(self.docs(at, &ids), self.enumerated(&scopes, at.moment))?;
        let row = |one: Placed| {
            let doc = docs.remove(&one.id)?;
            let last_seen = one.seen.last(&enumerated);
            Some(ListRow { id: AssetId(one.id.into()), doc, first_seen: one.seen.first, last_seen })
        };
        Ok(placed.into_iter().filter_map(row).collect())
    }

    /// `SELECT asset_id ...` of every asset that fulfils the query, each once.
    pub(super) async fn matching(&self, translator: &Translator, query: &Query) -> Result<Sql> {
        let mut approach = driver::choose(translator, self.reader(), query, driver::VAST).await?;
        let mut sql = Sql::new(self.dialect());
        // A term row says by itself that its asset is listed; the asset's row is not needed.
        if let Some(members) = approach.members_alone(translator) {
            sql.raw("SELECT v.asset_id FROM (");
            sql.append(&members);
            sql.raw(") v WHERE 1 = 1");
            approach.others(&mut sql, translator);
            return Ok(sql);
        }
        sql.raw("SELECT v.asset_id FROM ");
        approach.lead(&mut sql);
        sql.raw("asset_version v WHERE ");
        approach.remaining(&mut sql, translator);
        Ok(sql)
    }
}

fn read_page(found: &[Row], limit: u32, at: At, list: &str) -> Result<Page> {
    let limit = limit as usize;
    let mut rows = Vec::with_capacity(found.len().min(limit));
    for row in found.iter().take(limit) {
        rows.push(read_row(row)?);
    }
    let last = limit.checked_sub(1).and_then(|last| found.get(last)).zip(rows.last());
    let next = match last {
        Some((row, read)) if found.len() > limit => {
            Some(Mark::at(list, at, read.id.0, row, 4)?.text())
        }
        _ => None,
    };
    Ok(Page { rows, at, next })
}

/// `asset_id, doc, first_seen, last_seen`
fn read_row(row: &Row) -> Result<ListRow> {
    let id: i64 = row.get(0)?;
    let first_seen: i64 = row.get(2)?;
    let last_seen: Option<i64> = row.get(3)?;
    Ok(ListRow {
        id: AssetId(id),
        doc: json::read("asset_version", id, &row.get::<String>(1)?)?,
        first_seen: Timestamp(first_seen),
        last_seen: Timestamp(last_seen.unwrap_or(first_seen)),
    })
}
