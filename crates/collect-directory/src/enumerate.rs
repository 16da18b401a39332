//! Reading one domain: its own object, groups, organisational units, computers, accounts, what was
//! deleted; and, once a forest, sites and subnets. One file a kind.
//!
//! Groups come first: what they hold tells which accounts are privileged.

mod accounts;
mod changes;
pub(crate) mod computers;
mod controllers;
mod deleted;
mod domain;
mod groups;
mod ous;
mod pager;
mod part;
mod report;
mod shared;
mod sites;
mod zones;

use crate::decode::dn;
use crate::entry::Entry;
use crate::errors::Fault;
use crate::observe::{NoId, Sight, name_of};
use crate::peer::Peer;
use crate::place::{Place, domain_name};
use crate::privilege::{Groups, Privileges, guid_number};
use cadastre_collect::{ErrorClass, Pattern, RunContext, Stopped};
use cadastre_model::{Coverage, DetailError};
use changes::Beginning;
use controllers::Controllers;
use part::Extent;
use report::{End, Report};
use std::collections::BTreeSet;
use zones::Zones;

/// Why a search goes no further.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The run is to stop.
    Stopped,
    /// Something is in the way.
    Fault(Box<Fault>),
}

impl From<Stopped> for Halt {
    fn from(_: Stopped) -> Halt {
        Halt::Stopped
    }
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Halt {
        Halt::Fault(Box::new(fault))
    }
}

/// One domain being read.
pub(crate) struct Survey<'a> {
    /// The run.
    pub run: &'a RunContext,
    /// Who is asked.
    pub peer: Peer,
    /// What is read.
    pub place: Place,
    /// Which names are wanted.
    pub wanted: &'a Pattern,
    /// Objects on a page, at most.
    pub page_size: i32,
    /// Read mail addresses.
    pub mail: bool,
    /// Read the addresses of computers from the zones that the directory keeps.
    pub dns: bool,
    /// Read only what changed, where the directory tells it.
    pub increments: bool,
    /// The other domains of this run, by DNS name.
    pub others: &'a BTreeSet<String>,
    /// Controllers that were asked for this domain and did not answer, and why.
    pub silent: Vec<(String, String)>,
    /// This one reads what belongs to the forest too.
    pub reads_sites: bool,
    /// The address that is asked.
    pub address: String,
    referrals: BTreeSet<String>,
    scope: String,
    domain_sid: Option<String>,
    /// Of changes, what was sent: an object may have changed in several ways.
    sent: BTreeSet<u128>,
}

pub(crate) use changes::Mark;

