//! What a single clause or bare word says: key, operator and value made into a leaf of the tree.

use super::ast::{Query, Test};
use super::clause::Op;
use super::days::DayStart;
use super::error::{ParseError, quoted};
use super::glob::{text_glob, value_test};
use super::keys::{Key, normal, resolve};
use super::moment::span;
use super::number::bounds;
use super::suggest::nearest;
use super::word::Part;
use crate::asset::{Freshness, Lifecycle, Power};
use crate::registry::{Attr, Kind, ValueType};
use crate::terms::{TermKey, bool_value};
use crate::text::fold;

/// A bare word or phrase.
pub(super) fn bare(word: Part<'_>) -> Result<Query, ParseError> {
    match text_glob(&word.pieces()) {
        Some(glob) => Ok(Query::Text(glob)),
        None if word.has_star() => Ok(Query::All),
        None => Err(ParseError::new(word.column, word.length(), "nothing to look for")
            .expected("at least one letter or digit")),
    }
}

/// `key op value`, of any key but the relations.
pub(super) fn leaf(
    key: Key,
    op: Op,
    value: Part<'_>,
    days: &dyn DayStart,
) -> Result<Query, ParseError> {
    if value.is_empty() {
        let message = format!("no value after `{}{}`", key.name(), op.sign());
        return Err(ParseError::new(value.column, 1, message).expected(value_of(key)));
    }
    if value.is_star()
        && op == Op::Is
        && let Some(query) = present(key)
    {
        return Ok(query);
    }
    match key {
        Key::Attr(attr) => attribute(attr, op, value, days),
        Key::Source => Ok(Query::term(TermKey::Source, text_test(key.name(), op, value)?)),
        Key::LastSeen | Key::FirstSeen => {
            let span = span(key.name(), op, value, days)?;
            Ok(Query::Seen { first: key == Key::FirstSeen, span })
        }
        _ if op != Op::Is => Err(not_comparable(key.name(), op, value)),
        Key::Tag => tag(value),
        Key::Id => id(value),
        Key::Kind => kind(value),
        Key::Lifecycle => {
            closed("lifecycle", value, axis(Lifecycle::ALL, Lifecycle::word, Query::Lifecycle))
        }
        Key::Power => closed("power", value, axis(Power::ALL, Power::word, Query::Power)),
        Key::Freshness => {
            closed("freshness", value, axis(Freshness::ALL, Freshness::word, Query::Freshness))
        }
        Key::Is => closed("is", value, states()),
        Key::Has => has(value),
        Key::Relation { .. } => Err(no_value(key, value)),
    }
}

/// The clause that asks whether there is any value; `None` for keys that are questions themselves.
pub(super) fn present(key: Key) -> Option<Query> {
    match key {
        Key::Attr(attr) => Some(Query::term(TermKey::Attr(attr), Test::Any)),
        Key::Source => Some(Query::term(TermKey::Source, Test::Any)),
        Key::Tag => Some(Query::term(TermKey::Tag, Test::Any)),
        Key::Relation { relation, reverse } => {
            Some(Query::Related { relation, reverse, other: Box::new(Query::All) })
        }
        // Every asset has these.
        Key::Id | Key::Kind | Key::Lifecycle | Key::Power | Key::Freshness => Some(Query::All),
        Key::LastSeen | Key::FirstSeen => Some(Query::All),
        Key::Is | Key::Has => None,
    }
}

fn no_value(key: Key, value: Part<'_>) -> ParseError {
    let message = format!("{} does not go with `{}:`", quoted(&value.text()), key.name());
    ParseError::new(value.column, value.length(), message).expected(value_of(key))
}

