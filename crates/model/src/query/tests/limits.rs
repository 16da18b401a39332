//! How long, how deep and how many.

use super::read;
use crate::query::{MAX_BYTES, MAX_DEPTH, MAX_RELATIONS, MAX_TERMS, ParseError, UtcDays, parse};

fn only_error(text: &str) -> ParseError {
    let errors = parse(text, &UtcDays).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.into_iter().next().unwrap()
}

#[test]
fn as_long_as_allowed_and_no_longer() {
    let longest = "é".repeat(MAX_BYTES / 2);
    // Folded it is half as long.
    read(&longest);
    let error = only_error(&(longest + "xy"));
    assert_eq!((error.column, error.length), (MAX_BYTES / 2 + 1, 2));
}

#[test]
fn as_deep_as_allowed_and_no_deeper() {
    let nested = |depth| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    read(&nested(MAX_DEPTH));
    assert_eq!(only_error(&nested(MAX_DEPTH + 1)).column, MAX_DEPTH + 1);
    assert!(only_error(&nested(MAX_DEPTH + 1)).message.contains("33 levels deep"));
    only_error(&format!("{}a", "-".repeat(MAX_BYTES - 1)));
    only_error(&"(".repeat(MAX_BYTES));
}

#[test]
fn as_many_relations_one_within_the_other_as_allowed_and_no_more() {
    let related = |depth| format!("{}a", "runs-on:".repeat(depth));
    read(&related(MAX_RELATIONS));
    let error = only_error(&related(MAX_RELATIONS + 1));
    assert_eq!(error.column, 1 + MAX_RELATIONS * "runs-on:".len());
    assert!(error.message.contains("relation number 5"), "{}", error.message);
    read(&"runs-on:(~member-of:a b) ".repeat(2 * MAX_RELATIONS));
}

#[test]
fn as_many_terms_as_allowed_and_no_more() {
    read(&"a ".repeat(MAX_TERMS));
    assert_eq!(only_error(&"a ".repeat(MAX_TERMS + 1)).column, 2 * MAX_TERMS + 1);
    let list = format!("id:({}1)", "1 OR ".repeat(MAX_TERMS));
    only_error(&list);
}

#[test]
fn the_written_form_is_as_short_as_allowed() {
    let list = format!("instance_type:({}a)", "a OR ".repeat(230));
    let message = only_error(&list).message;
    assert!(message.starts_with("written out in full, this query is 4"), "{message}");
}

/// The canonical text must not nest deeper than what it was read from.
#[test]
fn the_written_form_is_no_deeper() {
    let depth = MAX_DEPTH - 2;
    for inner in ["env:(a OR b)", "005056abcdef", "-env:(a OR b)", "runs-on:b", "runs-on:-b"] {
        for around in [("(", ")"), ("-(x ", ")"), ("runs-on:(", ")"), ("-runs-on:(a OR ", ")")] {
            for depth in depth / 2..=depth {
                let text = format!("{}{inner}{}", around.0.repeat(depth), around.1.repeat(depth));
                if let Ok(query) = parse(&text, &UtcDays) {
                    assert_eq!(parse(&query.to_string(), &UtcDays), Ok(query), "{text}");
                }
            }
        }
    }
}
