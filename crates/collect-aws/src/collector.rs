//! One run over all accounts and regions.

use crate::accounts::{Account, ClosedAccount};
use crate::connection::{Connection, StaticKeys};
use crate::enumerate::{Scope, enumerate};
use crate::organisation::{self, Organisation};
use crate::place::Place;
use crate::regions::regions_of;
use crate::settings::AwsSettings;
use async_trait::async_trait;
use cadastre_collect::{
    CollectError, Collector, Mode, Pattern, RunContext, Stopped, TestStep, Trust,
};
use cadastre_model::Coverage;
use futures::{FutureExt, StreamExt};
use std::collections::BTreeSet;

/// A source of this kind, ready to be asked.
#[derive(Debug)]
pub(crate) struct AwsCollector {
    pub(crate) settings: AwsSettings,
    pub(crate) keys: Option<StaticKeys>,
    pub(crate) trust: Trust,
    pub(crate) mode: Mode,
    wanted: Pattern,
}

impl AwsCollector {
    /// A collector by these settings.
    pub(crate) fn new(
        settings: AwsSettings,
        keys: Option<StaticKeys>,
        trust: Trust,
        mode: Mode,
    ) -> AwsCollector {
        let wanted = settings.common.pattern();
        AwsCollector { settings, keys, trust, mode, wanted }
    }

    /// A connection for one run, or one trial.
    pub(crate) async fn connect(&self, mode: &Mode) -> Result<Connection, CollectError> {
        Connection::open(&self.settings, self.keys.as_ref(), &self.trust, mode).await
    }

    /// What there is to read, and what cannot be. If the only account does not tell its regions,
    /// there is nothing to ask.
    async fn plan(&self, connection: &Connection) -> Result<Plan, CollectError> {
        let own = Account::own(connection).await?;
        let mut plan = Plan::default();
        let asked = &connection.asked;
        if asked.lists_organisation() {
            let organisation = Organisation::list(connection, &own).await;
            let mut ids = open_accounts(&organisation, &own, &mut plan.closed);
            ids.sort_unstable();
            plan.organisation = Some(organisation);
            self.enter(connection, &own, &ids, &mut plan).await;
        } else if asked.accounts.is_empty() {
            let regions = regions_of(connection, &own).await?;
            plan.scopes.extend(regions.into_iter().map(|region| (own.clone(), region)));
        } else {
            self.enter(connection, &own, &asked.accounts, &mut plan).await;
        }
        Ok(plan)
    }

    /// Enters these accounts and finds their regions, several side by side.
    async fn enter(&self, connection: &Connection, own: &Account, ids: &[String], plan: &mut Plan) {
        let entering: Vec<_> = ids.iter().map(|id| entered(connection, own, id).boxed()).collect();
        let mut entered =
            futures::stream::iter(entering).buffered(self.settings.common.concurrency);
        while let Some(entered) = entered.next().await {
            match entered {
                Ok((account, regions)) => {
                    let scopes = regions.into_iter().map(|region| (account.clone(), region));
                    plan.scopes.extend(scopes);
                }
                Err(closed) => plan.closed.push(closed),
            }
        }
    }

    async fn read(
        &self,
        connection: &Connection,
        plan: Plan,
        run: &RunContext,
    ) -> Result<(), Stopped> {
        if let Some(organisation) = plan.organisation {
            self.tell(organisation, run).await?;
        }
        for ClosedAccount { id, error } in plan.closed {
            run.scope_started(&id).await?;
            run.scope_finished(&id, Coverage::failed(error.to_string())).await;
        }
        let mut reading = Vec::new();
        let mut begun = BTreeSet::new();
        let asked = &connection.asked;
        for (account, region) in plan.scopes {
            let is_first = begun.insert(account.id.clone());
            let services = connection.services(&account.mark, &account.sdk, &region);
            let place = Place { partition: account.partition, account: account.id, region };
            let scope = Scope::new(run, services, place, is_first, asked, &self.wanted);
            reading.push(enumerate(scope).boxed());
        }
        let ends: Vec<Result<(), Stopped>> = futures::stream::iter(reading)
            .buffer_unordered(self.settings.common.concurrency)
            .collect()
            .await;
        ends.into_iter().collect()
    }

    /// Sends the accounts of the organisation on, as a scope of their own.
    async fn tell(&self, organisation: Organisation, run: &RunContext) -> Result<(), Stopped> {
        run.scope_started(organisation::SCOPE).await?;
        let told = self.tell_members(&organisation, run).await;
        let coverage = match told {
            Ok(()) => organisation.coverage,
            Err(Stopped) => {
                Coverage::partial("the run was stopped before it was done; run it again")
            }
        };
        run.scope_finished(organisation::SCOPE, coverage).await;
        told
    }

    async fn tell_members(
        &self,
        organisation: &Organisation,
        run: &RunContext,
    ) -> Result<(), Stopped> {
        for detail in &organisation.details {
            run.detail_error(organisation::SCOPE, detail.clone()).await?;
        }
        for member in &organisation.members {
            let seen = member.observe(run);
            if self.wanted.wants(&[&member.id, member.name()]) {
                run.seen(seen).await?;
            }
        }
        Ok(())
    }
}

/// The accounts that can be entered, the credentials' own among them whether it is listed or not; the
/// others are closed.
fn open_accounts(
    organisation: &Organisation,
    own: &Account,
    closed: &mut Vec<ClosedAccount>,
) -> Vec<String> {
    let mut ids = vec![own.id.clone()];
    for member in organisation.members.iter().filter(|member| member.id != own.id) {
        match member.closed() {
            None => ids.push(member.id.clone()),
            Some(error) => closed.push(ClosedAccount { id: member.id.clone(), error }),
        }
    }
    ids
}

/// An account that was entered, and its regions.
async fn entered(
    connection: &Connection,
    own: &Account,
    id: &str,
) -> Result<(Account, BTreeSet<String>), ClosedAccount> {
    let account = Account::entered(connection, own, id).await?;
    match regions_of(connection, &account).await {
        Ok(regions) => Ok((account, regions)),
        Err(error) => Err(ClosedAccount { id: account.id, error }),
    }
}

/// The scopes of a run, and the accounts that are a gap each.
#[derive(Debug, Default)]
struct Plan {
    organisation: Option<Organisation>,
    scopes: Vec<(Account, String)>,
    closed: Vec<ClosedAccount>,
}

#[async_trait]
impl Collector for AwsCollector {
    async fn collect(&self, run: &RunContext) -> Result<(), CollectError> {
        let preparing = async {
            let connection = self.connect(&self.mode).await?;
            let plan = self.plan(&connection).await?;
            Ok::<_, CollectError>((connection, plan))
        };
        // No scope is open yet, so what is being prepared can be dropped.
        let (connection, plan) = tokio::select! {
            prepared = Box::pin(preparing) => prepared?,
            () = run.cancelled() => return Err(CollectError::cancelled("aws")),
        };
        self.read(&connection, plan, run).await.map_err(|Stopped| CollectError::cancelled("aws"))
    }

    async fn test(&self, run: &RunContext) -> Vec<TestStep> {
        crate::probe::probe(self, run).await
    }
}
