//! The tree of organisational units, and which account lies where.
//!
//! One question for the roots, two for each unit: cheap, for units are few. They are a detail of an
//! account; if they cannot be read, the list of accounts is none the worse.

use super::member::Member;
use crate::connection::Connection;
use crate::enumerate::pager::Pager;
use crate::errors::{Fault, fault};
use crate::observe::clean;
use aws_sdk_organizations::Client;
use cadastre_model::DetailError;
use std::collections::BTreeMap;

/// Things on one page at most, by the API.
const MOST: i32 = 20;

/// Units are nested five deep at most, and an organisation has 2,000 at most unless AWS allows more:
/// beyond this something answers in circles.
const MOST_UNITS: usize = 10_000;

/// Which account lies in which units.
#[derive(Debug, Default)]
pub(super) struct Units {
    by_account: BTreeMap<String, String>,
    fault: Option<Fault>,
}

/// A root or a unit whose accounts and units are to be asked for.
struct Parent {
    id: String,
    path: String,
}

impl Units {
    /// Walks the tree.
    pub(super) async fn read(connection: &Connection, client: &Client) -> Units {
        let mut units = Units::default();
        let page_size = connection.asked.page_size.min(MOST);
        if let Err(fault) = units.walk(client, page_size).await {
            units.fault = Some(*fault);
        }
        units
    }

    /// What could not be read.
    pub(super) fn error(&self) -> Option<DetailError> {
        let fault = self.fault.as_ref()?;
        Some(DetailError { subject: "organisational units".to_owned(), message: fault.text() })
    }

    /// Tells an account where it lies.
    pub(super) fn place(&self, member: &mut Member) {
        member.units = match (self.by_account.get(&member.id), &self.fault) {
            (Some(path), _) => Ok(path.clone()),
            (None, Some(fault)) => Err(fault.text()),
            (None, None) => Err("no organisational unit lists it".to_owned()),
        };
    }

    async fn walk(&mut self, client: &Client, page_size: i32) -> Result<(), Box<Fault>> {
        let mut parents = roots(client, page_size).await?;
        let mut walked = 0;
        while let Some(parent) = parents.pop() {
            walked += 1;
            if walked > MOST_UNITS {
                return Err(Box::new(Fault::repeated_page("ListOrganizationalUnitsForParent")));
            }
            self.list_accounts(client, &parent, page_size).await?;
            parents.extend(children(client, &parent, page_size).await?);
        }
        Ok(())
    }

    async fn list_accounts(
        &mut self,
        client: &Client,
        parent: &Parent,
        page_size: i32,
    ) -> Result<(), Box<Fault>> {
        let mut pager = Pager::new("organizations:ListAccountsForParent");
        while pager.has_more() {
            let request = client.list_accounts_for_parent().parent_id(&parent.id);
            let request = request.max_results(page_size).set_next_token(pager.token());
            let page = Box::pin(request.send()).await;
            let page = page.map_err(|error| Box::new(fault(pager.action(), &error)))?;
            let ids = page.accounts().iter().filter_map(|account| account.id());
            self.by_account.extend(ids.map(|id| (id.to_owned(), parent.path.clone())));
            pager.turn(page.next_token())?;
        }
        Ok(())
    }
}

async fn roots(client: &Client, page_size: i32) -> Result<Vec<Parent>, Box<Fault>> {
    let mut pager = Pager::new("organizations:ListRoots");
    let mut roots = Vec::new();
    while pager.has_more() {
        let request = client.list_roots().max_results(page_size);
        let page = Box::pin(request.set_next_token(pager.token()).send()).await;
        let page = page.map_err(|error| Box::new(fault(pager.action(), &error)))?;
        roots.extend(page.roots().iter().filter_map(|root| {
            let id = root.id()?.to_owned();
            Some(Parent { path: clean(root.name().unwrap_or(&id)), id })
        }));
        pager.turn(page.next_token())?;
    }
    Ok(roots)
}

async fn children(
    client: &Client,
    parent: &Parent,
    page_size: i32,
) -> Result<Vec<Parent>, Box<Fault>> {
    let mut pager = Pager::new("organizations:ListOrganizationalUnitsForParent");
    let mut children = Vec::new();
    while pager.has_more() {
        let request = client.list_organizational_units_for_parent().parent_id(&parent.id);
        let request = request.max_results(page_size).set_next_token(pager.token());
        let page = Box::pin(request.send()).await;
        let page = page.map_err(|error| Box::new(fault(pager.action(), &error)))?;
        children.extend(page.organizational_units().iter().filter_map(|unit| {
            let id = unit.id()?.to_owned();
            let path = format!("{}/{}", parent.path, clean(unit.name().unwrap_or(&id)));
            Some(Parent { id, path })
        }));
        pager.turn(page.next_token())?;
    }
    Ok(children)
}
