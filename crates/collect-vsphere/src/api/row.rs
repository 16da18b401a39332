//! One object's properties as they came: what each is, or why it is not there.

use cadastre_model::{Fact, Value};
use std::collections::BTreeMap;
use vim_rs::types::enums::MoTypesEnum;
use vim_rs::types::structs::ManagedObjectReference;
use vim_rs::types::vim_any::VimAny;

/// A managed object: its type and its id in its server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ref {
    /// `VirtualMachine`.
    pub kind: String,
    /// `vm-42`.
    pub id: String,
}

impl Ref {
    /// The object of this type and id.
    pub(crate) fn new(kind: impl Into<String>, id: impl Into<String>) -> Ref {
        Ref { kind: kind.into(), id: id.into() }
    }

    /// As the binding has it.
    pub(crate) fn to_managed(&self) -> ManagedObjectReference {
        ManagedObjectReference { r#type: MoTypesEnum::from_str(&self.kind), value: self.id.clone() }
    }

    /// From the binding.
    pub(crate) fn of(managed: &ManagedObjectReference) -> Ref {
        Ref::new(managed.r#type.as_str(), managed.value.as_str())
    }
}

/// A property's value.
pub(super) enum Held {
    /// A text, number, yes or no, moment or word, as it was written.
    Plain(String),
    /// An object.
    Object(Ref),
    /// Anything else, as it stands in the answer. It is decoded when it is taken: the binding's
    /// types are so many that to carry one through a task costs the compiler minutes.
    Undecoded(Piece),
}

/// A value's own piece of an answer.
pub(super) enum Piece {
    /// An element.
    Xml(String),
    /// A value.
    Json(String),
}

impl Piece {
    /// The value, and whether it is whole. Nothing, if not even a part of it can be decoded.
    fn decoded(&self) -> Option<(VimAny, bool)> {
        match self {
            Piece::Xml(text) => super::soap::decoded(text),
            Piece::Json(text) => super::json::decoded(text),
        }
    }
}

/// A property that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known<T> {
    /// It has this value.
    Value(T),
    /// It has none.
    Absent,
    /// It could not be read.
    NotRead(String),
}

impl<T> Known<T> {
    /// The value, if there is one.
    pub(crate) fn value(self) -> Option<T> {
        match self {
            Known::Value(value) => Some(value),
            Known::Absent | Known::NotRead(_) => None,
        }
    }

    /// Something made of the value; nothing made of it is no value.
    pub(crate) fn and_then<U>(self, make: impl FnOnce(T) -> Option<U>) -> Known<U> {
        match self {
            Known::Value(value) => make(value).map_or(Known::Absent, Known::Value),
            Known::Absent => Known::Absent,
            Known::NotRead(why) => Known::NotRead(why),
        }
    }

    /// Something made of the value.
    pub(crate) fn map<U>(self, make: impl FnOnce(T) -> U) -> Known<U> {
        self.and_then(|value| Some(make(value)))
    }

    /// This, or if it has no value the other.
    pub(crate) fn or(self, other: Known<T>) -> Known<T> {
        match self {
            Known::Value(_) => self,
            Known::Absent => other,
            Known::NotRead(why) => match other {
                Known::Value(_) => other,
                Known::Absent | Known::NotRead(_) => Known::NotRead(why),
            },
        }
    }
}

impl Known<Value> {
    /// As a statement about an attribute.
    pub(crate) fn into_fact(self) -> Fact {
        match self {
            Known::Value(value) => Fact::Value(value),
            Known::Absent => Fact::Absent,
            Known::NotRead(why) => Fact::NotRead(why),
        }
    }
}

/// One object, with what was read of it.
pub(crate) struct Row {
    /// Which object.
    pub object: Ref,
    held: BTreeMap<String, Held>,
    /// Properties that the server could not give, with its fault.
    faults: BTreeMap<String, String>,
    /// Properties of which something could not be decoded, in words.
    flaws: Vec<String>,
    /// Why a property may be missing though it exists: the object is out of reach.
    out_of_reach: Option<String>,
}

impl Row {
    pub(super) fn new(object: Ref) -> Row {
        Row {
            object,
            held: BTreeMap::new(),
            faults: BTreeMap::new(),
            flaws: Vec::new(),
            out_of_reach: None,
        }
    }

