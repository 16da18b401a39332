//! Strings as devices send them, made into text that may be shown.
//!
//! Devices pad with blanks and NUL, send escape codes, Latin-1, and now and then a megabyte. What comes
//! out of here is UTF-8 on one line, without control characters, and of bounded length.

/// Text is cut here, at a character's end: names, descriptions, versions.
pub(crate) const TEXT_MAX_CHARS: usize = 512;

/// The text, or nothing if nothing is left of it.
pub(crate) fn clean(bytes: &[u8]) -> Option<String> {
    // More than could ever be shown is not looked at; a character has four octets at most.
    let head = bytes.get(..TEXT_MAX_CHARS * 4 + 4).unwrap_or(bytes);
    let whole = decoded(head);
    let text = without_escapes(&whole);
    let mut out = String::with_capacity(text.len().min(TEXT_MAX_CHARS));
    let mut is_blank_due = false;
    let mut count = 0;
    for letter in text.chars() {
        if letter == '\0' && out.is_empty() {
            continue;
        }
        // After the first NUL stands what was in the buffer before.
        if letter == '\0' {
            break;
        }
        if letter.is_whitespace() || letter.is_control() {
            is_blank_due = !out.is_empty();
            continue;
        }
        if count >= TEXT_MAX_CHARS {
            out.push('…');
            break;
        }
        if is_blank_due {
            out.push(' ');
            count += 1;
            is_blank_due = false;
        }
        out.push(letter);
        count += 1;
    }
    (!out.is_empty()).then_some(out)
}

/// Whether [`clean`] left something of it away because it was too long.
pub(crate) fn is_cut(text: &str) -> bool {
    text.ends_with('…') && text.chars().count() > TEXT_MAX_CHARS
}

/// UTF-8, else Latin-1: every octet string is one of the two.
fn decoded(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // A cut in the middle of a character is ours, and no reason to take the rest for Latin-1.
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default())
                .into_owned()
        }
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Without the escape sequences of terminals (ECMA-48: CSI and OSC).
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\u{1b}' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('[') => {
                // Parameters, then one letter that ends it.
                for inner in letters.by_ref() {
                    if ('\u{40}'..='\u{7e}').contains(&inner) {
                        break;
                    }
                }
            }
            Some(']') => {
                for inner in letters.by_ref() {
                    if inner == '\u{7}' || inner == '\u{1b}' {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    out
}

/// An Ethernet address of six octets, lower case with colons.
pub(crate) fn mac(bytes: &[u8]) -> Option<String> {
    if bytes.len() != 6 {
        return None;
    }
    let octets: Vec<String> = bytes.iter().map(|octet| format!("{octet:02x}")).collect();
    Some(octets.join(":"))
}

/// Whether an Ethernet address stands for one card: neither of a group nor all zeros.
pub(crate) fn is_unicast_mac(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| first & 1 == 0) && bytes.iter().any(|octet| *octet != 0)
}

/// Octets as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn cleans() {
        for (bytes, expected) in [
            (&b"  core-1 \r\n"[..], Some("core-1")),
            (b"Line one\r\nline two\t x", Some("Line one line two x")),
            (b"abc\0rubbish", Some("abc")),
            (b"\0\0", None),
            (b"", None),
            (b"\x1b[31mred\x1b[0m \x1b]0;title\x07x", Some("red x")),
            (b"M\xfcnchen", Some("München")),
            ("Zürich".as_bytes(), Some("Zürich")),
        ] {
            assert_eq!(clean(bytes).as_deref(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn cuts_what_is_too_long() {
        let text = clean(&vec![b'x'; 10 << 20]).unwrap();
        assert!(is_cut(&text) && text.chars().count() == TEXT_MAX_CHARS + 1);
        let text = clean("é".repeat(4_000).as_bytes()).unwrap();
        assert!(is_cut(&text) && text.starts_with("éé"));
    }

    #[test]
    fn addresses() {
        assert_eq!(mac(&[0, 0x50, 0x56, 0xab, 1, 2]).as_deref(), Some("00:50:56:ab:01:02"));
        assert_eq!(mac(&[1, 2]), None);
        assert!(!is_unicast_mac(&[1, 0, 0x5e, 0, 0, 1]) && !is_unicast_mac(&[0; 6]));
    }
}
