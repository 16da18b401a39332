//! What changed last in the whole estate. Revisions lead: `touched` is walked back from the newest one,
//! so that neither the size of the estate nor that of a run matters.

use super::condition::{JOIN, Translator};
use super::fetch::{ChangeLine, read_change};
use crate::at::At;
use crate::db::Store;
use crate::error::Result;
use crate::json;
use crate::sql::{Row, Sql};
use crate::visibility::Visibility;
use cadastre_model::query::{Query, Shown};
use cadastre_model::{AssetDoc, AssetId};

/// A change, with the asset it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EstateChange {
    /// The asset.
    pub asset: AssetId,
    /// What it is called at the point in time asked for; `None` once it was merged into another.
    pub name: Option<String>,
    /// The source of the run that made the change.
    pub source: Option<String>,
    /// The change.
    pub change: ChangeLine,
}

/// How many of the newest touches are looked through for so many changes: as many, for nearly each has
/// one; then more and more, for a run may touch assets and change none. Changes further back are no
/// news.
fn windows(limit: u32) -> [i64; 3] {
    [1, 50, 2_500].map(|times| i64::from(limit) * times)
}

impl Store {
    /// The newest changes of all assets up to a point in time, at most `limit`, newest first; those
    /// among the newest 2,500 times as many touches of an asset.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn changes_newest(
        &self,
        at: At,
        visibility: &Visibility,
        limit: u32,
    ) -> Result<Vec<EstateChange>> {
        let mut changes = Vec::new();
        for window in windows(limit) {
            let sql = self.newest_sql(at, visibility, window, limit).await?;
            let rows = sql.all(self.reader(), "reading the newest changes").await?;
            changes = rows.iter().map(read_estate_change).collect::<Result<_>>()?;
            if changes.len() >= limit as usize {
                break;
            }
        }
        Ok(changes)
    }

    async fn newest_sql(
        &self,
        at: At,
        visibility: &Visibility,
        window: i64,
        limit: u32,
    ) -> Result<Sql> {
        let translator = Translator::new(self.dialect(), at, Shown::EVERYTHING);
        let mut sql = Sql::new(self.dialect());
        sql.push(
            "SELECT p.rev, w.committed_at, w.actor, w.run_id, p.subject, p.before, p.after, \
             p.reason, p.asset_id, so.name, v.doc FROM (SELECT c.asset_id, c.rev, c.subject, \
             c.before, c.after, c.reason FROM (SELECT t.rev, t.asset_id FROM touched t \
             WHERE t.rev <= ?",
            [at.rev.0.into()],
        );
        if !visibility.is_all() {
            let seen = self.matching(&translator, &visibility.applied(&Query::Any)).await?;
            sql.raw(" AND t.asset_id IN (");
            sql.append(&seen);
            sql.raw(")");
        }
        // Cut before the join: both databases then look each one's changes up by their key.
        sql.push(
            &format!(
                " ORDER BY t.rev DESC, t.asset_id DESC LIMIT ?) n{JOIN}change c \
                 WHERE c.asset_id = n.asset_id AND c.rev = n.rev \
                 ORDER BY c.rev DESC, c.asset_id DESC, c.subject DESC LIMIT ?) p \
                 JOIN rev w ON w.rev = p.rev LEFT JOIN run r ON r.id = w.run_id \
                 LEFT JOIN source so ON so.id = r.source_id \
                 LEFT JOIN asset_version v ON v.asset_id = p.asset_id AND "
            ),
            [window.into(), i64::from(limit).into()],
        );
        translator.holds(&mut sql, "v");
        sql.raw(" ORDER BY p.rev DESC, p.asset_id DESC, p.subject DESC");
        Ok(sql)
    }
}

fn read_estate_change(row: &Row) -> Result<EstateChange> {
    let asset: i64 = row.get(8)?;
    let doc = row.get::<Option<String>>(10)?;
    let doc = doc.map(|doc| json::read::<AssetDoc>("asset_version", asset, &doc)).transpose()?;
    Ok(EstateChange {
        asset: AssetId(asset),
        name: doc.map(|doc| doc.name),
        source: row.get(9)?,
        change: read_change(row)?,
    })
}
