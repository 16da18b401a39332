//! Texts of sources as keys of tables: short enough for an index row, without NUL.
//!
//! Nearly every native id is its own key. One that is too long or holds NUL (PostgreSQL stores none)
//! is cut and told from all others by its digest. Text that looks cut already is cut again, so that
//! no two texts share a key.

use crate::error::Result;
use crate::json;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;

/// The longest key, in bytes. PostgreSQL refuses index rows above some 2,700.
const MAX_BYTES: usize = 512;

/// Between what is left of a text and its digest.
const CUT: char = '…';

/// Hex digits of SHA-256.
const DIGEST: usize = 64;

/// The key that a text has.
pub(crate) fn key_of(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_BYTES && !text.contains('\0') && !looks_cut(text) {
        return Cow::Borrowed(text);
    }
    let room = MAX_BYTES - DIGEST - CUT.len_utf8();
    let mut key = String::with_capacity(MAX_BYTES);
    for c in text.chars().filter(|c| *c != '\0') {
        if key.len() + c.len_utf8() > room {
            break;
        }
        key.push(c);
    }
    key.push(CUT);
    key.push_str(&hex::encode(Sha256::digest(text.as_bytes())));
    Cow::Owned(key)
}

/// The whole text as JSON where its key does not say it: kept beside the key.
pub(crate) fn whole_of(text: &str) -> Option<String> {
    matches!(key_of(text), Cow::Owned(_)).then(|| json::write(&text))
}

/// The text from what [`key_of`] and [`whole_of`] made of it.
pub(crate) fn text_of(table: &'static str, key: String, whole: Option<String>) -> Result<String> {
    match whole {
        None => Ok(key),
        Some(whole) => json::read(table, key, &whole),
    }
}

fn looks_cut(text: &str) -> bool {
    let Some((left, digest)) =
        text.len().checked_sub(DIGEST).and_then(|at| text.split_at_checked(at))
    else {
        return false;
    };
    left.ends_with(CUT) && digest.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn usual_texts_are_their_own_key() {
        for text in ["", "i-0abc", "é".repeat(256).as_str()] {
            assert_eq!(key_of(text), text);
            assert_eq!(whole_of(text), None);
        }
    }

    #[test]
    fn odd_texts_have_short_keys_of_their_own_and_come_back_whole() -> Result<()> {
        let long = "é".repeat(300);
        let cut = key_of(&long).into_owned();
        let odd = ["a\0b".to_owned(), "ab\0".to_owned(), format!("{long}x"), long, cut];
        let keys: BTreeSet<_> = odd.iter().map(|text| key_of(text)).collect();
        assert_eq!(keys.len(), odd.len());
        for text in &odd {
            let key = key_of(text).into_owned();
            assert!(key.len() <= MAX_BYTES && !key.contains('\0'), "{key}");
            assert_eq!(&text_of("record", key, whole_of(text))?, text);
        }
        Ok(())
    }
}
