//! Conflicts: decisions that wait for a person, with their evidence.

use crate::identifier::Identifier;
use crate::ids::{AssetId, RecordKey, ScopeId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What is to be decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ConflictKind {
    /// A record fits several assets, or one that contradicts it.
    Identity {
        /// The record.
        record: RecordKey,
        /// The asset it was put on meanwhile.
        provisional: AssetId,
        /// The assets it may belong to.
        candidates: Vec<AssetId>,
        /// The identifiers in common or at odds.
        evidence: Vec<Identifier>,
    },
    /// A weak match that policy does not link by itself.
    Suggestion {
        /// The record.
        record: RecordKey,
        /// The asset it may belong to.
        candidates: Vec<AssetId>,
        /// The identifiers in common.
        evidence: Vec<Identifier>,
    },
    /// Ageing held back because too much went missing at once.
    AgeingHeld {
        /// The scope.
        scope: ScopeId,
        /// Records that would age.
        missing: u64,
        /// Records known live before.
        known: u64,
    },
}

impl ConflictKind {
    /// The word in output and in the store.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            ConflictKind::Identity { .. } => "identity",
            ConflictKind::Suggestion { .. } => "suggestion",
            ConflictKind::AgeingHeld { .. } => "ageing-held",
        }
    }

    /// What makes two conflicts the same question: asked once, not once a run.
    #[must_use]
    pub fn question(&self) -> String {
        match self {
            ConflictKind::Identity { record, .. } => format!("identity:{record}"),
            ConflictKind::Suggestion { record, candidates, .. } => {
                let ids: Vec<String> = candidates.iter().map(ToString::to_string).collect();
                format!("suggestion:{record}:{}", ids.join(","))
            }
            ConflictKind::AgeingHeld { scope, .. } => ConflictKind::ageing_question(*scope),
        }
    }

    /// The question about the ageing of a scope, whatever is missing of it.
    #[must_use]
    pub fn ageing_question(scope: ScopeId) -> String {
        format!("ageing:{scope}")
    }
}

/// How a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Let it be so: link, or let the scope age.
    Accept,
    /// No: keep apart, or keep holding.
    Reject,
}

/// A decision waiting for a person, taken by one, or not needed any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Its number.
    pub id: i64,
    /// What is to be decided.
    #[serde(flatten)]
    pub kind: ConflictKind,
    /// In words for people.
    pub reason: String,
    /// Since when it waits.
    pub opened_at: Timestamp,
    /// How and when it was decided, and by whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<(Decision, Timestamp, String)>,
    /// When the question was withdrawn undecided, and by whose act: their run found otherwise, or they
    /// removed its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<(Timestamp, String)>,
}
