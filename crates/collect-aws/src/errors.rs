//! What went wrong, in words: what, with AWS's own code, and what to do about it.

mod known;
mod verdict;

use crate::not_offered::is_not_offered;
use crate::tape::RecordedFailure;
use crate::whole::BrokenOff;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use cadastre_collect::{CollectError, ErrorClass, RecordingError};
use std::error::Error;
use verdict::verdict;

/// AWS's words are cut here; what follows in its longest messages is an encoded blob.
const MESSAGE_MAX_CHARS: usize = 240;

/// One request that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The sort of trouble.
    pub class: ErrorClass,
    /// AWS's code for it, if it gave one.
    pub code: Option<String>,
    /// AWS's message, as it came.
    pub message: String,
    /// Whether every other request of the region would fare the same.
    pub hopeless: bool,
    /// Whether it reads as if the endpoint did not know the action.
    pub not_offered: bool,
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

    fn plain(class: ErrorClass, what: String, hint: impl Into<String>) -> Fault {
        let hopeless = matches!(class, ErrorClass::Credentials | ErrorClass::Tls);
        let (code, message) = (None, String::new());
        Fault { class, code, message, hopeless, not_offered: false, what, hint: hint.into() }
    }
}

/// What became of a request of `action` (`ec2:DescribeVolumes`).
pub(crate) fn fault<E>(action: &str, error: &SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let name = action.rsplit(':').next().unwrap_or(action);
    if let Some(known) = from_chain(name, error) {
        return known;
    }
    match error {
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            if status < 300 {
                return unreadable(name, error);
            }
            let body = service.raw().body().bytes().unwrap_or_default();
            let (code, message) = stated(service.err(), body);
            answered(action, code.as_deref(), message.as_deref(), status)
        }
        SdkError::TimeoutError(_) => too_late(name),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => too_late(name),
        SdkError::ResponseError(_) => unreadable(name, error),
        _ => Fault::plain(
            ErrorClass::Unreachable,
            format!("{name} could not be asked: {}", deepest(error)),
            "check the endpoint, the region's name, `proxy`, and the network from here to there",
        ),
    }
}

fn too_late(name: &str) -> Fault {
    Fault::plain(
        ErrorClass::Unreachable,
        format!("{name} got no answer in time"),
        "check that the endpoint can be reached from here, or raise `timeout`",
    )
}

