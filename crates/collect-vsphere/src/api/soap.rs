//! SOAP 1.1 as vSphere speaks it: requests, faults, and the pages of the property collector.
//!
//! The outer document is read here; the value of each property by the binding, from its own piece of
//! the text.

use super::depth::is_shallow_xml;
use super::row::{Held, Piece, Ref, Row};
use crate::fault::Stated;
use miniserde::Serialize;
use miniserde::ser::Fragment;
use quick_xml::Reader;
use quick_xml::escape::{escape, unescape};
use quick_xml::events::{BytesStart, Event};
use vim_rs::types::vim_any::VimAny;
use vim_rs::xml::de::{DeserializeOptions, from_xml, from_xml_with};
use vim_rs::xml::{ser, soap};

/// A page of the property collector: rows, and the token of the next page.
pub(super) struct Page {
    pub rows: Vec<Row>,
    pub token: Option<String>,
}

/// Hands a parameter to an encoder that wants its type.
struct Passed<'a>(&'a dyn Serialize);

impl Serialize for Passed<'_> {
    fn begin(&self) -> Fragment<'_> {
        self.0.begin()
    }
}

/// The request that calls `method` of `this`.
pub(super) fn request(method: &str, this: &Ref, params: Option<&dyn Serialize>) -> String {
    let mut body = format!(
        "<{method} xmlns=\"urn:vim25\"><_this type=\"{}\">{}</_this>",
        escape(this.kind.as_str()),
        escape(this.id.as_str())
    );
    if let Some(Fragment::Map(mut fields)) = params.map(Serialize::begin) {
        while let Some((name, value)) = fields.next() {
            if name != "_typeName" {
                body.push_str(&ser::to_xml(&Passed(value), &name));
            }
        }
    }
    body.push_str(&format!("</{method}>"));
    soap::envelope(&body)
}

/// The fault in an answer, if it is one.
pub(super) fn fault(answer: &str) -> Option<Stated> {
    let mut reader = Reader::from_str(answer);
    let mut stated: Option<Stated> = None;
    let mut depth_in_detail = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) if depth_in_detail > 0 => {
                let fault = stated.get_or_insert_default();
                if depth_in_detail == 1 {
                    fault.kind = kind_of(&start).unwrap_or_else(|| local(&start));
                    depth_in_detail = 2;
                } else {
                    let name = local(&start);
                    let text = reader.read_text(start.name()).ok()?;
                    let plain = !text.as_ref().contains('<');
                    if plain && fault.fields.len() < 16 {
                        fault.fields.insert(name, unescaped(text.as_ref()));
                    }
                }
            }
            Ok(Event::Empty(empty)) if depth_in_detail == 1 => {
                stated.get_or_insert_default().kind =
                    kind_of(&empty).unwrap_or_else(|| local(&empty));
            }
            Ok(Event::Start(start)) if local(&start) == "faultstring" => {
                let text = reader.read_text(start.name()).ok()?;
                stated.get_or_insert_default().message = unescaped(text.as_ref());
            }
            Ok(Event::Start(start)) if local(&start) == "detail" => depth_in_detail = 1,
            Ok(Event::End(_)) if depth_in_detail > 0 => depth_in_detail -= 1,
            Ok(Event::Eof) | Err(_) => return stated,
            Ok(_) => {}
        }
    }
}

/// The page in an answer.
///
/// # Errors
/// It is not well-formed; where.
pub(super) fn page(answer: &str) -> Result<Page, String> {
    let mut page = Page { rows: Vec::new(), token: None };
    let mut reader = Reader::from_str(answer);
    let mut in_object = false;
    loop {
        let from = position(&reader);
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => match local(&start).as_str() {
                "objects" => in_object = true,
                "obj" if in_object => {
                    let kind = attribute(&start, "type").unwrap_or_default();
                    let id = text_of(&mut reader, &start)?;
                    page.rows.push(Row::new(Ref::new(kind, id)));
                }
                "propSet" if in_object => property(&mut reader, &mut page)?,
                "missingSet" if in_object => missing(&mut reader, answer, from, &mut page)?,
                "token" if !in_object => page.token = Some(text_of(&mut reader, &start)?),
                _ => {}
            },
            Event::End(end) if end.local_name().as_ref() == "objects" => in_object = false,
            Event::Eof => return Ok(page),
            _ => {}
        }
    }
}

