//! What a request is known by in a recording: who asked which service of which region what.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use cadastre_collect::scrub_form;

/// Parameters that say nothing about the question, or stand in the key anyway.
const NOT_IN_KEY: [&str; 3] = ["Action", "ClientToken", "Version"];

/// A request of the AWS query protocols, as a recording keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// `ACCOUNT/SERVICE/REGION/ACTION?PARAMETERS`, parameters sorted, secrets masked.
    pub key: String,
    /// The form as sent, secrets masked.
    pub form: String,
}

impl Question {
    /// Reads a signed request. Service and region stand in its signature whatever the endpoint is,
    /// which is what makes a recording independent of it.
    pub(crate) fn of(account: &str, request: &HttpRequest) -> Question {
        let form = request
            .body()
            .bytes()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .unwrap_or_default();
        let form = scrub_form(&form);
        let (service, region) = request
            .headers()
            .get("authorization")
            .and_then(credential_scope)
            .unwrap_or(("unsigned", "unsigned"));
        Question { key: key(account, service, region, &form), form }
    }
}

/// Service and region in `... Credential=ID/DATE/REGION/SERVICE/aws4_request, ...`.
fn credential_scope(authorization: &str) -> Option<(&str, &str)> {
    let (_, scope) = authorization.split_once("Credential=")?;
    let scope = scope.split([',', ' ']).next()?;
    let mut parts = scope.rsplit('/').skip(1);
    let service = parts.next()?;
    let region = parts.next()?;
    Some((service, region))
}

fn key(account: &str, service: &str, region: &str, form: &str) -> String {
    let mut action = "";
    let mut parameters = Vec::new();
    for field in form.split('&').filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        if name == "Action" {
            action = value;
        }
        if !NOT_IN_KEY.contains(&name) {
            parameters.push(field);
        }
    }
    parameters.sort_unstable();
    let parameters = parameters.join("&");
    format!("{account}/{service}/{region}/{action}?{parameters}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use aws_smithy_types::body::SdkBody;

    #[test]
    fn a_key_holds_what_was_asked_and_nothing_that_changes() {
        let mut request = HttpRequest::new(SdkBody::from(
            "Action=DescribeVolumes&Version=2016-11-15&NextToken=t&MaxResults=500&ExternalId=x",
        ));
        request.headers_mut().insert(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIA/20261121/eu-west-1/ec2/aws4_request, \
             SignedHeaders=host, Signature=abc",
        );
        let question = Question::of("111122223333", &request);
        assert_eq!(
            question.key,
            "111122223333/ec2/eu-west-1/DescribeVolumes?ExternalId=***&MaxResults=500&NextToken=t"
        );
        assert!(question.form.ends_with("ExternalId=***"));
    }

    #[test]
    fn a_request_without_signature_has_a_key_too() {
        let request = HttpRequest::new(SdkBody::empty());
        assert_eq!(Question::of("a", &request).key, "a/unsigned/unsigned/?");
    }
}
