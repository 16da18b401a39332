//! Who is asked: the accounts, each with what signs its requests.

use crate::connection::{Connection, OWN};
use crate::errors::{Fault, fault};
use crate::place::partition_of_arn;
use aws_config::SdkConfig;
use cadastre_collect::{CollectError, ErrorClass};
use std::fmt;

/// An account that answered to its name.
#[derive(Clone)]
pub(crate) struct Account {
    /// Its number.
    pub id: String,
    /// The partition it lies in.
    pub partition: String,
    /// What its questions are marked with in a recording.
    pub mark: String,
    /// What signs its requests.
    pub sdk: SdkConfig,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

/// An account that could not be entered, and why.
#[derive(Clone, Debug)]
pub(crate) struct ClosedAccount {
    /// Its number.
    pub id: String,
    /// Why.
    pub error: CollectError,
}

impl Account {
    /// The account that the credentials belong to.
    pub(crate) async fn own(connection: &Connection) -> Result<Account, CollectError> {
        let (id, partition) = caller(connection, OWN, &connection.own())
            .await
            .map_err(|fault| fault.at(sts_place(connection)))?;
        Ok(Account { id, partition, mark: OWN.to_owned(), sdk: connection.own() })
    }

    /// Another account, entered by taking on the role that is set for it.
    pub(crate) async fn entered(
        connection: &Connection,
        own: &Account,
        id: &str,
    ) -> Result<Account, ClosedAccount> {
        if id == own.id {
            return Ok(own.clone());
        }
        let role = connection.asked.role_name.as_deref().unwrap_or_default();
        let role_arn = format!("arn:{}:iam::{id}:role/{role}", own.partition);
        let sdk = connection.assume(role_arn.clone()).await;
        let closed = |error| ClosedAccount { id: id.to_owned(), error };
        let (answered, partition) = caller(connection, id, &sdk)
            .await
            .map_err(|fault| closed(fault.at(role_arn.clone())))?;
        if answered != id {
            return Err(closed(CollectError::new(
                ErrorClass::BadAnswer,
                role_arn,
                format!("the role is of account {answered}"),
                "check `accounts` and `endpoint`",
            )));
        }
        Ok(Account { id: answered, partition, mark: id.to_owned(), sdk })
    }
}

/// Where STS is asked, for people.
fn sts_place(connection: &Connection) -> String {
    format!("sts in {}", connection.asked.home)
}

/// Account and partition of whoever these credentials are.
async fn caller(
    connection: &Connection,
    mark: &str,
    sdk: &SdkConfig,
) -> Result<(String, String), Fault> {
    const ACTION: &str = "sts:GetCallerIdentity";
    let asking = Box::pin(connection.sts(mark, sdk).get_caller_identity().send());
    let answer = asking.await.map_err(|error| fault(ACTION, &error))?;
    let partition = answer.arn().and_then(partition_of_arn).unwrap_or("aws");
    match answer.account() {
        Some(account) => Ok((account.to_owned(), partition.to_owned())),
        None => Err(Fault::unnamed_caller()),
    }
}