/// What people may write after the key.
pub(super) fn value_of(key: Key) -> String {
    match key {
        Key::Id => "an asset's number, as in `id:42`".to_owned(),
        Key::Kind => "a kind, as in `kind:vm`".to_owned(),
        Key::Tag => "a tag's key, as in `tag:team` or `tag:team=payments`".to_owned(),
        Key::Has => "a key, as in `has:owner`".to_owned(),
        Key::Is => format!("one of {}", words(&states())),
        Key::LastSeen | Key::FirstSeen => format!("a time, as in `{}<30d`", key.name()),
        Key::Relation { .. } => {
            format!("a query in parentheses, as in `{}:(kind:server)`", key.name())
        }
        _ => "a value, `*` for any, or `\"\"` for an empty one".to_owned(),
    }
}

fn attribute(
    attr: Attr,
    op: Op,
    value: Part<'_>,
    days: &dyn DayStart,
) -> Result<Query, ParseError> {
    let name = attr.name();
    let value_type = attr.def().value_type;
    let test = match value_type {
        ValueType::Bool if op != Op::Is => return Err(not_comparable(name, op, value)),
        ValueType::Bool => truth(name, value)?,
        ValueType::Moment => Test::When(span(name, op, value, days)?),
        number if number.is_number() => Test::Number(bounds(name, number, op, value)?),
        _ => text_test(name, op, value)?,
    };
    Ok(Query::term(TermKey::Attr(attr), test))
}

/// The test of a text's value.
fn text_test(name: &str, op: Op, value: Part<'_>) -> Result<Test, ParseError> {
    if op != Op::Is {
        return Err(not_comparable(name, op, value));
    }
    if value.split_range().is_some() {
        return Err(ParseError::new(
            value.column,
            value.length(),
            format!("a range of `{name}`, which is text,"),
        )
        .expected("quotes around a value that holds `..`"));
    }
    check_dash(name, value)?;
    Ok(value_test(&value.pieces()))
}

/// `env:-prod` could mean either thing.
fn check_dash(name: &str, value: Part<'_>) -> Result<(), ParseError> {
    if value.plain_at(0) != Some('-') {
        return Ok(());
    }
    let text = value.text();
    let rest = text.trim_start_matches('-');
    Err(ParseError::new(
        value.column,
        value.length(),
        format!("the value {} begins with `-`", quoted(&text)),
    )
    .expected(format!("`-{name}:{rest}` to leave it out, or quotes around the value")))
}

fn not_comparable(name: &str, op: Op, value: Part<'_>) -> ParseError {
    let sign = op.sign();
    let column = value.column.saturating_sub(sign.len());
    ParseError::new(column, sign.len(), format!("`{name}` cannot be compared by `{sign}`"))
        .expected(format!("`{name}:{}`, for it is neither a number nor a time", value.text()))
}

fn truth(name: &str, value: Part<'_>) -> Result<Test, ParseError> {
    let yes = match normal(&value.text()).as_str() {
        "yes" | "true" => true,
        "no" | "false" => false,
        other => {
            let message = format!("`{name}` cannot be {}", quoted(other));
            return Err(
                ParseError::new(value.column, value.length(), message).expected("`yes` or `no`")
            );
        }
    };
    Ok(Test::Is(bool_value(yes)))
}

/// `KEY` or `KEY=VALUE`.
fn tag(value: Part<'_>) -> Result<Query, ParseError> {
    let Some(at) = value.find(|c| c == '=') else {
        return Ok(Query::Tag { key: tag_key(value)?, test: Test::Any });
    };
    let (key, rest) = value.split(at);
    tag_with_value(key, rest.split(1).1)
}

/// A tag of this key and value, both as written.
pub(super) fn tag_with_value(key: Part<'_>, value: Part<'_>) -> Result<Query, ParseError> {
    let key = tag_key(key)?;
    if value.is_empty() {
        return Err(ParseError::new(value.column, 1, "no value after `=`")
            .expected("a value, `\"\"` for an empty one, or no `=` for a tag of any value"));
    }
    let name = format!("tag:{key}");
    let test = if value.is_star() { Test::Any } else { text_test(&name, Op::Is, value)? };
    Ok(Query::Tag { key, test })
}

