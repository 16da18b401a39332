//! The queue of decisions, and deciding.

use crate::error::{ErrorKind, Result, ServiceError, require};
use crate::service::Service;
use cadastre_model::{Actor, Conflict, ConflictKind, Decision, Permission};

impl Service {
    /// Conflicts, oldest first, `limit` after number `after`; those that are over only if asked.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn conflict_list(
        &self,
        actor: &Actor,
        with_over: bool,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Conflict>> {
        require(actor, Permission::ConflictRead)?;
        Ok(self.store().conflict_list(with_over, after, limit).await?)
    }

    /// Decides a conflict. Accepting held ageing lets the next complete run age the scope; rejecting
    /// it closes the question until it arises anew.
    ///
    /// # Errors
    /// Not allowed, no such open conflict, one about identity (decided once merging and splitting by
    /// hand are there), or what the database says.
    pub async fn conflict_decide(&self, actor: &Actor, id: i64, decision: Decision) -> Result<()> {
        require(actor, Permission::ConflictDecide)?;
        let mut tx = self.store().begin_write(self.intent(actor, format!("conflict {id}"))).await?;
        let conflict = tx.conflict_open(id).await?;
        if !matches!(conflict.kind, ConflictKind::AgeingHeld { .. }) {
            let message = format!("conflict {id} is about identity, which cannot be decided yet");
            return Err(ServiceError::new(ErrorKind::Invalid, message).advising(
                "the record stays on its provisional asset (is:conflicted) and is kept",
            ));
        }
        tx.conflict_decide(id, decision).await?;
        let detail = serde_json::json!({ "decision": decision });
        tx.audit("conflict.decide", &format!("conflict:{id}"), Some(&detail)).await?;
        tx.commit().await?;
        Ok(())
    }
}
