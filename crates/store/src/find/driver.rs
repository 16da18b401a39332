//! Where to begin: of the parts of a query that can be looked up by themselves, the one with the
//! fewest assets leads, the others are asked of each of these. If all are broad, the list is walked
//! in its order instead and ends as soon as a page is full.

use super::condition::{Translator, is_exact};
use crate::error::Result;
use crate::sql::Sql;
use cadastre_model::query::Query;
use sea_orm::ConnectionTrait;

/// Above this many assets a part does not lead.
const BROAD: i64 = 3000;

/// How a query is best answered.
pub(crate) struct Approach {
    /// `SELECT asset_id ...` of the leading part.
    pub leader: Option<Sql>,
    /// The parts asked of each asset.
    pub rest: Vec<Query>,
}

/// Chooses the leader by counting no further than [`BROAD`].
pub(crate) async fn choose(
    translator: &Translator,
    db: &impl ConnectionTrait,
    query: &Query,
) -> Result<Approach> {
    let parts: Vec<Query> = match query {
        Query::And(parts) => parts.clone(),
        Query::All => Vec::new(),
        one => vec![one.clone()],
    };
    let mut best: Option<(i64, usize)> = None;
    for (index, part) in parts.iter().enumerate() {
        let Some(members) = translator.members(part) else { continue };
        if is_exact(part) {
            best = Some((0, index));
            break;
        }
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
    let Some((_, leading)) = best else { return Ok(Approach { leader: None, rest: parts }) };
    let leader = parts.get(leading).and_then(|part| translator.members(part));
    let rest = parts
        .into_iter()
        .enumerate()
        .filter(|(index, _)| *index != leading)
        .map(|(_, part)| part)
        .collect();
    Ok(Approach { leader, rest })
}
