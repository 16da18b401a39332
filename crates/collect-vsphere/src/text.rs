//! Texts of the peer, made fit to keep: no control characters, no megabytes.

/// What is said to people is cut here.
const SAID_MAX_CHARS: usize = 300;

/// Values are cut here. Notes of machines may be long; nothing that means something is longer.
const VALUE_MAX_CHARS: usize = 8_192;

/// What stands where a value was cut.
const CUT: &str = " … (cut)";
const CUT_CHARS: usize = 8;

/// A text for people: on one line, without control characters, short.
pub(crate) fn clean(text: &str) -> String {
    let mut words = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.extend(word.chars().take(SAID_MAX_CHARS));
        if words.len() > SAID_MAX_CHARS {
            break;
        }
    }
    cut(words, SAID_MAX_CHARS, " ...")
}

/// A value: without control characters but line ends and tabs, without blanks around it, and of
/// bounded length.
pub(crate) fn value(text: &str) -> String {
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    if text.len() <= VALUE_MAX_CHARS && text.chars().all(|c| kept(&c)) {
        return text.trim().to_owned();
    }
    let plain = text.chars().filter(kept).skip_while(|c| c.is_whitespace());
    let plain: String = plain.take(VALUE_MAX_CHARS + 1).collect();
    match plain.chars().count() > VALUE_MAX_CHARS {
        true => cut(plain, VALUE_MAX_CHARS - CUT_CHARS, CUT),
        false => plain.trim().to_owned(),
    }
}

/// A name: vSphere writes `%`, `/` and `\` in names as `%25`, `%2f` and `%5c`.
pub(crate) fn name(text: &str) -> String {
    let text = value(text);
    if !text.contains('%') {
        return text;
    }
    text.replace("%2f", "/")
        .replace("%2F", "/")
        .replace("%5c", "\\")
        .replace("%5C", "\\")
        .replace("%25", "%")
}

fn cut(text: String, most: usize, mark: &str) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}{mark}", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_go_and_length_is_bounded() {
        assert_eq!(clean("a\u{1b}[31mred\0\r\n  b"), "a [31mred b");
        assert_eq!(value(" line 1\r\nline\u{7}2\t"), "line 1\nline2");
        let long = value(&"é".repeat(20_000));
        assert_eq!(long.chars().count(), VALUE_MAX_CHARS);
        assert_eq!((CUT.chars().count(), value(&long)), (CUT_CHARS, long));
        assert_eq!(value("x \u{7} \u{1b}"), "x");
        assert!(clean(&"y".repeat(10_000_000)).len() < 400);
    }

    #[test]
    fn names_are_written_out() {
        assert_eq!(name("a%2fb %5C 100%25"), "a/b \\ 100%");
        assert_eq!(name("50% off"), "50% off");
    }
}
