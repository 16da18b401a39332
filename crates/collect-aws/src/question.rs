//! What a request is known by in a recording: who asked which service of which region what.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use cadastre_collect::scrub_form;
use serde_json::{Map, Value};

/// Parameters that say nothing about the question, or stand in the key anyway.
const NOT_IN_KEY: [&str; 3] = ["Action", "ClientToken", "Version"];

/// How a service writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Asked by a form, answered in XML: EC2, STS, load balancing.
    Markup,
    /// JSON both ways, the action in a header: Organizations, tagging.
    Json,
}

/// A request of one of AWS's protocols, as a recording keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// `ACCOUNT/SERVICE/REGION/ACTION?PARAMETERS`, parameters sorted, secrets masked.
    pub key: String,
    /// The form as sent, or what is the same of JSON; secrets masked.
    pub form: String,
    /// How it is answered.
    pub shape: Shape,
}

impl Question {
    /// Reads a signed request. Service and region stand in its signature whatever the endpoint is,
    /// which is what makes a recording independent of it.
    pub(crate) fn of(account: &str, request: &HttpRequest) -> Question {
        let body = request.body().bytes().unwrap_or_default();
        // `x-amz-target: AWSOrganizationsV20161128.ListAccounts`
        let target = request.headers().get("x-amz-target");
        let (shape, form) = match target {
            Some(target) => (Shape::Json, form_of_json(target, body)),
            None => (Shape::Markup, String::from_utf8_lossy(body).into_owned()),
        };
        let form = scrub_form(&form);
        let (service, region) = request
            .headers()
            .get("authorization")
            .and_then(credential_scope)
            .unwrap_or(("unsigned", "unsigned"));
        Question { key: key(account, service, region, &form), form, shape }
    }
}

/// A question in JSON written as a form, so that recordings know one way to write a question.
fn form_of_json(target: &str, body: &[u8]) -> String {
    let action = target.rsplit('.').next().unwrap_or_default();
    let parameters: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    let mut fields = vec![format!("Action={action}")];
    fields.extend(parameters.iter().map(|(name, value)| match value {
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    }));
    fields.join("&")
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

    fn signed(body: &'static str, scope: &str) -> HttpRequest {
        let mut request = HttpRequest::new(SdkBody::from(body));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKIA/20261121/{scope}/aws4_request, \
             SignedHeaders=host, Signature=abc"
        );
        request.headers_mut().insert("authorization", authorization);
        request
    }

    #[test]
    fn a_key_holds_what_was_asked_and_nothing_that_changes() {
        let request = signed(
            "Action=DescribeVolumes&Version=2016-11-15&NextToken=t&MaxResults=500&ExternalId=x",
            "eu-west-1/ec2",
        );
        let question = Question::of("111122223333", &request);
        assert_eq!(
            question.key,
            "111122223333/ec2/eu-west-1/DescribeVolumes?ExternalId=***&MaxResults=500&NextToken=t"
        );
        assert!(question.form.ends_with("ExternalId=***"));
        assert_eq!(question.shape, Shape::Markup);
    }

    #[test]
    fn a_question_in_json_is_written_as_a_form() {
        let body = r#"{"ResourcesPerPage":100,"PaginationToken":"a=b"}"#;
        let mut request = signed(body, "eu-west-1/tagging");
        let target = "ResourceGroupsTaggingAPI_20170126.GetResources";
        request.headers_mut().insert("x-amz-target", target);
        let question = Question::of("own", &request);
        assert_eq!(
            question.key,
            "own/tagging/eu-west-1/GetResources?PaginationToken=a=b&ResourcesPerPage=100"
        );
        assert!(question.form.starts_with("Action=GetResources&"), "{}", question.form);
        assert_eq!(question.shape, Shape::Json);
    }

    #[test]
    fn a_request_without_signature_has_a_key_too() {
        let request = HttpRequest::new(SdkBody::empty());
        assert_eq!(Question::of("a", &request).key, "a/unsigned/unsigned/?");
    }
}
