//! A trial: the way to a peer tried step by step, each within a time limit, until one fails.
//!
//! Why it exists: `source test` names the same steps for every kind of source, so that one piece takes them down.

use crate::collector::{StepOutcome, TestStep};
use crate::error::{CollectError, ErrorClass};
use crate::recording::Recording;
use crate::run::RunContext;
use std::time::{Duration, Instant};

/// A step failed, and stands among the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed;

/// The steps so far.
#[derive(Debug)]
pub struct Trial<'a> {
    run: &'a RunContext,
    limit: Duration,
    /// What to do about a step that takes too long.
    hint: &'static str,
    steps: Vec<TestStep>,
}

impl<'a> Trial<'a> {
    /// One whose steps may take `limit` each; `hint` says what to do about one that takes longer.
    #[must_use]
    pub fn new(run: &'a RunContext, limit: Duration, hint: &'static str) -> Trial<'a> {
        Trial { run, limit, hint, steps: Vec::new() }
    }

    /// Runs one step, which gives its value and what it found in words.
    ///
    /// # Errors
    /// It failed, took too long, or the run was stopped meanwhile: it stands among the steps.
    pub async fn step<T>(
        &mut self,
        name: &'static str,
        trying: impl Future<Output = Result<(T, String), CollectError>>,
    ) -> Result<T, Failed> {
        let started = Instant::now();
        let result = tokio::select! {
            result = Box::pin(trying) => result,
            () = tokio::time::sleep(self.limit) => Err(self.too_late(name)),
            () = self.run.cancelled() => Err(CollectError::cancelled(name)),
        };
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (outcome, value) = match result {
            Ok((value, found)) => (StepOutcome::Passed(found), Ok(value)),
            Err(error) => (StepOutcome::Failed(error), Err(Failed)),
        };
        self.steps.push(TestStep { name, outcome, millis });
        value
    }

    /// Notes that a recording stands for the way: what it holds was checked when it was opened.
    pub fn recording(&mut self, recording: &Recording) {
        let (count, at) = (recording.exchanges(), recording.recorded_at());
        let outcome = StepOutcome::Passed(format!("{count} answers, recorded at {at}"));
        self.steps.push(TestStep { name: "recording", outcome, millis: 0 });
    }

    /// Notes that a step does not apply.
    pub fn skip(&mut self, name: &'static str, why: impl Into<String>) {
        let outcome = StepOutcome::Skipped(why.into());
        self.steps.push(TestStep { name, outcome, millis: 0 });
    }

    /// All steps, in the order in which they were tried.
    #[must_use]
    pub fn steps(self) -> Vec<TestStep> {
        self.steps
    }

    fn too_late(&self, step: &str) -> CollectError {
        let what = format!("it was not done after {:?}", self.limit);
        CollectError::new(ErrorClass::Unreachable, step, what, self.hint)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::time_base::TimeBase;
    use tokio::sync::mpsc;
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn each_step_is_taken_down_however_it_went() {
        let (sender, _events) = mpsc::channel(1);
        let cancel = CancellationToken::new();
        let run = RunContext::new(sender, cancel.clone(), TimeBase::live());
        let mut trial = Trial::new(&run, Duration::from_millis(20), "raise `timeout`");
        let found = trial.step("resolve", async { Ok((7, "here".to_owned())) }).await;
        assert_eq!(found, Ok(7));
        trial.skip("tls", "without");
        let late = trial.step::<()>("connect", std::future::pending()).await;
        assert_eq!(late, Err(Failed));
        cancel.cancel();
        assert_eq!(trial.step::<()>("read", std::future::pending()).await, Err(Failed));
        let steps = trial.steps();
        let words: Vec<String> = steps
            .iter()
            .map(|step| match &step.outcome {
                StepOutcome::Passed(words) | StepOutcome::Skipped(words) => words.clone(),
                StepOutcome::Failed(error) => error.to_string(),
            })
            .collect();
        assert_eq!(words.first().map(String::as_str), Some("here"));
        assert!(words.get(2).unwrap().contains("not done after 20ms"), "{words:?}");
        assert!(steps.get(3).unwrap().outcome.is_failed());
    }
}
