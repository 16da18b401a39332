//! Answers that say yes, and are wrong all the same.

use super::Fault;
use cadastre_collect::ErrorClass;

impl Fault {
    /// The list went in circles: a page named a next page that was already read.
    pub(crate) fn repeated_page(action: &str) -> Fault {
        Fault::plain(
            ErrorClass::BadAnswer,
            format!("{action} answered the same page token twice, so the list has no end"),
            "run it again; if it stays, something between here and AWS answers from a cache",
        )
    }

    /// STS did not say which account it is.
    pub(crate) fn unnamed_caller() -> Fault {
        Fault::plain(
            ErrorClass::BadAnswer,
            "GetCallerIdentity named no account".to_owned(),
            "check `endpoint`: something else answers there",
        )
    }

    /// The organisation lists no account, not even the one that asks.
    pub(crate) fn empty_organisation() -> Fault {
        Fault::plain(
            ErrorClass::BadAnswer,
            "ListAccounts listed no account".to_owned(),
            "check that the credentials are of an organisation's management account, or name the \
             `accounts` to read",
        )
    }
}
