//! One run: everybody is asked who they are, and every device that answers is read.
//!
//! Scopes. Each device is a scope of its own, `device ADDRESS`, with the address it is read at. An address
//! that is named by itself and does not answer is a scope that failed, and so is one that refuses; an address
//! of a range that does not answer is none, for nobody said that somebody is there, unless a device is known
//! at it: then its scope failed, until it was silent often enough while its network answered (`memory`). So a
//! device that is not there any more ages by nothing but its own silence, and never because another was read.

use crate::credentials::Credential;
use crate::fault::Fault;
use crate::group::{Grouped, grouped};
use crate::memory::{self, Memory, Silence};
use crate::pace::Pace;
use crate::read::{Outcome, host_of, scope};
use crate::settings::SnmpSettings;
use crate::sweep::{Failed, Found, Reached};
use crate::tables::system;
use crate::tape::Tape;
use crate::targets::Target;
use async_trait::async_trait;
use cadastre_collect::{
    CollectError, Collector, ErrorClass, Mode, Pattern, RunContext, Stopped, TestStep,
};
use cadastre_model::Coverage;
use futures::{FutureExt, StreamExt};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// How many more addresses are asked at once than devices are read: most of a range is silent.
const SWEEP_FACTOR: usize = 8;

/// A source of this kind, ready to be asked.
#[derive(Debug)]
pub(crate) struct SnmpCollector {
    settings: SnmpSettings,
    credentials: Vec<Credential>,
    mode: Mode,
    wanted: Pattern,
    /// Which credential worked, by address.
    worked: Arc<Mutex<BTreeMap<String, usize>>>,
}

/// What the tasks of one run share.
pub(crate) struct Inner {
    pub(crate) settings: SnmpSettings,
    pub(crate) credentials: Vec<Credential>,
    pub(crate) tape: Tape,
    worked: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Inner {
    /// The credentials' places in the order in which an address is asked with them.
    pub(crate) fn order(&self, host: &str) -> Vec<usize> {
        let worked = self.worked.lock().unwrap_or_else(PoisonError::into_inner).get(host).copied();
        let others = (0..self.credentials.len()).filter(|place| Some(*place) != worked);
        worked.into_iter().chain(others).collect()
    }

    /// Keeps in mind which credential worked.
    pub(crate) fn remember(&self, host: &str, place: usize) {
        let mut worked = self.worked.lock().unwrap_or_else(PoisonError::into_inner);
        worked.insert(host.to_owned(), place);
    }
}

impl SnmpCollector {
    /// A collector by these settings.
    pub(crate) fn new(
        settings: SnmpSettings,
        credentials: Vec<Credential>,
        mode: Mode,
    ) -> SnmpCollector {
        let wanted = settings.wanted();
        SnmpCollector { settings, credentials, mode, wanted, worked: Arc::default() }
    }

    /// Of these addresses those that the settings name.
    fn asked(&self, mut addresses: BTreeSet<String>) -> BTreeSet<String> {
        let named: BTreeSet<&str> =
            self.settings.targets.iter().map(|target| target.host.as_str()).collect();
        addresses.retain(|address| named.contains(address.as_str()));
        addresses
    }

    /// What one run, or one trial, shares.
    pub(crate) fn inner(&self, tape: Tape) -> Arc<Inner> {
        Arc::new(Inner {
            settings: self.settings.clone(),
            credentials: self.credentials.clone(),
            tape,
            worked: Arc::clone(&self.worked),
        })
    }

    /// The settings.
    pub(crate) fn settings(&self) -> &SnmpSettings {
        &self.settings
    }

    /// The mode.
    pub(crate) fn mode(&self) -> &Mode {
        &self.mode
    }

