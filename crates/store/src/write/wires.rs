//! Claims where people say what a port leads to: what a record claims of such a port is not in force.
//!
//! The record's document keeps all that its source said, so that a release brings it back. Ports are held by
//! hand and so are few: what is held is read whole, and mostly it is nothing.

use super::apply::{OPEN, touched};
use super::close::Closing;
use super::records::{CLAIM_KEY, CLAIMS, ClaimRow, claim_key, claim_row, claim_rows};
use super::transaction::WriteTx;
use crate::bulk::{CHUNK, Insert};
use crate::error::Result;
use crate::find::{Wires, port_name};
use crate::json;
use crate::sql::Sql;
use cadastre_model::{AssetId, Plan};
use std::collections::{BTreeMap, BTreeSet};

/// The held ports of assets, by name.
type Held = BTreeMap<AssetId, BTreeSet<String>>;

/// A record whose claims are to be those in force.
struct Claiming {
    source: i64,
    in_force: BTreeSet<ClaimRow>,
}

impl WriteTx<'_> {
    /// Brings to what is in force the claims of records that a plan wrote or linked anew.
    pub(super) async fn settle_plan(&self, plan: &Plan) -> Result<()> {
        let held = self.held_ports().await?;
        if held.is_empty() {
            return Ok(());
        }
        self.settle(&to_settle(plan, &held), &held).await
    }

    /// Brings to what is in force the claims of these assets' records, after their ports were held or
    /// released.
    ///
    /// # Errors
    /// What the database says.
    pub async fn settle_ports(&mut self, assets: &BTreeSet<AssetId>) -> Result<()> {
        let held = self.held_ports().await?;
        self.settle(assets, &held).await?;
        self.write_touched(assets.clone()).await
    }

    async fn held_ports(&self) -> Result<Held> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT asset_id, port FROM held_port WHERE rev_to = ? UNION \
             SELECT far_asset, far_port FROM held_port WHERE rev_to = ? AND far_port IS NOT NULL",
            [OPEN.into(), OPEN.into()],
        );
        let mut held = Held::new();
        for row in sql.all(self.db(), "reading held ports").await? {
            held.entry(AssetId(row.get(0)?)).or_default().insert(row.get(1)?);
        }
        Ok(held)
    }

    async fn settle(&self, assets: &BTreeSet<AssetId>, held: &Held) -> Result<()> {
        let assets: Vec<i64> = assets.iter().map(|asset| asset.0).collect();
        for chunk in assets.chunks(CHUNK) {
            let records = self.claiming(chunk, held).await?;
            let keys: Vec<i64> = records.keys().copied().collect();
            for keys in keys.chunks(CHUNK) {
                let standing = self.standing_claims(keys).await?;
                self.bring(keys, &records, &standing).await?;
            }
        }
        Ok(())
    }

    /// The records of assets, each with the claims that are in force.
    async fn claiming(&self, assets: &[i64], held: &Held) -> Result<BTreeMap<i64, Claiming>> {
        let mut sql = Sql::of(
            self.dialect(),
            "SELECT l.asset_id, r.key, r.source_id, v.doc FROM link l \
             JOIN record r ON r.key = l.record_key JOIN record_version v ON v.record_key = r.key \
             WHERE l.rev_to = ? AND v.rev_to = ? AND l.asset_id IN ",
            [OPEN.into(), OPEN.into()],
        );
        sql.list(assets.iter().copied());
        let mut records = BTreeMap::new();
        for row in sql.all(self.db(), "reading claims").await? {
            let (asset, key): (i64, i64) = (row.get(0)?, row.get(1)?);
            let wires: Wires = json::read("record_version", key, &row.get::<String>(3)?)?;
            let ports = held.get(&AssetId(asset));
            let in_force = wires.claims.iter().filter(|claim| {
                let port = claim.port.as_deref().map(|port| port_name(&wires.interfaces, port));
                !port.is_some_and(|port| ports.is_some_and(|held| held.contains(port)))
            });
            let in_force = claim_rows(in_force);
            records.insert(key, Claiming { source: row.get(2)?, in_force });
        }
        Ok(records)
    }

    async fn standing_claims(&self, records: &[i64]) -> Result<BTreeMap<i64, BTreeSet<ClaimRow>>> {
        let mut sql = Sql::of(
            self.dialect(),
            "SELECT record_key, relation, scheme, target FROM claim WHERE rev_to = ? \
             AND record_key IN ",
            [OPEN.into()],
        );
        sql.list(records.iter().copied());
        let mut standing: BTreeMap<i64, BTreeSet<ClaimRow>> = BTreeMap::new();
        for row in sql.all(self.db(), "reading claims").await? {
            let claim = (row.get(1)?, row.get(2)?, row.get(3)?);
            standing.entry(row.get(0)?).or_default().insert(claim);
        }
        Ok(standing)
    }

    async fn bring(
        &self,
        keys: &[i64],
        records: &BTreeMap<i64, Claiming>,
        standing: &BTreeMap<i64, BTreeSet<ClaimRow>>,
    ) -> Result<()> {
        let mut added = Insert::new(CLAIMS, "");
        let mut closed = Closing::new("claim", CLAIM_KEY);
        let none = BTreeSet::new();
        for (key, record) in keys.iter().filter_map(|key| records.get_key_value(key)) {
            let stands = standing.get(key).unwrap_or(&none);
            for row in stands.difference(&record.in_force) {
                closed.key(claim_key(*key, row));
            }
            for row in record.in_force.difference(stands) {
                added.row(claim_row(*key, row, self.rev(), record.source));
            }
        }
        // Rows of this very revision were written by the plan a moment ago, and nobody has seen them.
        closed.execute(self, true).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }
}

/// The assets whose held ports a plan may have written over, and those that took a record from one.
fn to_settle(plan: &Plan, held: &Held) -> BTreeSet<AssetId> {
    let is_held = |asset: &AssetId| held.contains_key(asset);
    let left = plan.links.iter().filter(|link| link.from.as_ref().is_some_and(is_held));
    touched(plan).into_iter().filter(is_held).chain(left.map(|link| link.asset)).collect()
}
