//! `objectGUID`: sixteen octets, the first three groups with their low octet first
//! (\[MS-DTYP\] 2.3.4.2).

/// The text form, lower case with dashes. `None` if it is not sixteen octets.
pub(crate) fn guid_text(bytes: &[u8]) -> Option<String> {
    let [a, b, c, d, e, f, g, h, rest @ ..] = bytes else { return None };
    let tail: &[u8; 8] = rest.try_into().ok()?;
    let first = u32::from_le_bytes([*a, *b, *c, *d]);
    let second = u16::from_le_bytes([*e, *f]);
    let third = u16::from_le_bytes([*g, *h]);
    let tail = u64::from_be_bytes(*tail);
    Some(format!(
        "{first:08x}-{second:04x}-{third:04x}-{:04x}-{:012x}",
        tail >> 48,
        tail & 0xffff_ffff_ffff
    ))
}

/// Whether a text has the form that [`guid_text`] gives, in either case.
pub(crate) fn is_guid_text(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_three_groups_are_turned() {
        let bytes: Vec<u8> = (0..16).collect();
        let text = guid_text(&bytes);
        assert_eq!(text.as_deref(), Some("03020100-0504-0706-0809-0a0b0c0d0e0f"));
        assert!(is_guid_text(&text.unwrap_or_default()));
    }

    #[test]
    fn nothing_else_is_one() {
        assert_eq!(guid_text(&[]), None);
        assert_eq!(guid_text(&[0; 15]), None);
        assert_eq!(guid_text(&[0; 17]), None);
        assert!(!is_guid_text("03020100-0504-0706-0809-0a0b0c0d0e0"));
        assert!(!is_guid_text("0302010000504-0706-0809-0a0b0c0d0e0f"));
    }
}
