//! When an asset was seen, as far as its records say so themselves.

use cadastre_model::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// What the database says of one asset's sight at one revision.
///
/// A live record follows the complete enumerations of its scope, which take no revision: those are
/// asked for when the answer is given. What "last seen" means stands with the queries
/// (`find::condition`).
#[derive(Clone, Debug)]
pub struct Seen {
    /// When the register first knew it.
    pub first: Timestamp,
    /// It was last seen then, or later.
    pub least: Timestamp,
    /// The scopes whose enumerations say that it was seen later.
    pub scopes: Arc<[i64]>,
}

/// The last complete enumeration of each scope by a moment; `None`: it had none.
#[derive(Clone, Debug, Default)]
pub struct Enumerated {
    pub by: Timestamp,
    pub scopes: BTreeMap<i64, Option<Timestamp>>,
}

impl Enumerated {
    /// Whether it answers for these scopes at a moment, short of what was written within `lag`.
    pub fn covers(&self, scopes: &BTreeSet<i64>, moment: Timestamp, lag: Duration) -> bool {
        let is_near =
            u128::try_from(moment.0.saturating_sub(self.by.0)).is_ok_and(|ms| ms < lag.as_millis());
        is_near && scopes.iter().all(|scope| self.scopes.contains_key(scope))
    }
}

impl Seen {
    /// When it was last seen.
    pub fn last(&self, enumerated: &Enumerated) -> Timestamp {
        let later = self.scopes.iter().filter_map(|scope| *enumerated.scopes.get(scope)?);
        later.fold(self.least, Timestamp::max)
    }
}
