#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;

/// An element of a tag with this inside.
fn el(tag: u8, inside: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    if inside.len() < 0x80 {
        bytes.push(u8::try_from(inside.len()).unwrap());
    } else {
        bytes.push(0x84);
        bytes.extend(u32::try_from(inside.len()).unwrap().to_be_bytes());
    }
    bytes.extend(inside);
    bytes
}

fn message(id: u8, answer: &[u8], after: &[u8]) -> Vec<u8> {
    el(0x30, &[&el(2, &[id]), answer, after].concat())
}

fn done(code: u8, said: &str) -> Vec<u8> {
    el(0x65, &[el(0x0a, &[code]), el(4, b""), el(4, said.as_bytes())].concat())
}

fn an_entry() -> Vec<u8> {
    let attribute =
        el(0x30, &[el(4, b"cn"), el(0x31, &[el(4, b"a"), el(4, b"\xff")].concat())].concat());
    el(0x64, &[el(4, b"CN=a"), el(0x30, &attribute)].concat())
}

fn controls() -> Vec<u8> {
    let value = el(0x30, &[el(2, &[0]), el(4, b"cookie")].concat());
    let one = el(0x30, &[el(4, b"1.2.840.113556.1.4.319"), el(4, &value)].concat());
    let critical = el(0x30, &[el(4, b"1.2"), el(1, &[0xff])].concat());
    el(0xa0, &[one, critical].concat())
}

#[test]
fn what_may_come_passes() {
    let entry = message(2, &an_entry(), &[]);
    assert_eq!(check(&entry, Waiting::Search), Ok(Passed { id: 2, result: None }));
    let end = message(2, &done(4, "too many"), &controls());
    assert_eq!(check(&end, Waiting::Search), Ok(Passed { id: 2, result: Some((4, "too many")) }));
    let reference = message(2, &el(0x73, &el(4, b"ldap://x/")), &[]);
    assert!(check(&reference, Waiting::Search).is_ok());
    let mut bound = done(49, "data 52e");
    bound[0] = 0x61;
    assert!(check(&message(1, &bound, &[]), Waiting::Bind).is_ok());
    // Active Directory's notice of disconnection, with its name at the wrong place.
    let mut notice = done(52, "going down");
    notice[0] = 0x78;
    let notice = message(0, &notice, &el(0x8a, b"1.3.6.1.4.1.1466.20036"));
    assert!(check(&notice, Waiting::Search).is_ok());
}

#[test]
fn what_was_not_asked_does_not() {
    let entry = message(2, &an_entry(), &[]);
    for waiting in [Waiting::Nothing, Waiting::Bind, Waiting::Extended] {
        assert!(check(&entry, waiting).is_err());
    }
    assert!(check(&message(0, &an_entry(), &[]), Waiting::Search).is_err());
    assert!(check(&message(2, &el(0x79, &[]), &[]), Waiting::Search).is_err());
}

#[test]
fn every_cut_and_every_odd_octet_is_survived() {
    let whole = message(2, &an_entry(), &controls());
    for cut in 0..whole.len() {
        assert!(check(&whole[..cut], Waiting::Search).is_err(), "cut at {cut}");
        assert_eq!(message_length(&whole[..cut]), Ok((cut >= 2).then_some(whole.len())));
    }
    for at in 0..whole.len() {
        for octet in [0, 1, 0x1f, 0x30, 0x7f, 0x80, 0x84, 0xa0, 0xff] {
            let mut odd = whole.clone();
            odd[at] = octet;
            let _ = check(&odd, Waiting::Search);
            let _ = message_length(&odd);
        }
    }
}

#[test]
fn lengths_and_depths_have_their_ends() {
    assert!(message_length(&[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]).is_err());
    assert!(message_length(&[0x30, 0x80]).is_err());
    assert!(message_length(&[0x30, 0x85, 1, 1, 1, 1, 1]).is_err());
    assert!(message_length(b"HTTP/1.1 400").is_err());
    assert_eq!(message_length(&[]), Ok(None));
    let mut deep = vec![];
    for _ in 0..40 {
        deep = el(0x30, &deep);
    }
    let said = check(&message(2, &deep, &[]), Waiting::Search).unwrap_err();
    assert!(said.0.contains("deeper"), "{said}");
}

#[test]
fn shapes_that_would_end_the_library() {
    let code = el(0x0a, &[0]);
    let results = [
        // No name, a name in pieces, a text that is not UTF-8, a referral that is no list.
        el(0x65, &code),
        el(0x65, &[code.clone(), el(0x24, &[]), el(4, b"")].concat()),
        el(0x65, &[code.clone(), el(4, b""), el(4, b"\xff")].concat()),
        el(0x65, &[code.clone(), el(4, b""), el(4, b""), el(0x83, b"x")].concat()),
        el(0x65, &[code.clone(), el(4, b""), el(4, b""), el(0xa7, &el(4, b""))].concat()),
        el(0x65, &[el(0x0a, &[1, 2, 3, 4, 5]), el(4, b""), el(4, b"")].concat()),
    ];
    for odd in results {
        assert!(check(&message(2, &odd, &[]), Waiting::Search).is_err(), "{odd:?}");
    }
    for odd in [el(0xa0, &el(4, b"x")), el(0xa0, &el(0x30, &el(4, b"\xff"))), el(0x80, b"x")] {
        assert!(check(&message(2, &done(0, ""), &odd), Waiting::Search).is_err(), "{odd:?}");
    }
}

#[test]
fn cookies() {
    let value = el(0x30, &[el(2, &[0]), el(4, b"cookie")].concat());
    assert_eq!(page_cookie(&value), Some(b"cookie".to_vec()));
    assert_eq!(page_cookie(b""), None);
    assert_eq!(page_cookie(&[0x30, 3, 2, 1]), None);
}

#[test]
fn marks_of_changes() {
    let value = |more: &[u8]| el(0x30, &[el(2, more), el(2, &[0]), el(4, b"MSDS")].concat());
    assert_eq!(sync_cookie(&value(&[1])), Some((true, b"MSDS".to_vec())));
    assert_eq!(sync_cookie(&value(&[0])), Some((false, b"MSDS".to_vec())));
    assert_eq!(sync_cookie(b""), None);
    assert_eq!(sync_cookie(&el(0x30, &el(2, &[0]))), None);
}
