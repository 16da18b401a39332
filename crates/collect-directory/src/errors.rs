//! What went wrong with a directory, in words that say what to do.

mod bind;
mod result;
mod tls;

pub(crate) use bind::bind_fault;
pub(crate) use result::search_fault;
pub(crate) use tls::tls_fault;

use cadastre_collect::{Cause, CollectError, ErrorClass};
use serde::{Deserialize, Serialize};

/// One trouble with a directory. Its place is known where it ends up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault {
    /// The sort of trouble.
    #[serde(with = "class_word")]
    pub class: ErrorClass,
    /// What failed, with the peer's own code and words where it gave any.
    pub what: String,
    /// What to do next.
    pub hint: String,
    /// Whether every other question on this connection would fare the same.
    pub hopeless: bool,
}

impl Fault {
    /// A trouble that concerns one question only.
    pub(crate) fn new(
        class: ErrorClass,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Fault {
        Fault { class, what: what.into(), hint: hint.into(), hopeless: false }
    }

    /// Every other question would fare the same.
    pub(crate) fn hopeless(mut self) -> Fault {
        self.hopeless = true;
        self
    }

    /// What failed and what to do.
    pub(crate) fn text(&self) -> String {
        format!("{}; {}", self.what, self.hint)
    }

    /// With the place where it happened.
    pub(crate) fn at(self, place: impl Into<String>) -> CollectError {
        CollectError::new(self.class, place, self.what, self.hint)
    }
}

/// A question that got no answer, or not a whole one. `question` follows «the answer to».
pub(crate) fn cut_fault(question: &str, cause: Cause, why: &str) -> Fault {
    let (class, what, hint) = match cause {
        Cause::TimedOut => (
            ErrorClass::Unreachable,
            format!("no answer in time to the question for {question}: {why}"),
            "raise `timeout`, or ask a domain controller that has less to do",
        ),
        Cause::Unreachable => (
            ErrorClass::Unreachable,
            format!("the connection ended while {question} were read: {why}"),
            "run it again; if it happens again, look at the domain controller's log and at what \
             stands between here and there",
        ),
        Cause::BrokenOff => (
            ErrorClass::BadAnswer,
            format!("what came while {question} were read is no LDAP: {why}"),
            "check that a directory listens at this address, and what stands before it",
        ),
    };
    Fault::new(class, what, hint).hopeless()
}

mod class_word {
    use cadastre_collect::ErrorClass;
    use serde::{Deserialize, Deserializer, Serializer};

    const ALL: [ErrorClass; 8] = [
        ErrorClass::Credentials,
        ErrorClass::Unreachable,
        ErrorClass::Expired,
        ErrorClass::Throttled,
        ErrorClass::Refused,
        ErrorClass::BadAnswer,
        ErrorClass::Cancelled,
        ErrorClass::Tls,
    ];

    pub(super) fn serialize<S: Serializer>(class: &ErrorClass, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(class.word())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<ErrorClass, D::Error> {
        let word = String::deserialize(from)?;
        let found = ALL.into_iter().find(|class| class.word() == word);
        found.ok_or_else(|| serde::de::Error::custom("no class of errors has this name"))
    }
}
