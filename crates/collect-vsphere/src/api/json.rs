//! VI JSON (vCenter 8.0 U1 and newer): faults, and the pages of the property collector.
//!
//! The outer document is read here; the value of each property by the binding, from its own piece of
//! the text.

use super::depth::is_shallow_json;
use super::row::{Held, Piece, Ref, Row};
use super::soap::Page;
use crate::fault::Stated;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use vim_rs::types::vim_any::VimAny;

#[derive(Deserialize)]
struct Retrieved<'a> {
    token: Option<String>,
    #[serde(borrow, default)]
    objects: Vec<Object<'a>>,
}

#[derive(Deserialize)]
struct Object<'a> {
    obj: Managed,
    #[serde(borrow, default, rename = "propSet")]
    properties: Vec<Property<'a>>,
    #[serde(default, rename = "missingSet")]
    missing: Vec<Missing>,
}

/// A managed object.
#[derive(Deserialize)]
pub(super) struct Managed {
    r#type: String,
    value: String,
}

impl From<Managed> for Ref {
    fn from(managed: Managed) -> Ref {
        Ref::new(managed.r#type, managed.value)
    }
}

#[derive(Deserialize)]
struct Property<'a> {
    name: String,
    #[serde(borrow)]
    val: &'a RawValue,
}

#[derive(Deserialize)]
struct Missing {
    path: String,
    #[serde(default)]
    fault: Value,
}

/// What tells how a value is to be read.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "_typeName")]
    kind: String,
    #[serde(borrow, rename = "_value")]
    value: Option<&'a RawValue>,
    r#type: Option<Value>,
    // Some values have a field of this name that is no text.
    #[serde(borrow, rename = "value")]
    id: Option<&'a RawValue>,
}

/// The fault in an answer, if it is one.
pub(super) fn fault(answer: &str) -> Option<Stated> {
    let value: Value = serde_json::from_str(answer).ok()?;
    let object = value.as_object()?;
    let mut stated = Stated::default();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    stated.kind = text(object.get("_typeName")).or_else(|| text(object.get("error_type")))?;
    let of_list = |name: &str, field: &str| {
        let first = object.get(name).and_then(Value::as_array).and_then(|list| list.first());
        text(first.and_then(|first| first.get(field)))
    };
    stated.message = of_list("faultMessage", "message")
        .or_else(|| of_list("messages", "default_message"))
        .unwrap_or_default();
    for (name, value) in object.iter().filter(|(name, _)| *name != "_typeName").take(16) {
        // An object is known by its id.
        if let Some(text) = value.as_str().or_else(|| value.get("value")?.as_str()) {
            stated.fields.insert(name.clone(), text.to_owned());
        }
    }
    Some(stated)
}

/// The page in an answer. An empty answer is an empty page.
///
/// # Errors
/// It is not JSON, or not of this shape; where.
pub(super) fn page(answer: &str) -> Result<Page, String> {
    if matches!(answer.trim(), "" | "null") {
        return Ok(Page { rows: Vec::new(), token: None });
    }
    let retrieved: Retrieved<'_> =
        serde_json::from_str(answer).map_err(|error| error.to_string())?;
    let rows = retrieved.objects.into_iter().map(row).collect();
    Ok(Page { rows, token: retrieved.token })
}

/// The object that an answer returns.
pub(super) fn returned_object(answer: &str) -> Option<Ref> {
    serde_json::from_str::<Managed>(answer).ok().map(Ref::from)
}

fn row(object: Object<'_>) -> Row {
    let mut row = Row::new(object.obj.into());
    for missing in &object.missing {
        let named = missing
            .fault
            .get("_typeName")
            .or_else(|| missing.fault.get("fault").and_then(|fault| fault.get("_typeName")));
        let kind = named.and_then(Value::as_str).unwrap_or("a fault without a name");
        row.fault(&missing.path, kind);
    }
    for property in &object.properties {
        hold(&mut row, property);
    }
    row
}

fn hold(row: &mut Row, property: &Property<'_>) {
    let text = property.val.get();
    let path = property.name.as_str();
    if !text.starts_with(['{', '[']) {
        row.hold(path, Held::Plain(plain(text)));
        return;
    }
    if let Ok(head) = serde_json::from_str::<Head<'_>>(text) {
        let value = head.value.map(RawValue::get);
        if head.kind == "ManagedObjectReference"
            && let (Some(Value::String(of)), Some(id)) = (head.r#type, head.id)
        {
            row.hold(path, Held::Object(Ref::new(of, plain(id.get()))));
            return;
        }
        if let Some(value) = value.filter(|value| !value.starts_with(['{', '['])) {
            row.hold(path, Held::Plain(plain(value)));
            return;
        }
    }
    row.hold(path, Held::Undecoded(Piece::Json(text.to_owned())));
}

/// The value, and whether nothing of it had to be left out.
pub(super) fn decoded(piece: &str) -> Option<(VimAny, bool)> {
    if !is_shallow_json(piece) {
        return None;
    }
    if let Ok(any) = miniserde::json::from_str::<VimAny>(piece) {
        return Some((any, true));
    }
    let rest = without_broken(piece)?;
    miniserde::json::from_str::<VimAny>(&rest).ok().map(|any| (any, false))
}

/// A list with only those items that can be decoded.
fn without_broken(text: &str) -> Option<String> {
    let head: Head<'_> = serde_json::from_str(text).ok()?;
    let items: Vec<&RawValue> = serde_json::from_str(head.value?.get()).ok()?;
    let whole: Vec<&str> = items
        .iter()
        .map(|item| item.get())
        .filter(|item| miniserde::json::from_str::<VimAny>(item).is_ok())
        .collect();
    let kind = serde_json::to_string(&head.kind).ok()?;
    Some(format!("{{\"_typeName\":{kind},\"_value\":[{}]}}", whole.join(",")))
}

/// A text without its quotes; anything else as it is written.
fn plain(json: &str) -> String {
    serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned())
}
