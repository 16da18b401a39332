//! Where to begin: of the parts of a query that can be looked up by themselves, the one with the
//! fewest assets leads, the others are asked of each of these. If all are broad, the list is walked
//! in its order instead and ends as soon as a page is full.

use super::condition::{JOIN, Translator};
use super::lookup::is_exact;
use crate::error::Result;
use crate::sql::Sql;
use cadastre_model::query::Query;
use sea_orm::ConnectionTrait;

/// Above this many assets a part does not lead.
const BROAD: i64 = 3000;

/// How a query is best answered.
pub(crate) struct Approach<'a> {
    /// `SELECT asset_id ...` of the leading part.
    leader: Option<Sql>,
    /// The parts asked of each asset.
    rest: Vec<&'a Query>,
}

impl Approach<'_> {
    pub fn has_leader(&self) -> bool {
        self.leader.is_some()
    }

    /// What stands before `asset_version v` in `FROM`.
    pub fn lead(&self, sql: &mut Sql) {
        if let Some(leader) = &self.leader {
            sql.raw("(SELECT DISTINCT asset_id FROM (");
            sql.append(leader);
            sql.raw(&format!(") x) m{JOIN}"));
        }
    }

    /// The conditions on `v`: that it is led to, holds, is shown, and fulfils the other parts.
    pub fn remaining(&self, sql: &mut Sql, translator: &Translator) {
        if self.has_leader() {
            sql.raw("v.asset_id = m.asset_id AND ");
        }
        translator.holds(sql, "v");
        sql.raw(" AND ");
        sql.append(&translator.shows());
        for part in &self.rest {
            sql.raw(" AND ");
            sql.append(&translator.condition(part));
        }
    }
}

/// Chooses the leader by counting no further than [`BROAD`].
pub(crate) async fn choose<'a>(
    translator: &Translator,
    db: &impl ConnectionTrait,
    query: &'a Query,
) -> Result<Approach<'a>> {
    let mut parts: Vec<&Query> = match query {
        Query::And(parts) => parts.iter().collect(),
        Query::All => Vec::new(),
        one => vec![one],
    };
    let leading = match parts.iter().position(|part| is_exact(part)) {
        Some(exact) => Some(exact),
        None => narrowest(translator, db, &parts).await?,
    };
    let leader = leading.and_then(|at| translator.members(parts.remove(at)));
    Ok(Approach { leader, rest: parts })
}

async fn narrowest(
    translator: &Translator,
    db: &impl ConnectionTrait,
    parts: &[&Query],
) -> Result<Option<usize>> {
    let mut best: Option<(i64, usize)> = None;
    for (index, part) in parts.iter().enumerate() {
        let Some(members) = translator.members(part) else { continue };
        let limit = best.map_or(BROAD, |(count, _)| count);
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
