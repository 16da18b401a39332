//! Tag locks: people's tags, and tags they hold away, with their past.

use crate::error::Result;
use crate::json;
use crate::key::{key_of, text_of, whole_of};
use crate::sql::{Row, Sql};
use crate::write::WriteTx;
use cadastre_model::{AssetId, Policy, TagLock, Timestamp};

/// Columns as [`read_tag_lock`] reads them; one `?` for the open end, then the list of assets.
pub(crate) const TAG_LOCKS: &str = "SELECT asset_id, tag, tag_whole, value, actor, set_at, \
     effective_from FROM held_tag WHERE rev_to = ? AND asset_id IN ";

pub(crate) fn read_tag_lock(row: &Row) -> Result<(AssetId, TagLock)> {
    let asset: i64 = row.get(0)?;
    let value: Option<String> = row.get(3)?;
    let lock = TagLock {
        key: text_of("held_tag", row.get(1)?, row.get(2)?)?,
        value: value.map(|text| json::read("held_tag", asset, &text)).transpose()?,
        actor: row.get(4)?,
        set_at: Timestamp(row.get(5)?),
        effective_from: Timestamp(row.get(6)?),
    };
    Ok((AssetId(asset), lock))
}

impl WriteTx<'_> {
    /// Sets a tag lock, over any before it whose key the policy takes for the same.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tag_lock_set(
        &mut self,
        asset: AssetId,
        lock: &TagLock,
        policy: &Policy,
    ) -> Result<()> {
        self.tag_lock_release(asset, &lock.key, policy).await?;
        // One set in this very transaction was never seen by anybody.
        let again = Sql::of(
            self.dialect(),
            "DELETE FROM held_tag WHERE asset_id = ? AND tag = ? AND rev_from = ?",
            [asset.0.into(), key_of(&lock.key).into_owned().into(), self.rev().0.into()],
        );
        again.execute(self.db(), "setting a tag lock").await?;
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO held_tag (asset_id, tag, tag_whole, rev_from, rev_to, value, actor, \
             set_at, effective_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                asset.0.into(),
                key_of(&lock.key).into_owned().into(),
                whole_of(&lock.key).into(),
                self.rev().0.into(),
                i64::MAX.into(),
                lock.value.as_ref().map(json::write).into(),
                lock.actor.clone().into(),
                lock.set_at.0.into(),
                lock.effective_from.0.into(),
            ],
        );
        self.touch();
        insert.execute(self.db(), "setting a tag lock").await?;
        Ok(())
    }

    /// Releases what is held of a tag, under whatever key the policy takes for the same; returns
    /// whether there was anything.
    ///
    /// # Errors
    /// What the database says, or a lock that cannot be read.
    pub async fn tag_lock_release(
        &mut self,
        asset: AssetId,
        key: &str,
        policy: &Policy,
    ) -> Result<bool> {
        let mut open = Sql::of(self.dialect(), TAG_LOCKS, [i64::MAX.into()]);
        open.list([asset.0]);
        let wanted = policy.canonical_tag_key(key);
        let mut released = false;
        for row in open.all(self.db(), "reading tag locks").await? {
            let (_, lock) = read_tag_lock(&row)?;
            if policy.canonical_tag_key(&lock.key) != wanted {
                continue;
            }
            let close = Sql::of(
                self.dialect(),
                "UPDATE held_tag SET rev_to = ? WHERE rev_to = ? AND asset_id = ? AND tag = ?",
                [
                    self.rev().0.into(),
                    i64::MAX.into(),
                    asset.0.into(),
                    key_of(&lock.key).into_owned().into(),
                ],
            );
            close.execute(self.db(), "releasing a tag lock").await?;
            released = true;
        }
        if released {
            self.touch();
        }
        Ok(released)
    }
}
