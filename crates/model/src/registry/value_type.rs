//! What an attribute's value means, and how much of its past is kept.

use crate::fact::Value;
use crate::time::Timestamp;

/// The meaning of an attribute's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// Text.
    Text,
    /// Several texts.
    List,
    /// Yes or no.
    Bool,
    /// A plain count.
    Count,
    /// A size in bytes; people write `8GB`, `512MiB`.
    Bytes,
    /// Megahertz.
    Megahertz,
    /// Bytes per second.
    BytesPerSecond,
    /// A moment, milliseconds since 1970 in [`Value::Int`].
    Moment,
    /// A person or team, by its handle.
    Party,
    /// A site, by its slug.
    Site,
}

impl ValueType {
    /// The unit of the number, for column headings and the API schema.
    #[must_use]
    pub fn unit(self) -> Option<&'static str> {
        match self {
            ValueType::Bytes => Some("bytes"),
            ValueType::Megahertz => Some("MHz"),
            ValueType::BytesPerSecond => Some("bytes/s"),
            _ => None,
        }
    }

    /// Whether values of this type are compared as numbers.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(
            self,
            ValueType::Count
                | ValueType::Bytes
                | ValueType::Megahertz
                | ValueType::BytesPerSecond
                | ValueType::Moment
        )
    }

    /// The value as scripts read it: a moment as RFC 3339, everything else as it is.
    #[must_use]
    pub fn to_json(self, value: &Value) -> serde_json::Value {
        match (self, value) {
            (ValueType::Moment, Value::Int(at)) => Timestamp(*at).to_string().into(),
            (_, Value::Bool(yes)) => (*yes).into(),
            (_, Value::Int(number)) => (*number).into(),
            (_, Value::Text(text)) => text.as_str().into(),
            (_, Value::List(items)) => items.clone().into(),
        }
    }

    /// The value as people read it in a table.
    #[must_use]
    pub fn to_display(self, value: &Value) -> String {
        match (self, value) {
            (ValueType::Moment, Value::Int(at)) => Timestamp(*at).to_string(),
            (ValueType::Bytes, Value::Int(bytes)) => display_bytes(*bytes),
            (ValueType::Megahertz, Value::Int(mhz)) => format!("{mhz} MHz"),
            (ValueType::BytesPerSecond, Value::Int(rate)) => format!("{}/s", display_bytes(*rate)),
            _ => value.to_string(),
        }
    }
}

fn display_bytes(bytes: i64) -> String {
    const UNITS: [(&str, i64); 4] =
        [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    for (unit, size) in UNITS {
        if bytes >= size && bytes % (size / 16) == 0 {
            let whole = bytes / size;
            let sixteenths = (bytes % size) / (size / 16);
            if sixteenths == 0 {
                return format!("{whole} {unit}");
            }
            return format!("{whole}.{:02} {unit}", sixteenths * 100 / 16);
        }
    }
    format!("{bytes} B")
}

/// How much of an attribute's past is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// Every change makes a version.
    Versioned,
    /// Only the newest value is kept; it is not part of any past day and cannot be filtered by.
    Latest,
}