    /// Asks who they are: known devices and those named by themselves first, then, if ranges are to be swept,
    /// everybody else. Gives them in the order of the settings.
    async fn sweep(
        &self,
        inner: &Arc<Inner>,
        known: &BTreeSet<String>,
        ranges: bool,
    ) -> (Vec<Found>, Vec<Failed>) {
        let (first, then): (Vec<_>, Vec<_>) = self
            .settings
            .targets
            .iter()
            .enumerate()
            .partition(|(_, target)| target.is_single || known.contains(&target.host));
        let then = if ranges { then } else { Vec::new() };
        let pace = Arc::new(Pace::begin(self.settings.sweep_rate));
        let ask = |((place, target), turn): ((usize, &Target), usize)| {
            let (inner, target, pace) = (Arc::clone(inner), target.clone(), Arc::clone(&pace));
            async move {
                pace.turn(turn).await;
                (place, inner.reach(&target).await)
            }
            .boxed()
        };
        let first = first.into_iter().map(|one| (one, 0));
        let asked: Vec<_> = first.chain(then.into_iter().zip(0..)).map(ask).collect();
        let side_by_side = self.settings.concurrency.saturating_mul(SWEEP_FACTOR);
        let answers = futures::stream::iter(asked).buffer_unordered(side_by_side);
        let mut answers: Vec<(usize, Reached)> = answers.collect().await;
        answers.sort_by_key(|(place, _)| *place);
        let (mut found, mut failed) = (Vec::new(), Vec::new());
        for (_, answer) in answers {
            match answer {
                Reached::Found(device) => found.push(*device),
                Reached::Failed(address) => failed.push(address),
            }
        }
        (found, failed)
    }

    async fn read_all(
        &self,
        inner: &Arc<Inner>,
        grouped: Grouped,
        run: &RunContext,
    ) -> Result<(), Stopped> {
        let shared = Arc::new(grouped.shared_engines);
        let of = u64::try_from(grouped.devices.len()).ok();
        let reading: Vec<_> = grouped
            .devices
            .into_iter()
            .map(|found| self.read_one(inner, found, &shared, run, of).boxed())
            .collect();
        let ends: Vec<Result<(), Stopped>> = futures::stream::iter(reading)
            .buffer_unordered(self.settings.concurrency)
            .collect()
            .await;
        ends.into_iter().collect()
    }

    /// Reads one device and closes its scope, whatever happens.
    async fn read_one(
        &self,
        inner: &Arc<Inner>,
        found: Found,
        shared: &Arc<BTreeSet<String>>,
        run: &RunContext,
        of: Option<u64>,
    ) -> Result<(), Stopped> {
        let host = found.target.host.clone();
        let scope = scope(&host);
        run.scope_started(&scope).await?;
        let name = system::decode(&found.hello).name.unwrap_or_default();
        if !self.wanted.wants(&[&host, &name]) {
            run.scope_finished(&scope, Coverage::complete()).await;
            return Ok(());
        }
        let (inner, shared) = (Arc::clone(inner), Arc::clone(shared));
        // A task of its own: whatever a device sends, only its own scope falls with it.
        let mut task = tokio::spawn(async move { inner.read(found, &shared).await });
        let outcome = tokio::select! {
            outcome = &mut task => outcome,
            () = run.cancelled() => {
                task.abort();
                run.scope_finished(&scope, Coverage::partial("the run was stopped")).await;
                return Err(Stopped);
            }
        };
        let outcome = outcome.unwrap_or_else(|_| Outcome {
            seen: None,
            coverage: Coverage::failed(format!(
                "{host}: what it sent could not be coped with; please report it with a recording"
            )),
            details: Vec::new(),
        });
        let ended = send(run, &scope, outcome.seen, outcome.details).await;
        match ended {
            Ok(()) => run.scope_finished(&scope, outcome.coverage).await,
            Err(Stopped) => {
                run.scope_finished(&scope, Coverage::partial("the run was stopped")).await;
            }
        }
        run.progress(of);
        ended
    }

    /// The scopes of those that should have answered.
    async fn tell_failed(
        &self,
        failed: &[Failed],
        judged: &BTreeMap<String, Silence>,
        run: &RunContext,
    ) -> Result<(), Stopped> {
        for Failed { target, fault } in failed {
            let silence = judged.get(&target.host);
            if silence.is_none() && !is_missed(target, fault) {
                continue;
            }
            let error = fault.at(target.host.as_str());
            let coverage = match silence {
                None => Coverage::failed(error.to_string()),
                Some(Silence::NotRead(why)) => Coverage::failed(format!("{error}; {why}")),
                Some(Silence::Nothing) => Coverage::complete(),
            };
            let scope = scope(&target.host);
            run.scope_started(&scope).await?;
            run.scope_finished(&scope, coverage).await;
        }
        Ok(())
    }

