//! A collector that does as it is told: for the tests of whoever runs collectors.

use crate::collector::{Collector, StepOutcome, TestStep};
use crate::error::CollectError;
use crate::factory::{Factory, Mode};
use crate::field::{FieldSort, SettingField};
use crate::run::{Event, RunContext, Stopped};
use crate::settings::{SettingError, SettingsReader};
use async_trait::async_trait;
use cadastre_model::{Coverage, Observation, SourceKind};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

mod fields;

pub use fields::disagreements;

/// One step of a script.
#[derive(Clone, Debug)]
pub enum Step {
    /// Send this event (a `Progress` is sent with the run's own counts).
    Send(Event),
    /// Wait until told to go on, or cancelled.
    Wait(Arc<Notify>),
}

/// A script: what one run does, and how it ends.
#[derive(Clone, Debug, Default)]
pub struct Script {
    steps: Vec<Step>,
    error: Option<CollectError>,
}

impl Script {
    /// A run that sends these events and ends well.
    #[must_use]
    pub fn of(events: impl IntoIterator<Item = Event>) -> Script {
        Script { steps: events.into_iter().map(Step::Send).collect(), error: None }
    }

    /// Adds a scope with what is seen in it. Each observation is put into the scope.
    #[must_use]
    pub fn scope(
        mut self,
        scope: &str,
        seen: impl IntoIterator<Item = Observation>,
        coverage: Coverage,
    ) -> Script {
        self.steps.push(Step::Send(Event::ScopeStarted { scope: scope.to_owned() }));
        for mut observation in seen {
            scope.clone_into(&mut observation.scope);
            self.steps.push(Step::Send(Event::Seen(Box::new(observation))));
        }
        self.steps.push(Step::Send(Event::ScopeFinished { scope: scope.to_owned(), coverage }));
        self
    }

    /// Adds a wait for `go`.
    #[must_use]
    pub fn wait(mut self, go: Arc<Notify>) -> Script {
        self.steps.push(Step::Wait(go));
        self
    }

    /// Ends the run with this error, after its events.
    #[must_use]
    pub fn failing(mut self, error: CollectError) -> Script {
        self.error = Some(error);
        self
    }
}

/// Plays one script in each run, the last one again and again.
#[derive(Clone, Debug, Default)]
pub struct ScriptedCollector {
    scripts: Arc<Mutex<Vec<Script>>>,
}

impl ScriptedCollector {
    /// A collector of these scripts, one a run.
    #[must_use]
    pub fn new(scripts: impl IntoIterator<Item = Script>) -> ScriptedCollector {
        let mut scripts: Vec<Script> = scripts.into_iter().collect();
        scripts.reverse();
        ScriptedCollector { scripts: Arc::new(Mutex::new(scripts)) }
    }

    fn next(&self) -> Script {
        let mut scripts = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        if scripts.len() > 1 {
            return scripts.pop().unwrap_or_default();
        }
        scripts.last().cloned().unwrap_or_default()
    }
}

#[async_trait]
impl Collector for ScriptedCollector {
    async fn collect(&self, run: &RunContext) -> Result<(), CollectError> {
        let script = self.next();
        let mut open = BTreeSet::new();
        for step in script.steps {
            if play(run, step, &mut open).await.is_err() {
                for scope in open {
                    run.scope_finished(&scope, Coverage::partial("cancelled")).await;
                }
                return Err(CollectError::cancelled("script"));
            }
        }
        script.error.map_or(Ok(()), Err)
    }

    async fn test(&self, _run: &RunContext) -> Vec<TestStep> {
        let script = self.next();
        let outcome = match script.error {
            Some(error) => StepOutcome::Failed(error),
            None => StepOutcome::Passed("a script is played".to_owned()),
        };
        vec![TestStep { name: "script", outcome, millis: 0 }]
    }
}

async fn play(run: &RunContext, step: Step, open: &mut BTreeSet<String>) -> Result<(), Stopped> {
    match step {
        Step::Wait(go) => tokio::select! {
            () = go.notified() => {}
            () = run.cancelled() => return Err(Stopped),
        },
        Step::Send(Event::ScopeStarted { scope }) => {
            run.scope_started(&scope).await?;
            open.insert(scope);
        }
        Step::Send(Event::Seen(observation)) => run.seen(*observation).await?,
        Step::Send(Event::DetailError { scope, error }) => run.detail_error(&scope, error).await?,
        Step::Send(Event::ScopeFinished { scope, coverage }) => {
            if run.is_cancelled() {
                return Err(Stopped);
            }
            open.remove(&scope);
            run.scope_finished(&scope, coverage).await;
        }
        Step::Send(Event::Progress { of, .. }) => run.progress(of),
    }
    Ok(())
}

/// What each of the `users` has.
const USERS: [SettingField; 3] = [
    SettingField::new("name", FieldSort::Text, "Name", "What they are called."),
    SettingField::new("role", FieldSort::Text, "Role", "What they may."),
    SettingField::secret("key", "Key", "What they enter with."),
];

/// A factory of scripted collectors, with a settings table of its own: `endpoint`, `scenario`, the
/// secret `password`, and `users` with a secret each.
#[derive(Clone, Debug)]
pub struct ScriptedFactory {
    kind: SourceKind,
    scenarios: BTreeMap<String, ScriptedCollector>,
}

