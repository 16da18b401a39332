//! The state of the run pages, which is their address.

use cadastre_model::{AssetId, Rev, RunId};
use cadastre_service::{ErrorKind, ServiceError};
use serde::{Deserialize, Serialize};

/// The list's query string.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListAddress {
    /// Only runs of this source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Only runs before this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
}

impl ListAddress {
    /// The runs of a source.
    pub fn of(source: &str) -> ListAddress {
        ListAddress { source: source.to_owned(), before: None }
    }

    /// Where it is.
    pub fn link(&self) -> String {
        with_query("/runs", self)
    }
}

/// The query string of one run's page: from where its parts are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAddress {
    /// Somebody asked for a run while this one goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy: Option<u8>,
    /// Scopes after this name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scopes: String,
    /// Errors from this number on.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub errors: i64,
    /// What was changed after this revision and asset, `12.345`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub changes: String,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl RunAddress {
    /// Where it is.
    pub fn link(&self, run: RunId) -> String {
        with_query(&format!("/runs/{run}"), self)
    }

    /// The last change of the page before.
    pub fn after(&self) -> Result<Option<(Rev, AssetId)>, ServiceError> {
        if self.changes.is_empty() {
            return Ok(None);
        }
        let parts = self.changes.split_once('.');
        let mark = parts
            .and_then(|(rev, asset)| Some((Rev(rev.parse().ok()?), AssetId(asset.parse().ok()?))));
        mark.map(Some).ok_or_else(|| {
            let message = format!("`{}` is no place in what a run changed", self.changes);
            ServiceError::new(ErrorKind::Invalid, message).advising("begin at the first page")
        })
    }
}

fn with_query(path: &str, address: &impl Serialize) -> String {
    match serde_urlencoded::to_string(address) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

/// The number in an address.
pub fn read_id(text: &str) -> Result<RunId, ServiceError> {
    let number = text.parse().ok().filter(|number: &i64| *number > 0);
    number.map(RunId).ok_or_else(|| {
        ServiceError::new(ErrorKind::NotFound, format!("`{text}` is not the number of a run"))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_is_its_state() {
        assert_eq!(ListAddress::default().link(), "/runs");
        assert_eq!(ListAddress::of("a&b").link(), "/runs?source=a%26b");
        let run = RunAddress { errors: 50, changes: "7.9".to_owned(), ..RunAddress::default() };
        assert_eq!(run.link(RunId(3)), "/runs/3?errors=50&changes=7.9");
        assert_eq!(run.after().unwrap(), Some((Rev(7), AssetId(9))));
        assert_eq!(RunAddress::default().after().unwrap(), None);
        for wrong in ["7", "7.x", ".", "x.9"] {
            let run = RunAddress { changes: wrong.to_owned(), ..RunAddress::default() };
            assert!(run.after().is_err(), "{wrong}");
        }
        assert!(read_id("0").is_err() && read_id("x").is_err() && read_id("7").is_ok());
    }
}