/// The first `returnval` of an answer, as its own document.
pub(super) fn returned(answer: &str) -> Option<&str> {
    let mut reader = Reader::from_str(answer);
    loop {
        let from = position(&reader);
        match reader.read_event().ok()? {
            Event::Start(start) if local(&start) == "returnval" => {
                reader.read_to_end(start.name()).ok()?;
                return answer.get(from..position(&reader));
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// The object that an answer returns.
pub(super) fn returned_object(answer: &str) -> Option<Ref> {
    let piece = returned(answer)?;
    let mut reader = Reader::from_str(piece);
    match reader.read_event().ok()? {
        Event::Start(start) => {
            let kind = attribute(&start, "type")?;
            let id = text_of(&mut reader, &start).ok()?;
            Some(Ref::new(kind, id))
        }
        _ => None,
    }
}

/// Reads `<name>` and `<val>` of one property into the last row.
fn property(reader: &mut Reader<&[u8]>, page: &mut Page) -> Result<(), String> {
    let mut path = String::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) if local(&start) == "name" => path = text_of(reader, &start)?,
            Event::Start(start) if local(&start) == "val" => {
                let opening = start.as_ref().to_owned();
                let content = reader.read_text(start.name()).map_err(|error| error.to_string())?;
                if let Some(row) = page.rows.last_mut() {
                    hold(row, &path, &start, &opening, content.as_ref());
                }
            }
            Event::Empty(empty) if local(&empty) == "val" => {
                if let Some(row) = page.rows.last_mut() {
                    hold(row, &path, &empty, empty.as_ref(), "");
                }
            }
            Event::End(end) if end.local_name().as_ref() == "propSet" => return Ok(()),
            Event::Eof => return Err("it ends in a property".to_owned()),
            _ => {}
        }
    }
}

fn hold(row: &mut Row, path: &str, start: &BytesStart<'_>, opening: &str, content: &str) {
    let kind = kind_of(start).unwrap_or_default();
    if kind == "ManagedObjectReference" {
        let of = attribute(start, "type").unwrap_or_default();
        row.hold(path, Held::Object(Ref::new(of, unescaped(content))));
        return;
    }
    if !content.contains('<') && !kind.starts_with("ArrayOf") && !kind.is_empty() {
        row.hold(path, Held::Plain(unescaped(content)));
        return;
    }
    row.hold(path, Held::Undecoded(Piece::Xml(format!("<{opening}>{content}</val>"))));
}

/// The value of an element, and whether nothing of it had to be left out.
pub(super) fn decoded(piece: &str) -> Option<(VimAny, bool)> {
    if !is_shallow_xml(piece) {
        return None;
    }
    if let Ok(any) = from_xml::<VimAny>(piece) {
        return Some((any, true));
    }
    let lenient = DeserializeOptions { tolerate_build_errors: true };
    from_xml_with::<VimAny>(piece, lenient).ok().map(|any| (any, false))
}

/// Reads `<path>` and the type of `<fault>` of a property that is missing into the last row.
fn missing(
    reader: &mut Reader<&[u8]>,
    answer: &str,
    from: usize,
    page: &mut Page,
) -> Result<(), String> {
    let (mut path, mut kind) = (String::new(), None);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) if local(&start) == "path" => path = text_of(reader, &start)?,
            Event::Start(start) | Event::Empty(start) if local(&start) == "fault" => {
                kind = kind.or_else(|| kind_of(&start));
            }
            Event::End(end) if end.local_name().as_ref() == "missingSet" => break,
            Event::Eof => {
                let near: String =
                    answer.get(from..).unwrap_or_default().chars().take(60).collect();
                return Err(format!("it ends in {near}"));
            }
            _ => {}
        }
    }
    if let Some(row) = page.rows.last_mut() {
        row.fault(&path, kind.as_deref().unwrap_or("a fault without a name"));
    }
    Ok(())
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn local(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

/// The text in an element without children.
fn text_of(reader: &mut Reader<&[u8]>, start: &BytesStart<'_>) -> Result<String, String> {
    let text = reader.read_text(start.name()).map_err(|error| error.to_string())?;
    Ok(unescaped(text.as_ref()))
}

/// A text with its entities written out; as it is, if it names one that does not exist.
fn unescaped(text: &str) -> String {
    unescape(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

/// The type in `xsi:type`, whatever prefix stands for the namespace, without a prefix of its own.
fn kind_of(start: &BytesStart<'_>) -> Option<String> {
    start.attributes().flatten().find_map(|one| {
        let (prefix, name) = one.key.as_ref().split_once(':')?;
        let is_type = name == "type" && prefix != "xmlns";
        is_type.then(|| one.value.rsplit(':').next().unwrap_or_default().to_owned())
    })
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    start
        .attributes()
        .flatten()
        .find(|one| one.key.as_ref() == name)
        .map(|one| unescaped(one.value.as_ref()))
}

#[cfg(test)]
mod tests;
