//! One account of an organisation, and what the register is told of it.
//!
//! Its owner's mail address is not among that: nothing here needs it, and it is dropped before it gets
//! here (`forget`).

use super::SCOPE;
use crate::observe::clean;
use aws_sdk_organizations::types::{Account as AwsAccount, AccountState};
use aws_smithy_types::DateTime;
use cadastre_collect::{CollectError, ErrorClass, RunContext};
use cadastre_model::{Attr, Fact, Identifier, Kind, Observation, Scheme, Timestamp};

/// An account as the organisation lists it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    /// Its number.
    pub id: String,
    /// The units it lies in, from the root down; or why they are not known.
    pub units: Result<String, String>,
    arn: Option<String>,
    name: Option<String>,
    state: Option<String>,
    joined: Option<DateTime>,
}

impl Member {
    /// An account of the list; none if it has no number.
    pub(super) fn of(account: &AwsAccount) -> Option<Member> {
        let id = account.id().filter(|id| id.len() == 12)?;
        if !id.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Some(Member {
            id: id.to_owned(),
            units: Err("the organisational units were not read".to_owned()),
            arn: account.arn().map(str::to_owned),
            name: account.name().map(clean),
            state: state(account),
            joined: account.joined_timestamp().copied(),
        })
    }

    /// What it is called; its number if it has no name.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// Why nothing is asked of it, if it does not answer: it is suspended, or on its way.
    pub(crate) fn closed(&self) -> Option<CollectError> {
        let state = self.state.as_deref()?;
        if state == AccountState::Active.as_str() {
            return None;
        }
        Some(CollectError::new(
            ErrorClass::Refused,
            format!("account {}", self.id),
            format!("the organisation says that it is {state}, so it was not asked"),
            "look at it in the organisation; what is known of it stands until it answers again",
        ))
    }

    /// What is said of it.
    pub(crate) fn observe(&self, run: &RunContext) -> Observation {
        let mut seen = Observation::new(self.id.clone(), Kind::CloudAccount, SCOPE);
        seen.identify(self.arn.as_deref().and_then(Identifier::aws_arn));
        seen.identify(Identifier::plain(Scheme::Native, &self.id));
        seen.state_text(Attr::Provider, Some("aws"));
        seen.state_text(Attr::CloudAccount, Some(self.id.as_str()));
        seen.state_text(Attr::Name, self.name.as_deref());
        seen.state_text(Attr::Arn, self.arn.as_deref());
        seen.state_text(Attr::NativeState, self.state.as_deref());
        let joined = self.joined.and_then(|at| at.to_millis().ok());
        seen.state_time(Attr::JoinedAt, joined.map(|at| run.moment(Timestamp(at))));
        seen.state_bool(
            Attr::IsManagement,
            self.arn.as_deref().and_then(manager).map(|it| it == self.id),
        );
        match &self.units {
            Ok(units) => seen.state_text(Attr::OrganisationUnit, Some(units.as_str())),
            Err(why) => {
                seen.facts.insert(Attr::OrganisationUnit, Fact::NotRead(why.clone()));
            }
        }
        seen
    }
}

/// How the account stands, by the newer of the two words AWS has for it.
fn state(account: &AwsAccount) -> Option<String> {
    if let Some(state) = account.state() {
        return Some(state.as_str().to_owned());
    }
    #[allow(deprecated)]
    account.status().map(|status| status.as_str().to_owned())
}

/// The management account, which an account's ARN names:
/// `arn:aws:organizations::MANAGEMENT:account/o-1/ACCOUNT`.
fn manager(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}