    pub(super) fn hold(&mut self, path: &str, held: Held) {
        self.held.insert(path.to_owned(), held);
    }

    pub(super) fn fault(&mut self, path: &str, kind: &str) {
        self.faults.insert(path.to_owned(), kind.to_owned());
    }

    /// Properties of which something could not be decoded, in words.
    pub(crate) fn flaws(&self) -> &[String] {
        &self.flaws
    }

    /// Whether the object itself is no longer there.
    pub(crate) fn is_gone(&self) -> bool {
        self.held.is_empty() && self.faults.values().any(|kind| kind == "ManagedObjectNotFound")
    }

    /// From now on, what is missing counts as not read, for this reason.
    pub(crate) fn set_out_of_reach(&mut self, why: String) {
        self.out_of_reach = Some(why);
    }

    /// A plain value as it was written, cleaned.
    pub(crate) fn text(&self, path: &str) -> Known<String> {
        match self.held.get(path) {
            Some(Held::Plain(text)) => Known::Value(crate::text::value(text))
                .and_then(|text| (!text.is_empty()).then_some(text)),
            Some(_) => Known::NotRead(format!("`{path}` is of another type than it should be")),
            None => self.missing(path),
        }
    }

    /// A name, written out.
    pub(crate) fn name(&self) -> Option<String> {
        let text = self.text("name").value()?;
        Some(crate::text::name(&text))
    }

    /// A whole number.
    pub(crate) fn int(&self, path: &str) -> Known<i64> {
        self.text(path).and_then(|text| text.parse().ok())
    }

    /// A number that counts or measures: not below zero.
    pub(crate) fn count(&self, path: &str) -> Known<i64> {
        self.int(path).and_then(|number| (number >= 0).then_some(number))
    }

    /// Yes or no.
    pub(crate) fn flag(&self, path: &str) -> Known<bool> {
        self.text(path).and_then(|text| match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }

    /// An object.
    pub(crate) fn object(&self, path: &str) -> Known<Ref> {
        match self.held.get(path) {
            Some(Held::Object(one)) => Known::Value(one.clone()),
            Some(_) => Known::NotRead(format!("`{path}` is of another type than it should be")),
            None => self.missing(path),
        }
    }

    /// A value of the binding's type, taken out.
    pub(crate) fn take<T: 'static>(&mut self, path: &str) -> Known<T> {
        let Some(held) = self.held.remove(path) else { return self.missing(path) };
        let other = || Known::NotRead(format!("`{path}` is of another type than it should be"));
        let Held::Undecoded(piece) = held else { return other() };
        let Some((any, is_whole)) = piece.decoded() else {
            self.flaws.push(format!("`{path}` could not be decoded"));
            return Known::NotRead("it could not be decoded".to_owned());
        };
        if !is_whole {
            self.flaws.push(format!("`{path}` came with parts that could not be decoded"));
        }
        any.into_any().downcast::<T>().map_or_else(|_| other(), |value| Known::Value(*value))
    }

    /// A list of objects, taken out; empty if there is none.
    pub(crate) fn take_objects(&mut self, path: &str) -> Vec<Ref> {
        let listed: Known<Vec<ManagedObjectReference>> = self.take(path);
        listed.value().unwrap_or_default().iter().map(Ref::of).collect()
    }

    fn missing<T>(&self, path: &str) -> Known<T> {
        if let Some(kind) = self.faults.get(path) {
            return Known::NotRead(match kind.as_str() {
                "InvalidProperty" => "this version of the server does not tell it".to_owned(),
                "NoPermission" => "the account may not read it".to_owned(),
                other => crate::text::clean(other),
            });
        }
        match &self.out_of_reach {
            Some(why) => Known::NotRead(why.clone()),
            None => Known::Absent,
        }
    }

    /// Takes everything out, in every form.
    #[cfg(any(test, feature = "testing"))]
    pub(super) fn read_all(&mut self) -> Vec<String> {
        let paths: Vec<String> = self.held.keys().cloned().collect();
        let mut said = Vec::new();
        for path in &paths {
            let _ = (self.int(path), self.count(path), self.flag(path), self.object(path));
            said.extend(self.text(path).value());
            let _ = self.take_objects(path);
        }
        said
    }
}
