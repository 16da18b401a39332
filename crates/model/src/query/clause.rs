//! Takes a word apart into key, operator and value.

use super::error::{ParseError, quoted};
use super::word::Part;

/// What stands between key and value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// `:` or `=`.
    Is,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Op {
    pub(super) fn sign(self) -> &'static str {
        match self {
            Op::Is => ":",
            Op::Less => "<",
            Op::LessOrEqual => "<=",
            Op::Greater => ">",
            Op::GreaterOrEqual => ">=",
        }
    }
}

/// `key:value` and the like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clause<'a> {
    /// A `~` stood before the key.
    pub(super) reverse: bool,
    pub(super) key: Part<'a>,
    pub(super) op: Op,
    pub(super) value: Part<'a>,
}

/// The clause a word is; `None` if it is mere text.
pub(super) fn clause(word: Part<'_>) -> Result<Option<Clause<'_>>, ParseError> {
    let Some(at) = word.find(is_operator) else {
        return Ok(None);
    };
    let (head, rest) = word.split(at);
    if head.is_empty() {
        let found = rest.plain_at(0).map(String::from).unwrap_or_default();
        let message = format!("no key before {}", quoted(&found));
        return Err(ParseError::new(word.column, 1, message)
            .expected("a key, as in `kind:vm`, or quotes around the text"));
    }
    if head.is_quoted() {
        return Ok(None);
    }
    let reverse = head.plain_at(0) == Some('~');
    let key = if reverse { head.split(1).1 } else { head };
    let name = key.text();
    if let Some(name) = name.strip_suffix('!')
        && is_name(name)
    {
        let value = rest.split(1).1.text();
        return Err(ParseError::new(word.column, word.length(), "there is no operator `!=`")
            .suggest(format!("-{name}:{value}")));
    }
    if !is_name(&name) {
        return Ok(None);
    }
    let (op, value) = operator(&name, rest)?;
    Ok(Some(Clause { reverse, key, op, value }))
}

/// The operator that `rest` begins with, and what follows it.
fn operator<'a>(name: &str, rest: Part<'a>) -> Result<(Op, Part<'a>), ParseError> {
    let first = rest.plain_at(0).unwrap_or_default();
    let second = rest.plain_at(1).filter(|c| matches!(c, '=' | '<' | '>'));
    let (op, length) = match (first, second) {
        ('<', Some('=')) => (Op::LessOrEqual, 2),
        ('>', Some('=')) => (Op::GreaterOrEqual, 2),
        ('<', None) => (Op::Less, 1),
        ('>', None) => (Op::Greater, 1),
        (_, None) => (Op::Is, 1),
        (_, Some(_)) => return Err(no_operator(name, rest)),
    };
    let value = rest.split(length).1;
    if length == 2 && value.plain_at(0).is_some_and(|c| matches!(c, '=' | '<' | '>')) {
        return Err(no_operator(name, rest));
    }
    Ok((op, value))
}

/// `vcpu:>4`, `name==x`, `memory=>1GB`: what other languages write.
fn no_operator(name: &str, rest: Part<'_>) -> ParseError {
    let text = rest.text();
    let value = text.trim_start_matches(is_operator);
    let signs = text.get(..text.len() - value.len()).unwrap_or_default();
    let meant = match signs {
        ":=" | "==" => Some(format!("{name}:{value}")),
        ":>" => Some(format!("{name}>{value}")),
        ":<" => Some(format!("{name}<{value}")),
        ":>=" | "=>" => Some(format!("{name}>={value}")),
        ":<=" | "=<" => Some(format!("{name}<={value}")),
        "<>" => Some(format!("-{name}:{value}")),
        _ => None,
    };
    let error = ParseError::new(
        rest.column,
        signs.chars().count(),
        format!("{} is not an operator", quoted(signs)),
    );
    match meant {
        Some(meant) if !value.is_empty() => error.suggest(meant),
        _ => error.expected("one of `:` `=` `<` `<=` `>` `>=`"),
    }
}

fn is_operator(c: char) -> bool {
    matches!(c, ':' | '=' | '<' | '>')
}

/// Whether this can be a key at all, known or not.
fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}
