//! Collectors for the tests: those that play a script, and those that misbehave.

use async_trait::async_trait;
use cadastre_collect::testing::{Script, ScriptedCollector, ScriptedFactory};
use cadastre_collect::{
    CollectError, Collector, ErrorClass, Factory, Mode, RunContext, SettingError, SettingField,
    TestStep,
};
use cadastre_model::{Coverage, Kind, Observation, SourceKind, Tag};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Notify;

/// A volume that says nothing but its name.
pub fn volume(native_id: &str) -> Observation {
    Observation::new(native_id, Kind::Volume, "")
}

/// A volume with a tag, to tell one state of it from another.
pub fn tagged(native_id: &str, team: &str) -> Observation {
    let mut volume = volume(native_id);
    volume.tags.insert(Tag::new("team", team));
    volume
}

/// One complete scope.
pub fn complete(scope: &str, seen: impl IntoIterator<Item = Observation>) -> Script {
    Script::default().scope(scope, seen, Coverage::complete())
}

/// Sources that play one script a run, the last again and again.
pub fn playing(scripts: impl IntoIterator<Item = Script>) -> ScriptedFactory {
    ScriptedFactory::new(SourceKind::Aws, [("play".to_owned(), ScriptedCollector::new(scripts))])
}

/// An error that may pass.
pub fn unreachable() -> CollectError {
    CollectError::new(ErrorClass::Unreachable, "test", "nobody answers", "start it")
}

/// What a misbehaving collector does.
type Deed = dyn Fn() -> Box<dyn Collector> + Send + Sync;

/// A factory of collectors made by a function.
#[derive(Clone)]
pub struct Odd(Arc<Deed>);

impl Odd {
    pub fn new(make: impl Fn() -> Box<dyn Collector> + Send + Sync + 'static) -> Odd {
        Odd(Arc::new(make))
    }
}

impl Factory for Odd {
    fn kind(&self) -> SourceKind {
        SourceKind::Aws
    }

    fn check(&self, _settings: &Value) -> Vec<SettingError> {
        Vec::new()
    }

    fn fields(&self) -> Vec<SettingField> {
        Vec::new()
    }

    fn build(
        &self,
        _settings: &Value,
        _secrets: &BTreeMap<String, SecretString>,
        _mode: Mode,
    ) -> Result<Box<dyn Collector>, Vec<SettingError>> {
        Ok((self.0)())
    }
}

/// Sees some things in a scope, then does what it should not.
pub struct Rogue {
    pub seen: Vec<Observation>,
    pub then: Then,
}

/// What it does.
pub enum Then {
    /// Panics.
    Panic,
    /// Never ends, and does not listen when told to stop. It says when that begins.
    Deaf(Arc<Notify>),
}

#[async_trait]
impl Collector for Rogue {
    async fn collect(&self, run: &RunContext) -> Result<(), CollectError> {
        let stopped = |_| CollectError::cancelled("rogue");
        if !self.seen.is_empty() {
            run.scope_started("a").await.map_err(stopped)?;
        }
        for one in &self.seen {
            let mut one = one.clone();
            "a".clone_into(&mut one.scope);
            run.seen(one).await.map_err(stopped)?;
        }
        match &self.then {
            Then::Panic => panic!("a rogue collector breaks down"),
            Then::Deaf(begun) => {
                begun.notify_one();
                std::future::pending().await
            }
        }
    }

    async fn test(&self, _run: &RunContext) -> Vec<TestStep> {
        Vec::new()
    }
}
