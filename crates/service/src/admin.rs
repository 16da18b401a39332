//! People and places, backup, the audit log, the figures of `/metrics`.

use crate::error::{ErrorKind, Result, ServiceError, require};
use crate::service::Service;
use cadastre_model::{Actor, Permission, Timestamp};
use cadastre_store::{AuditCheck, AuditEntry, Party, Site};
use serde::Serialize;
use std::path::Path;

/// Figures for monitoring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Each source and its last complete run.
    pub successes: Vec<(String, Option<Timestamp>)>,
    /// Jobs waiting.
    pub jobs_waiting: u64,
    /// Jobs running.
    pub jobs_running: u64,
    /// Jobs given up.
    pub jobs_failed: u64,
}

impl Service {
    /// Writes a party, new or changed.
    ///
    /// # Errors
    /// Not allowed, a handle that cannot be one, or what the database says.
    pub async fn party_put(&self, actor: &Actor, party: &Party) -> Result<()> {
        require(actor, Permission::AssetEdit)?;
        check_handle("handle", &party.handle)?;
        let reason = format!("party {} written", party.handle);
        let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
        tx.party_put(party).await?;
        let subject = format!("party:{}", party.handle);
        tx.audit("party.put", &subject, Some(&serde_json::json!(party))).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Parties, by handle.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn party_list(&self, actor: &Actor, as_of: Option<Timestamp>) -> Result<Vec<Party>> {
        require(actor, Permission::AssetRead)?;
        let at = self.at(actor, as_of).await?;
        Ok(self.store().party_list(at).await?)
    }

    /// Writes a site, new or changed.
    ///
    /// # Errors
    /// Not allowed, a slug that cannot be one, a parent that is not there, or what the database says.
    pub async fn site_put(&self, actor: &Actor, site: &Site) -> Result<()> {
        require(actor, Permission::AssetEdit)?;
        check_handle("slug", &site.slug)?;
        let reason = format!("site {} written", site.slug);
        let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
        tx.site_put(site).await?;
        let subject = format!("site:{}", site.slug);
        tx.audit("site.put", &subject, Some(&serde_json::json!(site))).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sites, by slug.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn site_list(&self, actor: &Actor, as_of: Option<Timestamp>) -> Result<Vec<Site>> {
        require(actor, Permission::AssetRead)?;
        let at = self.at(actor, as_of).await?;
        Ok(self.store().site_list(at).await?)
    }

    /// Writes a backup.
    ///
    /// # Errors
    /// Not allowed, a file that is there already or cannot be written, or what the database says.
    pub async fn backup(&self, actor: &Actor, path: &Path) -> Result<()> {
        require(actor, Permission::SystemManage)?;
        Ok(self.store().backup(path).await?)
    }

    /// Checks the chain of the audit log.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn audit_check(&self, actor: &Actor) -> Result<AuditCheck> {
        require(actor, Permission::AuditRead)?;
        Ok(self.store().audit_check().await?)
    }

    /// Entries of the audit log before number `before`, newest first.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn audit_list(
        &self,
        actor: &Actor,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        require(actor, Permission::AuditRead)?;
        Ok(self.store().audit_list(before, limit).await?)
    }

    /// Figures for monitoring: names of sources and counts, nothing of the estate.
    ///
    /// # Errors
    /// What the database says.
    pub async fn figures(&self) -> Result<Figures> {
        let (jobs_waiting, jobs_running, jobs_failed) = self.store().job_tally().await?;
        Ok(Figures {
            successes: self.store().source_successes().await?,
            jobs_waiting,
            jobs_running,
            jobs_failed,
        })
    }
}

/// A handle stands in queries, files and addresses: plain letters.
pub(crate) fn check_handle(what: &str, handle: &str) -> Result<()> {
    if crate::source_file::name_is_valid(handle) {
        return Ok(());
    }
    let message = format!("{what} `{handle}` cannot be used");
    Err(ServiceError::new(ErrorKind::Invalid, message).advising(
        "expected 1 to 63 of a-z, 0-9, `.`, `_` and `-`, beginning with a letter or digit",
    ))
}
