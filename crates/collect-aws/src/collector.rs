//! One run over all accounts and regions.

use crate::accounts::{Account, ClosedAccount};
use crate::connection::{Connection, StaticKeys};
use crate::enumerate::{Scope, enumerate};
use crate::place::Place;
use crate::regions::regions_of;
use crate::settings::AwsSettings;
use crate::trust::Trust;
use async_trait::async_trait;
use cadastre_collect::{CollectError, Collector, Mode, Pattern, RunContext, Stopped, TestStep};
use cadastre_model::Coverage;
use futures::{FutureExt, StreamExt};

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

    /// The accounts of the source, in the order of their settings. Without `accounts` it is the
    /// credentials' own, and if that cannot be entered there is nothing to ask.
    async fn accounts(
        &self,
        connection: &Connection,
    ) -> Result<Vec<Result<Account, ClosedAccount>>, CollectError> {
        let own = Account::own(connection).await?;
        if connection.asked.accounts.is_empty() {
            return Ok(vec![Ok(own)]);
        }
        let own = &own;
        let entering: Vec<_> = connection
            .asked
            .accounts
            .iter()
            .map(|id| Account::entered(connection, own, id).boxed())
            .collect();
        Ok(futures::stream::iter(entering)
            .buffered(self.settings.common.concurrency)
            .collect()
            .await)
    }

    /// What there is to read, and what cannot be. If the only account does not tell its regions,
    /// there is nothing to ask.
    async fn plan(&self, connection: &Connection) -> Result<Plan, CollectError> {
        let alone = connection.asked.accounts.is_empty();
        let mut plan = Plan::default();
        for account in self.accounts(connection).await? {
            let account = match account {
                Ok(account) => account,
                Err(closed) => {
                    plan.closed.push(closed);
                    continue;
                }
            };
            match regions_of(connection, &account).await {
                Ok(regions) => {
                    let scopes = regions.into_iter().map(|region| (account.clone(), region));
                    plan.scopes.extend(scopes);
                }
                Err(error) if alone => return Err(error),
                Err(error) => plan.closed.push(ClosedAccount { id: account.id, error }),
            }
        }
        Ok(plan)
    }

    async fn read(
        &self,
        connection: &Connection,
        plan: Plan,
        run: &RunContext,
    ) -> Result<(), Stopped> {
        for ClosedAccount { id, error } in plan.closed {
            run.scope_started(&id).await?;
            run.scope_finished(&id, Coverage::failed(error.to_string())).await;
        }
        let mut reading = Vec::new();
        for (account, region) in plan.scopes {
            let ec2 = connection.ec2(&account.mark, &account.sdk, &region);
            let place = Place { partition: account.partition, account: account.id, region };
            let page_size = connection.asked.page_size;
            let scope = Scope::new(run, ec2, place, page_size, &self.wanted);
            reading.push(enumerate(scope).boxed());
        }
        let ends: Vec<Result<(), Stopped>> = futures::stream::iter(reading)
            .buffer_unordered(self.settings.common.concurrency)
            .collect()
            .await;
        ends.into_iter().collect()
    }
}

/// The scopes of a run, and the accounts that are a gap each.
#[derive(Debug, Default)]
struct Plan {
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
