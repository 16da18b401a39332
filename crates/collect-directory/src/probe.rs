//! Trying the way to each domain controller step by step: name, connection, TLS, password, one
//! read.

use crate::collector::{Asked, DirectoryCollector, ask_root};
use crate::errors::Fault;
use crate::link;
use crate::peer::{Peer, Tape};
use crate::place::Place;
use crate::question::Question;
use crate::session::Door;
use cadastre_collect::{CollectError, Failed, Mode, Recording, RunContext, TestStep, Trial};

/// What to do about a step that takes too long.
const TOO_LATE: &str =
    "check that the domain controller can be reached from here, or raise `timeout`";

/// Tries each step of each address until one fails or the run is stopped.
pub(crate) async fn probe(collector: &DirectoryCollector, run: &RunContext) -> Vec<TestStep> {
    let steps = Trial::new(run, collector.settings.common.timeout, TOO_LATE);
    let mut tour = Tour { collector, steps, place: String::new() };
    if let Mode::Replay(recording) = &collector.mode {
        // What failed stands among the steps.
        let _ = Box::pin(tour.replay(recording)).await;
        return tour.steps.steps();
    }
    for (number, door) in collector.doors.iter().enumerate() {
        if run.is_cancelled() {
            break;
        }
        let _ = Box::pin(tour.one(number, door)).await;
    }
    tour.steps.steps()
}

struct Tour<'a> {
    collector: &'a DirectoryCollector,
    steps: Trial<'a>,
    /// The address being tried.
    place: String,
}

impl Tour<'_> {
    async fn one(&mut self, number: usize, door: &Door) -> Result<(), Failed> {
        self.place = door.address.to_string();
        let address = &door.address;
        let resolving = async {
            let found = link::resolve(address).await?;
            let first = found.first().map(|it| it.ip().to_string()).unwrap_or_default();
            Ok((found, format!("{} is {first}", address.host)))
        };
        let addresses = self.step("resolve", resolving).await?;
        let connecting = async {
            let stream = link::connect(address, &addresses).await?;
            let found =
                stream.peer_addr().map_or_else(|_| "connected".to_owned(), |at| at.to_string());
            Ok((stream, found))
        };
        let stream = self.step("connect", connecting).await?;
        let securing = link::secure(address, stream, door.start_tls, &door.trust);
        let wire = if address.ldaps || door.start_tls {
            self.step("tls", securing).await?
        } else {
            self.steps
                .skip("tls", "this address is reached without TLS, the password in the clear");
            securing.await.map_err(|_| Failed)?.0
        };
        let entering = async {
            let session = door.log_on(wire).await?;
            Ok((session, format!("logged on as {}", door.who)))
        };
        let session = self.step("authenticate", entering).await?;
        let whom = Asked::mark(number, address);
        let peer = Peer::with(whom, session, door);
        let base = self.collector.settings.base_dn.as_deref().or(address.base.as_deref());
        self.step("read", read(peer, base)).await
    }

    /// A recording has no way to it.
    async fn replay(&mut self, recording: &Recording) -> Result<(), Failed> {
        self.place = recording.path().display().to_string();
        self.steps.recording(recording);
        let collector = self.collector;
        let playing = async {
            let plan: Result<(Asked, Tape), CollectError> = collector.plan();
            let (asked, tape) =
                plan.map_err(|error| Fault::new(error.class, error.what, error.hint).hopeless())?;
            let entered = collector.enter(&asked, &tape, 0).await?;
            Ok(((), format!("the domain {}", entered.place.domain)))
        };
        self.step("read", playing).await
    }

    async fn step<T>(
        &mut self,
        name: &'static str,
        trying: impl Future<Output = Result<(T, String), Fault>>,
    ) -> Result<T, Failed> {
        let place = self.place.clone();
        let trying = async { trying.await.map_err(|fault| fault.at(place.as_str())) };
        self.steps.step(name, trying).await
    }
}

/// Which domain it is, and whether a computer and what is deleted may be seen.
async fn read(mut peer: Peer, base: Option<&str>) -> Result<((), String), Fault> {
    let place = ask_root(&mut peer, base).await?;
    let filter = "(objectCategory=computer)";
    let computers = Question::of_all("computers", &place.base, filter, &["objectGUID"], 1);
    let page = peer.page(&computers, 0).await;
    if let Some(fault) = page.end.fault("computers") {
        return Err(fault);
    }
    let computers = if page.entries.is_empty() {
        "no computer is to be seen"
    } else {
        "its computers can be listed"
    };
    let deleted = may_see_deleted(&mut peer, &place).await;
    let deleted = if deleted { "can" } else { "cannot" };
    peer.leave().await;
    let domain = &place.domain;
    Ok(((), format!("the domain {domain}: {computers}, what was deleted {deleted} be seen")))
}

async fn may_see_deleted(peer: &mut Peer, place: &Place) -> bool {
    let base = format!("CN=Deleted Objects,{}", place.domain_dn);
    let mut question = Question::of_one("deleted objects", base, &["objectGUID"]);
    question.deleted = true;
    let page = peer.page(&question, 0).await;
    page.end.fault("deleted objects").is_none() && !page.entries.is_empty()
}