    /// Leaves what is to be remembered; if that is nothing, only where there was something.
    async fn leave(
        &self,
        memory: &Memory,
        before: &Memory,
        run: &RunContext,
    ) -> Result<(), Stopped> {
        let nothing = Memory::default();
        if *memory == nothing && *before == nothing {
            return Ok(());
        }
        run.scope_started(memory::SCOPE).await?;
        let coverage = match memory.written() {
            Some(mark) => Coverage::complete().leaving(mark),
            None => Coverage::complete(),
        };
        run.scope_finished(memory::SCOPE, coverage).await;
        Ok(())
    }

    /// Which credentials worked, where it was not the first.
    fn worked(&self) -> BTreeMap<String, usize> {
        let worked = self.worked.lock().unwrap_or_else(PoisonError::into_inner);
        worked
            .iter()
            .filter(|(_, place)| **place > 0)
            .map(|(host, place)| (host.clone(), *place))
            .collect()
    }

    /// Takes up which credentials worked in the run before, unless this process knows better.
    fn recall(&self, worked: &BTreeMap<String, usize>) {
        let mut known = self.worked.lock().unwrap_or_else(PoisonError::into_inner);
        for (host, place) in worked {
            known.entry(host.clone()).or_insert(*place);
        }
    }
}

/// Whether somebody said that there is a device.
fn is_missed(target: &Target, fault: &Fault) -> bool {
    target.is_single || matches!(fault, Fault::Denied(_))
}

async fn send(
    run: &RunContext,
    scope: &str,
    seen: Option<cadastre_model::Observation>,
    details: Vec<cadastre_model::DetailError>,
) -> Result<(), Stopped> {
    if let Some(seen) = seen {
        run.seen(seen).await?;
    }
    for detail in details {
        run.detail_error(scope, detail).await?;
    }
    Ok(())
}

#[async_trait]
impl Collector for SnmpCollector {
    async fn collect(&self, run: &RunContext) -> Result<(), CollectError> {
        let inner = self.inner(Tape::of(&self.mode));
        let known: BTreeSet<String> = run.known_scopes().filter_map(host_of).collect();
        let before = Memory::of(run);
        self.recall(&before.worked);
        let every = self.settings.sweep_every;
        let ranges = inner.tape.is_playing()
            || known.is_empty()
            || before.is_sweep_due(run.begun_at(), every);
        // No scope is open yet, so what is being asked can be dropped.
        let (found, failed) = tokio::select! {
            swept = Box::pin(self.sweep(&inner, &known, ranges)) => swept,
            () = run.cancelled() => return Err(CollectError::cancelled("snmp")),
        };
        if found.is_empty() && failed.iter().all(|address| !address.target.is_single) {
            return Err(nobody(&failed));
        }
        let swept = if ranges { every.map(|_| run.begun_at().0) } else { before.swept_at };
        let mut memory = Memory { worked: self.worked(), swept_at: swept, ..before.clone() };
        let judged = memory.judge(&self.asked(known), &silent(&failed));
        let cancelled = |Stopped| CollectError::cancelled("snmp");
        self.leave(&memory, &before, run).await.map_err(cancelled)?;
        self.tell_failed(&failed, &judged, run).await.map_err(cancelled)?;
        Box::pin(self.read_all(&inner, grouped(found), run)).await.map_err(cancelled)
    }

    async fn test(&self, run: &RunContext) -> Vec<TestStep> {
        crate::probe::probe(self, run).await
    }
}

/// The addresses of ranges where nobody answered, and nobody refused.
fn silent(failed: &[Failed]) -> BTreeSet<String> {
    let silent = failed.iter().filter(|one| !is_missed(&one.target, &one.fault));
    silent.map(|one| one.target.host.clone()).collect()
}

/// Nobody answered: one refusal says more than any number of silences.
fn nobody(failed: &[Failed]) -> CollectError {
    let refused = failed.iter().find(|address| address.fault.class() == ErrorClass::Credentials);
    match refused {
        Some(address) => address.fault.at(address.target.host.as_str()),
        None => CollectError::new(
            ErrorClass::Unreachable,
            "snmp",
            format!("none of {} addresses answered", failed.len()),
            crate::fault::Fault::Silent.hint(),
        ),
    }
}
