//! Trying the way to a source, step by step and within a time limit.

use crate::error::{Result, require};
use crate::service::Service;
use cadastre_collect::{CollectError, ErrorClass, RunContext, StepOutcome, TestStep};
use cadastre_model::{Actor, Permission};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How long a collector may take to give in once the time is over.
const GRACE: Duration = Duration::from_secs(2);

impl Service {
    /// Tries the way to a source, step by step. A step that has not answered when `limit` is over
    /// has failed; two seconds later there is an answer in any case.
    ///
    /// # Errors
    /// Not allowed, no such source, settings or secrets that do not serve.
    pub async fn source_test(
        &self,
        actor: &Actor,
        name: &str,
        limit: Duration,
    ) -> Result<Vec<TestStep>> {
        require(actor, Permission::SourceManage)?;
        let source = self.source_row(name).await?;
        let (collector, time) = self.collector(&source, None)?;
        let (sender, _receiver) = mpsc::channel(1);
        let cancel = CancellationToken::new();
        let context = RunContext::new(sender, cancel.clone(), time);
        let mut trying = collector.test(&context);
        if let Ok(steps) = tokio::time::timeout(limit, &mut trying).await {
            return Ok(steps);
        }
        cancel.cancel();
        let steps = tokio::time::timeout(GRACE, trying).await.unwrap_or_else(|_| {
            // It does not listen either: what it had tried is not known.
            let millis = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
            vec![TestStep { name: "answer", outcome: silent(name, limit), millis }]
        });
        Ok(steps.into_iter().map(|step| explained(step, limit)).collect())
    }
}

/// The step that was broken off says why.
fn explained(mut step: TestStep, limit: Duration) -> TestStep {
    if let StepOutcome::Failed(error) = &step.outcome
        && error.class == ErrorClass::Cancelled
    {
        step.outcome = silent(&error.place, limit);
    }
    step
}

fn silent(place: &str, limit: Duration) -> StepOutcome {
    StepOutcome::Failed(CollectError::new(
        ErrorClass::Unreachable,
        place,
        format!("no answer within {limit:?}"),
        "check the address, and what firewalls stand between here and there; a run waits longer",
    ))
}
