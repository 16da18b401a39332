//! Coverage: how much of a scope a run saw. Enumeration gates ageing; detail errors gate nothing.

use crate::coded::coded;
use serde::{Deserialize, Serialize};

coded! {
    /// How far the list of a scope's things was read.
    Enumeration {
        /// To the end: what was not seen is not there.
        Complete = 1 "complete",
        /// In part: what was read stands, nothing ages.
        Partial = 2 "partial",
        /// Not at all.
        Failed = 3 "failed",
    }
}

/// What a collector says at the end of one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// How far the enumeration came.
    pub enumeration: Enumeration,
    /// Why it is not complete: what failed, where, what to do.
    pub error: Option<String>,
    /// Only what changed since the run before was read: what was not seen is as it was, and ends by a
    /// tombstone alone.
    #[serde(default)]
    pub is_increment: bool,
    /// What the next run of the scope is given, in the collector's own words; no secret.
    #[serde(default)]
    pub mark: Option<String>,
}

impl Coverage {
    fn new(enumeration: Enumeration, error: Option<String>) -> Coverage {
        Coverage { enumeration, error, is_increment: false, mark: None }
    }

    /// A complete enumeration.
    #[must_use]
    pub fn complete() -> Coverage {
        Coverage::new(Enumeration::Complete, None)
    }

    /// Everything that changed since the run before.
    #[must_use]
    pub fn increment() -> Coverage {
        Coverage { is_increment: true, ..Coverage::complete() }
    }

    /// A partial enumeration and its reason.
    pub fn partial(error: impl Into<String>) -> Coverage {
        Coverage::new(Enumeration::Partial, Some(error.into()))
    }

    /// A failed enumeration and its reason.
    pub fn failed(error: impl Into<String>) -> Coverage {
        Coverage::new(Enumeration::Failed, Some(error.into()))
    }

    /// With what the next run is given.
    #[must_use]
    pub fn leaving(mut self, mark: impl Into<String>) -> Coverage {
        self.mark = Some(mark.into());
        self
    }
}

/// One object of a scope of which something could not be read. Gates nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailError {
    /// The object's native id, or what of it is known.
    pub subject: String,
    /// What failed, where, what to do.
    pub message: String,
}

/// One scope's line in a run's report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeReport {
    /// The scope's name.
    pub scope: String,
    /// How far the enumeration came.
    pub coverage: Enumeration,
    /// Things seen in it.
    pub seen: u64,
    /// Why it is not complete; of a complete one, that its ageing is held. Either way it is no
    /// witness to anything it did not write.
    pub error: Option<String>,
    /// Only what changed since the run before was read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_increment: bool,
}

/// What a run did, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Things seen.
    pub seen: u64,
    /// Assets made.
    pub created: u64,
    /// Records that said something new.
    pub updated: u64,
    /// Records that said what they said before.
    pub unchanged: u64,
    /// Records missed by a complete enumeration and aged.
    pub stale: u64,
    /// Records that ended, or were missed long enough.
    pub gone: u64,
    /// Decisions left to a person.
    pub conflicts: u64,
}

coded! {
    /// How a run ended.
    RunStatus {
        /// Still going, or cut off by the end of its process.
        Running = 1 "running",
        /// Every scope complete.
        Complete = 2 "complete",
        /// Some scope not complete.
        Partial = 3 "partial",
        /// No scope read at all.
        Failed = 4 "failed",
        /// Its process ended in the middle; found at the next start and repeated.
        Broken = 5 "broken",
    }
}

impl RunStatus {
    /// The status that a run's scopes add up to.
    #[must_use]
    pub fn of(scopes: &[ScopeReport]) -> RunStatus {
        if scopes.iter().all(|scope| scope.coverage == Enumeration::Failed) {
            return RunStatus::Failed;
        }
        if scopes.iter().all(|scope| scope.coverage == Enumeration::Complete) {
            return RunStatus::Complete;
        }
        RunStatus::Partial
    }
}
