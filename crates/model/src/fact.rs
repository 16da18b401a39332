//! What a source can say of an attribute: a value, that there is none, or that it could not tell.

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// The value of an attribute. What an `Int` means (bytes, a moment, a count) stands in the
/// registry, see [`crate::registry::ValueType`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number, in the unit the registry gives; moments are milliseconds since 1970.
    Int(i64),
    /// Text as the source wrote it.
    Text(String),
    /// Several texts, in the source's order or sorted where order means nothing.
    List(Vec<String>),
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// The text, if this is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// By hand, because the derived one tries each variant in turn and writes an error in words for each
/// that does not fit: profiling an export showed it.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("yes or no, a whole number, a text, or a list of texts")
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        i64::try_from(number)
            .map(Value::Int)
            .map_err(|_| E::custom(format!("{number} is larger than any number that is kept")))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::text(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::with_capacity(items.size_hint().unwrap_or_default().min(64));
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Value::Int(number) => number.fmt(f),
            Value::Text(text) => f.write_str(text),
            Value::List(items) => f.write_str(&items.join(", ")),
        }
    }
}

/// One statement of one source about one attribute.
///
/// `NotRead` never clears a value: the record keeps what it knew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// The source gave this value.
    Value(Value),
    /// The source was asked and has none.
    Absent,
    /// The source could not be read, with the reason in words for people.
    NotRead(String),
}

impl Fact {
    /// `Value` of what is there, `Absent` otherwise.
    pub fn from_option(value: Option<Value>) -> Fact {
        value.map_or(Fact::Absent, Fact::Value)
    }
}
