//! Wildcards: their normal form and how they match.

use super::ast::{Glob, Test};
use crate::text::{fold, fold_whole};

impl Glob {
    /// Whether the parts occur in `text` in order without overlapping, each taken as far left as
    /// it can be.
    #[must_use]
    pub fn occurs_in(&self, text: &str) -> bool {
        rest_after(&self.parts, text).is_some()
    }

    /// Whether `text` matches from end to end.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match self.parts.as_slice() {
            [] => false,
            [only] => only == text,
            [first, middle @ .., last] => text
                .strip_prefix(first.as_str())
                .and_then(|rest| rest_after(middle, rest))
                .is_some_and(|rest| rest.ends_with(last.as_str())),
        }
    }
}

fn rest_after<'a>(parts: &[String], text: &'a str) -> Option<&'a str> {
    parts.iter().try_fold(text, |rest, part| Some(rest.split_once(part.as_str())?.1))
}

/// The test of a value: whole, or with wildcards from end to end.
pub(super) fn value_test(pieces: &[String]) -> Test {
    if let [only] = pieces {
        return Test::Is(fold(only));
    }
    let mut parts = folded(pieces);
    let last = parts.len().saturating_sub(1);
    let mut index = 0;
    parts.retain(|part| {
        let keep = index == 0 || index == last || !part.is_empty();
        index += 1;
        keep
    });
    if parts.iter().all(String::is_empty) {
        return Test::Any;
    }
    Test::Like(Glob { parts })
}

/// What a bare word or phrase looks for; `None` if folding leaves nothing of it.
pub(super) fn text_glob(pieces: &[String]) -> Option<Glob> {
    let mut parts = folded(pieces);
    // It is looked for anywhere, so stars and blanks at its ends say nothing.
    while let Some(first) = parts.first_mut() {
        *first = first.trim_start().to_owned();
        if !first.is_empty() {
            break;
        }
        parts.remove(0);
    }
    while let Some(last) = parts.last_mut() {
        *last = last.trim_end().to_owned();
        if !last.is_empty() {
            break;
        }
        parts.pop();
    }
    parts.retain(|part| !part.is_empty());
    (!parts.is_empty()).then_some(Glob { parts })
}

/// Each piece folded; a blank beside a star stays, for it is inside the text.
fn folded(pieces: &[String]) -> Vec<String> {
    let last = pieces.len().saturating_sub(1);
    let fold_piece = |(index, piece): (usize, &String)| {
        let before = index > 0 && piece.starts_with(char::is_whitespace);
        let after = index < last && piece.ends_with(char::is_whitespace);
        let folded = fold_whole(piece);
        match (folded.is_empty(), before, after) {
            (true, true, true) => " ".to_owned(),
            (true, ..) => folded,
            (false, before, after) => {
                let blank = |there| if there { " " } else { "" };
                format!("{}{folded}{}", blank(before), blank(after))
            }
        }
    };
    pieces.iter().enumerate().map(fold_piece).collect()
}
