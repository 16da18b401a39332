//! The fields of objects: declared once, for the answers, for `fields` and `omit`, and for the schema.

use crate::api::asked::Asked;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The form of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A whole number.
    Number,
    /// Text.
    Text,
    /// Text, or nothing.
    TextOrNull,
    /// An address.
    Address,
    /// A moment in UTC.
    Moment,
    /// A moment in UTC, or nothing.
    MomentOrNull,
    /// Yes or no.
    Flag,
    /// One of a closed set: `{"value", "label"}`.
    Choice,
    /// Several texts.
    Texts,
    /// An object with keys of its own.
    Object,
    /// Such an object, or nothing.
    ObjectOrNull,
    /// Several such objects.
    Objects,
    /// Several tags.
    Tags,
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// The form of its value.
    pub form: Form,
    /// What it says, in one sentence.
    pub says: &'static str,
}

/// Declares fields: `name form "what it says";`
macro_rules! fields {
    ($($name:ident $form:ident $says:literal;)*) => {
        &[$($crate::api::field::Field {
            name: stringify!($name),
            form: $crate::api::field::Form::$form,
            says: $says,
        },)*]
    };
}

pub(super) use fields;

/// Which fields of an object are wished for.
pub struct Wished(Option<BTreeSet<&'static str>>);

impl Wished {
    /// Takes `brief`, `fields` and `omit`; `there` are the object's fields, `brief` the few of it.
    pub fn read(asked: &mut Asked, there: &[Field], brief: &[&'static str]) -> Wished {
        let is_brief = asked.flag("brief").unwrap_or_default();
        let only = names(asked, "fields", there);
        let but = names(asked, "omit", there);
        if is_brief && only.is_some() {
            asked.problem("brief", "does not go with `fields`: expected one or the other");
        }
        if !is_brief && only.is_none() && but.is_none() {
            return Wished(None);
        }
        let mut wished: BTreeSet<&str> = match (only, is_brief) {
            (Some(only), _) => only,
            (None, true) => brief.iter().copied().collect(),
            (None, false) => there.iter().map(|field| field.name).collect(),
        };
        for name in but.unwrap_or_default() {
            wished.remove(name);
        }
        Wished(Some(wished))
    }

    /// The object with no more than was wished for.
    pub fn of(&self, mut object: Map<String, Value>) -> Map<String, Value> {
        if let Some(wished) = &self.0 {
            object.retain(|name, _| wished.contains(name.as_str()));
        }
        object
    }
}

/// Takes names of fields, in one list or several.
fn names(asked: &mut Asked, parameter: &str, there: &[Field]) -> Option<BTreeSet<&'static str>> {
    let lists = asked.all(parameter);
    if lists.is_empty() {
        return None;
    }
    let mut found = BTreeSet::new();
    for name in lists.iter().flat_map(|list| list.split(',')).map(str::trim) {
        match there.iter().find(|field| field.name == name) {
            Some(field) => {
                found.insert(field.name);
            }
            None => {
                let all: Vec<&str> = there.iter().map(|field| field.name).collect();
                let message =
                    format!("there is no field `{name}`; expected some of {}", all.join(","));
                asked.problem(parameter, message);
            }
        }
    }
    Some(found)
}

/// A value of a closed set.
pub fn choice(word: &str, label: &str) -> Value {
    json!({ "value": word, "label": label })
}

/// A value of a closed set whose word says it all: `access-point` is shown as `Access point`.
pub fn plain_choice(word: &str) -> Value {
    let mut letters = word.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let label: String = first.chain(letters.map(|c| if c == '-' { ' ' } else { c })).collect();
    choice(word, &label)
}
