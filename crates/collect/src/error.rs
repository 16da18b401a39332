//! Why a source, or a part of it, could not be read: what, where, and what to do about it.

use serde::Serialize;
use std::fmt;

/// The sort of trouble, for counting and for deciding whether a repeat is worth while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorClass {
    /// The peer does not accept the credentials, or there are none.
    Credentials,
    /// Nobody answered: name not found, connection refused or dropped, no answer in time.
    Unreachable,
    /// The credentials were good once.
    Expired,
    /// The peer asked for patience until ours was at its end.
    Throttled,
    /// The peer knows us and says no.
    Refused,
    /// The peer answered something that could not be read.
    BadAnswer,
    /// Somebody stopped the run.
    Cancelled,
    /// The secure connection could not be made.
    Tls,
}

impl ErrorClass {
    /// The word in logs and metrics.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            ErrorClass::Credentials => "credentials",
            ErrorClass::Unreachable => "unreachable",
            ErrorClass::Expired => "expired",
            ErrorClass::Throttled => "throttled",
            ErrorClass::Refused => "refused",
            ErrorClass::BadAnswer => "bad-answer",
            ErrorClass::Cancelled => "cancelled",
            ErrorClass::Tls => "tls",
        }
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One trouble, in words for people. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{place}: {what}; {hint}")]
pub struct CollectError {
    /// The sort of trouble.
    pub class: ErrorClass,
    /// What failed, with the peer's own code and words where it gave any.
    pub what: String,
    /// Where: an endpoint, an account and region, a file and line.
    pub place: String,
    /// What to do next.
    pub hint: String,
}

impl CollectError {
    /// An error of this class.
    pub fn new(
        class: ErrorClass,
        place: impl Into<String>,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> CollectError {
        CollectError { class, what: what.into(), place: place.into(), hint: hint.into() }
    }

    /// The run was stopped from outside.
    pub fn cancelled(place: impl Into<String>) -> CollectError {
        CollectError::new(
            ErrorClass::Cancelled,
            place,
            "the run was stopped before it was done",
            "run it again when it may finish",
        )
    }

    /// What failed and what to do, without the place: where the place stands beside it anyway.
    #[must_use]
    pub fn without_place(&self) -> String {
        format!("{}; {}", self.what, self.hint)
    }
}
