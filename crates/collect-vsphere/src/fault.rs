//! What went wrong, in words: what, with vSphere's own fault, and what to do about it.
//!
//! It must not know: how faults look on the wire (`api` reads them), what was being read.

mod verdict;

use crate::text::clean;
use crate::wire::Lost;
use cadastre_collect::{Cause, CollectError, ErrorClass, RecordingError};
use std::collections::BTreeMap;

/// A fault as the peer stated it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stated {
    /// The type of the fault: `InvalidLogin`.
    pub kind: String,
    /// What it says to people.
    pub message: String,
    /// Its plain fields by name: which property, which object.
    pub fields: BTreeMap<String, String>,
}

/// One request that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The sort of trouble.
    pub class: ErrorClass,
    /// The fault that the peer stated, if it did.
    stated: Option<Box<Stated>>,
    /// HTTP's status, if there was an answer.
    pub status: Option<u16>,
    /// Whether every other request of the run would fare the same.
    pub hopeless: bool,
    /// The answer was longer than is read: asking for less may help.
    pub too_large: bool,
    what: String,
    hint: String,
}

impl Fault {
    /// The error, at its place.
    pub(crate) fn at(&self, place: impl Into<String>) -> CollectError {
        CollectError::new(self.class, place, self.what.clone(), self.hint.clone())
    }

    /// What and what to do, for where the place stands beside it.
    pub(crate) fn text(&self) -> String {
        format!("{}; {}", self.what, self.hint)
    }

    /// The type of the fault that the peer stated.
    pub(crate) fn kind(&self) -> Option<&str> {
        self.stated.as_ref().map(|stated| stated.kind.as_str())
    }

