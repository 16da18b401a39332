//! One question and its answer, as a recording keeps them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One question to a peer and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// What the question is known by: whom it asked, what, with which parameters, and nothing that
    /// differs from one run to the next (no signatures, dates, ports).
    pub key: String,
    /// The question, for people who read the file.
    pub request: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    /// A whole answer, good or bad.
    Answer {
        /// The protocol's status: for HTTP its code.
        status: u16,
        /// Headers that matter to who reads the answer, names in lower case.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
        /// The answer as text. A collector of a binary protocol writes it as hex.
        body: String,
    },
    /// No answer, or not a whole one.
    Failure {
        /// What happened, in words.
        failure: String,
        /// The sort of failure.
        #[serde(default)]
        cause: Cause,
    },
}

/// Why there is no whole answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The question did not get there, or the connection ended before the answer began.
    #[default]
    Unreachable,
    /// It took too long.
    TimedOut,
    /// The answer began, and ended before its end.
    BrokenOff,
}
