//! What a run changed, asset by asset, with the reasons: its plan, as the history kept it.
//!
//! The way there: the run's revisions, the assets each touched, and of these what changed at that
//! revision. A page takes as many statements as any other, however many assets are on it.

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::json;
use crate::key::text_of;
use crate::sql::{Row, Sql};
use cadastre_model::{AssetId, Change, Kind, Reason, RecordState, Rev, RunId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a run did to one asset in one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunChange {
    /// The revision.
    pub rev: Rev,
    /// When.
    pub at: Timestamp,
    /// The asset.
    pub asset: AssetId,
    /// Its name from then on.
    pub name: String,
    /// What it is.
    pub kind: Option<Kind>,
    /// Why it changed; `None` if nothing that it says did.
    pub reason: Option<Reason>,
    /// What changed of it.
    pub changes: Vec<Change>,
    /// Its records that said something new, or were tied to it.
    pub records: Vec<RunRecord>,
}

/// What a run did with one record of an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunRecord {
    /// The source that speaks.
    pub source: String,
    /// The source's id of the thing.
    pub native_id: String,
    /// Whether the source still sees it, if the run wrote that.
    pub state: Option<RecordState>,
    /// Why it was written.
    pub written: Option<Reason>,
    /// Why it was tied to the asset.
    pub linked: Option<Reason>,
}

/// A revision and an asset.
type Step = (i64, i64);

/// What is read of an asset's document.
#[derive(Deserialize)]
struct Named {
    name: String,
    kind: Kind,
}

impl Store {
    /// What a run changed, in the order it did, `limit` assets after `after` (revision and asset of
    /// the last one of the page before).
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn run_changes(
        &self,
        run: RunId,
        after: Option<(Rev, AssetId)>,
        limit: u32,
    ) -> Result<Vec<RunChange>> {
        let (rev, asset) = after.map_or((0, 0), |(rev, asset)| (rev.0, asset.0));
        let sql = Sql::of(
            self.dialect(),
            "SELECT w.rev, t.asset_id, w.committed_at FROM rev w JOIN touched t ON t.rev = w.rev \
             WHERE w.run_id = ? AND w.rev >= ? AND (w.rev > ? OR t.asset_id > ?) \
             ORDER BY w.rev, t.asset_id LIMIT ?",
            [run.0.into(), rev.into(), rev.into(), asset.into(), i64::from(limit).into()],
        );
        let rows = sql.all(self.reader(), "reading what a run touched").await?;
        let mut steps = Vec::with_capacity(rows.len());
        for row in &rows {
            steps.push(((row.get(0)?, row.get(1)?), Timestamp(row.get(2)?)));
        }
        if steps.is_empty() {
            return Ok(Vec::new());
        }
        let all: Vec<Step> = steps.iter().map(|(step, _)| *step).collect();
        let mut named = self.named(&all).await?;
        let mut changed = self.changed(&all).await?;
        let mut records = self.recorded(&all).await?;
        let lines = steps.into_iter().map(|(step, at)| {
            let (name, kind, reason) = named.remove(&step).unwrap_or_default();
            RunChange {
                rev: Rev(step.0),
                at,
                asset: AssetId(step.1),
                name,
                kind,
                reason,
                changes: changed.remove(&step).unwrap_or_default(),
                records: records.remove(&step).unwrap_or_default(),
            }
        });
        Ok(lines.collect())
    }

    /// `FROM` the steps, as `p.column1` (the revision) and `p.column2` (the asset).
    fn of_steps(&self, select: &str, steps: &[Step]) -> Sql {
        let mut sql = Sql::new(self.dialect());
        sql.raw(select);
        sql.raw(" FROM ");
        sql.tuples(steps.iter().map(|(rev, asset)| [(*rev).into(), (*asset).into()]));
        sql.raw(" AS p ");
        sql
    }

