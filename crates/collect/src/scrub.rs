//! Taking secrets out of what a recording keeps.
//!
//! Three nets, one behind the other: fields whose *name* says that they hold a secret, in requests
//! (form parameters) and in answers (XML elements); signed headers quoted in an error message; and
//! the very values of the secrets in use, wherever they turn up (see `Recorder::hide`). Headers
//! need no net: only those on a list are kept at all.

use std::borrow::Cow;

/// What stands where a secret stood.
pub const MASK: &str = "***";

/// Names of fields that hold secrets, in lower case.
const SECRET_NAMES: [&str; 20] = [
    "authorization",
    "clientsecret",
    "externalid",
    "keymaterial",
    "masteruserpassword",
    "password",
    "passworddata",
    "passwd",
    "privatekey",
    "refreshtoken",
    "samlassertion",
    "secret",
    "secretaccesskey",
    "secretkey",
    "securitytoken",
    "sessiontoken",
    "tokencode",
    "userdata",
    "webidentitytoken",
    "x-amz-security-token",
];

/// Headers that peers quote back when a signature is wrong.
const QUOTED_HEADERS: [&str; 2] = ["x-amz-security-token:", "authorization:"];

/// Whether a field of this name holds a secret. Upper and lower case, `_` and the path before the
/// last dot do not matter.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let last = name.rsplit(['.', ':']).next().unwrap_or(name);
    let plain: String =
        last.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect();
    SECRET_NAMES.contains(&plain.as_str())
}

/// Form parameters (`a=1&b=2`) with the values of secret ones masked.
#[must_use]
pub fn scrub_form(form: &str) -> String {
    let fields: Vec<Cow<'_, str>> = form
        .split('&')
        .map(|field| match field.split_once('=') {
            Some((name, _)) if is_secret_name(name) => Cow::Owned(format!("{name}={MASK}")),
            _ => Cow::Borrowed(field),
        })
        .collect();
    fields.join("&")
}

/// XML with the content of secret elements masked, whatever is nested in them, and quoted headers
/// masked to the end of their line. Text that is not XML passes through the second net only.
#[must_use]
pub fn scrub_markup(text: &str) -> String {
    QUOTED_HEADERS.iter().fold(scrub_elements(text), |text, header| scrub_quoted(&text, header))
}

fn scrub_elements(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag, after)) = next_tag(rest) {
        out.push_str(before);
        out.push_str(tag);
        rest = after;
        let Some(name) = opening_name(tag) else { continue };
        if !is_secret_name(name) {
            continue;
        }
        let closing = format!("</{name}>");
        out.push_str(MASK);
        // Never closed: the text was cut, and all that is left of it is the secret's.
        rest = rest.find(&closing).and_then(|at| rest.get(at..)).unwrap_or("");
    }
    out.push_str(rest);
    out
}

/// The text before the next tag, the tag, and the text after it.
fn next_tag(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find('<')?;
    let (before, from_tag) = text.split_at_checked(start)?;
    let end = from_tag.find('>')? + 1;
    let (tag, after) = from_tag.split_at_checked(end)?;
    Some((before, tag, after))
}

/// The name in `<name ...>`; nothing for a closing, empty or special tag.
fn opening_name(tag: &str) -> Option<&str> {
    let inner = tag.strip_prefix('<')?.strip_suffix('>')?;
    if inner.starts_with(['/', '!', '?']) || inner.ends_with('/') {
        return None;
    }
    inner.split_whitespace().next()
}

fn scrub_quoted(text: &str, header: &str) -> String {
    let folded = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in folded.match_indices(header) {
        let value = at + header.len();
        if at < from {
            continue;
        }
        out.push_str(text.get(from..value).unwrap_or_default());
        out.push_str(MASK);
        let tail = text.get(value..).unwrap_or_default();
        from = value + tail.find(['\n', '<']).unwrap_or(tail.len());
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_form_parameters() {
        assert_eq!(
            scrub_form(
                "Action=X&UserData=c2Vj&Spec.UserData=eA%3D%3D&ExternalId=1&NextToken=keep&flag"
            ),
            "Action=X&UserData=***&Spec.UserData=***&ExternalId=***&NextToken=keep&flag"
        );
    }

    #[test]
    fn masks_elements_and_what_is_in_them() {
        assert_eq!(
            scrub_markup(
                "<r><AccessKeyId>AKIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
                 <ns:SessionToken a=\"1\">t</ns:SessionToken>\
                 <userData><value>x</value></userData><userData/><nextToken>n</nextToken></r>"
            ),
            "<r><AccessKeyId>AKIA</AccessKeyId><SecretAccessKey>***</SecretAccessKey>\
             <ns:SessionToken a=\"1\">***</ns:SessionToken>\
             <userData>***</userData><userData/><nextToken>n</nextToken></r>"
        );
    }

    #[test]
    fn masks_to_the_end_what_was_cut() {
        assert_eq!(scrub_markup("<a><password>hunter"), "<a><password>***");
        assert_eq!(scrub_markup("no markup < at all"), "no markup < at all");
    }

    #[test]
    fn masks_headers_quoted_in_a_message() {
        assert_eq!(
            scrub_markup("<Message>should be\nX-Amz-Security-Token:FwoG\nhost:a</Message>"),
            "<Message>should be\nX-Amz-Security-Token:***\nhost:a</Message>"
        );
        assert_eq!(scrub_markup("x-amz-security-token:é"), "x-amz-security-token:***");
    }

    #[test]
    fn names() {
        assert!(is_secret_name("secret_access_key"));
        assert!(is_secret_name("LaunchSpecification.UserData"));
        assert!(!is_secret_name("NextToken"));
        assert!(!is_secret_name("MetadataOptions.HttpTokens"));
    }
}
