//! Tags: free key and value, kept as the source wrote them, found by their canonical key too.

use serde::{Deserialize, Serialize};

/// One tag as a source wrote it. A tag without a value has an empty one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tag {
    /// The key, to the letter.
    pub key: String,
    /// The value, to the letter.
    pub value: String,
}

impl Tag {
    /// A tag of this key and value.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Tag {
        Tag { key: key.into(), value: value.into() }
    }
}
