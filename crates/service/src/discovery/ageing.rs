//! The end of a scope: what a complete enumeration did not see ages, unless too much is missing.
//!
//! It comes when the run ends, not when the scope's enumeration does: until then another scope may
//! show what moved out of this one.

use super::batch::still_ours;
use super::engine::{Engine, Finished, Scope};
use crate::error::Result;
use crate::sources::before;
use cadastre_model::{
    ConflictKind, ConflictWrite, Counts, Enumeration, Kind, Plan, RecordKey, RecordState,
};
use cadastre_reconcile::{KindTally, Missing};
use std::collections::BTreeMap;
use std::time::Duration;

impl Engine<'_> {
    /// Ages what a complete enumeration missed, then notes the scope's coverage.
    pub(super) async fn close_scope(&mut self, finished: Finished) -> Result<()> {
        let Finished { scope, mut report, mark, at } = finished;
        let mut complete = report.coverage == Enumeration::Complete;
        if let Some(who) = self.stopped_by.as_ref().filter(|_| complete) {
            // What it misses may have moved to what was not read any more.
            report.error = Some(format!("{who} stopped the run: nothing of it ages this time"));
            complete = false;
        }
        // Of an increment nothing is missing: what it does not show is as it was.
        let ages = complete && !report.is_increment;
        let question = if ages { self.held(&scope, report.seen).await? } else { None };
        complete &= question.is_none();
        match question {
            // A list that is not believed is no evidence against what was stale before, either.
            Some(question) => report.error = Some(self.hold(&report.scope, question).await?),
            None if ages => {
                let missing = self.missing(&scope).await?;
                for chunk in missing.chunks(self.batch_size) {
                    self.age(&scope, chunk).await?;
                }
            }
            None => {}
        }
        if let Some(run) = self.run {
            let id = scope.id;
            self.writer
                .write(at, async |tx| {
                    tx.run_scope(run, id, &report).await?;
                    if complete && ages {
                        tx.ageing_settled(id).await?;
                    }
                    if complete {
                        tx.scope_mark(id, mark.as_deref(), report.is_increment).await?;
                    }
                    Ok(())
                })
                .await?;
        }
        self.reports.push(report);
        Ok(())
    }

    /// Leaves the ageing of a scope to a person. Returns what its report says of that.
    async fn hold(&mut self, scope: &str, question: ConflictWrite) -> Result<String> {
        let ConflictWrite { kind, reason } = question;
        let note = match &kind {
            ConflictKind::AgeingHeld { missing, known, .. } => format!(
                "ageing is held: {missing} of {known} known things are missing at once; decide \
                 it under Decisions, or with `cadastre conflicts`"
            ),
            _ => reason.clone(),
        };
        let reason = format!("{scope} of source {}: {reason}", self.source.name);
        tracing::warn!(reason, "the ageing of a scope is held");
        let question = ConflictWrite { kind, reason };
        let plan = Plan {
            counts: Counts { conflicts: 1, ..Default::default() },
            conflicts: vec![question],
            ..Plan::default()
        };
        let (now, policy) = (self.clock.now(), &self.policy);
        let (run, counts, written) = (self.run, self.counts, plan.clone());
        self.writer
            .write(now, async |tx| {
                still_ours(tx, run, &counts).await?;
                Ok(tx.apply(&written, policy).await?)
            })
            .await?;
        self.take_in(plan);
        Ok(note)
    }

    async fn age(&mut self, scope: &Scope, missing: &[Missing]) -> Result<()> {
        let (source, policy, now) = (&self.source, &self.policy, self.clock.now());
        let (run, counts, scopes) = (self.run, self.counts, &self.ids);
        let plan = self
            .writer
            .write(now, async |tx| {
                still_ours(tx, run, &counts).await?;
                let keys = missing.iter().map(|one| one.record);
                let mut snapshot = tx.snapshot_of(source, keys).await?;
                snapshot.scopes.clone_from(scopes);
                let still: Vec<Missing> = missing
                    .iter()
                    .filter_map(|one| {
                        let record = snapshot.records.get(&one.record)?;
                        // One that another scope of this run has taken over is not missing.
                        let ours = record.scope == scope.id;
                        ours.then_some(Missing { last_seen: record.last_seen, ..*one })
                    })
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
        let now = self.clock.now();
        let mut missing: Vec<Missing> = scope
            .unseen
            .values()
            .filter(|known| known.state == RecordState::Live)
            .map(|known| Missing {
                record: known.key,
                missed_runs: 1,
                // What it was is read with the record, when it ages.
                last_seen: now,
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
    async fn held(&self, scope: &Scope, seen: u64) -> Result<Option<ConflictWrite>> {
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
        if question.is_none() {
            return Ok(None);
        }
        // A yes is to what was asked. A few more may be gone meanwhile; many more are another question.
        let accepted = self.store.ageing_accepted(scope.id).await?;
        let few = |asked: u64| (asked * self.policy.brake.percent / 100).max(1);
        let is_let = accepted.is_some_and(|asked| missing <= asked + few(asked));
        Ok(question.filter(|_| !is_let))
    }
}

fn days(days: i64) -> Duration {
    Duration::from_millis(
        u64::try_from(days.max(0).saturating_mul(cadastre_model::time::DAY_MS)).unwrap_or(0),
    )
}
