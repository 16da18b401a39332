//! What a source can say of an attribute: a value, that there is none, or that it could not tell.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The value of an attribute. What an `Int` means (bytes, a moment, a count) stands in the
/// registry, see [`crate::registry::ValueType`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
