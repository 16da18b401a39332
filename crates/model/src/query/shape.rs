//! Words shaped like an identifier: they are looked up among normalised identifiers, never as text.
//!
//! Comes before keys, so that the colons of a MAC or an ARN separate nothing. A word in quotes has
//! no shape.

use super::ast::{Lookup, Query};
use super::error::{ParseError, quoted};
use super::glob::value_test;
use super::word::Part;
use crate::identifier::{Identifier, Scheme, colons, hex_digits};
use crate::registry::Attr;
use crate::terms::TermKey;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddrV4};

/// What a word's shape says.
#[derive(Debug)]
pub(super) enum Shape {
    /// It can be nothing else.
    Sure(Query),
    /// It could as well be part of a name: both are looked for.
    Either(Query),
    /// Text, though its colons look like a key's.
    Text,
}

/// The shape of a word; `None` if it has none.
pub(super) fn shape(word: Part<'_>) -> Result<Option<Shape>, ParseError> {
    if word.is_quoted() {
        return Ok(None);
    }
    let text = word.text();
    if let Some(query) = arn(word, &text) {
        return Ok(Some(Shape::Sure(query)));
    }
    if is_long_hex_pairs(&text) {
        return Ok(Some(Shape::Text));
    }
    if let Some(query) = address(word, &text)? {
        return Ok(Some(Shape::Sure(query)));
    }
    Ok(uuid(&text).or_else(|| mac(&text)))
}

/// Whether folded text would be taken for an identifier, or refused, without quotes.
pub(super) fn needs_quotes(text: &str) -> bool {
    let is_network = text.split_once('/').is_some_and(|(left, _)| left.parse::<IpAddr>().is_ok());
    is_network || text.parse::<IpAddr>().is_ok() || uuid(text).is_some() || mac(text).is_some()
}

/// `arn:aws:...`. Cut short or with a `*`, it is the beginning of the attribute `arn`.
fn arn(word: Part<'_>, text: &str) -> Option<Query> {
    const COLONS: usize = 5;
    let (scheme, rest) = text.split_at_checked(4)?;
    let (partition, _) = rest.split_once(':')?;
    let is_partition = partition == "aws" || partition.starts_with("aws-");
    if !scheme.eq_ignore_ascii_case("arn:") || !is_partition {
        return None;
    }
    let text = format!("arn:{rest}");
    if text.matches(':').count() >= COLONS && !word.has_star() {
        return Identifier::aws_arn(&text).map(|whole| Query::lookup(Lookup::Whole(whole)));
    }
    let mut pieces = word.pieces();
    if !word.has_star() {
        pieces.push(String::new());
    }
    Some(Query::term(TermKey::Attr(Attr::Arn), value_test(&pieces)))
}

/// An IP address or a network of them.
fn address(word: Part<'_>, text: &str) -> Result<Option<Query>, ParseError> {
    if let Some(whole) = Identifier::ip(text) {
        return Ok(Some(Query::lookup(Lookup::Whole(whole))));
    }
    // fe80::1%eth0: which interface it was seen on is no part of the address.
    if let Some((left, _)) = text.split_once('%')
        && left.parse::<Ipv6Addr>().is_ok()
    {
        return Ok(Identifier::ip(left).map(|whole| Query::lookup(Lookup::Whole(whole))));
    }
    if let Ok(socket) = text.parse::<SocketAddrV4>() {
        return Err(ParseError::new(
            word.column,
            word.length(),
            format!("{} is an address with a port", quoted(text)),
        )
        .suggest(socket.ip().to_string()));
    }
    let Some((left, length)) = text.split_once('/') else {
        return Ok(None);
    };
    let Ok(ip) = left.parse::<IpAddr>() else {
        return Ok(None);
    };
    let longest = if ip.is_ipv4() { 32 } else { 128 };
    let length: Option<u8> = Some(length)
        .filter(|text| text.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|text| text.parse().ok());
    match length.and_then(|length| IpNet::new(ip, length).ok()) {
        Some(net) => Ok(Some(Query::lookup(Lookup::Net(canonical(net))))),
        None => Err(ParseError::new(
            word.column,
            word.length(),
            format!("{} is not a network", quoted(text)),
        )
        .expected(format!("a prefix length from 0 to {longest} after the `/`"))),
    }
}

/// Without host bits; a network of IPv4 addresses written as IPv6 becomes one of IPv4.
fn canonical(net: IpNet) -> IpNet {
    const MAPPED: u8 = 96;
    let net = net.trunc();
    let IpNet::V6(six) = net else {
        return net;
    };
    let four = six.network().to_ipv4_mapped().zip(six.prefix_len().checked_sub(MAPPED));
    four.and_then(|(ip, length)| IpNet::new(IpAddr::V4(ip), length).ok()).unwrap_or(net)
}

