//! Coverage: how much of a scope a run saw. Enumeration gates ageing; detail errors gate nothing.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How far the list of a scope's things was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Enumeration {
    /// To the end: what was not seen is not there.
    Complete,
    /// In part: what was read stands, nothing ages.
    Partial,
    /// Not at all.
    Failed,
}

impl Enumeration {
    /// The stored number.
    #[must_use]
    pub fn code(self) -> i16 {
        match self {
            Enumeration::Complete => 1,
            Enumeration::Partial => 2,
            Enumeration::Failed => 3,
        }
    }

    /// The value of a stored number.
    #[must_use]
    pub fn from_code(code: i16) -> Option<Enumeration> {
        [Enumeration::Complete, Enumeration::Partial, Enumeration::Failed]
            .into_iter()
            .find(|one| one.code() == code)
    }

    /// The word in output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Enumeration::Complete => "complete",
            Enumeration::Partial => "partial",
            Enumeration::Failed => "failed",
        }
    }
}

/// What a collector says at the end of one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// How far the enumeration came.
    pub enumeration: Enumeration,
    /// Why it is not complete: what failed, where, what to do.
    pub error: Option<String>,
}

impl Coverage {
    /// A complete enumeration.
    #[must_use]
    pub fn complete() -> Coverage {
        Coverage { enumeration: Enumeration::Complete, error: None }
    }

    /// A partial enumeration and its reason.
    pub fn partial(error: impl Into<String>) -> Coverage {
        Coverage { enumeration: Enumeration::Partial, error: Some(error.into()) }
    }

    /// A failed enumeration and its reason.
    pub fn failed(error: impl Into<String>) -> Coverage {
        Coverage { enumeration: Enumeration::Failed, error: Some(error.into()) }
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
    /// Why it is not complete.
    pub error: Option<String>,
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

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// Still going, or cut off by the end of its process.
    Running,
    /// Every scope complete.
    Complete,
    /// Some scope not complete.
    Partial,
    /// No scope read at all.
    Failed,
    /// Its process ended in the middle; found at the next start and repeated.
    Broken,
}

impl RunStatus {
    const ALL: [(RunStatus, i16, &'static str); 5] = [
        (RunStatus::Running, 1, "running"),
        (RunStatus::Complete, 2, "complete"),
        (RunStatus::Partial, 3, "partial"),
        (RunStatus::Failed, 4, "failed"),
        (RunStatus::Broken, 5, "broken"),
    ];

    /// The stored number.
    #[must_use]
    pub fn code(self) -> i16 {
        Self::ALL.iter().find(|(one, _, _)| *one == self).map_or(0, |(_, code, _)| *code)
    }

    /// The status of a stored number.
    #[must_use]
    pub fn from_code(code: i16) -> Option<RunStatus> {
        Self::ALL.iter().find(|(_, one, _)| *one == code).map(|(status, _, _)| *status)
    }

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

impl fmt::Display for RunStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::ALL.iter().find(|(one, _, _)| one == self).map_or("", |(_, _, word)| *word);
        f.write_str(word)
    }
}
