//! The canonical text of a query: reading it gives the same tree again.
//!
//! Lists of values are written out, dates as moments in UTC, values as folded, quotes only where
//! they are needed.

use super::ast::{Glob, Lookup, Query, Span, Test};
use super::moment::written_span;
use super::number::written_bounds;
use super::shape::{needs_quotes, written};
use crate::registry::ValueType;
use crate::terms::TermKey;
use std::fmt::{self, Display, Formatter, Write};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Query::All => Ok(()),
            other => write(f, other, Around::Nothing),
        }
    }
}

/// What a query stands in, which decides whether it needs parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    Or,
    And,
    Not,
}

fn write(f: &mut Formatter<'_>, query: &Query, around: Around) -> fmt::Result {
    match query {
        Query::All => f.write_char('*'),
        Query::Or(items) if around == Around::Nothing => join(f, items, " OR ", Around::Or),
        Query::And(items) if matches!(around, Around::Nothing | Around::Or) => {
            join(f, items, " ", Around::And)
        }
        Query::Not(inner) if around != Around::Not => {
            f.write_char('-')?;
            write(f, inner, Around::Not)
        }
        Query::And(_) | Query::Or(_) | Query::Not(_) => {
            f.write_char('(')?;
            write(f, query, Around::Nothing)?;
            f.write_char(')')
        }
        Query::Text(glob) => write_text(f, glob),
        Query::Lookup(lookup) => write_lookup(f, lookup),
        Query::Term { key, test } => write_term(f, *key, test),
        Query::Tag { key, test } => write_tag(f, key, test),
        Query::Id(id) => write!(f, "id:{id}"),
        Query::Kind(kind) => write!(f, "kind:{kind}"),
        Query::Lifecycle(lifecycle) => write!(f, "lifecycle:{}", lifecycle.word()),
        Query::Power(power) => write!(f, "power:{}", power.word()),
        Query::Freshness(freshness) => write!(f, "freshness:{}", freshness.word()),
        Query::Conflicted => f.write_str("is:conflicted"),
        Query::Hidden => f.write_str("is:hidden"),
        Query::Locked => f.write_str("is:locked"),
        Query::Any => f.write_str("is:any"),
        Query::Seen { first, span } => {
            write_span(f, if *first { "first-seen" } else { "seen" }, *span)
        }
        Query::Related { relation, reverse, other } => {
            let turned = if *reverse { "~" } else { "" };
            write!(f, "{turned}{}:", relation.word())?;
            if **other == Query::All {
                return f.write_char('*');
            }
            f.write_char('(')?;
            write(f, other, Around::Nothing)?;
            f.write_char(')')
        }
    }
}

fn join(f: &mut Formatter<'_>, items: &[Query], separator: &str, around: Around) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        write(f, item, around)?;
    }
    Ok(())
}

fn write_text(f: &mut Formatter<'_>, glob: &Glob) -> fmt::Result {
    write_glob(f, glob, needs_quotes(&glob.parts.join("*")), "")
}

fn write_lookup(f: &mut Formatter<'_>, lookup: &Lookup) -> fmt::Result {
    match lookup {
        Lookup::Whole(identifier) => match written(identifier) {
            Some(text) => f.write_str(text),
            // Identifiers of these schemes have no shape; the nearest that can be typed is text.
            None => write_value(f, &identifier.value, ""),
        },
        Lookup::Uuid(text) | Lookup::MacPart(text) => f.write_str(text),
        Lookup::Net(net) => net.fmt(f),
    }
}

fn write_term(f: &mut Formatter<'_>, key: TermKey, test: &Test) -> fmt::Result {
    let (name, value_type) = match key {
        TermKey::Source => ("source", ValueType::Text),
        TermKey::Tag => ("tag", ValueType::Text),
        TermKey::Kind => ("kind", ValueType::Text),
        TermKey::Attr(attr) => (attr.name(), attr.def().value_type),
    };
    match test {
        Test::Number(bounds) => write!(f, "{name}{}", written_bounds(value_type, *bounds)),
        Test::When(span) => write_span(f, name, *span),
        Test::Any | Test::Is(_) | Test::Like(_) => {
            write!(f, "{name}:")?;
            write_test(f, test, "")
        }
    }
}

fn write_span(f: &mut Formatter<'_>, name: &str, span: Span) -> fmt::Result {
    match written_span(span) {
        (one, None) => write!(f, "{name}{one}"),
        (one, Some(other)) => write!(f, "({name}{one} {name}{other})"),
    }
}

fn write_tag(f: &mut Formatter<'_>, key: &str, test: &Test) -> fmt::Result {
    f.write_str("tag:")?;
    write_value(f, key, ":")?;
    if *test == Test::Any {
        return Ok(());
    }
    f.write_char('=')?;
    write_test(f, test, ":")
}

fn write_test(f: &mut Formatter<'_>, test: &Test, also_safe: &str) -> fmt::Result {
    match test {
        Test::Is(value) => write_value(f, value, also_safe),
        Test::Like(glob) => write_glob(f, glob, false, also_safe),
        Test::Any | Test::Number(_) | Test::When(_) => f.write_char('*'),
    }
}

fn write_value(f: &mut Formatter<'_>, value: &str, also_safe: &str) -> fmt::Result {
    if is_safe(value, also_safe) && !value.is_empty() {
        return f.write_str(value);
    }
    f.write_char('"')?;
    write_escaped(f, value)?;
    f.write_char('"')
}

fn write_glob(
    f: &mut Formatter<'_>,
    glob: &Glob,
    must_quote: bool,
    also_safe: &str,
) -> fmt::Result {
    let quote = must_quote || !glob.parts.iter().all(|part| is_safe(part, also_safe));
    if quote {
        f.write_char('"')?;
    }
    for (index, part) in glob.parts.iter().enumerate() {
        if index > 0 {
            f.write_char('*')?;
        }
        if quote {
            write_escaped(f, part)?;
        } else {
            f.write_str(part)?;
        }
    }
    if quote {
        f.write_char('"')?;
    }
    Ok(())
}

/// Whether text keeps its meaning without quotes.
fn is_safe(text: &str, also_safe: &str) -> bool {
    let is_safe = |c: char| c.is_alphanumeric() || "-_./+@#&,".contains(c) || also_safe.contains(c);
    !text.starts_with('-') && !text.contains("..") && text.chars().all(is_safe)
}

fn write_escaped(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '*') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    Ok(())
}
