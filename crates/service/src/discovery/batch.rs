//! One batch: read what it needs, reconcile, write, in one transaction.

use super::engine::Engine;
use crate::error::{ErrorKind, Result, ServiceError};
use cadastre_model::{Counts, Plan, RunId};
use cadastre_store::WriteTx;

impl Engine<'_> {
    /// Reconciles and writes the observations gathered so far.
    pub(super) async fn flush(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let observations = std::mem::take(&mut self.pending);
        let (source, policy) = (&self.source, &self.policy);
        let scopes = self.scope_ids();
        let now = self.clock.now();
        let (run, counts) = (self.run, self.counts);
        let (plan, objections) = self
            .writer
            .write(now, async |tx| {
                still_ours(tx, run, &counts).await?;
                let snapshot =
                    tx.snapshot_for(source, &scopes, &observations, policy.crowd_limit).await?;
                let plan =
                    cadastre_reconcile::reconcile(&snapshot, &observations, policy, tx.moment());
                tx.apply(&plan, policy).await?;
                Ok((plan, cadastre_reconcile::objections(&snapshot, &observations)))
            })
            .await?;
        self.take_in(plan);
        for error in objections {
            self.note_error(String::new(), error).await?;
        }
        Ok(())
    }

    /// Adds a plan's numbers to the run's; a dry run keeps the plan.
    pub(super) fn take_in(&mut self, plan: Plan) {
        let counts = &mut self.counts;
        counts.created += plan.counts.created;
        counts.updated += plan.counts.updated;
        counts.unchanged += plan.counts.unchanged;
        counts.stale += plan.counts.stale;
        counts.gone += plan.counts.gone;
        counts.conflicts += plan.counts.conflicts;
        let counts = *counts;
        self.progress.send_modify(|progress| progress.counts = counts);
        if self.writer.is_dry() && !plan.is_empty() {
            self.plans.push(plan);
        }
    }
}

/// The run's sign of life with each step. Refuses to write on when somebody else has ended the run:
/// another process that took it for dead (this one was stopped for long, say) reads the source anew,
/// and knows better; and a source that was removed gets no more records.
pub(super) async fn still_ours(
    tx: &mut WriteTx<'_>,
    run: Option<RunId>,
    counts: &Counts,
) -> Result<()> {
    let Some(run) = run else { return Ok(()) };
    if tx.run_beat(run, counts).await? {
        return Ok(());
    }
    let message = format!(
        "run {run} was ended by somebody else: it gave no sign of life for so long that it was marked \
         broken, or its source was removed"
    );
    Err(ServiceError::new(ErrorKind::Conflict, message)
        .advising("what it had written stands; if the source is still there, run it again"))
}
