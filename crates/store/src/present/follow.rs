//! Keeping what is held in step with the database, and which revision people are shown meanwhile.
//!
//! Reading what a run's batch changed takes a moment. Whoever looks something up does not wait for
//! it: they see the register as it is held, which may be [`LAG`] behind, no more; and never behind
//! what they changed themselves in this process, or a run that has ended here.

use super::keep::Present;
use super::read::CHUNK;
use super::seen::Enumerated;
use super::state::State;
use crate::db::Store;
use crate::error::Result;
use cadastre_model::{Rev, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Scopes that are read though nobody asked, so that the next who asks finds them read.
const FEW_SCOPES: usize = 100;

/// Assets read at once, so that who looks something up meanwhile gets a turn.
const PART: usize = 250;

/// How far behind the newest revision people may be shown the register.
const LAG: Duration = Duration::from_secs(1);

/// Revisions that people know of: they are not shown less.
#[derive(Default)]
pub struct Expected {
    everybody: Option<Rev>,
    /// By actor; what is held already is let go.
    own: BTreeMap<String, Rev>,
}

impl Present {
    /// The revision that is held, if it may be shown to this actor.
    pub fn shown_to(&self, actor: &str) -> Option<Rev> {
        let held = self.rev().filter(|_| self.is_on())?;
        let was_newest = *self.newest_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = was_newest.is_some_and(|at| at.elapsed() < LAG);
        (is_fresh && Some(held) >= self.expected_by(actor)).then_some(held)
    }

    fn expected_by(&self, actor: &str) -> Option<Rev> {
        let expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        expected.own.get(actor).copied().max(expected.everybody)
    }

    /// When scopes were enumerated, as far as it is known and may be shown.
    pub fn enumerated(&self, scopes: &BTreeSet<i64>, by: Timestamp) -> Option<Arc<Enumerated>> {
        let known = self.enumerated.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = known.as_ref().filter(|(read_at, _)| read_at.elapsed() < LAG);
        fresh.filter(|(_, known)| known.covers(scopes, by, LAG)).map(|(_, known)| known.clone())
    }

    /// Scopes to read together: these, and those that were asked for before, as long as those are few.
    pub fn enumerated_with(&self, scopes: &BTreeSet<i64>) -> BTreeSet<i64> {
        let known = self.enumerated.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.iter().flat_map(|(_, known)| known.scopes.keys());
        scopes.iter().chain(before.take(FEW_SCOPES)).copied().collect()
    }

    /// What was read of the present: a question about the past is no answer to the next.
    pub fn remember_enumerated(&self, read_at: Instant, read: &Arc<Enumerated>) {
        let mut known = self.enumerated.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_on() && known.as_ref().is_none_or(|(_, known)| known.by <= read.by) {
            *known = Some((read_at, read.clone()));
        }
    }

    /// From now on nobody is shown less than this revision, or what scopes were before.
    pub fn expect_by_everybody(&self, rev: Rev) {
        *self.enumerated.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        expected.everybody = expected.everybody.max(Some(rev));
    }

    /// From now on this actor is not shown less than this revision.
    pub fn expect_by(&self, actor: &str, rev: Rev) {
        if !self.is_on() {
            return;
        }
        let held = self.rev();
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        expected.own.retain(|_, known| Some(*known) > held);
        expected.own.insert(actor.to_owned(), rev);
    }

    /// What is held was the newest there was at this moment.
    fn was_newest(&self, at: Instant) {
        let mut newest_at = self.newest_at.lock().unwrap_or_else(PoisonError::into_inner);
        *newest_at = Some(newest_at.map_or(at, |known| known.max(at)));
    }
}

impl Store {
    /// Holds the register in memory from now on, so that lookups of the present are answered from
    /// there: see `docs/DATA.md`. Takes some seconds for a large register; until then lookups go to
    /// the database.
    ///
    /// # Errors
    /// What the database says, or a document that cannot be read.
    pub async fn present_keep(&self) -> Result<()> {
        self.present_follow().await?;
        self.present().switch_on();
        Ok(())
    }

    /// Brings what is held to the newest revision. Called again and again, so that those who look
    /// something up find it done.
    ///
    /// # Errors
    /// What the database says, or a document that cannot be read.
    pub async fn present_follow(&self) -> Result<()> {
        let asked_at = Instant::now();
        let newest = self.newest().await?;
        if self.present_refresh(newest).await? {
            self.present().was_newest(asked_at);
        }
        Ok(())
    }

    /// Brings what is held to the revision; `false`: it is past it already.
    pub(super) async fn present_refresh(&self, rev: Rev) -> Result<bool> {
        let present = self.present();
        if present.rev().is_none_or(|held| held < rev) {
            let _one_at_a_time = present.refreshing.lock().await;
            if present.rev().is_none_or(|held| held < rev) {
                self.present_advance(rev).await?;
            }
        }
        Ok(present.rev() == Some(rev))
    }

    async fn present_advance(&self, rev: Rev) -> Result<()> {
        let present = self.present();
        let policy = self.policy().await?;
        let held = |state: &State| state.rev.filter(|_| state.policy == policy);
        let since = present.read().as_ref().and_then(held);
        let Some(since) = since else {
            // What is there is let go first, so that there are never two.
            *present.write() = Some(State::new(policy));
            let all = self.present_all(rev).await?;
            return self.present_step(&all, rev).await;
        };
        for step in self.present_steps(since, rev).await? {
            self.present_step(&step.ids, step.to).await?;
        }
        Ok(())
    }

    /// Between two of several chunks nothing is held that could be asked.
    async fn present_step(&self, ids: &[u32], to: Rev) -> Result<()> {
        let present = self.present();
        let Some(policy) = present.read().as_ref().map(|state| state.policy.clone()) else {
            return Ok(());
        };
        let chunks = ids.chunks(CHUNK);
        let last = chunks.len().saturating_sub(1);
        for (index, chunk) in chunks.enumerate() {
            let mut entries = Vec::with_capacity(chunk.len());
            for part in chunk.chunks(PART) {
                entries.extend(self.present_entries(part, to, &policy).await?);
            }
            if let Some(state) = present.write().as_mut() {
                entries.into_iter().for_each(|entry| state.put(entry));
                state.rev = (index == last).then_some(to);
            }
        }
        if let Some(state) = present.write().as_mut() {
            state.tidy();
            state.rev = Some(to);
        }
        Ok(())
    }
}