fn uuid(text: &str) -> Option<Shape> {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    let bare = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    let whole = || {
        let normal = Identifier::smbios_uuid(bare)?.value;
        Some(Query::lookup(Lookup::Uuid(normal)))
    };
    if bare.split('-').map(str::len).eq(GROUPS) {
        return whole().map(Shape::Sure);
    }
    (bare.len() == 32 && is_hex(bare)).then(whole).flatten().map(Shape::Either)
}

fn mac(text: &str) -> Option<Shape> {
    colon_mac(text).or_else(|| dash_mac(text)).or_else(|| dot_mac(text)).or_else(|| bare_mac(text))
}

/// `00:50:56:ab:cd:ef`, or two octets and more of one, the last perhaps not finished. Half a MAC
/// is either end of one, so stars and colons at its ends say nothing more.
fn colon_mac(text: &str) -> Option<Shape> {
    if !text.contains(':') {
        return None;
    }
    let open_ended = text.trim_matches('*');
    let left = open_ended.strip_prefix(':').unwrap_or(open_ended);
    let inner = left.strip_suffix(':').unwrap_or(left);
    let groups: Vec<&str> = inner.split(':').collect();
    let (last, whole) = groups.split_last()?;
    if !whole.iter().all(|group| is_octet(group)) || !is_hex(last) || last.len() > 2 {
        return None;
    }
    let octets = whole.len() + usize::from(last.len() == 2);
    let value = inner.to_ascii_lowercase();
    match (octets, groups.len()) {
        (6, 6) => whole_mac(inner).map(Shape::Sure),
        (2.., ..=6) => Some(Shape::Sure(Query::lookup(Lookup::MacPart(value)))),
        _ => None,
    }
}

/// `00-50-56-AB-CD-EF`; half of one could be the end of a host name (`db-01-02`).
fn dash_mac(text: &str) -> Option<Shape> {
    let groups: Vec<&str> = text.split('-').collect();
    if !groups.iter().all(|group| is_octet(group)) {
        return None;
    }
    match groups.len() {
        6 => whole_mac(text).map(Shape::Sure),
        3..=5 => {
            let value = groups.join(":").to_ascii_lowercase();
            Some(Shape::Either(Query::lookup(Lookup::MacPart(value))))
        }
        _ => None,
    }
}

/// `0050.56ab.cdef`; half of one must hold a digit and a letter, or it would be a version number
/// (`2022.0401`) or a name (`cafe.de`).
fn dot_mac(text: &str) -> Option<Shape> {
    let groups: Vec<&str> = text.split('.').collect();
    let (last, whole) = groups.split_last()?;
    let is_group = |group: &&str| is_hex(group) && group.len() == 4;
    if !whole.iter().all(is_group) || !is_hex(last) || !matches!(last.len(), 2 | 4) {
        return None;
    }
    let digits = hex_digits(text, &['.'])?;
    match (groups.len(), digits.len()) {
        (3, 12) => whole_mac(text).map(Shape::Sure),
        (2 | 3, _) if has_digit_and_letter(&digits) => {
            Some(Shape::Sure(Query::lookup(Lookup::MacPart(colons(&digits)))))
        }
        _ => None,
    }
}

/// `005056abcdef`; digits alone are more often an account number.
fn bare_mac(text: &str) -> Option<Shape> {
    let fits = text.len() == 12 && is_hex(text) && has_digit_and_letter(text);
    fits.then(|| whole_mac(text)).flatten().map(Shape::Either)
}

/// World-wide names and the like: seven octets and more are no MAC, and nobody writes an IPv6
/// address as eight groups of two digits.
fn is_long_hex_pairs(text: &str) -> bool {
    text.split(':').count() > 6 && text.split(':').all(is_octet)
}

fn whole_mac(text: &str) -> Option<Query> {
    Identifier::mac(text).map(|whole| Query::lookup(Lookup::Whole(whole)))
}

fn is_octet(text: &str) -> bool {
    text.len() == 2 && is_hex(text)
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn has_digit_and_letter(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// The text that is looked up as this identifier again; `None` for schemes without a shape.
pub(super) fn written(identifier: &Identifier) -> Option<&str> {
    match identifier.scheme {
        Scheme::Mac | Scheme::Ip | Scheme::AwsArn => Some(&identifier.value),
        _ => None,
    }
}
