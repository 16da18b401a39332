//! One run over all domains.

use crate::address::Address;
use crate::enumerate::{Mark, Survey, closed};
use crate::errors::Fault;
use crate::peer::{Peer, Tape};
use crate::place::{Place, ROOT_ATTRIBUTES};
use crate::question::Question;
use crate::session::Door;
use crate::settings::DirectorySettings;
use async_trait::async_trait;
use cadastre_collect::{
    CollectError, Collector, ErrorClass, Mode, Pattern, Recording, RunContext, Stopped, TestStep,
};
use futures::{FutureExt, StreamExt};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A source of this kind, ready to be asked.
#[derive(Debug)]
pub(crate) struct DirectoryCollector {
    pub(crate) settings: DirectorySettings,
    /// The ways in, one an address; none if a recording is played.
    pub(crate) doors: Vec<Door>,
    pub(crate) mode: Mode,
    wanted: Pattern,
}

/// What is asked, as far as a replay must ask the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// The domain controllers, in order.
    pub addresses: Vec<Address>,
    /// Below which object is read.
    pub base_dn: Option<String>,
    /// Read only what changed, where the directory tells it.
    #[serde(default)]
    pub increments: bool,
    /// Read mail addresses.
    pub mail: bool,
    /// Read addresses of computers from zones of the DNS.
    #[serde(default)]
    pub dns: bool,
    /// Objects on a page, at most.
    pub page_size: i32,
}

impl Asked {
    /// What the questions to an address are marked with in a recording.
    pub(crate) fn mark(number: usize, address: &Address) -> String {
        format!("{}:{}", number + 1, address.host)
    }

    /// Below which object an address is read.
    pub(crate) fn base<'a>(&'a self, address: &'a Address) -> Option<&'a str> {
        address.base.as_deref().or(self.base_dn.as_deref())
    }
}

/// A controller that let us in.
#[derive(Debug)]
pub(crate) struct Entered {
    /// Who is asked.
    pub peer: Peer,
    /// What it is the controller of.
    pub place: Place,
    /// Where it is.
    pub address: String,
}

impl DirectoryCollector {
    /// A collector by these settings.
    pub(crate) fn new(
        settings: DirectorySettings,
        doors: Vec<Door>,
        mode: Mode,
    ) -> DirectoryCollector {
        let wanted = settings.common.pattern();
        DirectoryCollector { settings, doors, mode, wanted }
    }

    /// What is asked in this run, and where the answers come from.
    pub(crate) fn plan(&self) -> Result<(Asked, Tape), CollectError> {
        let settings = &self.settings;
        let asked = Asked {
            addresses: settings.addresses.clone(),
            base_dn: settings.base_dn.clone(),
            increments: settings.increments,
            mail: settings.mail,
            dns: settings.dns,
            page_size: settings.page_size,
        };
        match &self.mode {
            Mode::Live => Ok((asked, Tape::Off)),
            Mode::Record(recorder) => {
                recorder.note_settings(serde_json::json!(asked));
                for door in &self.doors {
                    recorder.hide(&door.password);
                }
                Ok((asked, Tape::Recording(recorder.clone())))
            }
            Mode::Replay(recording) => {
                Ok((asked_of(recording)?, Tape::Playing(Arc::new(recording.player()))))
            }
        }
    }

    /// Goes in by one address, and asks which domain it is.
    pub(crate) async fn enter(
        &self,
        asked: &Asked,
        tape: &Tape,
        number: usize,
    ) -> Result<Entered, Fault> {
        let address = asked.addresses.get(number).ok_or_else(|| {
            Fault::new(ErrorClass::BadAnswer, "there is no such address", "name it in `url`")
        })?;
        let whom = Asked::mark(number, address);
        let mut peer = Peer::meet(whom, tape.clone(), self.doors.get(number)).await?;
        let place = ask_root(&mut peer, asked.base(address)).await?;
        Ok(Entered { peer, place, address: address.to_string() })
    }

    async fn enter_all(&self, asked: &Asked, tape: &Tape) -> Vec<Result<Entered, Fault>> {
        let entering: Vec<_> = (0..asked.addresses.len())
            .map(|number| self.enter(asked, tape, number).boxed())
            .collect();
        futures::stream::iter(entering).buffered(self.settings.common.concurrency).collect().await
    }

