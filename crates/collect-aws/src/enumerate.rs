//! Reading one region of one account whole, kind by kind.
//!
//! A kind that is refused leaves the others standing: the region is then read in part, with the
//! reason. What is read is sent on page by page; only the ids of images in use are gathered, for
//! they are asked by name.

mod addresses;
mod images;
mod instances;
mod interfaces;
mod pager;
mod report;
mod security_groups;
mod subnets;
mod volumes;
mod vpcs;

use crate::errors::{Fault, fault};
use crate::place::Place;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use cadastre_collect::{Pattern, RunContext, Stopped};
use cadastre_model::{Attr, Fact, Observation, Value};
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
    /// EC2 of the region.
    pub ec2: aws_sdk_ec2::Client,
    /// Which region of which account.
    pub place: Place,
    page_size: i32,
    wanted: &'a Pattern,
}

impl<'a> Scope<'a> {
    /// A region to be read through `ec2`.
    pub(crate) fn new(
        run: &'a RunContext,
        ec2: aws_sdk_ec2::Client,
        place: Place,
        page_size: i32,
        wanted: &'a Pattern,
    ) -> Scope<'a> {
        Scope { run, ec2, place, page_size, wanted }
    }

    /// Things on one page, where the API gives `most` at most.
    fn page(&self, most: i32) -> i32 {
        self.page_size.min(most)
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
    report.end_kind(read)
}