impl ScriptedFactory {
    /// Sources of `kind` play the collector that their `scenario` names; without one, that of the
    /// empty name.
    #[must_use]
    pub fn new(
        kind: SourceKind,
        scenarios: impl IntoIterator<Item = (String, ScriptedCollector)>,
    ) -> ScriptedFactory {
        ScriptedFactory { kind, scenarios: scenarios.into_iter().collect() }
    }

    fn read(&self, settings: &Value) -> (String, Vec<SettingError>) {
        let mut reader = SettingsReader::new(self.kind.word(), settings);
        reader.text("endpoint");
        reader.secret("password");
        for (number, table) in reader.tables("users").into_iter().enumerate() {
            let is_nameless = table.get("name").is_none();
            if is_nameless && table.as_object().is_some_and(|table| !table.is_empty()) {
                reader.error(&format!("users.{number}.name"), "is missing", "give one");
            }
        }
        let scenario = reader.text("scenario").unwrap_or_default();
        if !self.scenarios.contains_key(&scenario) {
            reader.error("scenario", format!("`{scenario}` is unknown"), "name one that exists");
        }
        (scenario, reader.finish())
    }
}

impl Factory for ScriptedFactory {
    fn kind(&self) -> SourceKind {
        self.kind
    }

    fn check(&self, settings: &Value) -> Vec<SettingError> {
        self.read(settings).1
    }

    fn fields(&self) -> Vec<SettingField> {
        vec![
            SettingField::new("endpoint", FieldSort::Text, "Endpoint", "Where it is.")
                .destination(),
            SettingField::new("scenario", FieldSort::Text, "Scenario", "What is played."),
            SettingField::secret("password", "Password", "What it asks for."),
            SettingField::new("users", FieldSort::Tables(&USERS), "User", "Who may enter."),
        ]
    }

    fn build(
        &self,
        settings: &Value,
        _secrets: &BTreeMap<String, SecretString>,
        _mode: Mode,
    ) -> Result<Box<dyn Collector>, Vec<SettingError>> {
        let (scenario, errors) = self.read(settings);
        match self.scenarios.get(&scenario) {
            Some(collector) if errors.is_empty() => Ok(Box::new(collector.clone())),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::error::ErrorClass;
    use crate::time_base::TimeBase;
    use cadastre_model::Kind;
    use tokio::sync::mpsc;
    use tokio_util::sync::CancellationToken;

    fn run() -> (RunContext, mpsc::Receiver<Event>, CancellationToken) {
        let (sender, receiver) = mpsc::channel(64);
        let cancel = CancellationToken::new();
        (RunContext::new(sender, cancel.clone(), TimeBase::live()), receiver, cancel)
    }

    async fn drained(mut events: mpsc::Receiver<Event>) -> Vec<Event> {
        let mut all = Vec::new();
        while let Some(event) = events.recv().await {
            all.push(event);
        }
        all
    }

    fn one_scope() -> Script {
        Script::default().scope(
            "a",
            [Observation::new("1", Kind::Volume, "")],
            Coverage::complete(),
        )
    }

    #[tokio::test]
    async fn plays_one_script_a_run_and_the_last_for_ever() {
        let error = CollectError::new(ErrorClass::Expired, "here", "expired", "renew");
        let collector =
            ScriptedCollector::new([one_scope(), Script::default().failing(error.clone())]);
        let (first, events, _cancel) = run();
        assert_eq!(collector.collect(&first).await, Ok(()));
        drop(first);
        let events = drained(events).await;
        assert_eq!(events.len(), 3);
        assert!(matches!(events.get(1), Some(Event::Seen(seen)) if seen.scope == "a"));
        for _ in 0..2 {
            let (again, _events, _cancel) = run();
            assert_eq!(collector.collect(&again).await, Err(error.clone()));
        }
    }

    #[tokio::test]
    async fn a_cancelled_script_closes_its_scopes() {
        let go = Arc::new(Notify::new());
        let script = Script::of([Event::ScopeStarted { scope: "a".to_owned() }]).wait(go);
        let collector = ScriptedCollector::new([script]);
        let (context, events, cancel) = run();
        cancel.cancel();
        let ended = collector.collect(&context).await.expect_err("it was cancelled");
        assert_eq!(ended.class, ErrorClass::Cancelled);
        drop(context);
        // Cancelled before it was opened, so there is nothing to close.
        assert!(drained(events).await.is_empty());

        let (context, events, cancel) = run();
        let task = tokio::spawn({
            let collector = collector.clone();
            async move { collector.collect(&context).await }
        });
        tokio::task::yield_now().await;
        cancel.cancel();
        assert!(task.await.unwrap().is_err());
        let events = drained(events).await;
        let opened = events.iter().filter(|e| matches!(e, Event::ScopeStarted { .. })).count();
        let closed = events.iter().filter(|e| matches!(e, Event::ScopeFinished { .. })).count();
        assert_eq!(opened, closed);
    }

    #[test]
    fn the_factory_checks_and_builds() {
        let factory =
            ScriptedFactory::new(SourceKind::Aws, [(String::new(), ScriptedCollector::default())]);
        assert!(factory.check(&serde_json::json!({"endpoint": "x"})).is_empty());
        assert_eq!(factory.check(&serde_json::json!({"scenario": "y"})).len(), 1);
        assert_eq!(disagreements(&factory), [""; 0]);
        assert!(factory.build(&Value::Null, &BTreeMap::new(), Mode::Live).is_ok());
    }
}
