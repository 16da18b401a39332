//! Keys of the register's rows. Small integers handed out by the store; never reused.
//!
//! Why integers and not UUIDs: `docs/decisions/0002-integer-ids.md`.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

key!(
    /// An asset, as people and scripts address it. In a merge the older (smaller) id survives.
    AssetId
);
key!(
    /// A record: the latest observation of one thing by one source.
    RecordKey
);
key!(
    /// A configured source.
    SourceId
);
key!(
    /// A scope of a source: what one run enumerates whole.
    ScopeId
);
key!(
    /// One execution of a source.
    RunId
);
key!(
    /// A revision of the register: one committed change, in order. `Rev(0)` is the empty register.
    Rev
);

impl Rev {
    /// The open end of a row that still holds (`rev_to` of everything current).
    pub const OPEN: Rev = Rev(i64::MAX);
}
