//! What is wrong with a query, where, and what was expected there.

use std::fmt;

/// One fault of a query's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Where it begins, in characters, the first is 1. One past the end if something is missing.
    pub column: usize,
    /// How many characters are at fault, at least 1.
    pub length: usize,
    /// What was found.
    pub message: String,
    /// What was expected instead, unless the message says it all.
    pub expected: Option<String>,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl ParseError {
    pub(super) fn new(column: usize, length: usize, message: impl Into<String>) -> ParseError {
        ParseError {
            column,
            length: length.max(1),
            message: message.into(),
            expected: None,
            suggestion: None,
        }
    }

    pub(super) fn expected(mut self, expected: impl Into<String>) -> ParseError {
        self.expected = Some(expected.into());
        self
    }

    /// Unless it holds what people would not see as they are to write it: line feeds, control characters.
    pub(super) fn suggest(mut self, suggestion: impl Into<String>) -> ParseError {
        self.suggestion = Some(suggestion.into()).filter(|it| it.chars().all(|c| visible(c) == c));
        self
    }
}

impl std::error::Error for ParseError {}

impl fmt::Display for ParseError {
    /// One line: what, where, what was expected.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at column {}", self.message, self.column)?;
        if let Some(expected) = &self.expected {
            write!(f, "; expected {expected}")?;
        }
        if let Some(suggestion) = &self.suggestion {
            write!(f, "; did you mean `{suggestion}`?")?;
        }
        Ok(())
    }
}

/// Characters of the query shown on either side of a fault in a long query.
const MARGIN: usize = 60;

/// The faults as people read them in a terminal: for each the query, a line that points at the
/// fault, and the message. Ends without a line feed.
#[must_use]
pub fn render(text: &str, errors: &[ParseError]) -> String {
    errors.iter().map(|error| render_one(text, error)).collect::<Vec<_>>().join("\n")
}

fn render_one(text: &str, error: &ParseError) -> String {
    let before = error.column.saturating_sub(1);
    let skipped = before.saturating_sub(MARGIN);
    let shown: String =
        text.chars().skip(skipped).take(before - skipped + MARGIN).map(visible).collect();
    let cut_left = if skipped > 0 { "…" } else { "" };
    let cut_right = if text.chars().count() > before + MARGIN { "…" } else { "" };
    let indent = " ".repeat(cut_left.chars().count() + before - skipped);
    let carets = "^".repeat(error.length.min(MARGIN));
    format!("{cut_left}{shown}{cut_right}\n{indent}{carets}\n{error}")
}

/// Found text as a message quotes it: on one line, not too long, in backticks.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut shown: String = text.chars().take(LONGEST).map(visible).collect();
    if text.chars().count() > LONGEST {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// White space as a blank and control characters as a mark, so that a line stays a line.
fn visible(c: char) -> char {
    match c {
        c if c.is_whitespace() => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}
