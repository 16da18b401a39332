//! Where to begin: of the parts of a query that can be looked up by themselves, the one with the
//! fewest assets leads, the others are asked of each of these. If all are broad, the list is walked
//! in its order instead and ends as soon as a page is full.

use super::condition::{JOIN, Translator, needs_version};
use super::lookup::is_exact;
use crate::error::Result;
use crate::sql::Sql;
use cadastre_model::query::{Query, Test};
use sea_orm::ConnectionTrait;

/// Above this many assets a part does not lead a page of a list: walking its order is quicker.
pub(crate) const BROAD: i64 = 10_000;

/// Above this many assets parts are not told apart when all assets are wanted.
pub(crate) const VAST: i64 = 30_000;

/// So many parts are weighed against each other; that costs a statement each.
const WEIGHED: usize = 16;

/// How a query is best answered.
pub(crate) struct Approach<'a> {
    /// `SELECT asset_id ...` of the leading part, and the part.
    leader: Option<(Sql, &'a Query)>,
    /// The parts asked of each asset.
    rest: Vec<&'a Query>,
}

impl Approach<'_> {
    /// What stands before `asset_version v` in `FROM`.
    pub fn lead(&self, sql: &mut Sql) {
        if let Some((leader, _)) = &self.leader {
            sql.raw("(SELECT DISTINCT asset_id FROM (");
            sql.append(leader);
            sql.raw(&format!(") x) m{JOIN}"));
        }
    }

    /// The conditions on `v`: that it is led to, holds, is shown, and fulfils the other parts.
    pub fn remaining(&self, sql: &mut Sql, translator: &Translator) {
        if self.leader.is_some() {
            sql.raw("v.asset_id = m.asset_id AND ");
        }
        translator.holds(sql, "v");
        sql.raw(" AND ");
        sql.append(&translator.shows());
        self.others(sql, translator);
    }

    /// ` AND ...` for the parts that do not lead.
    pub fn others(&self, sql: &mut Sql, translator: &Translator) {
        translator.conditions(sql, &self.rest);
    }

    /// For a query that needs no asset's own row: the leading part by itself, each asset once. A part
    /// that all are broad beside leads too, if its rows say that their asset is listed.
    pub fn members_alone(&mut self, translator: &Translator) -> Option<Sql> {
        if !translator.listed_only() || self.rest.iter().any(|part| needs_version(part)) {
            return None;
        }
        if self.leader.is_none() {
            let leading = self.rest.iter().position(|part| says_listed(part))?;
            let part = self.rest.remove(leading);
            self.leader = translator.members(part).map(|members| (members, part));
        }
        let (members, part) = self.leader.as_ref().filter(|(_, part)| says_listed(part))?;
        if names_once(part) {
            return Some(members.clone());
        }
        let mut sql = translator.sql();
        sql.raw("SELECT DISTINCT asset_id FROM (");
        sql.append(members);
        sql.raw(") d");
        Some(sql)
    }
}

/// Whether the node's rows are of assets that lists show by default.
fn says_listed(query: &Query) -> bool {
    matches!(query, Query::Kind(_) | Query::Text(_) | Query::Term { .. } | Query::Tag { .. })
}

/// Whether the node's rows name each asset once: one row an asset, or a whole value.
fn names_once(query: &Query) -> bool {
    matches!(
        query,
        Query::Kind(_)
            | Query::Text(_)
            | Query::Term { test: Test::Is(_), .. }
            | Query::Tag { test: Test::Is(_), .. }
    )
}

/// Chooses the leader by counting no further than `limit`.
pub(crate) async fn choose<'a>(
    translator: &Translator,
    db: &impl ConnectionTrait,
    query: &'a Query,
    limit: i64,
) -> Result<Approach<'a>> {
    let mut parts: Vec<&Query> = match query {
        Query::And(parts) => parts.iter().collect(),
        Query::All => Vec::new(),
        one => vec![one],
    };
    let leading = match parts.iter().position(|part| is_exact(part)) {
        Some(exact) => Some(exact),
        None => narrowest(translator, db, &parts, limit).await?,
    };
    let leader = leading.and_then(|at| {
        let part = parts.remove(at);
        translator.members(part).map(|members| (members, part))
    });
    Ok(Approach { leader, rest: parts })
}

async fn narrowest(
    translator: &Translator,
    db: &impl ConnectionTrait,
    parts: &[&Query],
    limit: i64,
) -> Result<Option<usize>> {
    let mut best: Option<(i64, usize)> = None;
    for (index, part) in parts.iter().enumerate().take(WEIGHED) {
        let Some(members) = translator.members(part) else { continue };
        let limit = best.map_or(limit, |(count, _)| count);
        let mut sql = Sql::new(translator.dialect);
        sql.raw("SELECT count(*) FROM (SELECT 1 FROM (");
        sql.append(&members);
        sql.push(") m LIMIT ?) n", [limit.into()]);
        let count = sql.number(db, "estimating a query").await?;
        if count < limit {
            best = Some((count, index));
        }
    }
    Ok(best.map(|(_, index)| index))
}
