//! Reading a source's settings table: every error at once, each with the key and what was expected.

use crate::suggest::nearest;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

/// One setting that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[error("`{key}` {what}; {hint}")]
pub struct SettingError {
    /// The key, or the name of the table.
    pub key: String,
    /// What is wrong with it.
    pub what: String,
    /// What was expected, or what to do.
    pub hint: String,
}

impl SettingError {
    /// An error of this key.
    pub fn new(
        key: impl Into<String>,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> SettingError {
        SettingError { key: key.into(), what: what.into(), hint: hint.into() }
    }
}

/// Reads a table key by key, remembers which keys it knows, and gathers the errors.
///
/// A key that is missing, `null` or an empty text is not set.
#[derive(Debug)]
pub struct SettingsReader<'a> {
    table: Option<&'a Map<String, Value>>,
    known: BTreeSet<String>,
    /// Known only to be refused: not offered as a suggestion.
    refused: BTreeSet<String>,
    errors: Vec<SettingError>,
}

impl<'a> SettingsReader<'a> {
    /// Reads `settings`, the table that people know as `[name]`.
    #[must_use]
    pub fn new(name: &str, settings: &'a Value) -> SettingsReader<'a> {
        let mut reader = SettingsReader {
            table: None,
            known: BTreeSet::new(),
            refused: BTreeSet::new(),
            errors: Vec::new(),
        };
        match settings {
            Value::Object(table) => reader.table = Some(table),
            Value::Null => {}
            other => reader.errors.push(SettingError::new(
                name,
                format!("is {}", described(other)),
                format!("expected a table: `[{name}]` and lines `key = value`"),
            )),
        }
        reader
    }

    /// A text.
    pub fn text(&mut self, key: &str) -> Option<String> {
        match self.value(key)? {
            Value::String(text) => Some(text.clone()),
            other => self.wrong(key, other, "a text in quotes"),
        }
    }

    /// Several texts; a single one stands for a list of one.
    pub fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let expected = "a list of texts: [\"a\", \"b\"]";
        match self.value(key)? {
            Value::String(text) => Some(vec![text.clone()]),
            Value::Array(items) => {
                let texts: Option<Vec<String>> =
                    items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
                match texts {
                    Some(texts) => Some(texts),
                    None => {
                        let hint = format!("expected {expected}");
                        self.error(key, "holds something that is not a text", hint);
                        None
                    }
                }
            }
            other => self.wrong(key, other, expected),
        }
    }

    /// Tables, for a [`SettingsReader`] each; one that is empty was taken out and keeps its number.
    pub fn tables(&mut self, key: &str) -> Vec<&'a Value> {
        match self.value(key) {
            None => Vec::new(),
            Some(Value::Array(items)) if items.iter().all(Value::is_object) => {
                items.iter().collect()
            }
            Some(other) => {
                self.wrong::<()>(key, other, "a list of tables: [[...]] and their settings below");
                Vec::new()
            }
        }
    }

    /// Yes or no.
    pub fn flag(&mut self, key: &str) -> Option<bool> {
        match self.value(key)? {
            Value::Bool(yes) => Some(*yes),
            other => self.wrong(key, other, "true or false, without quotes"),
        }
    }

    /// A whole number within a range.
    pub fn whole(&mut self, key: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        let value = self.value(key)?;
        match value.as_u64() {
            Some(number) if range.contains(&number) => Some(number),
            _ => self.wrong(key, value, &expected),
        }
    }

    /// A span of time such as `30s`, within a range.
    pub fn duration(&mut self, key: &str, range: RangeInclusive<Duration>) -> Option<Duration> {
        let expected = format!(
            "a time such as \"30s\", \"500ms\", \"5m\" or \"1h\", from {:?} to {:?}",
            range.start(),
            range.end()
        );
        let value = self.value(key)?;
        match value.as_str().and_then(duration) {
            Some(span) if range.contains(&span) => Some(span),
            _ => self.wrong(key, value, &expected),
        }
    }

    /// A secret: `key_env` or `key_file`, not both, and never the secret itself. Whether there is
    /// one shows when the collector is built.
    pub fn secret(&mut self, key: &str) {
        let from_env = self.text(&format!("{key}_env"));
        let from_file = self.text(&format!("{key}_file"));
        if from_env.is_some() && from_file.is_some() {
            self.error(key, "is given twice, by `_env` and by `_file`", "keep one of the two");
        }
        let hint = format!(
            "name where it is: {key}_env = \"CADASTRE_SECRET_...\" or {key}_file = \"...\""
        );
        self.refuse(key, "is a secret, and must not stand in the settings", hint);
    }

    /// A key that is understood and cannot be honoured: an error if it is set.
    pub fn refuse(&mut self, key: &str, what: impl Into<String>, hint: impl Into<String>) {
        if self.value(key).is_some() {
            self.error(key, what, hint);
        }
        self.refused.insert(key.to_owned());
    }

    /// The value of a key, which is known from now on.
    fn value(&mut self, key: &str) -> Option<&'a Value> {
        self.known.insert(key.to_owned());
        let value = self.table?.get(key)?;
        let is_set = !value.is_null() && value.as_str() != Some("");
        is_set.then_some(value)
    }

    /// Notes an error of a key.
    pub fn error(&mut self, key: &str, what: impl Into<String>, hint: impl Into<String>) {
        self.errors.push(SettingError::new(key, what, hint));
    }

    fn wrong<T>(&mut self, key: &str, value: &Value, expected: &str) -> Option<T> {
        self.error(key, format!("is {}", described(value)), format!("expected {expected}"));
        None
    }

    /// All errors, unknown keys among them, in the order of their keys.
    #[must_use]
    pub fn finish(mut self) -> Vec<SettingError> {
        let keys = self.table.into_iter().flat_map(Map::keys);
        for key in keys.filter(|key| !self.known.contains(*key)) {
            let known = self.known.difference(&self.refused).map(String::as_str);
            let hint = match nearest(key, known.clone()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", known.collect::<Vec<_>>().join(", ")),
            };
            self.errors.push(SettingError::new(key, "is not a setting of this kind", hint));
        }
        self.errors.sort();
        self.errors.dedup();
        self.errors
    }
}

