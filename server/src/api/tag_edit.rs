//! The tags of a change: `{"team": "payments", "old": null}` holds one, and holds another away.

use serde_json::Value;

/// What was found: each key with its value, or with nothing if it is held away.
pub type Tags = Vec<(String, Option<String>)>;

/// Reads them; everything that is wrong is said, each with its key.
pub fn read(value: &Value) -> Result<Tags, Vec<String>> {
    let Value::Object(object) = value else {
        return Err(vec![
            "expected an object of keys and values, such as {\"team\": \"payments\"}; null holds a \
             tag away"
                .to_owned(),
        ]);
    };
    let (mut tags, mut wrong) = (Tags::new(), Vec::new());
    for (key, value) in object {
        match value {
            Value::Null => tags.push((key.clone(), None)),
            Value::String(text) => tags.push((key.clone(), Some(text.clone()))),
            _ => wrong.push(format!("tag `{key}`: expected a text, or null to hold it away")),
        }
    }
    if wrong.is_empty() { Ok(tags) } else { Err(wrong) }
}
