//! One call of an AWS API as it stands in the request.
//!
//! It reads, and changes nothing. Source of the shapes: "Signature Version 4"
//! in the IAM user guide (the credential scope), "Making API requests" in the
//! EC2 developer guide (the form), and the smithy AWS JSON 1.1 protocol (the
//! header `X-Amz-Target`, which other services use instead).

use std::collections::BTreeMap;

use hyper::header::AUTHORIZATION;
use hyper::http::request::Parts;

/// A signed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Service of the credential scope: `ec2`, `sts`.
    pub service: String,
    /// Region of the credential scope: `eu-west-1`.
    pub region: String,
    /// The action: `DescribeInstances`.
    pub action: String,
    /// The whole form, `Action` and `Version` too: `MaxResults`, `NextToken`...
    /// Of a call in JSON its members, as text.
    pub parameters: BTreeMap<String, String>,
    /// Whether it is asked and answered in JSON.
    pub is_json: bool,
}

impl Call {
    /// Reads a call; `None` if the request is not signed or names no action.
    pub(super) fn read(head: &Parts, body: &[u8]) -> Option<Self> {
        let authorization = head.headers.get(AUTHORIZATION)?.to_str().ok()?;
        let (service, region) = scope(authorization)?;
        if let Some(target) = head.headers.get("x-amz-target") {
            let action = target.to_str().ok()?.rsplit('.').next()?.to_owned();
            return Some(Self {
                service,
                region,
                action,
                parameters: members(body),
                is_json: true,
            });
        }
        let parameters = form(&String::from_utf8_lossy(body));
        let action = parameters.get("Action")?.clone();
        Some(Self { service, region, action, parameters, is_json: false })
    }
}

/// The members of a JSON object; none if it is something else.
fn members(body: &[u8]) -> BTreeMap<String, String> {
    let members: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(body).unwrap_or_default();
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    members.into_iter().map(|(name, value)| (name, text(value))).collect()
}

/// Service and region of `... Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...`.
fn scope(authorization: &str) -> Option<(String, String)> {
    let (_, scope) = authorization.split_once("Credential=")?;
    let (scope, _) = scope.split_once(',').unwrap_or((scope, ""));
    // A key may hold no slash, so the parts can be counted from the left.
    let mut parts = scope.split('/').skip(2);
    let region = parts.next()?.to_owned();
    let service = parts.next()?.to_owned();
    Some((service, region))
}

fn form(body: &str) -> BTreeMap<String, String> {
    body.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

/// Undoes the percent and plus of a form.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => {
                let digit = |digit: &u8| char::from(*digit).to_digit(16);
                let value = digit(high).zip(digit(low)).map(|(high, low)| high * 16 + low);
                match value.and_then(|value| u8::try_from(value).ok()) {
                    Some(value) => {
                        bytes.push(value);
                        rest = after;
                    }
                    None => bytes.push(b'%'),
                }
            }
            (other, _) => bytes.push(*other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_is_read_from_the_signature() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIA/20261121/eu-west-1/ec2/aws4_request, \
                      SignedHeaders=host, Signature=00";
        assert_eq!(scope(header), Some(("ec2".into(), "eu-west-1".into())));
        assert_eq!(scope("Bearer token"), None);
    }

    #[test]
    fn form_is_decoded() {
        let form = form("Action=DescribeTags&Filter.1.Value=a%2Fb+c%C3%A9&Odd=50%&Empty=");
        assert_eq!(form["Action"], "DescribeTags");
        assert_eq!(form["Filter.1.Value"], "a/b cé");
        assert_eq!(form["Odd"], "50%");
        assert_eq!(form["Empty"], "");
    }
}
