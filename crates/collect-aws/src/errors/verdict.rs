//! What AWS's error codes mean for a run, and what to do about each.

use cadastre_collect::ErrorClass;

/// What a code means.
pub(super) struct Verdict {
    /// The sort of trouble.
    pub class: ErrorClass,
    /// What AWS did.
    pub verb: &'static str,
    /// What to do about it.
    pub hint: String,
    /// Whether every other request of the region would fare the same.
    pub hopeless: bool,
}

/// The meaning of a code that answers `action`, by EC2's and STS's lists of error codes.
pub(super) fn verdict(action: &str, code: &str, message: &str, status: u16) -> Verdict {
    let make = |class, verb, hint: &str, hopeless| Verdict {
        class,
        verb,
        hint: hint.to_owned(),
        hopeless,
    };
    match code {
        "UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException" => {
            let who = match action.starts_with("organizations:") {
                true => {
                    "; it must be those of the organisation's management account, or of one it \
                         has delegated to; or name the `accounts` to read"
                }
                false => "",
            };
            let hint = format!("allow the action `{action}` for these credentials{who}");
            make(ErrorClass::Refused, "was refused", &hint, false)
        }
        "AWSOrganizationsNotInUseException" => make(
            ErrorClass::Refused,
            "was refused",
            "the account is in no organisation: name the `accounts` to read, or leave `role_name` out",
            false,
        ),
        "OptInRequired" | "OptInRequiredException" => make(
            ErrorClass::Refused,
            "was refused",
            "enable the region in the account, or leave it out of `regions`",
            true,
        ),
        "Blocked" | "PendingVerification" | "AccountProblem" | "NotSignedUp" => make(
            ErrorClass::Refused,
            "was refused",
            "the account is suspended or not ready: look at it in the AWS console",
            true,
        ),
        "AuthFailure" => make(
            ErrorClass::Credentials,
            "did not take the credentials",
            "if other regions took them, enable this region in the account or leave it out of \
             `regions`; else check access_key_id and its secret",
            true,
        ),
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidAccessKeyId"
        | "InvalidClientToken"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "IncompleteSignature" => make(
            ErrorClass::Credentials,
            "did not take the credentials",
            "check access_key_id, and that the key is active",
            true,
        ),
        "SignatureDoesNotMatch" | "InvalidSignatureException" => make(
            ErrorClass::Credentials,
            "did not take the signature",
            "check secret_access_key, and this machine's clock",
            true,
        ),
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => make(
            ErrorClass::Expired,
            "was refused, for the credentials have expired",
            "renew the session token, or use keys that renew themselves",
            true,
        ),
        "RequestExpired" | "RequestTimeTooSkewed" => make(
            ErrorClass::Expired,
            "was refused, for the request or its credentials have expired",
            "check this machine's clock, and renew temporary credentials",
            true,
        ),
        "RequestLimitExceeded"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "SlowDown"
        | "EC2ThrottledException"
        | "BandwidthLimitExceeded"
        | "PriorRequestNotComplete" => make(
            ErrorClass::Throttled,
            "was throttled to the last attempt",
            "run it when less else asks this account's API, or lower `concurrency`",
            false,
        ),
        _ if status >= 500 => make(
            ErrorClass::Unreachable,
            "failed on AWS's side to the last attempt",
            "run it again later",
            false,
        ),
        _ if message.is_empty() => {
            make(ErrorClass::BadAnswer, "was refused", "look the code up at AWS", false)
        }
        _ => make(ErrorClass::BadAnswer, "was refused", "see what AWS says about it", false),
    }
}
