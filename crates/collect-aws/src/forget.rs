//! Dropping from answers what nobody here may see, before anything does: neither the SDK nor a
//! recording gets it.
//!
//! Some questions cannot be asked without it. The versions of a launch template come with the user
//! data of the machines to be started, in which people keep passwords; an organisation's accounts come
//! with their owners' mail addresses. Neither is ever used.

use crate::question::Shape;
use memchr::memmem::find;
use memchr::{memchr, memrchr};
use serde_json::Value;

/// Elements of XML that are dropped, name and all, in lower case.
const ELEMENT: &str = "userdata";

/// The member of JSON objects that is dropped.
const MEMBER: &str = "Email";

/// The answer without what is dropped. Of an answer that ends inside of it, what comes before.
pub(crate) fn forget(shape: Shape, body: Vec<u8>) -> Vec<u8> {
    match shape {
        Shape::Markup => without_elements(&body).unwrap_or(body),
        Shape::Json => without_members(body),
    }
}

/// What is left; none if there is nothing to drop. Where two ends meet there may be another, if the
/// text is no XML: so it is looked at until there is none.
fn without_elements(body: &[u8]) -> Option<Vec<u8>> {
    let mut left = dropped_once(body)?;
    while let Some(less) = dropped_once(&left) {
        left = less;
    }
    Some(left)
}

fn dropped_once(body: &[u8]) -> Option<Vec<u8>> {
    let mut next = next_element(body);
    next?;
    let mut kept = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, name, after)) = next {
        kept.extend_from_slice(before);
        rest = after_closing(after, name).unwrap_or_default();
        next = next_element(rest);
    }
    kept.extend_from_slice(rest);
    Some(kept)
}

/// What comes after the closing tag of this name.
fn after_closing<'a>(body: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let closing = [b"</".as_slice(), name].concat();
    let mut rest = body;
    loop {
        let tag = rest.get(find(rest, &closing)? + closing.len()..)?;
        let end = memchr(b'>', tag)?;
        rest = tag.get(end + 1..)?;
        if tag.get(..end)?.trim_ascii().is_empty() {
            return Some(rest);
        }
    }
}

/// What stands before the next element that is dropped, its name as written, and what comes after
/// its opening tag. One without content is passed over.
fn next_element(body: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut from = 0;
    loop {
        let start = from + memchr(b'<', body.get(from..)?)?;
        let tag = body.get(start + 1..)?;
        // Cut within a tag: if it is one of these, no more than its name is there.
        let end = memchr(b'>', tag)?;
        let inside = tag.get(..end)?;
        if let Some(nearer) = memrchr(b'<', inside) {
            from = start + 1 + nearer;
            continue;
        }
        let name = inside.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        let local = name.rsplit(|b| *b == b':').next().unwrap_or_default();
        if local.eq_ignore_ascii_case(ELEMENT.as_bytes()) && !inside.ends_with(b"/") {
            return Some((body.get(..start)?, name, tag.get(end + 1..)?));
        }
        from = start + 1 + end;
    }
}

fn without_members(body: Vec<u8>) -> Vec<u8> {
    let quoted = format!("\"{MEMBER}\"");
    let Some(at) = find(&body, quoted.as_bytes()) else { return body };
    match serde_json::from_slice::<Value>(&body) {
        Ok(mut value) => {
            drop_members(&mut value);
            value.to_string().into_bytes()
        }
        Err(_) => body.get(..at).unwrap_or_default().to_vec(),
    }
}

fn drop_members(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove(MEMBER);
            members.values_mut().for_each(drop_members);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_members),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn markup(text: &str) -> String {
        String::from_utf8(forget(Shape::Markup, text.as_bytes().to_vec())).unwrap()
    }

    fn json(text: &str) -> String {
        String::from_utf8(forget(Shape::Json, text.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn user_data_is_gone_with_its_element() {
        assert_eq!(
            markup("<r><d><imageId>ami-1</imageId><userData>c2VjcmV0</userData><k>ops</k></d></r>"),
            "<r><d><imageId>ami-1</imageId><k>ops</k></d></r>"
        );
        assert_eq!(markup("<r><x:UserData a=\"1\"><value>s</value></x:UserData ></r>"), "<r></r>");
        assert_eq!(markup("<r><userData/><userDataType>a</userDataType></r>"), {
            "<r><userData/><userDataType>a</userDataType></r>"
        });
        let nested = "<r><userData><userDataType>a</userDataType>hush</userData></r>";
        assert_eq!(markup(nested), "<r></r>");
        let twice = "<r><userData>a</userData>b<userData>c</userData></r>";
        assert_eq!(markup(twice), "<r>b</r>");
        assert_eq!(markup("no markup < at all"), "no markup < at all");
    }

    #[test]
    fn nothing_of_it_is_left_wherever_the_answer_is_cut() {
        let whole = "<r><a>1</a><userData>hush</userData><b>2</b></r>";
        for cut in 0..=whole.len() {
            assert!(!markup(&whole[..cut]).contains('h'), "cut at {cut}");
        }
        let whole = r#"{"Accounts":[{"Id":"1","Email":"hush@x"},{"Email":"hush@y"}]}"#;
        for cut in 0..=whole.len() {
            assert!(!json(&whole[..cut]).contains("hush"), "cut at {cut}");
        }
    }

    proptest::proptest! {
        /// Whatever comes, the secret that stands in such an element is in nothing that is left, and
        /// what is left is left alone.
        #[test]
        fn no_arrangement_of_tags_keeps_it(parts in proptest::collection::vec(0..10_usize, 0..12)) {
            const PARTS: [&str; 10] = [
                "<userData>", "</userData>", "<us", "erData>", "<x:UserData a=\"1\">", "</x:UserData>",
                "text", "<a>", "</a>", "<userData/>",
            ];
            let around: String = parts.iter().map(|part| PARTS[*part]).collect();
            let whole = format!("{around}<userData>hush</userData>{around}");
            let left = markup(&whole);
            proptest::prop_assert!(!left.contains("hush"), "{whole} leaves {left}");
            proptest::prop_assert_eq!(markup(&left), left);
        }

        #[test]
        fn any_octets_are_taken(octets in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            forget(Shape::Markup, octets.clone());
            forget(Shape::Json, octets);
        }
    }

    #[test]
    fn mail_addresses_are_gone_from_json_and_the_rest_stays() {
        let kept = json(r#"{"Accounts":[{"Id":"1","Email":"a@x","Name":"Email"}],"Email":"b@x"}"#);
        let kept: Value = serde_json::from_str(&kept).unwrap();
        assert_eq!(kept, serde_json::json!({"Accounts": [{"Id": "1", "Name": "Email"}]}));
        assert_eq!(json(r#"{"a":  1}"#), r#"{"a":  1}"#);
    }
}
