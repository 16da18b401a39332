//! Reading one region of one account whole, kind by kind.
//!
//! A kind that is refused leaves the others standing: the region is then read in part, with the
//! reason. What is read is sent on page by page; only what must be known of others is gathered (the
//! ids of images in use, the public snapshots, the default versions of launch templates).

mod addresses;
mod gateways;
mod images;
mod instance_types;
mod instances;
mod interfaces;
mod key_pairs;
mod launch_templates;
mod load_balancers;
pub(crate) mod pager;
mod peerings;
mod region;
mod report;
mod reservations;
mod route_tables;
mod security_groups;
mod snapshots;
mod subnets;
mod tagged;
mod unknown;
mod volumes;
mod vpcs;

use crate::asked::{Asked, Questions};
use crate::errors::{Fault, fault};
use crate::place::Place;
use crate::services::Services;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use cadastre_collect::{Pattern, RunContext, Stopped};
use cadastre_model::{Attr, DetailError, Fact, Observation, Value};
use report::{End, Report};
use std::collections::BTreeSet;
use std::error::Error;

/// Why a kind was not read to the end.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The run is to stop.
    Stopped,
    /// A request failed.
    Fault(Box<Fault>),
}

impl From<Box<Fault>> for Halt {
    fn from(fault: Box<Fault>) -> Halt {
        Halt::Fault(fault)
    }
}

impl From<Stopped> for Halt {
    fn from(_: Stopped) -> Halt {
        Halt::Stopped
    }
}

/// One region of one account, being read.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    /// The run.
    pub run: &'a RunContext,
    /// What the region is asked through.
    services: Services,
    /// Which region of which account.
    pub place: Place,
    /// Whether it is the first region of its account.
    is_first: bool,
    asked: &'a Asked,
    wanted: &'a Pattern,
}

impl<'a> Scope<'a> {
    /// A region to be read through `services`.
    pub(crate) fn new(
        run: &'a RunContext,
        services: Services,
        place: Place,
        is_first: bool,
        asked: &'a Asked,
        wanted: &'a Pattern,
    ) -> Scope<'a> {
        Scope { run, services, place, is_first, asked, wanted }
    }

    /// EC2 of the region.
    fn ec2(&self) -> &aws_sdk_ec2::Client {
        &self.services.ec2
    }

    /// Things on one page, where the API gives `most` at most.
    fn page(&self, most: i32) -> i32 {
        self.asked.page_size.min(most)
    }

    /// Waits for the answer to a request of `action` (`ec2:DescribeVolumes`), or for the run to be
    /// stopped.
    async fn ask<T, E>(
        &self,
        action: &str,
        asking: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, Halt>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        tokio::select! {
            biased;
            () = self.run.cancelled() => Err(Halt::Stopped),
            answer = Box::pin(asking) => {
                answer.map_err(|error| Halt::Fault(Box::new(fault(action, &error))))
            }
        }
    }

    /// Waits for the answer to a request for a detail of things that are listed elsewhere. If it fails
    /// the list is none the worse: it is told of `subject`, and what it would have said is not read.
    async fn ask_detail<T, E>(
        &self,
        subject: &str,
        action: &str,
        asking: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<Result<T, Box<Fault>>, Stopped>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match self.ask(action, asking).await {
            Ok(answer) => Ok(Ok(answer)),
            Err(Halt::Stopped) => Err(Stopped),
            Err(Halt::Fault(fault)) => {
                self.detail_failed(subject, &fault).await?;
                Ok(Err(fault))
            }
        }
    }

    /// Tells that something besides the list could not be read.
    async fn detail_failed(&self, subject: &str, fault: &Fault) -> Result<(), Stopped> {
        let error = DetailError { subject: subject.to_owned(), message: fault.text() };
        self.run.detail_error(&self.place.scope(), error).await
    }

    /// Sends an observation on, if it is wanted. `id` is its id without account and region.
    async fn see(&self, id: &str, observation: Observation) -> Result<(), Stopped> {
        let name = match observation.facts.get(&Attr::Name) {
            Some(Fact::Value(Value::Text(name))) => name.as_str(),
            _ => id,
        };
        if self.wanted.wants(&[&observation.native_id, id, name]) {
            self.run.seen(observation).await?;
        }
        Ok(())
    }
}

/// Reads the region and closes its scope, whatever happens.
///
/// # Errors
/// The run is to stop; the scope is closed all the same.
pub(crate) async fn enumerate(scope: Scope<'_>) -> Result<(), Stopped> {
    let name = scope.place.scope();
    scope.run.scope_started(&name).await?;
    let mut report = Report::default();
    let end = read_kinds(&scope, &mut report).await;
    let stopped = matches!(end, Err(End::Stopped));
    scope.run.scope_finished(&name, report.coverage(stopped)).await;
    scope.run.progress(None);
    if stopped { Err(Stopped) } else { Ok(()) }
}

async fn read_kinds(scope: &Scope<'_>, report: &mut Report) -> Result<(), End> {
    let mut images = BTreeSet::new();
    let read = instances::enumerate(scope, report, &mut images).await;
    report.end_kind(read)?;
    let read = images::enumerate(scope, report, images).await;
    report.end_kind(read)?;
    let read = volumes::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = vpcs::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = subnets::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = security_groups::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = interfaces::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = addresses::enumerate(scope, report).await;
    report.end_kind(read)?;
    match scope.asked.questions {
        Questions::First => Ok(()),
        Questions::All => read_more_kinds(scope, report).await,
    }
}

/// The kinds that the first recordings know nothing of.
async fn read_more_kinds(scope: &Scope<'_>, report: &mut Report) -> Result<(), End> {
    let read = region::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = snapshots::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = gateways::internet::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = gateways::nat::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = gateways::transit::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = route_tables::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = peerings::vpc::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = peerings::transit::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = key_pairs::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = launch_templates::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = reservations::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = load_balancers::enumerate(scope, report).await;
    report.end_kind(read)?;
    let read = tagged::enumerate(scope, report).await;
    report.end_kind(read)
}
