//! Trying the way to devices step by step: names, an answer, credentials, one read.

use crate::collector::{Inner, SnmpCollector};
use crate::fault::Fault;
use crate::sweep::{Failed, Found, Reached};
use crate::tables::system;
use crate::tape::Tape;
use cadastre_collect::{CollectError, ErrorClass, Mode, RunContext, StepOutcome, TestStep};
use futures::{FutureExt, StreamExt};
use std::sync::Arc;
use std::time::Instant;

/// Addresses asked in a trial, at most: enough to find somebody.
const ASKED_MAX: usize = 1_024;

/// Addresses asked side by side.
const SIDE_BY_SIDE: usize = 128;

/// Tries each step until one fails or the run is stopped.
pub(crate) async fn probe(collector: &SnmpCollector, run: &RunContext) -> Vec<TestStep> {
    let mut steps = Vec::new();
    let trial = trial(collector, &mut steps);
    tokio::select! {
        () = Box::pin(trial) => {}
        () = run.cancelled() => {}
    }
    if run.is_cancelled() {
        steps.push(step("reach", Instant::now(), Err(CollectError::cancelled("snmp"))));
    }
    steps
}

async fn trial(collector: &SnmpCollector, steps: &mut Vec<TestStep>) {
    // A trial is not taken down.
    let tape = match collector.mode() {
        Mode::Replay(recording) => {
            let words = format!(
                "{} answers, recorded at {}",
                recording.exchanges(),
                recording.recorded_at()
            );
            steps.push(step("recording", Instant::now(), Ok(words)));
            Tape::of(collector.mode())
        }
        Mode::Live | Mode::Record(_) => Tape::Off,
    };
    let inner = collector.inner(tape);
    if !inner.tape.is_playing() && !resolved(collector, &inner, steps).await {
        return;
    }
    let started = Instant::now();
    let (found, failed) = first_found(collector, &inner).await;
    let Some(found) = found else {
        unreached(collector, &failed, started, steps);
        return;
    };
    let host = found.target.host.clone();
    steps.push(step("reach", started, Ok(format!("{host} answers"))));
    let words = format!("by {}, {}", found.label, found.access);
    steps.push(step("authenticate", started, Ok(words)));
    steps.push(read(&found));
}

/// The names among the targets; addresses need no looking up.
async fn resolved(
    collector: &SnmpCollector,
    inner: &Arc<Inner>,
    steps: &mut Vec<TestStep>,
) -> bool {
    let started = Instant::now();
    let targets = &collector.settings().targets;
    let names = targets.iter().filter(|target| target.host.parse::<std::net::IpAddr>().is_err());
    let mut count = 0;
    for name in names {
        count += 1;
        if let Err(fault) = inner.resolve(&name.host).await {
            steps.push(step("resolve", started, Err(fault.at(name.host.as_str()))));
            return false;
        }
    }
    let all = targets.len();
    steps.push(step("resolve", started, Ok(format!("{all} addresses, {count} of them names"))));
    true
}

/// Asks until somebody answers.
async fn first_found(
    collector: &SnmpCollector,
    inner: &Arc<Inner>,
) -> (Option<Found>, Vec<Failed>) {
    let asked: Vec<_> = collector
        .settings()
        .targets
        .iter()
        .take(ASKED_MAX)
        .map(|target| {
            let (inner, target) = (Arc::clone(inner), target.clone());
            async move { inner.reach(&target).await }.boxed()
        })
        .collect();
    let mut answers = futures::stream::iter(asked).buffer_unordered(SIDE_BY_SIDE);
    let mut failed = Vec::new();
    while let Some(answer) = answers.next().await {
        match answer {
            Reached::Found(found) => return (Some(*found), failed),
            Reached::Failed(address) => failed.push(address),
        }
    }
    (None, failed)
}

/// Somebody who refuses was reached; a silence may be either.
fn unreached(
    collector: &SnmpCollector,
    failed: &[Failed],
    started: Instant,
    steps: &mut Vec<TestStep>,
) {
    let of = |wanted: fn(&Fault) -> bool| failed.iter().find(|address| wanted(&address.fault));
    if let Some(address) = of(|fault| fault.class() == ErrorClass::Credentials) {
        let host = address.target.host.as_str();
        steps.push(step("reach", started, Ok(format!("{host} answers"))));
        steps.push(step("authenticate", started, Err(address.fault.at(host))));
        return;
    }
    let error = match (of(|fault| !matches!(fault, Fault::Silent)), failed) {
        (Some(address), _) | (None, [address]) => address.fault.at(address.target.host.as_str()),
        (None, _) => CollectError::new(
            ErrorClass::Unreachable,
            "snmp",
            format!("none of {} addresses answered", collector.settings().targets.len()),
            Fault::Silent.hint(),
        ),
    };
    steps.push(step("reach", started, Err(error)));
}

fn read(found: &Found) -> TestStep {
    let system = system::decode(&found.hello);
    let name = system.name.unwrap_or_else(|| found.target.host.clone());
    let words = match system.description {
        Some(description) => {
            format!("{name}: {}", description.chars().take(100).collect::<String>())
        }
        None => name,
    };
    step("read", Instant::now(), Ok(words))
}

fn step(name: &'static str, started: Instant, outcome: Result<String, CollectError>) -> TestStep {
    let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let outcome = match outcome {
        Ok(words) => StepOutcome::Passed(words),
        Err(error) => StepOutcome::Failed(error),
    };
    TestStep { name, outcome, millis }
}