fn tag_key(key: Part<'_>) -> Result<String, ParseError> {
    let error = |message: &str| ParseError::new(key.column, key.length(), message);
    check_dash("tag", key)?;
    if key.has_star() {
        return Err(error("`*` in the key of a tag")
            .expected("`tag:KEY` or `tag:KEY=VALUE`, or `tag:*` for any tag at all"));
    }
    if key.find(|c| matches!(c, '<' | '>')).is_some() {
        return Err(error("a comparison of tags, which are text,")
            .expected("`tag:KEY=VALUE`, or quotes around a key that holds `<` or `>`"));
    }
    let folded = fold(&key.text());
    if folded.is_empty() {
        return Err(error("a tag without a key").expected("`tag:KEY=VALUE`"));
    }
    Ok(folded)
}

fn id(value: Part<'_>) -> Result<Query, ParseError> {
    let text = value.text();
    let number = text.parse().ok().filter(|id: &i64| *id >= 0);
    number.map(Query::Id).ok_or_else(|| {
        let message = format!("{} is not the number of an asset", quoted(&text));
        ParseError::new(value.column, value.length(), message)
            .expected("a whole number, as in `id:42`")
    })
}

fn kind(value: Part<'_>) -> Result<Query, ParseError> {
    let wanted = normal(&fold(&value.text())).replace(' ', "-");
    let slug = |label: &str| label.to_lowercase().replace(' ', "-");
    let is_it = |kind: &Kind| {
        let word = kind.word();
        let of_word = wanted.strip_prefix(word).is_some_and(|end| matches!(end, "" | "s" | "es"));
        of_word || wanted == slug(kind.label()) || wanted == slug(kind.plural())
    };
    if let Some(kind) = Kind::ALL.iter().find(|kind| is_it(kind)) {
        return Ok(Query::Kind(*kind));
    }
    closed("kind", value, axis(Kind::ALL, Kind::word, Query::Kind))
}

/// `has:KEY`.
fn has(value: Part<'_>) -> Result<Query, ParseError> {
    let reverse = value.plain_at(0) == Some('~');
    let name = if reverse { value.split(1).1 } else { value };
    let key = resolve(name, reverse)?;
    present(key).ok_or_else(|| no_value(Key::Has, value))
}

/// The words of a closed set and what each means.
type Words = Vec<(&'static str, Query)>;

fn axis<T: Copy>(all: &[T], word: fn(T) -> &'static str, query: fn(T) -> Query) -> Words {
    all.iter().map(|one| (word(*one), query(*one))).collect()
}

/// What `is:` knows.
fn states() -> Words {
    let known_power = Power::ALL.iter().copied().filter(|power| *power != Power::Unknown);
    let mut words = axis(Freshness::ALL, Freshness::word, Query::Freshness);
    words.extend(axis(Lifecycle::ALL, Lifecycle::word, Query::Lifecycle));
    words.extend(known_power.map(|power| (power.word(), Query::Power(power))));
    words.extend([
        ("conflicted", Query::Conflicted),
        ("hidden", Query::Hidden),
        ("locked", Query::Locked),
        ("any", Query::Any),
    ]);
    words
}

fn words(all: &Words) -> String {
    all.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")
}

fn closed(name: &str, value: Part<'_>, all: Words) -> Result<Query, ParseError> {
    let text = value.text();
    let wanted = normal(&text);
    if let Some((_, query)) = all.iter().find(|(word, _)| *word == wanted) {
        return Ok(query.clone());
    }
    let message = format!("`{name}` knows no {}", quoted(&text));
    let error = ParseError::new(value.column, value.length(), message);
    let is_kind = name == "is" && Kind::from_word(&wanted).is_some();
    let near = nearest(&wanted, all.iter().map(|(word, _)| *word));
    Err(match near {
        _ if is_kind => error.suggest(format!("kind:{wanted}")),
        Some(near) => error.suggest(near),
        None => error.expected(format!("one of {}", words(&all))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_word_names_two_states() {
        let states = states();
        let distinct: BTreeSet<&str> = states.iter().map(|(word, _)| *word).collect();
        assert_eq!(distinct.len(), states.len());
    }
}
