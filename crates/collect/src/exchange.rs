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
        /// Whether it was a wait that took too long.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        timed_out: bool,
    },
}
