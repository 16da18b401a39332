//! Collectors run to their end, and what they said.

use crate::SnmpFactory;
use cadastre_collect::{
    CollectError, Collector, Event, Factory, Memory, Mode, RunContext, TestStep, TimeBase,
};
use cadastre_model::{
    Attr, Coverage, DetailError, Enumeration, Fact, Observation, Timestamp, Value,
};
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
    pub details: Vec<DetailError>,
    pub observations: usize,
    pub result: Option<Result<(), CollectError>>,
}

impl Said {
    /// What was seen in the scope of an address.
    pub(super) fn device(&self, host: &str) -> &Observation {
        let scope = format!("device {host}");
        self.seen.values().find(|seen| seen.scope == scope).unwrap_or_else(|| {
            panic!("{host} was not seen, only {:?}; {:?}", self.seen.keys(), self.scopes)
        })
    }

    pub(super) fn coverage(&self, host: &str) -> (Enumeration, String) {
        let scope = format!("device {host}");
        let coverage = self
            .scopes
            .get(&scope)
            .unwrap_or_else(|| panic!("no scope {scope}, only {:?}", self.scopes));
        (coverage.enumeration, coverage.error.clone().unwrap_or_default())
    }

    pub(super) fn assert_complete(&self, host: &str) {
        assert_eq!(self.coverage(host), (Enumeration::Complete, String::new()), "{host}");
    }

    pub(super) fn error(&self) -> &CollectError {
        match &self.result {
            Some(Err(error)) => error,
            other => panic!("expected an error, not {other:?}; {:?}", self.scopes),
        }
    }

    pub(super) fn assert_ok(&self) {
        assert_eq!(self.result, Some(Ok(())));
    }
}

/// A text attribute; empty if it is absent.
pub(super) fn text(seen: &Observation, attr: Attr) -> String {
    match seen.facts.get(&attr) {
        Some(Fact::Value(Value::Text(text))) => text.clone(),
        Some(Fact::Absent) | None => String::new(),
        other => panic!("{attr} is {other:?}"),
    }
}

/// A list attribute.
pub(super) fn list(seen: &Observation, attr: Attr) -> Vec<String> {
    match seen.facts.get(&attr) {
        Some(Fact::Value(Value::List(items))) => items.clone(),
        Some(Fact::Absent) | None => Vec::new(),
        other => panic!("{attr} is {other:?}"),
    }
}

pub(super) async fn collected(collector: &dyn Collector) -> Said {
    collected_after(collector, Memory::default()).await
}

/// Runs a collector with what an earlier run left.
pub(super) async fn collected_after(collector: &dyn Collector, memory: Memory) -> Said {
    collected_at(Timestamp(0), collector, memory).await
}

/// The same at some moment.
pub(super) async fn collected_at(
    begun: Timestamp,
    collector: &dyn Collector,
    memory: Memory,
) -> Said {
    run(collector, begun, memory, |_, _| {}).await
}

/// Runs a collector; `on_event` may cancel it.
pub(super) async fn collected_until(
    collector: &dyn Collector,
    on_event: impl FnMut(&Event, &CancellationToken),
) -> Said {
    run(collector, Timestamp(0), Memory::default(), on_event).await
}

async fn run(
    collector: &dyn Collector,
    begun: Timestamp,
    memory: Memory,
    mut on_event: impl FnMut(&Event, &CancellationToken),
) -> Said {
    let (sender, mut receiver) = mpsc::channel(1);
    let cancel = CancellationToken::new();
    let run = RunContext::new(sender, cancel.clone(), TimeBase::live());
    let run = run.begun(begun).remembering(memory);
    let collecting = async move {
        let result = collector.collect(&run).await;
        drop(run);
        result
    };
    let listening = async {
        let mut said = Said::default();
        let mut started = Vec::new();
        while let Some(event) = receiver.recv().await {
            on_event(&event, &cancel);
            match event {
                Event::ScopeStarted { scope } => started.push(scope),
                Event::Seen(seen) => {
                    said.observations += 1;
                    said.seen.insert(seen.native_id.clone(), *seen);
                }
                Event::DetailError { error, .. } => said.details.push(error),
                Event::ScopeFinished { scope, coverage } => {
                    assert!(said.scopes.insert(scope, coverage).is_none(), "closed twice");
                }
                Event::Progress { .. } => {}
            }
        }
        started.sort();
        assert_eq!(started, said.scopes.keys().cloned().collect::<Vec<_>>(), "left open");
        said
    };
    let (result, mut said) = tokio::join!(collecting, listening);
    said.result = Some(result);
    said
}

pub(super) async fn tried(collector: &dyn Collector) -> Vec<TestStep> {
    let (sender, _events) = mpsc::channel(1);
    let run = RunContext::new(sender, CancellationToken::new(), TimeBase::live());
    collector.test(&run).await
}

pub(super) fn built(settings: &Json, secrets: &[(&str, &str)], mode: Mode) -> Box<dyn Collector> {
    let secrets = secrets
        .iter()
        .map(|(key, secret)| ((*key).to_owned(), SecretString::from(*secret)))
        .collect();
    SnmpFactory.build(settings, &secrets, mode).unwrap_or_else(|errors| panic!("{errors:?}"))
}