    /// What the assets were called from then on, and why they changed.
    async fn named(
        &self,
        steps: &[Step],
    ) -> Result<BTreeMap<Step, (String, Option<Kind>, Option<Reason>)>> {
        let mut sql =
            self.of_steps("SELECT p.column1, p.column2, v.doc, v.reason, v.rev_from", steps);
        sql.raw(
            "JOIN asset_version v ON v.asset_id = p.column2 AND v.rev_from <= p.column1 \
             AND v.rev_to > p.column1",
        );
        let rows = sql.all(self.reader(), "reading names of assets").await?;
        rows.iter()
            .map(|row| {
                let step = step_of(row)?;
                let named: Named = json::read("asset_version", step.1, &row.get::<String>(2)?)?;
                let reason = match row.get::<i64>(4)? == step.0 {
                    true => Some(json::read("asset_version", step.1, &row.get::<String>(3)?)?),
                    false => None,
                };
                Ok((step, (named.name, Some(named.kind), reason)))
            })
            .collect()
    }

    async fn changed(&self, steps: &[Step]) -> Result<BTreeMap<Step, Vec<Change>>> {
        let mut sql = self
            .of_steps("SELECT DISTINCT p.column1, p.column2, c.subject, c.before, c.after", steps);
        sql.raw(
            "JOIN change c ON c.asset_id = p.column2 AND c.rev = p.column1 \
             ORDER BY p.column1, p.column2, c.subject",
        );
        let mut changed: BTreeMap<Step, Vec<Change>> = BTreeMap::new();
        for row in sql.all(self.reader(), "reading changes").await? {
            let change = Change { subject: row.get(2)?, before: row.get(3)?, after: row.get(4)? };
            changed.entry(step_of(&row)?).or_default().push(change);
        }
        Ok(changed)
    }

    /// The assets' records that were written, or tied to them, at that revision.
    async fn recorded(&self, steps: &[Step]) -> Result<BTreeMap<Step, Vec<RunRecord>>> {
        let mut sql = self.of_steps(
            "SELECT DISTINCT p.column1, p.column2, r.key, \
             (SELECT s.name FROM source s WHERE s.id = r.source_id), r.native_id, r.native_whole, \
             v.state, v.reason, CASE WHEN l.rev_from = p.column1 THEN l.reason END",
            steps,
        );
        sql.raw(
            "JOIN link l ON l.asset_id = p.column2 AND l.rev_from <= p.column1 \
             AND l.rev_to > p.column1 \
             LEFT JOIN record_version v ON v.record_key = l.record_key AND v.rev_from = p.column1 \
             JOIN record r ON r.key = l.record_key \
             WHERE v.rev_from IS NOT NULL OR l.rev_from = p.column1 \
             ORDER BY p.column1, p.column2, r.key",
        );
        let mut records: BTreeMap<Step, Vec<RunRecord>> = BTreeMap::new();
        for row in sql.all(self.reader(), "reading records").await? {
            let key: i64 = row.get(2)?;
            let state = row.get::<Option<i16>>(6)?;
            let reason = |table, index| -> Result<Option<Reason>> {
                let text = row.get::<Option<String>>(index)?;
                text.map(|text| json::read(table, key, &text)).transpose()
            };
            let record = RunRecord {
                source: row.get(3)?,
                native_id: text_of("record", row.get(4)?, row.get(5)?)?,
                state: state.map(|code| read_state(key, code)).transpose()?,
                written: reason("record_version", 7)?,
                linked: reason("link", 8)?,
            };
            records.entry(step_of(&row)?).or_default().push(record);
        }
        Ok(records)
    }
}

fn step_of(row: &Row) -> Result<Step> {
    Ok((row.get(0)?, row.get(1)?))
}

fn read_state(key: i64, code: i16) -> Result<RecordState> {
    RecordState::from_code(code).ok_or_else(|| StoreError::Corrupt {
        table: "record_version",
        row: key.to_string(),
        why: format!("state {code} is not known"),
    })
}
