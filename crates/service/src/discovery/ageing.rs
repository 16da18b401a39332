//! The end of a scope: what a complete enumeration did not see ages, unless too much is missing.

use super::engine::{Engine, Scope};
use crate::error::Result;
use crate::sources::before;
use cadastre_model::{Kind, Plan, RecordKey, RecordState, ScopeReport};
use cadastre_reconcile::{KindTally, Missing};
use std::collections::BTreeMap;
use std::time::Duration;

impl Engine<'_> {
    /// Ages what a complete enumeration missed, then notes the scope's coverage.
    pub(super) async fn close_scope(
        &mut self,
        scope: &Scope,
        report: &ScopeReport,
    ) -> Result<()> {
        let complete = report.coverage == cadastre_model::Enumeration::Complete;
        let mut missing = if complete { self.missing(scope).await? } else { Vec::new() };
        if complete && let Some(held) = self.held(scope, report.seen).await? {
            let plan = Plan {
                counts: cadastre_model::Counts { conflicts: 1, ..Default::default() },
                conflicts: vec![held],
                ..Plan::default()
            };
            let (now, policy) = (self.clock.now(), &self.policy);
            let written = plan.clone();
            self.writer
                .write(now, async |tx| Ok(tx.apply(&written, policy).await?))
                .await?;
            self.take_in(plan);
            // What was stale before may still expire; what this run missed may not age.
            missing.retain(|one| one.missed_runs > 1);
        }
        for chunk in missing.chunks(self.batch_size) {
            self.age(scope, chunk).await?;
        }
        let (run, id, now) = (self.run, scope.id, self.clock.now());
        if let Some(run) = run {
            self.writer.write(now, async |tx| Ok(tx.run_scope(run, id, report).await?)).await?;
        }
        Ok(())
    }

    async fn age(&mut self, scope: &Scope, missing: &[Missing]) -> Result<()> {
        let (source, policy, now) = (&self.source, &self.policy, self.clock.now());
        let plan = self
            .writer
            .write(now, async |tx| {
                let keys = missing.iter().map(|one| one.record);
                let snapshot = tx.snapshot_of(source, keys).await?;
                // A record that another scope of this run has taken over is not missing.
                let still: Vec<Missing> = missing
                    .iter()
                    .filter(|one| {
                        snapshot
                            .records
                            .get(&one.record)
                            .is_some_and(|record| record.scope == scope.id)
                    })
                    .cloned()
                    .collect();
                let plan = cadastre_reconcile::age(&snapshot, &still, policy, tx.moment());
                tx.apply(&plan, policy).await?;
                Ok(plan)
            })
            .await?;
        self.take_in(plan);
        Ok(())
    }

    /// Live records that the run did not see, and stale ones that are due to expire.
    async fn missing(&self, scope: &Scope) -> Result<Vec<Missing>> {
        let last_seen = self.store.scope_last_complete(scope.id).await?;
        let now = self.clock.now();
        let mut missing: Vec<Missing> = scope
            .unseen
            .values()
            .filter(|known| known.state == RecordState::Live)
            .map(|known| Missing {
                record: known.key,
                missed_runs: 1,
                last_seen: last_seen.unwrap_or(self.started_at),
            })
            .collect();
        let due = before(now, days(self.policy.expiry.days));
        let unseen: std::collections::HashSet<RecordKey> =
            scope.unseen.values().map(|known| known.key).collect();
        for overdue in self.store.scope_overdue(scope.id, due).await? {
            if unseen.contains(&overdue.key) {
                missing.push(Missing {
                    record: overdue.key,
                    missed_runs: overdue.missed_runs + 1,
                    last_seen: overdue.last_seen,
                });
            }
        }
        missing.sort_by_key(|one| one.record);
        Ok(missing)
    }

    /// The question for a person, if too much is missing and nobody has let it pass.
    async fn held(
        &self,
        scope: &Scope,
        seen: u64,
    ) -> Result<Option<cadastre_model::ConflictWrite>> {
        let mut by_kind: BTreeMap<Kind, KindTally> = BTreeMap::new();
        for (kind, known) in &scope.live_by_kind {
            by_kind.insert(*kind, KindTally { known: *known, missing: 0 });
        }
        let mut missing = 0;
        for known in scope.unseen.values().filter(|known| known.state == RecordState::Live) {
            missing += 1;
            by_kind.entry(known.kind).or_default().missing += 1;
        }
        let live = scope.live_by_kind.values().sum();
        let question =
            cadastre_reconcile::brake(live, seen, missing, &by_kind, &self.policy, scope.id);
        match question {
            Some(_) if self.store.ageing_accepted(scope.id).await? => Ok(None),
            question => Ok(question),
        }
    }
}

fn days(days: i64) -> Duration {
    Duration::from_millis(
        u64::try_from(days.max(0).saturating_mul(cadastre_model::time::DAY_MS)).unwrap_or(0),
    )
}

