//! The answers the proxy makes itself, and its edits of the peer's.
//!
//! Edits count `<item>` tags instead of parsing: AWS's query protocol writes
//! every list as `<xxxSet><item>...</item></xxxSet>`, an item without
//! attributes, and text cannot hold a bare `<`. Source: the error and list
//! shapes of the EC2 API reference.

use std::ops::Range;

use bytes::Bytes;
use hyper::Response;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE};

use super::call::Call;

/// An error in the service's own shape.
pub(super) fn error(call: &Call, status: u16, code: &str, message: &str) -> Response<Bytes> {
    let request = "00000000-0000-4000-8000-000000000000";
    let body = if call.is_json {
        serde_json::json!({ "__type": code, "message": message }).to_string()
    } else if call.service == "ec2" {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error>\
             <Code>{code}</Code><Message>{message}</Message></Error></Errors>\
             <RequestID>{request}</RequestID></Response>"
        )
    } else {
        format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
             <Message>{message}</Message></Error><RequestId>{request}</RequestId></ErrorResponse>"
        )
    };
    let written =
        if call.is_json { "application/x-amz-json-1.1" } else { "text/xml;charset=UTF-8" };
    Response::builder()
        .status(status)
        .header(CONTENT_TYPE, written)
        .header(CONTENT_LENGTH, body.len())
        .body(Bytes::from(body))
        .expect("a rule's status is an HTTP status")
}

/// The answer to one call too many.
pub(super) fn throttled(call: &Call) -> Response<Bytes> {
    error(call, 503, "RequestLimitExceeded", "Request limit exceeded.")
}

/// The answer to temporary credentials past their time.
pub(super) fn expired(call: &Call) -> Response<Bytes> {
    if call.service == "ec2" {
        error(call, 400, "RequestExpired", "Request has expired.")
    } else {
        let message = "The security token included in the request is expired";
        error(call, 403, "ExpiredToken", message)
    }
}

/// The answer without its items, and without a next page.
pub(super) fn emptied(xml: &str) -> String {
    let outermost: Vec<_> =
        items(xml).into_iter().filter(|item| item.depth == 1).map(|item| item.range).collect();
    let xml = without(xml, &outermost);
    let Some(start) = xml.find("<nextToken>") else {
        return xml;
    };
    let end = "</nextToken>";
    match xml.find(end) {
        Some(at) => {
            let token = start..at + end.len();
            without(&xml, std::slice::from_ref(&token))
        }
        None => xml,
    }
}

/// The answer without the smallest items that hold `<element>id</element>`.
pub(super) fn filtered(xml: &str, element: &str, id: &str) -> String {
    let needle = format!("<{element}>{id}</{element}>");
    let items = items(xml);
    let mut smallest: Vec<Range<usize>> = xml
        .match_indices(&needle)
        .filter_map(|(at, _)| {
            items.iter().filter(|item| item.range.contains(&at)).max_by_key(|item| item.depth)
        })
        .map(|item| item.range.clone())
        .collect();
    smallest.sort_by_key(|range| range.start);
    smallest.dedup();
    without(xml, &smallest)
}

struct Item {
    /// From its `<item>` to the end of its `</item>`.
    range: Range<usize>,
    /// 1 for an item of the answer's own list, 2 for one inside that, and on.
    depth: usize,
}

/// All items, each after those inside it.
fn items(xml: &str) -> Vec<Item> {
    let (open, close) = ("<item>", "</item>");
    let mut opened = Vec::new();
    let mut found = Vec::new();
    for (at, _) in xml.match_indices('<') {
        let rest = &xml[at..];
        if rest.starts_with(open) {
            opened.push(at);
        } else if rest.starts_with(close) {
            let depth = opened.len();
            let start = opened.pop().expect("the peer's XML is balanced");
            found.push(Item { range: start..at + close.len(), depth });
        }
    }
    found
}

/// The text without some ranges: sorted; one inside another is part of it.
fn without(text: &str, ranges: &[Range<usize>]) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for range in ranges {
        if range.start >= from {
            kept.push_str(&text[from..range.start]);
        }
        from = from.max(range.end);
    }
    kept.push_str(&text[from..]);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "<R><reservationSet>\
        <item><reservationId>r-1</reservationId><instancesSet>\
        <item><instanceId>i-1</instanceId><tagSet><item><key>a</key></item></tagSet></item>\
        <item><instanceId>i-2</instanceId></item>\
        </instancesSet></item>\
        <item><reservationId>r-2</reservationId></item>\
        </reservationSet><nextToken>t</nextToken></R>";

    #[test]
    fn emptying_leaves_the_list_and_no_next_page() {
        assert_eq!(emptied(TWO), "<R><reservationSet></reservationSet></R>");
    }

    #[test]
    fn filtering_takes_the_smallest_item() {
        let left = filtered(TWO, "instanceId", "i-1");
        assert!(!left.contains("i-1"), "{left}");
        assert!(left.contains("i-2") && left.contains("r-1") && left.contains("r-2"));
        assert_eq!(filtered(TWO, "instanceId", "i-9"), TWO);
        assert_eq!(filtered(TWO, "volumeId", "i-1"), TWO);
    }
}
