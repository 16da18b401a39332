//! The organisation: which accounts it has, how each stands, and in which units they lie.
//!
//! Only its management account, or an account it has delegated to, may list them. Whoever may not is
//! told so, and their own account is read all the same.

mod member;
mod units;

use crate::accounts::Account;
use crate::connection::{Connection, OWN};
use crate::enumerate::pager::Pager;
use crate::errors::{Fault, fault};
use cadastre_collect::CollectError;
use cadastre_model::{Coverage, DetailError};
pub(crate) use member::Member;
use units::Units;

/// The scope of accounts: one, for a source has one organisation.
pub(crate) const SCOPE: &str = "organisation";

/// Accounts on one page at most, by the API.
const MOST: i32 = 20;

/// What was found of an organisation.
#[derive(Debug)]
pub(crate) struct Organisation {
    /// Its accounts, as far as they were listed.
    pub members: Vec<Member>,
    /// How far they were listed.
    pub coverage: Coverage,
    /// What could not be read besides.
    pub details: Vec<DetailError>,
}

impl Organisation {
    /// Asks for all accounts of the organisation that `own` belongs to.
    pub(crate) async fn list(connection: &Connection, own: &Account) -> Organisation {
        let client = connection.organisations(OWN, &own.sdk, &own.partition);
        let (mut members, ended) = members(connection, &client).await;
        let coverage = match (ended, members.is_empty()) {
            (Ok(()), false) => Coverage::complete(),
            (Ok(()), true) => Coverage::failed(Fault::empty_organisation().text()),
            (Err(fault), true) => Coverage::failed(fault.text()),
            (Err(fault), false) => Coverage::partial(fault.text()),
        };
        let mut details = Vec::new();
        if !members.is_empty() {
            let units = Units::read(connection, &client).await;
            details.extend(units.error());
            members.iter_mut().for_each(|member| units.place(member));
        }
        Organisation { members, coverage, details }
    }

    /// Tries whether the accounts can be listed.
    pub(crate) async fn tried(connection: &Connection, own: &Account) -> Result<(), CollectError> {
        let client = connection.organisations(OWN, &own.sdk, &own.partition);
        let asking = Box::pin(client.list_accounts().max_results(MOST).send());
        asking.await.map_err(|error| fault(ACTION, &error).at(SCOPE))?;
        Ok(())
    }
}

const ACTION: &str = "organizations:ListAccounts";

/// The accounts on all pages that could be read, and what ended it.
async fn members(
    connection: &Connection,
    client: &aws_sdk_organizations::Client,
) -> (Vec<Member>, Result<(), Box<Fault>>) {
    let mut members = Vec::new();
    let mut pager = Pager::new(ACTION);
    while pager.has_more() {
        let request = client.list_accounts().max_results(connection.asked.page_size.min(MOST));
        let asking = Box::pin(request.set_next_token(pager.token()).send());
        let page = match asking.await {
            Ok(page) => page,
            Err(error) => return (members, Err(Box::new(fault(ACTION, &error)))),
        };
        members.extend(page.accounts().iter().filter_map(Member::of));
        if let Err(fault) = pager.turn(page.next_token()) {
            return (members, Err(fault));
        }
    }
    (members, Ok(()))
}