impl<'a> Survey<'a> {
    /// Before anything is read.
    pub(crate) fn new(
        run: &'a RunContext,
        peer: Peer,
        place: Place,
        wanted: &'a Pattern,
        others: &'a BTreeSet<String>,
    ) -> Survey<'a> {
        let scope = place.scope.clone();
        Survey {
            run,
            peer,
            place,
            wanted,
            page_size: 1_000,
            mail: false,
            dns: false,
            increments: false,
            others,
            silent: Vec::new(),
            reads_sites: false,
            address: String::new(),
            referrals: BTreeSet::new(),
            scope,
            domain_sid: None,
            sent: BTreeSet::new(),
        }
    }

    /// Reads the domain, and the forest's sites if they are its to read.
    pub(crate) async fn carry_out(mut self) -> Result<(), Stopped> {
        let mut result = self.domain().await;
        if result.is_ok() && self.reads_sites {
            result = self.sites().await;
        }
        self.peer.leave().await;
        result
    }

    async fn domain(&mut self) -> Result<(), Stopped> {
        let scope = self.place.scope.clone();
        self.run.scope_started(&scope).await?;
        let mut report = Report::default();
        let mut beginning = Beginning { extent: Extent::Whole, mark: None };
        let end = self.domain_kinds(&mut beginning, &mut report).await;
        self.tell_of_what_is_elsewhere().await;
        let stopped = end == Err(End::Stopped);
        let mut coverage = report.coverage(stopped);
        if report.is_well() && !stopped {
            coverage.is_increment = matches!(beginning.extent, Extent::Changes(_));
            coverage.mark = beginning.mark;
        }
        self.run.scope_finished(&scope, coverage).await;
        if stopped { Err(Stopped) } else { Ok(()) }
    }

    async fn domain_kinds(
        &mut self,
        beginning: &mut Beginning,
        report: &mut Report,
    ) -> Result<(), End> {
        for (subject, message) in std::mem::take(&mut self.silent) {
            let told = self.run.detail_error(&self.scope, DetailError { subject, message });
            report.end_kind(told.await.map_err(Halt::from))?;
        }
        let asked = self.beginning().await;
        if let Some(begins) = report.gained(asked)? {
            *beginning = begins;
        }
        let extent = &beginning.extent;
        let controllers = self.controllers(report).await;
        let controllers = report.gained(controllers)?;
        let read = self.domain_object(report).await;
        report.end_kind(read)?;
        let privileges = self.privileges(extent, report).await?;
        let zones = self.zones().await;
        let zones = report.gained(zones)?.unwrap_or(Zones::NotRead);
        let around = Around { controllers, privileges, zones };
        for part in self.parts(extent, false) {
            let read = self.ous(&part, report).await;
            report.end_kind(read)?;
        }
        for part in self.parts(extent, true) {
            let read = self.computers(&part, &around, report).await;
            report.end_kind(read)?;
            let read = self.accounts(&part, &around, report).await;
            report.end_kind(read)?;
        }
        let read = self.deleted(extent, report).await;
        report.end_kind(read)
    }

    /// Sends groups; gives who is privileged through them, if all of them could be read.
    async fn privileges(
        &mut self,
        extent: &Extent,
        report: &mut Report,
    ) -> Result<Option<Privileges>, End> {
        let mut groups = Groups::default();
        let mut all = self.place.is_whole();
        for part in self.parts(extent, false) {
            let read = self.groups(&part, &mut groups, report).await;
            all &= report.gained(read)?.is_some();
        }
        match extent {
            Extent::Whole => Ok(all.then(|| groups.settle())),
            // Those that changed are not all.
            Extent::Changes(_) if all => {
                let rulers = self.rulers().await;
                report.gained(rulers)
            }
            Extent::Changes(_) => Ok(None),
        }
    }

    async fn sites(&mut self) -> Result<(), Stopped> {
        self.scope = self.place.sites_scope();
        self.run.scope_started(&self.scope).await?;
        let mut report = Report::default();
        let read = self.sites_and_subnets(&mut report).await;
        let stopped = report.end_kind(read) == Err(End::Stopped);
        self.run.scope_finished(&self.scope, report.coverage(stopped)).await;
        if stopped { Err(Stopped) } else { Ok(()) }
    }

    /// Sends what is known of an object, once, if it is wanted by one of its names.
    async fn see(&mut self, sight: Sight, names: &[&str]) -> Result<(), Stopped> {
        let Sight { seen, trouble } = sight;
        if guid_number(&seen.native_id).is_some_and(|id| !self.sent.insert(id)) {
            return Ok(());
        }
        let mut all = vec![seen.native_id.as_str()];
        all.extend(names);
        if !self.wanted.wants(&all) {
            return Ok(());
        }
        let subject = names.first().copied().unwrap_or(&seen.native_id).to_owned();
        if let Some(trouble) = trouble {
            let message = format!("{trouble}; correct it in the directory");
            self.run.detail_error(&self.scope, DetailError { subject, message }).await?;
        }
        self.run.seen(seen).await
    }

    /// Tells of an object that cannot be known again, and so was not seen.
    async fn left_out(
        &self,
        entry: &Entry,
        _why: NoId,
        report: &mut Report,
    ) -> Result<(), Stopped> {
        let subject = crate::decode::text::clean_text(name_of(entry).as_bytes()).text;
        let message = "it has no objectGUID that can be read and was left out; let the account \
                       read the attribute"
            .to_owned();
        report.missed();
        self.run.detail_error(&self.scope, DetailError { subject, message }).await
    }

    /// Other servers that the directory would ask, but those whose part is known here or read in
    /// this run anyway.
    async fn tell_of_what_is_elsewhere(&mut self) {
        let referrals = std::mem::take(&mut self.referrals);
        let strange: Vec<&String> =
            referrals.iter().filter(|referral| !self.is_known(referral)).collect();
        let Some(first) = strange.first() else { return };
        let message = format!(
            "the directory refers to {} other places, which were not asked ({first}{}); to read \
             them, name their domain controllers in `url`",
            strange.len(),
            if strange.len() > 1 { ", ..." } else { "" }
        );
        let error = DetailError { subject: "referrals".to_owned(), message };
        // A run that was stopped has nobody to tell it to.
        let _ = self.run.detail_error(&self.scope, error).await;
    }

    fn is_known(&self, referral: &str) -> bool {
        let base = referral.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
        let Some((_, base)) = base else { return false };
        let base = base.split('?').next().unwrap_or_default();
        let zones = ["dc=domaindnszones,", "dc=forestdnszones,"];
        let folded = base.to_ascii_lowercase();
        let own = self.place.contexts.iter().any(|context| dn::same(context, base));
        let read = domain_name(base)
            .is_some_and(|domain| self.others.contains(&domain) && folded.starts_with("dc="));
        own || read || zones.iter().any(|zone| folded.starts_with(zone))
    }
}

/// What is known before machines and people are read.
pub(crate) struct Around {
    /// The domain controllers; none if they could not be read.
    controllers: Option<Controllers>,
    /// Who is in which privileged groups; none if groups could not be read whole.
    privileges: Option<Privileges>,
    /// Which addresses names have.
    zones: Zones,
}

impl Around {
    fn no_privileges(place: &Place) -> &'static str {
        if place.is_whole() {
            "the groups could not be read whole"
        } else {
            "only a part of the domain is read, and so not all groups"
        }
    }
}

/// A gap in place of a domain that could not be entered.
pub(crate) async fn closed(run: &RunContext, scope: &str, why: &str) -> Result<(), Stopped> {
    run.scope_started(scope).await?;
    run.scope_finished(scope, Coverage::failed(why)).await;
    Ok(())
}

/// An answer that has nothing where something must be.
fn nothing_there(question: &str) -> Fault {
    Fault::new(
        ErrorClass::Refused,
        format!("{question}: the directory shows nothing there"),
        "check that the account may read it",
    )
}