/// An answer that says yes, and is not what was asked for, or not whole.
fn unreadable(name: &str, error: &(dyn Error + 'static)) -> Fault {
    Fault::plain(
        ErrorClass::BadAnswer,
        format!("the answer to {name} broke off or could not be read: {}", deepest(error)),
        "run it again; if it stays, look at what lies between here and AWS",
    )
}

/// Causes that the SDK wraps in errors of its own.
fn from_chain(name: &str, error: &(dyn Error + 'static)) -> Option<Fault> {
    for cause in chain(error) {
        if let Some(error) = cause.downcast_ref::<SdkError<AssumeRoleError, HttpResponse>>() {
            return Some(not_assumed(error));
        }
        if let Some(error) = cause.downcast_ref::<CredentialsError>()
            && !chain(error).any(|e| e.is::<SdkError<AssumeRoleError, HttpResponse>>())
        {
            return Some(Fault::plain(
                ErrorClass::Credentials,
                format!("there are no credentials to sign {name} with: {}", deepest(error)),
                "set access_key_id and its secret, or give this process a profile, a web identity \
                 or an instance role",
            ));
        }
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return Some(Fault::plain(
                ErrorClass::Tls,
                format!("the secure connection for {name} could not be made: {error}"),
                "if the endpoint's certificate is by an authority of your own, name it in `ca_file`",
            ));
        }
        if cause.is::<BrokenOff>() {
            return Some(unreadable(name, cause));
        }
        if let Some(error) = cause.downcast_ref::<RecordingError>() {
            let what = format!("{name} could not be replayed: {error}");
            return Some(Fault::plain(ErrorClass::BadAnswer, what, "record it again"));
        }
    }
    None
}

fn not_assumed(error: &SdkError<AssumeRoleError, HttpResponse>) -> Fault {
    let Some(refused) = error.as_service_error() else {
        return Fault::plain(
            ErrorClass::Unreachable,
            format!("AssumeRole could not be asked: {}", deepest(error)),
            "check that STS can be reached from here",
        );
    };
    let raw = error.raw_response();
    let status = raw.map_or(0, |raw| raw.status().as_u16());
    let body = raw.and_then(|raw| raw.body().bytes()).unwrap_or_default();
    let (code, message) = stated(refused, body);
    let mut fault = answered("sts:AssumeRole", code.as_deref(), message.as_deref(), status);
    fault.hopeless = true;
    if fault.class == ErrorClass::Refused {
        "check `role_name` and `external_id`, and that the role's trust policy names who asks"
            .clone_into(&mut fault.hint);
    }
    fault
}

/// Code and message of a refusal. What stands between here and AWS (and what plays AWS) does not
/// always wrap them as the service does, so they are looked for in the body too.
fn stated(error: &impl ProvideErrorMetadata, body: &[u8]) -> (Option<String>, Option<String>) {
    if let Some(code) = error.code() {
        return (Some(code.to_owned()), error.message().map(str::to_owned));
    }
    let body = String::from_utf8_lossy(body);
    let inside = |element: &str| {
        let (_, rest) = body.split_once(&format!("<{element}>"))?;
        let (text, _) = rest.split_once(&format!("</{element}>"))?;
        Some(text.to_owned()).filter(|text| !text.is_empty() && !text.contains('<'))
    };
    (inside("Code"), inside("Message"))
}

/// An answer that says no.
fn answered(action: &str, code: Option<&str>, message: Option<&str>, status: u16) -> Fault {
    let name = action.rsplit(':').next().unwrap_or(action);
    let message = message.unwrap_or_default();
    let Some(code) = code else {
        let what = format!("{name} was answered with HTTP {status}, which is no answer of AWS");
        let hint = "check `endpoint` and `proxy`: something else answers there";
        let fault = Fault::plain(ErrorClass::BadAnswer, what, hint);
        return Fault { not_offered: is_not_offered(status, code), ..fault };
    };
    let verdict = verdict(action, code, message, status);
    Fault {
        class: verdict.class,
        code: Some(code.to_owned()),
        message: message.to_owned(),
        hopeless: verdict.hopeless,
        not_offered: false,
        what: format!("{name} {} ({code}){}", verdict.verb, quoted(code, message)),
        hint: verdict.hint,
    }
}

/// AWS's words, where they may be shown and help.
fn quoted(code: &str, message: &str) -> String {
    // A wrong signature is explained by repeating the signed headers, the session token among them.
    if matches!(code, "SignatureDoesNotMatch" | "InvalidSignatureException") {
        return String::new();
    }
    let message = message.split("Encoded authorization failure").next().unwrap_or_default();
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if message.is_empty() {
        return message;
    }
    let short: String = message.chars().take(MESSAGE_MAX_CHARS).collect();
    let dots = if short.len() < message.len() { " ..." } else { "" };
    format!(": {short}{dots}")
}

/// The words of the last cause in the chain, on one line: those above it only say that something
/// failed.
pub(crate) fn deepest(error: &(dyn Error + 'static)) -> String {
    let cause = chain(error)
        .find(|cause| cause.is::<RecordedFailure>())
        .or_else(|| chain(error).last())
        .map(ToString::to_string)
        .unwrap_or_default();
    cause.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An error and its causes. After an I/O error comes what it wraps, which `source` would skip.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<std::io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_class_and_its_advice() {
        for (code, status, class, hopeless, advice) in [
            ("UnauthorizedOperation", 403, ErrorClass::Refused, false, "`ec2:DescribeVolumes`"),
            ("OptInRequired", 401, ErrorClass::Refused, true, "enable the region"),
            ("AuthFailure", 401, ErrorClass::Credentials, true, "enable this region"),
            ("Blocked", 403, ErrorClass::Refused, true, "suspended"),
            ("InvalidClientTokenId", 403, ErrorClass::Credentials, true, "access_key_id"),
            ("RequestExpired", 400, ErrorClass::Expired, true, "clock"),
            ("ExpiredToken", 403, ErrorClass::Expired, true, "renew"),
            ("RequestLimitExceeded", 503, ErrorClass::Throttled, false, "concurrency"),
            ("InternalError", 500, ErrorClass::Unreachable, false, "later"),
            ("InvalidParameterValue", 400, ErrorClass::BadAnswer, false, "AWS"),
        ] {
            let fault = answered("ec2:DescribeVolumes", Some(code), Some("why not"), status);
            assert_eq!((fault.class, fault.hopeless), (class, hopeless), "{code}");
            let text = fault.text();
            assert!(text.starts_with("DescribeVolumes "), "{text}");
            assert!(text.contains(&format!("({code}): why not")) || code.is_empty(), "{text}");
            assert!(text.contains(advice), "{text}");
        }
    }

    #[test]
    fn messages_are_cut_and_never_show_signed_headers() {
        let long = format!(
            "You may not.\n {} Encoded authorization failure message: Zm9v",
            "x".repeat(400)
        );
        let text = answered("ec2:A", Some("UnauthorizedOperation"), Some(&long), 403).text();
        assert!(text.contains("You may not. xxx") && !text.contains("Zm9v"), "{text}");
        assert!(text.len() < 400, "{text}");
        let signed = "The canonical string should have been x-amz-security-token:FwoG";
        let text = answered("sts:B", Some("SignatureDoesNotMatch"), Some(signed), 403).text();
        assert!(!text.contains("FwoG"), "{text}");
    }

    #[test]
    fn an_answer_of_something_else() {
        let fault = answered("ec2:A", None, None, 502);
        assert_eq!(fault.class, ErrorClass::BadAnswer);
        assert!(fault.text().contains("HTTP 502"), "{}", fault.text());
    }
}
