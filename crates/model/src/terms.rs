//! Terms: what an asset can be found and filtered by, derived from its state.
//!
//! One derivation serves the store's index and the in-memory evaluator, so that both answer alike.

use crate::asset::AssetDoc;
use crate::fact::Value;
use crate::policy::Policy;
use crate::registry::{Attr, ValueType};
use crate::text::{fold, fold_whole};
use std::collections::BTreeSet;

/// What a term is about. The number is stored: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermKey {
    /// The name of a source that has a record of it.
    Source,
    /// A tag, see [`tag_value`].
    Tag,
    /// The kind, by its word.
    Kind,
    /// An attribute of the registry.
    Attr(Attr),
}

impl TermKey {
    /// The stored number: below 100 for what is not an attribute.
    #[must_use]
    pub fn code(self) -> i16 {
        match self {
            TermKey::Source => 1,
            TermKey::Tag => 2,
            TermKey::Kind => 3,
            TermKey::Attr(attr) => attr.def().code,
        }
    }
}

/// One term: the value is folded text, or a number in [`number_value`]'s form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// What it is about.
    pub key: TermKey,
    /// The value, compared byte by byte.
    pub value: String,
}

/// Between a tag's key and its value; cannot occur in folded text.
pub const TAG_SEPARATOR: char = '\u{1}';

/// The term value of a tag: folded key, separator, folded value.
#[must_use]
pub fn tag_value(key: &str, value: &str) -> String {
    format!("{}{TAG_SEPARATOR}{}", fold(key), fold(value))
}

/// A number as text of fixed width whose byte order is the order of the numbers.
#[must_use]
pub fn number_value(number: i64) -> String {
    let ordered = number.cast_unsigned() ^ (1 << 63);
    format!("{ordered:016x}")
}

/// The term value of a truth.
#[must_use]
pub fn bool_value(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

/// Every term of an asset, each once.
#[must_use]
pub fn terms_of(doc: &AssetDoc, policy: &Policy) -> BTreeSet<Term> {
    let mut terms = BTreeSet::new();
    terms.insert(Term { key: TermKey::Kind, value: doc.kind.word().to_owned() });
    for source in &doc.sources {
        terms.insert(Term { key: TermKey::Source, value: fold(source) });
    }
    for tag in &doc.tags {
        for key in [fold(&tag.key), policy.canonical_tag_key(&tag.key)] {
            terms.insert(Term { key: TermKey::Tag, value: tag_value(&key, &tag.value) });
        }
    }
    terms.insert(Term { key: TermKey::Attr(Attr::Name), value: fold(&doc.name) });
    for (attr, value) in &doc.attributes {
        let key = TermKey::Attr(*attr);
        terms.extend(
            values_of(attr.def().value_type, value).into_iter().map(|value| Term { key, value }),
        );
    }
    terms
}

/// The term values of an attribute's value: one each item of a list.
#[must_use]
pub fn values_of(value_type: ValueType, value: &Value) -> Vec<String> {
    match value {
        Value::Bool(yes) => vec![bool_value(*yes)],
        Value::Int(number) if value_type.is_number() => vec![number_value(*number)],
        Value::Int(number) => vec![number.to_string()],
        Value::Text(text) => vec![fold(text)],
        Value::List(items) => items.iter().map(|item| fold(item)).collect(),
    }
}

/// The folded text that a bare word is looked for in: name, native ids, searchable attributes and
/// tag values, one a line.
#[must_use]
pub fn search_text(doc: &AssetDoc) -> String {
    let mut lines: Vec<String> = vec![fold_whole(&doc.name)];
    let mut push = |line: String| {
        if !line.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    };
    for identifier in &doc.identifiers {
        if identifier.scheme == crate::identifier::Scheme::Native {
            push(fold_whole(&identifier.value));
        }
    }
    for (attr, value) in &doc.attributes {
        if !attr.def().searchable {
            continue;
        }
        match value {
            Value::Text(text) => push(fold_whole(text)),
            Value::List(items) => items.iter().for_each(|item| push(fold_whole(item))),
            Value::Bool(_) | Value::Int(_) => {}
        }
    }
    for tag in &doc.tags {
        push(fold_whole(&tag.value));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_order_as_text() {
        let numbers = [i64::MIN, -5, -1, 0, 1, 9, 10, 1 << 40, i64::MAX];
        let texts: Vec<String> = numbers.iter().map(|number| number_value(*number)).collect();
        assert!(texts.is_sorted());
    }
}
