//! The inside from outside: what must hold of any octets, for fuzz targets and this crate's tests, and what is
//! asked for, for benchmarks.

use crate::decode::dn;
use crate::decode::dns_record;
use crate::decode::encryption::encryption_types;
use crate::decode::filetime::{Filetime, span_days};
use crate::decode::general_time::general_time;
use crate::decode::group_type::GroupType;
use crate::decode::guid::{guid_text, is_guid_text};
use crate::decode::reference::Reference;
use crate::decode::sid::{is_sid_text, sid_text};
use crate::decode::text::{TEXT_MAX_BYTES, clean_text};
use crate::decode::uac::AccountControl;
use crate::entry::Entry;
use crate::guard::{Waiting, check, message_length, page_cookie};
use cadastre_model::Timestamp;

/// The attributes of computers that are asked for.
#[must_use]
pub fn computer_attributes() -> Vec<&'static str> {
    crate::enumerate::computers::asked()
}

/// Reads octets as every form that an attribute has.
///
/// # Panics
/// If a decoder gives something that it must not.
pub fn decoders_hold(bytes: &[u8]) {
    if let Some(text) = guid_text(bytes) {
        assert!(is_guid_text(&text), "{text}");
    }
    let _ = dns_record::address(bytes);
    if let Some(text) = sid_text(bytes) {
        assert!(is_sid_text(&text), "{text}");
    }
    let clean = clean_text(bytes);
    assert!(clean.text.len() <= TEXT_MAX_BYTES && !clean.text.chars().any(char::is_control));
    assert_eq!(clean_text(clean.text.as_bytes()).text, clean.text, "cleaned twice");
    let text = String::from_utf8_lossy(bytes);
    let reference = Reference::read(&text);
    assert!(reference.guid.is_none_or(|guid| is_guid_text(&guid)));
    assert!(reference.sid.is_none_or(|sid| is_sid_text(&sid)));
    if let Some(parts) = dn::parts(&text) {
        assert!(dn::path(&parts).len() >= dn::path_of_parent(&parts).len());
        let _ = dn::domain_of(&parts);
    }
    if let Some(at) = general_time(&text) {
        assert!(is_told(at), "{at}");
    }
    let number = text.trim().parse().ok().or_else(|| {
        let first: [u8; 8] = bytes.get(..8)?.try_into().ok()?;
        Some(i64::from_be_bytes(first))
    });
    number.into_iter().for_each(numbers_hold);
}

fn numbers_hold(number: i64) {
    if let Filetime::At(at) = Filetime::of(number) {
        assert!(is_told(at), "{at}");
    }
    assert!(span_days(number).is_none_or(|days| days >= 0));
    let _ = AccountControl::of(number).map(AccountControl::enabled);
    let _ = GroupType::of(number).map(GroupType::scope);
    let _ = encryption_types(number);
}

/// A date that people and other programs can read.
fn is_told(at: Timestamp) -> bool {
    at.0 >= 0 && at.to_string().len() <= "9999-12-31T23:59:59.999Z".len()
}

/// Looks at octets as at a message of a peer, and reads what passes with the client library.
///
/// # Panics
/// If something passes that the library cannot read, or that is not what it was taken for.
pub fn guard_holds(bytes: &[u8]) {
    let _ = page_cookie(bytes);
    let length = message_length(bytes);
    for waiting in [Waiting::Nothing, Waiting::Bind, Waiting::Search, Waiting::Extended] {
        let Ok(passed) = check(bytes, waiting) else { continue };
        assert_eq!(length, Ok(Some(bytes.len())));
        let read = ldap3::asn1::parse_tag(bytes);
        let Ok((rest, message)) = read else { panic!("the library cannot read it") };
        assert!(rest.is_empty());
        let Some(mut parts) = message.expect_constructed() else { panic!("it is no message") };
        assert!(parts.len() >= 2);
        let answer = parts.swap_remove(1);
        match answer.id {
            4 => assert!(Entry::of_message(answer, &["cn"]).is_some(), "an entry that is none"),
            19 => drop(crate::entry::referrals(answer)),
            _ => {
                let result = ldap3::LdapResult::from(ldap3::asn1::Tag::StructureTag(answer));
                assert_eq!(passed.result.map(|(code, _)| code), Some(result.rc));
            }
        }
    }
}
