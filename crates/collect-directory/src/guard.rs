//! Whether what a peer sends is an LDAP message, before the client library sees it.
//!
//! Why it exists: the library takes any depth and any length, and where a message is not as it
//! expects it ends its task without a word of why. Everything that reaches it has been looked at
//! here: size, depth, and the shape of the few answers that can come (RFC 4511, 4.1.1 and on).
//!
//! What it must not know: sockets, and what the answers mean.

mod element;

use element::{Head, element, text, texts, well_formed, whole_number};

/// A message is no longer than this. The largest that a directory sends is one object with a page
/// of values.
pub(crate) const MESSAGE_MAX_BYTES: usize = 32 << 20;

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// Nothing: only a notice of disconnection can come.
    Nothing,
    /// The answer to a bind.
    Bind,
    /// Entries, references and the end of a search.
    Search,
    /// The answer to an extended request, StartTLS here.
    Extended,
}

/// Why octets are no message that could have been sent. In words that follow «the peer sent».
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(pub &'static str);

/// A message that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passed<'a> {
    /// 0: nobody asked; a notice.
    pub id: u32,
    /// The result, if it is one: the code and what the peer says of it.
    pub result: Option<(u32, &'a str)>,
}

mod tag {
    pub(super) const BOOLEAN: u8 = 0x01;
    pub(super) const INTEGER: u8 = 0x02;
    pub(super) const OCTETS: u8 = 0x04;
    pub(super) const ENUMERATED: u8 = 0x0a;
    pub(super) const SEQUENCE: u8 = 0x30;
    pub(super) const SET: u8 = 0x31;
    pub(super) const CONTROLS: u8 = 0xa0;
    /// Stands where no element may, in Active Directory's notice of disconnection.
    pub(super) const MISPLACED_NAME: u8 = 0x8a;
    pub(super) const BIND_RESPONSE: u8 = 0x61;
    pub(super) const ENTRY: u8 = 0x64;
    pub(super) const DONE: u8 = 0x65;
    pub(super) const REFERENCE: u8 = 0x73;
    pub(super) const EXTENDED_RESPONSE: u8 = 0x78;
}

/// How long the message is that `bytes` begin with. `None`: more octets are needed to say.
pub(crate) fn message_length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    match bytes {
        [] => return Ok(None),
        [tag::SEQUENCE, ..] => {}
        _ => return Err(Malformed("something that does not begin as an LDAP message does")),
    }
    let Some(head) = Head::read(bytes)? else { return Ok(None) };
    let whole = head.size.saturating_add(head.length);
    if whole > MESSAGE_MAX_BYTES {
        return Err(Malformed("a message that is longer than any may be"));
    }
    Ok(Some(whole))
}

/// Looks at one whole message.
pub(crate) fn check(message: &[u8], waiting: Waiting) -> Result<Passed<'_>, Malformed> {
    well_formed(message, 0)?;
    let (outer, rest) = element(message)?;
    if outer.tag != tag::SEQUENCE || !rest.is_empty() {
        return Err(Malformed("something that is not one LDAP message"));
    }
    let (id, rest) = element(outer.inside)?;
    let id = whole_number(id, tag::INTEGER)?;
    let (answer, rest) = element(rest)?;
    trailing(rest)?;
    if !fits(answer.tag, id, waiting) {
        return Err(Malformed("an answer to something that was not asked"));
    }
    let result = match answer.tag {
        tag::ENTRY => entry(answer.inside).map(|()| None),
        tag::REFERENCE => texts(answer.inside).map(|()| None),
        _ => result(answer.inside).map(Some),
    }?;
    Ok(Passed { id, result })
}

fn fits(answer: u8, id: u32, waiting: Waiting) -> bool {
    if id == 0 {
        return answer == tag::EXTENDED_RESPONSE;
    }
    match waiting {
        Waiting::Nothing => false,
        Waiting::Bind => answer == tag::BIND_RESPONSE,
        Waiting::Search => matches!(answer, tag::ENTRY | tag::DONE | tag::REFERENCE),
        Waiting::Extended => answer == tag::EXTENDED_RESPONSE,
    }
}

