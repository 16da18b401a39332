//! What vSphere's faults mean for a run, and what to do about each.

use super::Stated;
use cadastre_collect::ErrorClass;

/// What a refusal means.
pub(super) struct Verdict {
    /// The sort of trouble.
    pub class: ErrorClass,
    /// What the peer did.
    pub verb: &'static str,
    /// What to do about it.
    pub hint: &'static str,
    /// Whether every other request of the run would fare the same.
    pub hopeless: bool,
}

/// The meaning of a refusal, by the faults of the vSphere API and HTTP's statuses.
pub(super) fn verdict(what: &str, status: u16, stated: Option<&Stated>) -> Verdict {
    let kind = stated.map(|stated| stated.kind.as_str()).unwrap_or_default();
    let message = stated.map(|stated| stated.message.to_lowercase()).unwrap_or_default();
    match kind {
        "InvalidLogin" | "IncorrectUsernamePassword" => login(&message),
        "PasswordExpired" => expired(),
        "NotAuthenticated" | "SessionNotFound" | "InvalidSession" => session_lost(),
        "NoPermission" | "NoPermissionOnHost" | "RestrictedVersion" => Verdict {
            class: ErrorClass::Refused,
            verb: "was refused",
            hint: "give the account the read-only role on the vCenter's root, with propagation",
            hopeless: false,
        },
        "" => by_status(what, status),
        _ => Verdict {
            class: ErrorClass::BadAnswer,
            verb: "failed",
            hint: "see what the server says about it, and its log (vpxd.log, hostd.log)",
            hopeless: false,
        },
    }
}

/// A login that was refused. The fault is one for all reasons; the words tell some apart.
fn login(message: &str) -> Verdict {
    if message.contains("locked") {
        return Verdict {
            class: ErrorClass::Credentials,
            verb: "was refused",
            hint: "unlock the account, or wait until it is (an ESXi host locks one for 15 minutes \
                   after five wrong passwords); then check the password before running it again",
            hopeless: true,
        };
    }
    if message.contains("expired") {
        return expired();
    }
    Verdict {
        class: ErrorClass::Credentials,
        verb: "did not take the credentials",
        hint: "check `username` (a vCenter wants its domain too: name@vsphere.local) and the \
               password; several wrong ones lock the account",
        hopeless: true,
    }
}

fn expired() -> Verdict {
    Verdict {
        class: ErrorClass::Expired,
        verb: "was refused, for the password has expired",
        hint: "give the account a new password, and one that does not expire",
        hopeless: true,
    }
}

fn session_lost() -> Verdict {
    Verdict {
        class: ErrorClass::Expired,
        verb: "was refused, for the session has ended",
        hint: "somebody ended it, or the server was restarted: run it again",
        hopeless: true,
    }
}

fn by_status(what: &str, status: u16) -> Verdict {
    match status {
        401 if what == "login" => login(""),
        401 => session_lost(),
        403 => Verdict {
            class: ErrorClass::Refused,
            verb: "was refused",
            hint: "give the account the right to read it",
            hopeless: false,
        },
        404 => Verdict {
            class: ErrorClass::BadAnswer,
            verb: "is not known there",
            hint: "check that `url` is that of a vCenter or an ESXi host",
            hopeless: false,
        },
        429 => Verdict {
            class: ErrorClass::Throttled,
            verb: "was put off to the last attempt",
            hint: "run it when less else asks this server, or lower `concurrency`",
            hopeless: false,
        },
        500.. => Verdict {
            class: ErrorClass::Unreachable,
            verb: "failed on the server's side to the last attempt",
            hint: "the server may still be starting, or one of its services may be down: look at \
                   its management page, and run it again",
            hopeless: false,
        },
        _ => Verdict {
            class: ErrorClass::BadAnswer,
            verb: "was answered by something else",
            hint: "check that `url` is that of a vCenter or an ESXi host, and look at proxies",
            hopeless: false,
        },
    }
}
