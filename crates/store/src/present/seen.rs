//! When an asset was seen, as far as its records say so themselves.

use cadastre_model::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

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

/// The last complete enumeration of each scope, by the moment that is asked for.
pub type Enumerated = BTreeMap<i64, Timestamp>;

impl Seen {
    /// When it was last seen.
    pub fn last(&self, enumerated: &Enumerated) -> Timestamp {
        let later = self.scopes.iter().filter_map(|scope| enumerated.get(scope).copied());
        later.fold(self.least, Timestamp::max)
    }
}
