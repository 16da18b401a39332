//! A parsed TOML file whose every key and value knows its line and column.

use super::fault::{Fault, Faults};
use serde_json::Value as Json;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A TOML text and where its parts stand.
#[derive(Debug)]
pub struct Document<'i> {
    file: String,
    text: &'i str,
    root: DeTable<'i>,
}

/// One key of a table, with its value and both their places.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a, 'i> {
    /// The key as written, without what stands before it.
    pub key: &'a str,
    /// Its value.
    pub value: &'a DeValue<'i>,
    key_start: usize,
    value_start: usize,
}

impl<'i> Document<'i> {
    /// Parses a text; `file` is what messages call it.
    ///
    /// # Errors
    /// Every fault of syntax, keys given twice among them. The text itself is never quoted: it may
    /// hold a secret put there by mistake.
    pub fn parse(file: &str, text: &'i str) -> Result<Self, Faults> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let document = Self { file: file.to_owned(), text, root: root.into_inner() };
        let faults = errors
            .iter()
            .map(|error| {
                let start = error.span().map_or(0, |span: Range<usize>| span.start);
                let problem = format!("not valid TOML: {}", error.message());
                Fault::new(document.place(start), "", problem, "correct this line")
            })
            .collect();
        Faults(faults).or(document)
    }

    /// The file's name, as messages call it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The keys at the top, in the order of the file.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry<'_, 'i>> {
        entries(&self.root)
    }

    /// The place of a key, `file:line:column`.
    #[must_use]
    pub fn key_place(&self, entry: &Entry<'_, '_>) -> String {
        self.place(entry.key_start)
    }

    /// The place of a key's value, `file:line:column`.
    #[must_use]
    pub fn value_place(&self, entry: &Entry<'_, '_>) -> String {
        self.place(entry.value_start)
    }

    /// The text of a string value; else notes a fault for `path` that says what was `expected`.
    pub fn text(
        &self,
        entry: &Entry<'_, '_>,
        path: &str,
        expected: &str,
        faults: &mut Faults,
    ) -> Option<String> {
        if let Some(text) = entry.value.as_str() {
            return Some(text.to_owned());
        }
        let problem = format!("is {}, expected {expected}", described(entry.value));
        faults.push(Fault::new(self.value_place(entry), path, problem, ""));
        None
    }

    /// A value as JSON: times become their text, whole numbers must fit 64 bits, other numbers must
    /// be finite. Notes a fault for `path` and gives `null` where that fails.
    pub fn json(&self, entry: &Entry<'_, '_>, path: &str, faults: &mut Faults) -> Json {
        self.json_of(entry.value, entry.value_start, path, faults)
    }

    fn json_of(&self, value: &DeValue<'_>, start: usize, path: &str, faults: &mut Faults) -> Json {
        let mut refuse = |problem: &str| {
            faults.push(Fault::new(self.place(start), path, problem, ""));
            Json::Null
        };
        match value {
            DeValue::String(text) => Json::String(text.to_string()),
            DeValue::Boolean(yes) => Json::Bool(*yes),
            DeValue::Datetime(time) => Json::String(time.to_string()),
            DeValue::Integer(number) => {
                match i64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) => Json::from(number),
                    Err(_) => refuse("is a number of more than 64 bits"),
                }
            }
            DeValue::Float(number) => {
                match number.as_str().parse().map(serde_json::Number::from_f64) {
                    Ok(Some(number)) => Json::Number(number),
                    _ => refuse("is not a finite number"),
                }
            }
            DeValue::Array(items) => items
                .iter()
                .map(|item| self.json_of(item.get_ref(), item.span().start, path, faults))
                .collect(),
            DeValue::Table(table) => entries(table)
                .iter()
                .map(|entry| {
                    let path = format!("{path}.{}", entry.key);
                    (entry.key.to_owned(), self.json(entry, &path, faults))
                })
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    /// `file:line:column` of a byte offset; columns count characters, from 1.
    fn place(&self, offset: usize) -> String {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(start..).map_or(0, |part| part.chars().count()) + 1;
        format!("{}:{line}:{column}", self.file)
    }
}

impl<'a, 'i> Entry<'a, 'i> {
    /// The keys below, in the order of the file, if the value is a table.
    #[must_use]
    pub fn table(&self) -> Option<Vec<Entry<'a, 'i>>> {
        self.value.as_table().map(entries)
    }

    /// The tables of an array of tables, each as its keys; `None` if it is anything else.
    #[must_use]
    pub fn tables(&self) -> Option<Vec<Vec<Entry<'a, 'i>>>> {
        let items = self.value.as_array()?;
        items.iter().map(|item| item.get_ref().as_table().map(entries)).collect()
    }

    /// What sort of value it has, with its article: "a string", "a table".
    #[must_use]
    pub fn described(&self) -> &'static str {
        described(self.value)
    }
}

fn entries<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Entry<'a, 'i>> {
    let mut entries: Vec<Entry<'a, 'i>> = table
        .iter()
        .map(|(key, value): (_, &Spanned<DeValue<'i>>)| Entry {
            key: key.get_ref(),
            value: value.get_ref(),
            key_start: key.span().start,
            value_start: value.span().start,
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_start);
    entries
}

fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a truth value",
        DeValue::Datetime(_) => "a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn tells_places_in_characters() {
        let document = Document::parse("f.toml", "a = 1\n\"é\" = 'ü' # x\n[t]\n  b = 2\n").unwrap();
        let entries = document.entries();
        assert_eq!(document.key_place(&entries[1]), "f.toml:2:1");
        assert_eq!(document.value_place(&entries[1]), "f.toml:2:7");
        let table = entries[2].table().unwrap();
        assert_eq!(document.key_place(&table[0]), "f.toml:4:3");
    }

    #[test]
    fn tells_every_fault_of_syntax_and_quotes_nothing() {
        let text = "password = \"hunter2\nname = 'x'\nname = 'y'\nzone = \n";
        let faults = Document::parse("f.toml", text).unwrap_err();
        assert!(faults.0.len() >= 3, "{faults}");
        assert!(faults.to_string().contains("f.toml:1:"), "{faults}");
        assert!(!faults.to_string().contains("hunter2"), "{faults}");
    }

    #[test]
    fn turns_into_json() {
        let text =
            "x = {a = [1, 2.5, true], t = 2026-06-30, h = 0x10}\ny = [9223372036854775808, nan]";
        let document = Document::parse("f.toml", text).unwrap();
        let entries = document.entries();
        let mut faults = Faults::default();
        let json = document.json(&entries[0], "x", &mut faults);
        assert_eq!(json, serde_json::json!({"a": [1, 2.5, true], "t": "2026-06-30", "h": 16}));
        document.json(&entries[1], "y", &mut faults);
        let told: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "f.toml:2:6: `y`: is a number of more than 64 bits",
                "f.toml:2:27: `y`: is not a finite number"
            ]
        );
    }
}
