//! What a run reports, in the shape that scripts rely on.

use cadastre_model::{Counts, Plan, RunStatus, ScopeReport};
use serde::Serialize;

/// One source's line of `discover --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunReport {
    /// The source.
    pub source: String,
    /// The run's number; 0 for a dry run or one that could not begin.
    pub run: i64,
    /// How it ended.
    pub status: RunStatus,
    /// Scopes, by name.
    pub scopes: Vec<ScopeReport>,
    /// In numbers.
    pub counts: Counts,
    /// How long it took.
    pub seconds: f64,
    /// Why it failed as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Who stopped it before its end.
    #[serde(skip)]
    pub stopped_by: Option<String>,
    /// What a dry run would have written.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<DryRun>,
}

/// What a dry run would have written.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DryRun {
    /// Batch by batch.
    pub plan: Vec<Plan>,
}
