//! Locks: people's values for attributes, with their past.

use crate::error::{Result, StoreError};
use crate::json;
use crate::sql::{Row, Sql};
use crate::write::WriteTx;
use cadastre_model::{AssetId, Attr, Lock, Timestamp};

/// Columns as [`read_lock`] reads them; one `?` for the open end, then the list of assets.
pub(crate) const LOCKS: &str = "SELECT asset_id, attr, value, actor, set_at, effective_from \
     FROM held WHERE rev_to = ? AND asset_id IN ";

pub(crate) fn read_lock(row: &Row) -> Result<(AssetId, Lock)> {
    let asset: i64 = row.get(0)?;
    let code: i16 = row.get(1)?;
    let attr = Attr::from_code(code).ok_or_else(|| StoreError::Corrupt {
        table: "held",
        row: asset.to_string(),
        why: format!("attribute {code} is not known"),
    })?;
    let value: Option<String> = row.get(2)?;
    let value = value.map(|text| json::read("held", asset, &text)).transpose()?;
    let lock = Lock {
        attr,
        value,
        actor: row.get(3)?,
        set_at: Timestamp(row.get(4)?),
        effective_from: Timestamp(row.get(5)?),
    };
    Ok((AssetId(asset), lock))
}

impl WriteTx<'_> {
    /// Sets a lock, over any before it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn lock_set(&mut self, asset: AssetId, lock: &Lock) -> Result<()> {
        self.lock_release(asset, lock.attr).await?;
        // One set in this very transaction was never seen by anybody.
        let again = Sql::of(
            self.dialect(),
            "DELETE FROM held WHERE asset_id = ? AND attr = ? AND rev_from = ?",
            [asset.0.into(), lock.attr.def().code.into(), self.rev().0.into()],
        );
        again.execute(self.db(), "setting a lock").await?;
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO held (asset_id, attr, rev_from, rev_to, value, actor, set_at, \
             effective_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                asset.0.into(),
                lock.attr.def().code.into(),
                self.rev().0.into(),
                i64::MAX.into(),
                lock.value.as_ref().map(json::write).into(),
                lock.actor.clone().into(),
                lock.set_at.0.into(),
                lock.effective_from.0.into(),
            ],
        );
        self.touch();
        insert.execute(self.db(), "setting a lock").await?;
        Ok(())
    }

    /// Releases a lock; returns whether there was one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn lock_release(&mut self, asset: AssetId, attr: Attr) -> Result<bool> {
        let close = Sql::of(
            self.dialect(),
            "UPDATE held SET rev_to = ? WHERE rev_to = ? AND asset_id = ? AND attr = ?",
            [self.rev().0.into(), i64::MAX.into(), asset.0.into(), attr.def().code.into()],
        );
        let released = close.execute(self.db(), "releasing a lock").await? > 0;
        if released {
            self.touch();
        }
        Ok(released)
    }
}
