//! What is asked of AWS, as far as a replay must ask the same.
//!
//! It stands in the head of every recording: whoever plays one asks what was asked when it was made,
//! whatever the source's settings say by then, and whatever has been learnt to ask since.

use cadastre_collect::{CollectError, ErrorClass, Recording};
use serde::{Deserialize, Serialize};

/// Which questions are asked of a region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Questions {
    /// Those of the first recordings: instances and what is right around them. A recording that
    /// does not say is one of them.
    #[default]
    First,
    /// All that `enumerate` knows.
    All,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// The region in which STS and the list of regions are asked.
    pub home: String,
    /// The regions to read; none: all the account has opted into.
    pub regions: Vec<String>,
    /// The accounts to read; none: the organisation's if there is a role, else the credentials' own.
    pub accounts: Vec<String>,
    /// The role to take on in each account.
    pub role_name: Option<String>,
    /// Things on one page, at most.
    pub page_size: i32,
    /// Which questions are asked of a region.
    #[serde(default)]
    pub questions: Questions,
    /// Whether the answers come from an endpoint that the settings name.
    #[serde(default)]
    pub private_endpoint: bool,
}

impl Asked {
    /// What was asked when `recording` was made.
    pub(crate) fn of(recording: &Recording) -> Result<Asked, CollectError> {
        Asked::deserialize(recording.settings()).map_err(|error| {
            CollectError::new(
                ErrorClass::BadAnswer,
                recording.path().display().to_string(),
                format!("the recording does not say what was asked ({error})"),
                "record it again",
            )
        })
    }

    /// Whether the accounts are those that the organisation lists.
    pub(crate) fn lists_organisation(&self) -> bool {
        self.accounts.is_empty() && self.role_name.is_some()
    }
}
