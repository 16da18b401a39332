//! Text for people out of octets from anywhere.

/// A text of one value is no longer than this, in octets.
pub(crate) const TEXT_MAX_BYTES: usize = 4 << 10;

/// A text, and what had to be done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CleanText {
    /// Without control characters, at most [`TEXT_MAX_BYTES`] long, trimmed.
    pub text: String,
    /// What was wrong with it, in words that follow its attribute's name.
    pub trouble: Option<String>,
}

/// Reads octets as UTF-8. Octets that are none become U+FFFD, control characters blanks, and what
/// is too long is cut at a character's end. Line ends and tabs become blanks without a word: people
/// type them.
pub(crate) fn clean_text(bytes: &[u8]) -> CleanText {
    let cut = bytes.get(..TEXT_MAX_BYTES.saturating_mul(4)).unwrap_or(bytes);
    let lossy = String::from_utf8_lossy(cut);
    let is_utf8 = matches!(lossy, std::borrow::Cow::Borrowed(_)) || cut.len() < bytes.len();
    let mut controls = false;
    let mut text = String::with_capacity(lossy.len().min(TEXT_MAX_BYTES));
    for letter in lossy.trim().chars() {
        let plain = match letter {
            '\n' | '\r' | '\t' => ' ',
            // Control codes, and the marks that turn the direction of writing around.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                controls = true;
                ' '
            }
            letter if letter.is_control() => {
                controls = true;
                ' '
            }
            letter => letter,
        };
        if text.len() + plain.len_utf8() > TEXT_MAX_BYTES {
            break;
        }
        text.push(plain);
    }
    let was_cut = bytes.len() > TEXT_MAX_BYTES && lossy.trim().len() > text.len();
    let trouble = if was_cut {
        Some(format!("has {} octets and was cut to {TEXT_MAX_BYTES}", bytes.len()))
    } else if !is_utf8 {
        Some("is not UTF-8; what could not be read is shown as \u{fffd}".to_owned())
    } else if controls {
        Some("holds control characters, which were left out".to_owned())
    } else {
        None
    };
    CleanText { text: text.trim().to_owned(), trouble }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays() {
        for text in ["", "web01", "café ☃", "a b"] {
            assert_eq!(clean_text(text.as_bytes()), CleanText { text: text.into(), trouble: None });
        }
        assert_eq!(clean_text(b" a\r\nb ").text, "a  b");
        assert_eq!(clean_text(b" a\r\nb ").trouble, None);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let trouble = |bytes: &[u8]| clean_text(bytes).trouble.unwrap_or_default();
        assert!(trouble(b"caf\xe9").contains("not UTF-8"));
        assert_eq!(clean_text(b"caf\xe9").text, "caf\u{fffd}");
        assert!(trouble(b"a\0b\x1b[31m").contains("control characters"));
        assert_eq!(clean_text(b"a\0b").text, "a b");
        assert!(trouble("a\u{202e}b".as_bytes()).contains("control characters"));
        let long = "é".repeat(5 << 20);
        assert!(trouble(long.as_bytes()).contains("was cut"));
        assert_eq!(clean_text(long.as_bytes()).text.len(), TEXT_MAX_BYTES);
    }
}
