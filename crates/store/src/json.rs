//! Documents in text columns: written by us, read back strictly.

use crate::error::{Result, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The JSON of one of our own types.
pub(crate) fn write(value: &impl Serialize) -> String {
    // Our types have text keys only and write into memory: there is nothing that could fail.
    serde_json::to_string(value).unwrap_or_default()
}

/// A document read back; what does not parse is named, never skipped.
pub(crate) fn read<T: DeserializeOwned>(
    table: &'static str,
    row: impl ToString,
    text: &str,
) -> Result<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt {
        table,
        row: row.to_string(),
        why: error.to_string(),
    })
}
