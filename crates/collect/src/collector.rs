//! What a collector can do: enumerate everything, or try the way there step by step.

use crate::error::CollectError;
use crate::run::RunContext;
use async_trait::async_trait;
use serde::Serialize;

/// A configured source, ready to be asked.
#[async_trait]
pub trait Collector: Send + Sync {
    /// Enumerates everything there is and sends it as events, scope by scope.
    ///
    /// Each scope is opened by `scope_started` and closed by exactly one `scope_finished`, also
    /// when it failed or the run was cancelled; scopes may run side by side. Trouble inside a scope
    /// is data: its coverage, or a detail error.
    ///
    /// # Errors
    /// Only if nothing at all could be asked (bad credentials, nobody there), or with the class
    /// `Cancelled` after a cancellation, when every open scope has been closed as partial or failed.
    async fn collect(&self, run: &RunContext) -> Result<(), CollectError>;

    /// Tries the way to the peer, one named step after the other, and reads one thing. A step after
    /// a failed one is left out or skipped. Sends no events; cancellation is heeded.
    async fn test(&self, run: &RunContext) -> Vec<TestStep>;
}

/// One step of a trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestStep {
    /// What was tried: `resolve`, `connect`, `tls`, `authenticate`, `read`.
    pub name: &'static str,
    /// How it went.
    #[serde(flatten)]
    pub outcome: StepOutcome,
    /// How long it took, in milliseconds.
    pub millis: u64,
}

/// How a step of a trial went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// It worked; what was found, in words for people.
    Passed(String),
    /// It did not work.
    Failed(CollectError),
    /// It was not needed, or could not be tried; why, in words for people.
    Skipped(String),
}

impl StepOutcome {
    /// Whether the steps after this one are worth trying.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        matches!(self, StepOutcome::Failed(_))
    }
}
