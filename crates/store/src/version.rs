//! Which version of an asset holds: what tells whether somebody changed it meanwhile.

use crate::at::At;
use crate::db::Store;
use crate::error::Result;
use crate::sql::Sql;
use crate::write::WriteTx;
use cadastre_model::{AssetId, Rev, Timestamp};
use std::collections::BTreeMap;

/// A version of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The revision that made it.
    pub rev: Rev,
    /// When that was.
    pub changed_at: Timestamp,
}

impl Store {
    /// The versions of assets that held at a point in time, in one statement; without those that were
    /// not there then.
    ///
    /// # Errors
    /// What the database says.
    pub async fn asset_versions(
        &self,
        ids: &[AssetId],
        at: At,
    ) -> Result<BTreeMap<AssetId, Version>> {
        let mut sql = Sql::of(
            self.dialect(),
            "SELECT v.asset_id, v.rev_from, w.committed_at FROM asset_version v \
             JOIN rev w ON w.rev = v.rev_from WHERE v.rev_from <= ? AND v.rev_to > ? \
             AND v.asset_id IN ",
            [at.rev.0.into(), at.rev.0.into()],
        );
        sql.list(ids.iter().map(|id| id.0));
        let rows = sql.all(self.reader(), "reading versions").await?;
        let read = |row: &crate::sql::Row| {
            let version = Version { rev: Rev(row.get(1)?), changed_at: Timestamp(row.get(2)?) };
            Ok((AssetId(row.get(0)?), version))
        };
        rows.iter().map(read).collect()
    }
}

impl WriteTx<'_> {
    /// For each of some assets which asset it is now, if it was merged into another, and the revision
    /// that made the version that holds; without those that are not there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn asset_versions(
        &self,
        ids: &[AssetId],
    ) -> Result<BTreeMap<AssetId, (AssetId, Rev)>> {
        let mut sql = Sql::of(
            self.dialect(),
            "SELECT a.id, v.asset_id, v.rev_from FROM asset a \
             JOIN asset_version v ON v.asset_id = coalesce(a.redirect_to, a.id) \
             WHERE v.rev_to = ? AND a.id IN ",
            [i64::MAX.into()],
        );
        sql.list(ids.iter().map(|id| id.0));
        let rows = sql.all(self.db(), "reading versions").await?;
        let read = |row: &crate::sql::Row| {
            Ok((AssetId(row.get(0)?), (AssetId(row.get(1)?), Rev(row.get(2)?))))
        };
        rows.iter().map(read).collect()
    }
}
