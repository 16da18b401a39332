//! Folding: the one form in which text is compared, sorted and searched.
//!
//! Text is folded when it is written and when it is asked for, then compared byte by byte, so that
//! every database orders and matches alike.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folded text is cut here, at a character's end: index rows have a size limit.
pub const FOLD_MAX_BYTES: usize = 512;

/// Compatibility-decomposed, without combining marks, lower case, white space collapsed to single
/// blanks, control characters dropped, at most [`FOLD_MAX_BYTES`] bytes.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = fold_whole(text);
    if folded.len() > FOLD_MAX_BYTES {
        let mut end = FOLD_MAX_BYTES;
        while !folded.is_char_boundary(end) {
            end -= 1;
        }
        folded.truncate(end);
        // A blank left at the cut would go in a second folding.
        folded.truncate(folded.trim_end().len());
    }
    folded
}

/// As [`fold`], of any length: for search text, which is not an index key.
#[must_use]
pub fn fold_whole(text: &str) -> String {
    if text.is_ascii() {
        return collapse(text.chars().map(|c| c.to_ascii_lowercase()), text.len());
    }
    let chars = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_combining_mark(*c));
    collapse(chars, text.len())
}

fn collapse(chars: impl Iterator<Item = char>, size_hint: usize) -> String {
    let mut out = String::with_capacity(size_hint);
    let mut blank_due = false;
    for c in chars {
        if c.is_whitespace() {
            blank_due = !out.is_empty();
            continue;
        }
        if c.is_control() {
            continue;
        }
        if blank_due {
            out.push(' ');
            blank_due = false;
        }
        out.push(c);
    }
    out
}

/// The sort key of a name: folded, each run of digits preceded by its length, so that `web9` comes
/// before `web10`.
#[must_use]
pub fn sort_key(name: &str) -> String {
    let folded = fold(name);
    let mut out = String::with_capacity(folded.len() + 8);
    let mut digits = String::new();
    for c in folded.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        push_number(&mut out, &mut digits);
        out.push(c);
    }
    push_number(&mut out, &mut digits);
    out
}

fn push_number(out: &mut String, digits: &mut String) {
    if digits.is_empty() {
        return;
    }
    let significant = digits.trim_start_matches('0');
    let length = significant.len().min(99);
    out.push_str(&format!("{length:02}"));
    out.push_str(significant);
    digits.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_marks_width_and_blanks() {
        assert_eq!(fold("  Zürich \t Süd\u{0}"), "zurich sud");
        assert_eq!(fold("ＷＥＢ０１"), "web01");
        assert_eq!(fold("ﬁle"), "file");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["İstanbul", "ǅ", "Å", "ß", "a\u{300}B", "  x  y "] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }

    #[test]
    fn cuts_at_a_character() {
        let long = "é".repeat(600) + &"語".repeat(300);
        assert!(fold(&long).len() <= FOLD_MAX_BYTES);
    }

    #[test]
    fn numbers_sort_by_value() {
        let mut names = ["web10", "web9", "web009x", "web", "web100"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["web", "web9", "web009x", "web10", "web100"]);
    }
}