/// An entry: its name, and its attributes each with its values.
fn entry(bytes: &[u8]) -> Result<(), Malformed> {
    let odd = Malformed("an entry of a shape that none has");
    let (name, rest) = element(bytes)?;
    let (list, rest) = element(rest)?;
    if name.tag != tag::OCTETS || list.tag != tag::SEQUENCE || !rest.is_empty() {
        return Err(odd);
    }
    let mut attributes = list.inside;
    while !attributes.is_empty() {
        let (attribute, rest) = element(attributes)?;
        let (key, values) = element(attribute.inside)?;
        let (values, over) = element(values)?;
        let is_one = attribute.tag == tag::SEQUENCE && key.tag == tag::OCTETS;
        if !is_one || values.tag != tag::SET || !over.is_empty() {
            return Err(odd);
        }
        let mut values = values.inside;
        while !values.is_empty() {
            let (value, rest) = element(values)?;
            if value.tag != tag::OCTETS {
                return Err(odd);
            }
            values = rest;
        }
        attributes = rest;
    }
    Ok(())
}

/// A result: its code, the name it is about, what the peer says, and what else may stand there.
fn result(bytes: &[u8]) -> Result<(u32, &str), Malformed> {
    let (code, rest) = element(bytes)?;
    let code = whole_number(code, tag::ENUMERATED)?;
    let (matched, rest) = element(rest)?;
    text(matched)?;
    let (said, mut rest) = element(rest)?;
    let said = text(said)?;
    while !rest.is_empty() {
        let (more, after) = element(rest)?;
        let constructed = more.is_constructed();
        match more.tag & 0x1f {
            3 if constructed => texts(more.inside)?,
            10 if !constructed => text(more).map(|_| ())?,
            3 | 7 | 10 | 11 if constructed != (more.tag & 0x1f == 3) => {
                return Err(Malformed("a result of a shape that none has"));
            }
            _ => {}
        }
        rest = after;
    }
    Ok((code, said))
}

/// What may follow an answer: controls.
fn trailing(bytes: &[u8]) -> Result<(), Malformed> {
    if bytes.is_empty() {
        return Ok(());
    }
    let (one, rest) = element(bytes)?;
    if one.tag == tag::MISPLACED_NAME && rest.is_empty() {
        return Ok(());
    }
    if one.tag != tag::CONTROLS || !rest.is_empty() {
        return Err(Malformed("something after an answer that does not belong there"));
    }
    let mut controls = one.inside;
    while !controls.is_empty() {
        let (control, rest) = element(controls)?;
        if !control.is_constructed() {
            return Err(Malformed("a control that is none"));
        }
        one_control(control.inside)?;
        controls = rest;
    }
    Ok(())
}

fn one_control(bytes: &[u8]) -> Result<(), Malformed> {
    let odd = Malformed("a control that is none");
    let (name, rest) = element(bytes)?;
    text(name)?;
    if rest.is_empty() {
        return Ok(());
    }
    let (next, mut rest) = element(rest)?;
    let value = match next.tag {
        tag::BOOLEAN if next.inside.len() == 1 => {
            if rest.is_empty() {
                return Ok(());
            }
            let (value, after) = element(rest)?;
            rest = after;
            value
        }
        _ => next,
    };
    if value.tag != tag::OCTETS || !rest.is_empty() { Err(odd) } else { Ok(()) }
}

/// The cookie of a paged result (RFC 2696): empty at the end. `None` if the value is no such thing.
pub(crate) fn page_cookie(value: &[u8]) -> Option<Vec<u8>> {
    let (outer, _) = element(value).ok()?;
    let (_size, rest) = element(outer.inside).ok()?;
    let (cookie, _) = element(rest).ok()?;
    (cookie.tag == tag::OCTETS).then(|| cookie.inside.to_vec())
}

/// What a directory leaves of changes (\[MS-ADTS\] 3.1.1.3.4.1.3): whether there are more, and where
/// the next question goes on. `None` if the value is no such thing.
pub(crate) fn sync_cookie(value: &[u8]) -> Option<(bool, Vec<u8>)> {
    let (outer, _) = element(value).ok()?;
    let (more, rest) = element(outer.inside).ok()?;
    let (_unused, rest) = element(rest).ok()?;
    let (cookie, _) = element(rest).ok()?;
    let is_one = more.tag == tag::INTEGER && cookie.tag == tag::OCTETS;
    is_one.then(|| (more.inside.iter().any(|octet| *octet != 0), cookie.inside.to_vec()))
}

#[cfg(test)]
mod tests;
