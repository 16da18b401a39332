//! Port locks: what people say a port leads to, with their past.
//!
//! A cable is one row, from the end at which it was said; it stands for both.

use crate::bulk::CHUNK;
use crate::error::Result;
use crate::json;
use crate::sql::{Row, Sql};
use crate::write::{OPEN, WriteTx};
use cadastre_model::{AssetDoc, AssetId, Change, FarPort, Interface, PortLock, Reason, Timestamp};
use std::collections::BTreeMap;

/// Columns as [`read_port_lock`] reads them, of rows called `h`.
pub(crate) const PORT_LOCKS: &str =
    "SELECT h.asset_id, h.port, h.far_asset, h.far_port, h.actor, h.set_at FROM held_port h WHERE ";

pub(crate) fn read_port_lock(row: &Row) -> Result<(AssetId, PortLock)> {
    let far_asset: Option<i64> = row.get(2)?;
    let far_port = row.get(3)?;
    let lock = PortLock {
        port: row.get(1)?,
        far: far_asset.map(|asset| FarPort { asset: AssetId(asset), port: far_port }),
        actor: row.get(4)?,
        set_at: Timestamp(row.get(5)?),
    };
    Ok((AssetId(row.get(0)?), lock))
}

/// The condition that a row `h` has one of its ends at one of these assets.
pub(crate) fn at_either_end(sql: &mut Sql, assets: &[i64]) {
    sql.raw("(h.asset_id IN ");
    sql.list(assets.iter().copied());
    sql.raw(" OR h.far_asset IN ");
    sql.list(assets.iter().copied());
    sql.raw(")");
}

/// An asset with the ports that it is known to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetPorts {
    /// Its name.
    pub name: String,
    /// Its ports, by their names or else native ids.
    pub ports: Vec<String>,
}

impl WriteTx<'_> {
    /// Assets with their ports; without those that are not there.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn asset_ports(&self, assets: &[AssetId]) -> Result<BTreeMap<AssetId, AssetPorts>> {
        let mut found = BTreeMap::new();
        for chunk in assets.chunks(CHUNK) {
            let mut sql = Sql::of(
                self.dialect(),
                "SELECT v.asset_id, v.doc FROM asset_version v WHERE v.rev_to = ? AND v.asset_id IN ",
                [OPEN.into()],
            );
            sql.list(chunk.iter().map(|asset| asset.0));
            for row in sql.all(self.db(), "reading assets").await? {
                let asset: i64 = row.get(0)?;
                let doc: AssetDoc = json::read("asset_version", asset, &row.get::<String>(1)?)?;
                let one = AssetPorts { name: doc.name, ports: Vec::new() };
                found.insert(AssetId(asset), one);
            }
            let mut sql = Sql::of(
                self.dialect(),
                "SELECT i.asset_id, i.doc FROM interface i WHERE i.rev_to = ? AND i.asset_id IN ",
                [OPEN.into()],
            );
            sql.list(chunk.iter().map(|asset| asset.0));
            for row in sql.all(self.db(), "reading ports").await? {
                let asset: i64 = row.get(0)?;
                let port: Interface = json::read("interface", asset, &row.get::<String>(1)?)?;
                let Some(one) = found.get_mut(&AssetId(asset)) else { continue };
                one.ports.push(port.called().to_owned());
            }
        }
        Ok(found)
    }

    /// What stands of the ports of these assets, at either end, each cable once.
    ///
    /// # Errors
    /// What the database says.
    pub async fn port_locks(&self, assets: &[AssetId]) -> Result<Vec<(AssetId, PortLock)>> {
        let ids: Vec<i64> = assets.iter().map(|asset| asset.0).collect();
        let mut found: Vec<(AssetId, PortLock)> = Vec::new();
        for chunk in ids.chunks(CHUNK / 2) {
            let mut sql = Sql::of(self.dialect(), PORT_LOCKS, []);
            sql.push("h.rev_to = ? AND ", [OPEN.into()]);
            at_either_end(&mut sql, chunk);
            for row in sql.all(self.db(), "reading port locks").await? {
                let one = read_port_lock(&row)?;
                if !found.contains(&one) {
                    found.push(one);
                }
            }
        }
        Ok(found)
    }

    /// Sets a port lock; what stood before at either end is to be released first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn port_lock_set(&mut self, asset: AssetId, lock: &PortLock) -> Result<()> {
        // One set in this very transaction was never seen by anybody.
        let again = Sql::of(
            self.dialect(),
            "DELETE FROM held_port WHERE asset_id = ? AND port = ? AND rev_from = ?",
            [asset.0.into(), lock.port.clone().into(), self.rev().0.into()],
        );
        again.execute(self.db(), "setting a port lock").await?;
        let far = lock.far.as_ref();
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO held_port (asset_id, port, rev_from, rev_to, far_asset, far_port, actor, \
             set_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                asset.0.into(),
                lock.port.clone().into(),
                self.rev().0.into(),
                OPEN.into(),
                far.map(|far| far.asset.0).into(),
                far.and_then(|far| far.port.clone()).into(),
                lock.actor.clone().into(),
                lock.set_at.0.into(),
            ],
        );
        self.touch();
        insert.execute(self.db(), "setting a port lock").await?;
        Ok(())
    }

    /// Releases a port lock, named by the end at which it was set.
    ///
    /// # Errors
    /// What the database says.
    pub async fn port_lock_release(&mut self, asset: AssetId, port: &str) -> Result<()> {
        let close = Sql::of(
            self.dialect(),
            "UPDATE held_port SET rev_to = ? WHERE rev_to = ? AND asset_id = ? AND port = ?",
            [self.rev().0.into(), OPEN.into(), asset.0.into(), port.into()],
        );
        if close.execute(self.db(), "releasing a port lock").await? > 0 {
            self.touch();
        }
        Ok(())
    }

    /// Writes what an edit of ports changed into the history of assets.
    ///
    /// # Errors
    /// What the database says.
    pub async fn ports_told(
        &mut self,
        changes: &[(AssetId, Change)],
        reason: &Reason,
    ) -> Result<()> {
        self.touch();
        let told = changes.iter().map(|(asset, change)| (*asset, change, reason)).collect();
        self.write_changes(told).await
    }
}
