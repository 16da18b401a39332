//! Elements of BER as LDAP uses them (RFC 4511, 5.1): definite lengths, small tags.

use super::Malformed;

/// Elements within elements, at most. An entry needs six.
const DEPTH_MAX: usize = 16;

pub(super) struct Head {
    tag: u8,
    /// Octets of tag and length.
    pub(super) size: usize,
    /// Octets after them.
    pub(super) length: usize,
}

impl Head {
    /// `None`: it is cut.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<Head>, Malformed> {
        let [tag, length, rest @ ..] = bytes else { return Ok(None) };
        if tag & 0x1f == 0x1f {
            return Err(Malformed("an element with a number that LDAP does not have"));
        }
        if *length < 0x80 {
            return Ok(Some(Head { tag: *tag, size: 2, length: usize::from(*length) }));
        }
        let count = usize::from(length & 0x7f);
        if count == 0 || count > 4 {
            return Err(Malformed("an element whose length LDAP does not allow"));
        }
        let Some(octets) = rest.get(..count) else { return Ok(None) };
        let length = octets.iter().fold(0_usize, |sum, octet| sum << 8 | usize::from(*octet));
        Ok(Some(Head { tag: *tag, size: 2 + count, length }))
    }
}

pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) inside: &'a [u8],
}

impl Element<'_> {
    /// Elements are in it, not octets.
    pub(super) fn is_constructed(&self) -> bool {
        self.tag & 0x20 != 0
    }
}

const CUT: Malformed = Malformed("an element that ends before its end");

/// The element that `bytes` begin with, and what follows it.
pub(super) fn element(bytes: &[u8]) -> Result<(Element<'_>, &[u8]), Malformed> {
    let head = Head::read(bytes)?.ok_or(CUT)?;
    let after = bytes.get(head.size..).ok_or(CUT)?;
    let (inside, rest) = after.split_at_checked(head.length).ok_or(CUT)?;
    Ok((Element { tag: head.tag, inside }, rest))
}

/// Whether every element is whole, down to a depth that no message needs.
pub(super) fn well_formed(mut bytes: &[u8], depth: usize) -> Result<(), Malformed> {
    if depth > DEPTH_MAX {
        return Err(Malformed("elements nested deeper than LDAP nests them"));
    }
    while !bytes.is_empty() {
        let (one, rest) = element(bytes)?;
        if one.is_constructed() {
            well_formed(one.inside, depth + 1)?;
        }
        bytes = rest;
    }
    Ok(())
}

pub(super) fn whole_number(one: Element<'_>, tag: u8) -> Result<u32, Malformed> {
    let wrong = Malformed("a number that is none, or larger than LDAP allows");
    let is_small = matches!(one.inside, [first, ..] if one.inside.len() <= 4 && *first < 0x80);
    if one.tag != tag || !is_small {
        return Err(wrong);
    }
    Ok(one.inside.iter().fold(0, |sum, octet| sum << 8 | u32::from(*octet)))
}

pub(super) fn text(one: Element<'_>) -> Result<&str, Malformed> {
    if one.is_constructed() {
        return Err(Malformed("a text in pieces"));
    }
    std::str::from_utf8(one.inside).map_err(|_| Malformed("a message that is not UTF-8"))
}

/// Any number of texts, one at least.
pub(super) fn texts(mut bytes: &[u8]) -> Result<(), Malformed> {
    while !bytes.is_empty() {
        let (one, rest) = element(bytes)?;
        text(one)?;
        bytes = rest;
    }
    Ok(())
}
