//! Collectors run to their end, and what they said.

use crate::VsphereFactory;
use cadastre_collect::{
    CollectError, Collector, Event, Factory, Mode, RunContext, TestStep, TimeBase,
};
use cadastre_model::{Attr, Coverage, DetailError, Enumeration, Fact, Kind, Observation, Value};
use secrecy::SecretString;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// What a run said, sorted out.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub seen: BTreeMap<String, Observation>,
    pub scopes: BTreeMap<String, Coverage>,
    pub started: Vec<String>,
    pub details: Vec<DetailError>,
    pub observations: usize,
    pub result: Option<Result<(), CollectError>>,
}

impl Said {
    /// The thing of this kind and name.
    pub(super) fn named(&self, kind: Kind, name: &str) -> &Observation {
        let wanted = Fact::Value(Value::text(name));
        let mut found = self
            .seen
            .values()
            .filter(|seen| seen.kind == kind && seen.facts.get(&Attr::Name) == Some(&wanted));
        let first = found.next().unwrap_or_else(|| panic!("no {kind} {name}"));
        assert!(found.next().is_none(), "several {kind} {name}");
        first
    }

    pub(super) fn coverage(&self, scope: &str) -> (Enumeration, String) {
        let coverage = self
            .scopes
            .get(scope)
            .unwrap_or_else(|| panic!("no scope {scope}, only {:?}", self.scopes));
        (coverage.enumeration, coverage.error.clone().unwrap_or_default())
    }

    pub(super) fn error(&self) -> &CollectError {
        match &self.result {
            Some(Err(error)) => error,
            other => panic!("expected an error, not {other:?}; {:?}", self.scopes),
        }
    }

    pub(super) fn assert_complete(&self) {
        assert_eq!(self.result, Some(Ok(())));
        for (scope, coverage) in &self.scopes {
            assert_eq!(*coverage, Coverage::complete(), "{scope}");
        }
    }

    pub(super) fn counts(&self) -> BTreeMap<Kind, usize> {
        let mut counts = BTreeMap::new();
        for seen in self.seen.values() {
            *counts.entry(seen.kind).or_default() += 1;
        }
        counts
    }
}

pub(super) async fn collected(collector: &dyn Collector) -> Said {
    collected_until(collector, |_, _| {}).await
}

/// Runs a collector; `on_event` may cancel it.
pub(super) async fn collected_until(
    collector: &dyn Collector,
    mut on_event: impl FnMut(&Event, &CancellationToken),
) -> Said {
    let (sender, mut receiver) = mpsc::channel(1);
    let cancel = CancellationToken::new();
    let run = RunContext::new(sender, cancel.clone(), TimeBase::live());
    let collecting = async move {
        let result = collector.collect(&run).await;
        drop(run);
        result
    };
    let listening = async {
        let mut said = Said::default();
        while let Some(event) = receiver.recv().await {
            on_event(&event, &cancel);
            match event {
                Event::ScopeStarted { scope } => said.started.push(scope),
                Event::Seen(seen) => {
                    said.observations += 1;
                    let native = seen.native_id.clone();
                    assert!(said.seen.insert(native.clone(), *seen).is_none(), "{native} twice");
                }
                Event::ScopeFinished { scope, coverage } => {
                    assert!(said.scopes.insert(scope, coverage).is_none(), "closed twice");
                }
                Event::DetailError { error, .. } => said.details.push(error),
                Event::Progress { .. } => {}
            }
        }
        said
    };
    let (result, mut said) = tokio::join!(collecting, listening);
    said.result = Some(result);
    said.started.sort();
    assert_eq!(said.started, said.scopes.keys().cloned().collect::<Vec<_>>(), "left open");
    said
}

/// The steps of a trial.
pub(super) async fn tried(collector: &dyn Collector) -> Vec<TestStep> {
    let (sender, _events) = mpsc::channel(1);
    let run = RunContext::new(sender, CancellationToken::new(), TimeBase::live());
    collector.test(&run).await
}

pub(super) fn built(settings: &Json, password: Option<&str>, mode: Mode) -> Box<dyn Collector> {
    let secrets = password
        .map(|password| ("password".to_owned(), SecretString::from(password)))
        .into_iter()
        .collect();
    VsphereFactory.build(settings, &secrets, mode).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// The stated values, by name, as people read them.
pub(super) fn values(seen: &Observation) -> BTreeMap<&'static str, String> {
    seen.facts
        .iter()
        .filter_map(|(attr, fact)| match fact {
            Fact::Value(value) => Some((attr.name(), attr.def().value_type.to_display(value))),
            Fact::Absent | Fact::NotRead(_) => None,
        })
        .collect()
}