    /// A field of the fault that the peer stated.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.stated.as_ref().and_then(|stated| stated.fields.get(name)).map(String::as_str)
    }

    /// No whole answer came, to the last of `attempts`.
    pub(crate) fn lost(what: &str, lost: &Lost, attempts: u32) -> Fault {
        let times = if attempts > 1 { format!(", {attempts} times") } else { String::new() };
        let why = clean(&lost.what);
        if lost.tls {
            return Fault::tls(&why);
        }
        if lost.too_large {
            let what = format!("the answer to {what} could not be read: {why}");
            let mut fault =
                Fault::plain(ErrorClass::BadAnswer, what, "look at what answers there instead");
            fault.too_large = true;
            return fault;
        }
        match lost.cause {
            Cause::TimedOut => Fault::plain(
                ErrorClass::Unreachable,
                format!("{what} got no answer in time{times}"),
                "check that the server is well and can be reached from here, or raise `timeout`",
            ),
            Cause::BrokenOff => Fault::plain(
                ErrorClass::BadAnswer,
                format!("the answer to {what} broke off{times}: {why}"),
                "run it again; if it stays, look at what lies between here and the server",
            ),
            Cause::Unreachable => Fault::plain(
                ErrorClass::Unreachable,
                format!("{what} could not be asked{times}: {why}"),
                "check `url`, `proxy`, and the network from here to there",
            ),
        }
    }

    /// The connection could not be made secure.
    pub(crate) fn tls(why: &str) -> Fault {
        let hint = if why.contains("NotValidForName") || why.contains("not valid for name") {
            "write the name that stands in the certificate into `url`, or give the server a \
             certificate for this name"
        } else if why.contains("UnknownIssuer") || why.contains("unknown issuer") {
            "name the authority that signed the certificate in `ca_file`; a vCenter hands its own \
             out at /certs/download.zip"
        } else if why.contains("xpired") {
            "renew the server's certificate, or set this machine's clock right"
        } else {
            "look at the server's certificate, and at which versions of TLS it speaks (1.2 at least)"
        };
        let mut fault = Fault::plain(
            ErrorClass::Tls,
            format!("the secure connection could not be made: {why}"),
            hint,
        );
        fault.hopeless = true;
        fault
    }

    /// The account sees no datacenter, and every server has one.
    pub(crate) fn nothing_to_see() -> Fault {
        Fault::plain(
            ErrorClass::Refused,
            "the account sees no datacenter".to_owned(),
            "give it the read-only role on the vCenter's root, with propagation",
        )
    }

    /// The proxy cannot be used.
    pub(crate) fn proxy(why: &str) -> Fault {
        let what = format!("the proxy cannot be used: {}", clean(why));
        Fault::plain(ErrorClass::Unreachable, what, "check `proxy`")
    }

    /// The recording does not hold the answer.
    pub(crate) fn not_replayed(what: &str, error: &RecordingError) -> Fault {
        let what = format!("{what} could not be replayed: {error}");
        Fault::plain(ErrorClass::BadAnswer, what, "record it again")
    }

    /// An answer that says yes, and is not what was asked for.
    pub(crate) fn unreadable(what: &str, why: &str) -> Fault {
        Fault::plain(
            ErrorClass::BadAnswer,
            format!("the answer to {what} could not be read: {}", clean(why)),
            "check that `url` is that of a vCenter or an ESXi host; run it again",
        )
    }

    /// An answer that says no.
    pub(crate) fn answered(what: &str, status: u16, stated: Option<Stated>) -> Fault {
        let verdict = verdict::verdict(what, status, stated.as_ref());
        let code = match &stated {
            Some(stated) if !stated.kind.is_empty() => clean(&stated.kind),
            _ => format!("HTTP {status}"),
        };
        let message = stated.as_ref().map(|stated| clean(&stated.message)).unwrap_or_default();
        let quoted = if message.is_empty() { message } else { format!(": {message}") };
        Fault {
            class: verdict.class,
            status: Some(status),
            hopeless: verdict.hopeless,
            too_large: false,
            what: format!("{what} {} ({code}){quoted}", verdict.verb),
            hint: verdict.hint.to_owned(),
            stated: stated.map(Box::new),
        }
    }

    /// A fault of ours.
    pub(crate) fn plain(class: ErrorClass, what: String, hint: impl Into<String>) -> Fault {
        Fault {
            class,
            stated: None,
            status: None,
            hopeless: false,
            too_large: false,
            what,
            hint: hint.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(kind: &str, message: &str) -> Option<Stated> {
        let (kind, message) = (kind.to_owned(), message.to_owned());
        Some(Stated { kind, message, fields: BTreeMap::new() })
    }

    #[test]
    fn each_refusal_has_its_class_and_its_advice() {
        for (kind, message, class, hopeless, advice) in [
            ("InvalidLogin", "Cannot complete login", ErrorClass::Credentials, true, "username"),
            ("InvalidLogin", "User account is locked", ErrorClass::Credentials, true, "unlock"),
            ("InvalidLogin", "Password expired", ErrorClass::Expired, true, "new password"),
            ("PasswordExpired", "", ErrorClass::Expired, true, "new password"),
            ("NoPermission", "", ErrorClass::Refused, false, "read-only"),
            ("NotAuthenticated", "", ErrorClass::Expired, true, "ended"),
        ] {
            let fault = Fault::answered("Login", 500, stated(kind, message));
            assert_eq!((fault.class, fault.hopeless), (class, hopeless), "{kind} {message}");
            assert!(fault.text().contains(advice), "{}", fault.text());
        }
        let busy = Fault::answered("Login", 503, None);
        assert_eq!(busy.class, ErrorClass::Unreachable);
        assert!(busy.text().contains("HTTP 503"), "{}", busy.text());
    }

    #[test]
    fn what_the_peer_says_is_cleaned_and_cut() {
        let long = format!("no\u{1b}[31m\0 {}", "x".repeat(9_000));
        let text = Fault::answered("Login", 500, stated("X", &long)).text();
        assert!(!text.contains('\u{1b}') && text.len() < 1_000, "{}", text.len());
    }

    #[test]
    fn trouble_with_certificates_says_what_to_do() {
        for (why, advice) in [
            ("invalid peer certificate: UnknownIssuer", "ca_file"),
            ("invalid peer certificate: certificate not valid for name \"x\"", "`url`"),
            ("invalid peer certificate: Expired", "clock"),
            ("received fatal alert: ProtocolVersion", "1.2"),
        ] {
            let text = Fault::tls(why).text();
            assert!(text.contains(advice), "{text}");
        }
    }
}