    async fn read(
        &self,
        asked: &Asked,
        entered: Vec<Result<Entered, Fault>>,
        run: &RunContext,
    ) -> Result<(), Stopped> {
        let Sorted { open, shut } = sort(asked, entered, run).await;
        let domains: BTreeSet<String> =
            open.iter().map(|(entered, _)| entered.place.domain.clone()).collect();
        for (scope, why) in shut {
            closed(run, &scope, &why).await?;
        }
        let mut forests = BTreeSet::new();
        let mut reading = Vec::new();
        for (Entered { peer, place, address }, silent) in open {
            let is_first = forests.insert(place.configuration.to_lowercase());
            let mut survey = Survey::new(run, peer, place, &self.wanted, &domains);
            survey.page_size = asked.page_size;
            survey.increments = asked.increments;
            survey.mail = asked.mail;
            survey.dns = asked.dns;
            survey.silent = silent;
            survey.address = address;
            survey.reads_sites = is_first;
            reading.push(survey.carry_out().boxed());
        }
        let ends: Vec<Result<(), Stopped>> = futures::stream::iter(reading)
            .buffer_unordered(self.settings.common.concurrency)
            .collect()
            .await;
        ends.into_iter().collect()
    }
}

/// Asks a controller what it is the controller of.
pub(crate) async fn ask_root(peer: &mut Peer, base: Option<&str>) -> Result<Place, Fault> {
    let name = "the root of the directory";
    let question = Question::of_one(name, "", &ROOT_ATTRIBUTES);
    let page = peer.page(&question, 0).await;
    if let Some(fault) = page.end.fault(name) {
        return Err(fault.hopeless());
    }
    Place::read(&page.entries.into_iter().next().unwrap_or_default(), base)
}

/// A domain to read, with the addresses of its other controllers that did not answer, and why.
type Open = (Entered, Vec<(String, String)>);

/// What is read in a run, and what is a gap.
struct Sorted {
    open: Vec<Open>,
    /// Scopes and why they are shut.
    shut: Vec<(String, String)>,
}

/// Each domain is read by the first of its addresses that let us in.
async fn sort(asked: &Asked, entered: Vec<Result<Entered, Fault>>, run: &RunContext) -> Sorted {
    let mut sorted = Sorted { open: Vec::new(), shut: Vec::new() };
    let mut silent: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (address, entered) in asked.addresses.iter().zip(entered) {
        let entered = match entered {
            Ok(entered) => entered,
            Err(fault) => {
                let why = (address.to_string(), fault.text());
                silent.entry(scope_of(address, run)).or_default().push(why);
                continue;
            }
        };
        let known = sorted.open.iter().any(|(one, _)| one.place.scope == entered.place.scope);
        match known {
            // The first was there, so the second is not needed.
            true => entered.peer.leave().await,
            false => sorted.open.push((entered, Vec::new())),
        }
    }
    for (scope, troubles) in silent {
        let open = sorted.open.iter_mut();
        let open =
            open.into_iter().find(|(one, _)| one.place.scope == scope || one.place.domain == scope);
        match open {
            Some((_, silent)) => silent.extend(troubles),
            None => {
                let why: Vec<String> =
                    troubles.iter().map(|(address, why)| format!("{address}: {why}")).collect();
                sorted.shut.push((scope, why.join(". Also: ")));
            }
        }
    }
    sorted
}

/// The scope that an address is of when nobody answers there: the one that was read from it before,
/// else what the address itself tells.
fn scope_of(address: &Address, run: &RunContext) -> String {
    let at = address.to_string();
    let known = run
        .known_scopes()
        .find(|scope| run.mark(scope).and_then(Mark::read).is_some_and(|mark| mark.at == at));
    known.map_or_else(|| address.presumed_domain(), str::to_owned)
}

fn asked_of(recording: &Recording) -> Result<Asked, CollectError> {
    serde_json::from_value(recording.settings().clone()).map_err(|error| {
        CollectError::new(
            ErrorClass::BadAnswer,
            recording.path().display().to_string(),
            format!("the recording does not say what was asked: {error}"),
            "record it again",
        )
    })
}

#[async_trait]
impl Collector for DirectoryCollector {
    async fn collect(&self, run: &RunContext) -> Result<(), CollectError> {
        let (asked, tape) = self.plan()?;
        // No scope is open yet, so what is being prepared can be dropped.
        let mut entered = tokio::select! {
            entered = self.enter_all(&asked, &tape).boxed() => entered,
            () = run.cancelled() => return Err(CollectError::cancelled("directory")),
        };
        // The only one that could be asked cannot.
        if let ([address], [Err(fault)]) = (asked.addresses.as_slice(), entered.as_mut_slice()) {
            return Err(fault.clone().at(address.to_string()));
        }
        self.read(&asked, entered, run)
            .await
            .map_err(|Stopped| CollectError::cancelled("directory"))
    }

    async fn test(&self, run: &RunContext) -> Vec<TestStep> {
        crate::probe::probe(self, run).await
    }
}
