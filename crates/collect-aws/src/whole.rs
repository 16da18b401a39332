//! Whether an answer is whole.
//!
//! The SDK takes an XML document that ends in the middle for one with less in it: of a list cut
//! after its first line it makes an empty list, and everything in the region would seem to be gone.
//! Where neither a length nor a chunk shows the cut (a proxy that gave up, say), only the document
//! itself does: it must end with the tag it begins with. JSON shows it by itself, but is looked at here
//! too, so that a cut is told as a cut.

use crate::question::Shape;
use aws_smithy_runtime_api::client::result::ConnectorError;

/// An answer that ends before its end, and how that showed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BrokenOff(pub String);

/// Checks an answer that says yes. What says no may be anything.
///
/// # Errors
/// It is not whole: of the kind that is worth another attempt.
pub(crate) fn check_whole(status: u16, shape: Shape, body: &[u8]) -> Result<(), ConnectorError> {
    let whole = match shape {
        Shape::Markup => is_whole(body),
        Shape::Json => serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok(),
    };
    if whole || !(200..300).contains(&status) {
        return Ok(());
    }
    let why = "the document has no end".to_owned();
    Err(ConnectorError::io(BrokenOff(why).into()))
}

fn is_whole(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    let Some(root) = root_name(body) else { return false };
    let Some(rest) = body.strip_suffix(b">") else { return false };
    match rest.strip_suffix(root).and_then(|rest| rest.strip_suffix(b"</")) {
        Some(_) => true,
        // `<Root/>`, with nothing before it but what is no element.
        None => {
            rest.ends_with(b"/") && after_prolog(body).iter().filter(|b| **b == b'<').count() == 1
        }
    }
}

/// The name of the first element.
fn root_name(body: &[u8]) -> Option<&[u8]> {
    let tag = after_prolog(body).strip_prefix(b"<")?;
    let end = tag.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))?;
    tag.get(..end).filter(|name| !name.is_empty())
}

/// The document without declarations and comments before its first element.
fn after_prolog(mut body: &[u8]) -> &[u8] {
    while body.starts_with(b"<?") || body.starts_with(b"<!") {
        let Some(end) = body.iter().position(|b| *b == b'>') else { return &[] };
        body = body.get(end + 1..).unwrap_or_default().trim_ascii_start();
    }
    body
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn every_cut_shows() {
        let whole = "<?xml version=\"1.0\"?>\n<a:R xmlns=\"x\"><s><R>1</R></s></a:R>\n";
        for cut in 0..whole.trim_end().len() {
            assert!(!is_whole(&whole.as_bytes()[..cut]), "cut at {cut}");
        }
        assert!(is_whole(whole.as_bytes()));
    }

    #[test]
    fn what_is_whole() {
        assert!(is_whole(b"<R/>"));
        assert!(is_whole(b"<?xml version=\"1.0\"?><R a=\"1\"/>"));
        assert!(is_whole(b"<html>Welcome</html>"));
        assert!(!is_whole(b"<R><a/>"));
        assert!(!is_whole(b""));
        assert!(!is_whole(b"{}"));
        assert!(check_whole(502, Shape::Markup, b"").is_ok());
        assert!(check_whole(200, Shape::Markup, b"<R>").is_err());
    }

    #[test]
    fn every_cut_of_json_shows() {
        let whole = br#"{"List": [{"Key": "a}"}], "Token": null}"#;
        for cut in 0..whole.len() {
            assert!(check_whole(200, Shape::Json, &whole[..cut]).is_err(), "cut at {cut}");
        }
        assert!(check_whole(200, Shape::Json, whole).is_ok());
        assert!(check_whole(200, Shape::Json, b"<html>Welcome</html>").is_err());
        assert!(check_whole(500, Shape::Json, b"<html>Sorry</html>").is_ok());
    }
}