/// A span of time as people write it: a whole number and `ms`, `s`, `m` or `h`.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(end)?;
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        "h" => number.checked_mul(3_600).map(Duration::from_secs),
        _ => None,
    }
}

/// What a wrong value is, without repeating more of it than fits a line.
fn described(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(yes) => format!("{yes}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) if text.chars().count() <= 40 => format!("\"{text}\""),
        Value::String(_) => "a long text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a table".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_is_there() {
        let table = json!({
            "endpoint": "http://127.0.0.1:5000", "regions": ["a", "b"], "include": "web*",
            "insecure_tls": true, "concurrency": 4, "timeout": "5m", "proxy": "", "role": null,
            "key_file": "aws.key",
        });
        let mut reader = SettingsReader::new("aws", &table);
        assert_eq!(reader.text("endpoint").as_deref(), Some("http://127.0.0.1:5000"));
        assert_eq!(reader.texts("regions"), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(reader.texts("include"), Some(vec!["web*".to_owned()]));
        assert_eq!(reader.flag("insecure_tls"), Some(true));
        assert_eq!(reader.whole("concurrency", 1..=8), Some(4));
        let minutes = Duration::from_secs(1)..=Duration::from_secs(600);
        assert_eq!(reader.duration("timeout", minutes), Some(Duration::from_secs(300)));
        assert_eq!((reader.text("proxy"), reader.text("role")), (None, None));
        reader.secret("key");
        assert_eq!(reader.finish(), []);
    }

    #[test]
    fn says_everything_that_is_wrong_at_once() {
        let table = json!({
            "endpoint": 5, "regions": ["a", 1], "insecure_tls": "yes", "concurrency": 0,
            "timeout": "soon", "endpiont": "x", "colour": "red", "key": "s3cret",
            "other_env": "A", "other_file": "B",
        });
        let mut reader = SettingsReader::new("aws", &table);
        reader.text("endpoint");
        reader.texts("regions");
        reader.flag("insecure_tls");
        reader.whole("concurrency", 1..=8);
        reader.duration("timeout", Duration::ZERO..=Duration::from_secs(60));
        reader.secret("key");
        reader.secret("other");
        let errors: Vec<String> = reader.finish().iter().map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                "`colour` is not a setting of this kind; known here: concurrency, endpoint, \
                 insecure_tls, key_env, key_file, other_env, other_file, regions, timeout",
                "`concurrency` is the number 0; expected a whole number from 1 to 8",
                "`endpiont` is not a setting of this kind; did you mean `endpoint`?",
                "`endpoint` is the number 5; expected a text in quotes",
                "`insecure_tls` is \"yes\"; expected true or false, without quotes",
                "`key` is a secret, and must not stand in the settings; name where it is: \
                 key_env = \"CADASTRE_SECRET_...\" or key_file = \"...\"",
                "`other` is given twice, by `_env` and by `_file`; keep one of the two",
                "`regions` holds something that is not a text; expected a list of texts: \
                 [\"a\", \"b\"]",
                "`timeout` is \"soon\"; expected a time such as \"30s\", \"500ms\", \"5m\" or \
                 \"1h\", from 0ns to 60s",
            ]
        );
    }

    #[test]
    fn a_table_that_is_none() {
        let errors = SettingsReader::new("aws", &json!("x")).finish();
        assert_eq!(errors.len(), 1);
        assert_eq!(SettingsReader::new("aws", &Value::Null).finish(), []);
    }

    #[test]
    fn durations() {
        for (text, expected) in [
            ("30s", Some(30_000)),
            ("500ms", Some(500)),
            (" 2h ", Some(7_200_000)),
            ("30", None),
            ("s", None),
            ("-1s", None),
            ("1d", None),
            ("18446744073709551615h", None),
        ] {
            assert_eq!(duration(text), expected.map(Duration::from_millis), "{text}");
        }
    }
}
