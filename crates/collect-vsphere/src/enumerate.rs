//! Reading one datacenter whole, kind by kind.
//!
//! A kind that is refused leaves the others standing: the datacenter is then read in part, with the
//! reason. Of each kind the server first lists what there is, then tells of it page by page; what was
//! listed and did not answer is counted, and makes the reading a partial one too. A page is sent on
//! before the next is asked for.

mod clusters;
mod datastores;
mod hosts;
mod machines;
mod networks;
mod report;
mod switches;

use crate::api::{PAGE, Ref, Retrieved, Row, Session, learn, retrieve, view};
use crate::fault::Fault;
use crate::survey::{Datacenter, Survey, by_kind};
use crate::tags::{Tagged, Tags};
use cadastre_collect::{Pattern, RunContext, Stopped};
use cadastre_model::{Attr, DetailError, Fact, Observation, Value};
use networks::PortGroups;
use report::{End, Report};
use std::collections::{BTreeMap, VecDeque};

/// Why a kind was not read to the end.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The run is to stop.
    Stopped,
    /// A request failed.
    Fault(Box<Fault>),
}

impl From<Stopped> for Halt {
    fn from(_: Stopped) -> Halt {
        Halt::Stopped
    }
}

/// One datacenter, being read.
pub(crate) struct Scope<'a> {
    /// The run.
    pub run: &'a RunContext,
    /// The server.
    pub session: &'a Session,
    /// What is known of it.
    pub survey: &'a Survey,
    /// Its tags, if they are read.
    pub tags: Option<&'a Tags<'a>>,
    /// What is wanted.
    pub wanted: &'a Pattern,
    /// Which datacenter.
    pub datacenter: &'a Datacenter,
    /// How many machines the server has, for the progress.
    pub total: Option<u64>,
}

/// A page of things, with their tags.
pub(crate) struct Page {
    pub rows: Vec<Row>,
    pub tags: BTreeMap<String, Vec<Tagged>>,
}

/// What is asked for of a kind, and in which portions.
pub(crate) struct Asked {
    /// The kind, and those derived from it.
    pub kinds: &'static [&'static str],
    /// Its properties.
    pub paths: &'static [&'static str],
    /// Things on a page, at most.
    pub page: usize,
    /// What people call several of them.
    pub word: &'static str,
}

impl Asked {
    /// In the largest portions.
    const fn new(
        kinds: &'static [&'static str],
        paths: &'static [&'static str],
        word: &'static str,
    ) -> Asked {
        Asked { kinds, paths, page: PAGE, word }
    }
}

/// What is left to read of a kind.
pub(crate) struct Pages {
    asked: &'static Asked,
    portions: VecDeque<(String, Vec<Ref>)>,
}

impl Pages {
    /// The next page.
    async fn next(&mut self, scope: &Scope<'_>, report: &mut Report) -> Result<Option<Page>, Halt> {
        scope.run.progress(scope.total);
        let Some((kind, objects)) = self.portions.pop_front() else { return Ok(None) };
        scope.page(&kind, &objects, self.asked, report).await.map(Some)
    }
}

impl Scope<'_> {
    /// Lists what there is of a kind, to be read page by page.
    async fn list(&self, asked: &'static Asked, report: &mut Report) -> Result<Pages, Halt> {
        let listed = self.ask(view(self.session, &self.datacenter.object, asked.kinds)).await?;
        report.page();
        let mut portions = VecDeque::new();
        for (kind, objects) in by_kind(listed) {
            portions.extend(objects.chunks(asked.page).map(|some| (kind.clone(), some.to_vec())));
        }
        Ok(Pages { asked, portions })
    }

    async fn page(
        &self,
        kind: &str,
        objects: &[Ref],
        asked: &Asked,
        report: &mut Report,
    ) -> Result<Page, Halt> {
        let Retrieved { rows, missing, .. } =
            self.ask(retrieve(self.session, kind, objects, asked.paths)).await?;
        report.page();
        report.miss(asked.word, &missing);
        let tags = match self.tags {
            Some(tags) => self.ask(tags.of(objects)).await?,
            None => BTreeMap::new(),
        };
        Ok(Page { rows, tags })
    }

    /// Waits for an answer, or for the run to be stopped.
    async fn ask<T>(&self, asking: impl Future<Output = Result<T, Fault>>) -> Result<T, Halt> {
        tokio::select! {
            biased;
            () = self.run.cancelled() => Err(Halt::Stopped),
            answer = Box::pin(asking) => answer.map_err(|fault| Halt::Fault(Box::new(fault))),
        }
    }

    /// Sends an observation on, if it is wanted, and what could not be read of it. `id` is its id
    /// in the server.
    async fn see(&self, id: &str, flaws: &[String], seen: Observation) -> Result<(), Stopped> {
        let name = match seen.facts.get(&Attr::Name) {
            Some(Fact::Value(Value::Text(name))) => name.as_str(),
            _ => id,
        };
        if !self.wanted.wants(&[&seen.native_id, id, name, &self.datacenter.name]) {
            return Ok(());
        }
        if !flaws.is_empty() {
            let message = format!(
                "{name} ({id}): {}; what was known of it stays. Record a run and report it: the \
                 server says it in a way that is not known here",
                flaws.join(", ")
            );
            let error = DetailError { subject: seen.native_id.clone(), message };
            self.run.detail_error(&self.datacenter.scope, error).await?;
        }
        self.run.seen(seen).await
    }
}

/// Reads the datacenter and closes its scope, whatever happens.
///
/// # Errors
/// The run is to stop; the scope is closed all the same.
pub(crate) async fn enumerate(scope: Scope<'_>) -> Result<(), Stopped> {
    let name = &scope.datacenter.scope;
    scope.run.scope_started(name).await?;
    let mut report = Report::default();
    let end = read_kinds(&scope, &mut report).await;
    let stopped = matches!(end, Err(End::Stopped));
    scope.run.scope_finished(name, report.coverage(stopped)).await;
    scope.run.progress(scope.total);
    if stopped { Err(Stopped) } else { Ok(()) }
}

async fn read_kinds(scope: &Scope<'_>, report: &mut Report) -> Result<(), End> {
    let mut groups = PortGroups::default();
    let read = hosts::enumerate(scope, report, &mut groups).await;
    report.end_kind(read)?;
    let read = clusters::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = datastores::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = switches::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = networks::enumerate(scope, report, &groups).await;
    report.end_kind(read)?;
    let read = machines::enumerate(scope, report).await;
    report.end_kind(read)
}

/// Finds out, once for the whole server, which properties it does not know.
///
/// # Errors
/// Refused, or no answer.
pub(crate) async fn learn_all(session: &Session) -> Result<(), Fault> {
    let all = [
        &hosts::ASKED,
        &clusters::ASKED,
        &datastores::ASKED,
        &switches::ASKED,
        &networks::ASKED,
        &machines::ASKED,
    ];
    for asked in all {
        let listed = view(session, session.root(), asked.kinds).await?;
        for (kind, objects) in by_kind(listed) {
            if let Some(first) = objects.first() {
                learn(session, &kind, first, asked.paths).await?;
            }
        }
    }
    Ok(())
}

/// What is asked for of machines.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn machine_paths() -> &'static [&'static str] {
    machines::ASKED.paths
}
