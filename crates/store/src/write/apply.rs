//! Carrying out a plan: rows written set by set, all at one revision.
//!
//! What a plan says of records stands in `records`, of assets in `assets`.

use super::transaction::WriteTx;
use crate::bulk::Insert;
use crate::error::Result;
use cadastre_model::policy::Policy;
use cadastre_model::{AssetId, Plan};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// `rev_to` of what holds now.
pub(crate) const OPEN: i64 = i64::MAX;

impl WriteTx<'_> {
    /// Carries out a plan and writes one audit entry with the digest of its rows. An empty plan
    /// writes nothing. Of several plans in one transaction, the later stand over the earlier.
    ///
    /// # Errors
    /// What the database says; the transaction is then of no use but to be dropped.
    pub async fn apply(&mut self, plan: &Plan, policy: &Policy) -> Result<()> {
        if plan.is_empty() {
            return Ok(());
        }
        self.write_latest(&plan.latest).await?;
        self.write_sightings(plan).await?;
        self.write_conflicts(&plan.conflicts).await?;
        if plan.records.is_empty() && plan.assets.is_empty() && plan.links.is_empty() {
            return Ok(());
        }
        self.touch();
        let again = self.again();
        let mut digest = Sha256::new();
        self.write_assets(&plan.assets, policy, again, &mut digest).await?;
        self.write_records(&plan.records, again, &mut digest).await?;
        self.write_links(&plan.links, again, &mut digest).await?;
        self.settle_plan(plan).await?;
        self.write_touched(touched(plan)).await?;
        let detail = serde_json::json!({
            "rev": self.rev().0,
            "counts": plan.counts,
            "rows_sha256": hex::encode(digest.finalize()),
        });
        let (action, subject) = match self.intent().run {
            Some(run) => ("run.batch", format!("run:{run}")),
            None => ("register.edit", format!("rev:{}", self.rev())),
        };
        self.audit(action, &subject, Some(&detail)).await
    }

    pub(super) async fn write_touched(&self, assets: BTreeSet<AssetId>) -> Result<()> {
        let mut rows = Insert::new(
            "INSERT INTO touched (rev, asset_id)",
            "ON CONFLICT (rev, asset_id) DO NOTHING",
        );
        for asset in assets {
            rows.row([self.rev().0.into(), asset.0.into()]);
        }
        rows.execute(self.dialect(), self.db()).await?;
        Ok(())
    }
}

/// The assets that are not as they were: in what they are, or in who saw them.
pub(super) fn touched(plan: &Plan) -> BTreeSet<AssetId> {
    let assets = plan.assets.iter().map(|write| write.id);
    let records = plan.records.iter().map(|write| write.asset);
    let links = plan.links.iter().flat_map(|link| link.from.into_iter().chain([link.asset]));
    assets.chain(records).chain(links).collect()
}

/// One row's part of a batch digest: its key, its length, its document.
pub(super) fn hash_row(digest: &mut Sha256, key: i64, doc: &str) {
    digest.update(key.to_be_bytes());
    digest.update((doc.len() as u64).to_be_bytes());
    digest.update(doc.as_bytes());
}
