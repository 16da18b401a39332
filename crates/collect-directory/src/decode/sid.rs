//! `objectSid`: who holds rights (\[MS-DTYP\] 2.4.2).

/// A SID has at most this many parts after its authority.
const PARTS_MAX: usize = 15;

/// The text form `S-1-5-21-...`. `None` if the octets are no SID of revision 1.
pub(crate) fn sid_text(bytes: &[u8]) -> Option<String> {
    let [1, count, a, b, c, d, e, f, parts @ ..] = bytes else { return None };
    let count = usize::from(*count);
    if count > PARTS_MAX || parts.len() != count * 4 {
        return None;
    }
    let authority = u64::from_be_bytes([0, 0, *a, *b, *c, *d, *e, *f]);
    let mut text = match u32::try_from(authority) {
        Ok(small) => format!("S-1-{small}"),
        Err(_) => format!("S-1-0x{authority:012X}"),
    };
    for part in parts.chunks_exact(4) {
        let part: [u8; 4] = part.try_into().ok()?;
        text.push_str(&format!("-{}", u32::from_le_bytes(part)));
    }
    Some(text)
}

/// Whether a text has the form of a SID.
pub(crate) fn is_sid_text(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("S-1-") else { return false };
    let parts: Vec<&str> = rest.split('-').collect();
    parts.len() <= PARTS_MAX + 1
        && parts.iter().enumerate().all(|(at, part)| {
            let hex = part.strip_prefix("0x").filter(|_| at == 0);
            match hex {
                Some(hex) => hex.len() == 12 && hex.bytes().all(|b| b.is_ascii_hexdigit()),
                None => part.parse::<u32>().is_ok(),
            }
        })
}

/// The SID of the domain and the number in it (RID), of a SID that a domain handed out.
pub(crate) fn domain_and_rid(sid: &str) -> Option<(&str, u32)> {
    let (domain, rid) = sid.rsplit_once('-')?;
    Some((domain, rid.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_of_a_domain() {
        let mut bytes = vec![1, 5, 0, 0, 0, 0, 0, 5];
        for part in [21_u32, 1_292_694_725, 3_795_599_651, 2_159_865_139, 515] {
            bytes.extend(part.to_le_bytes());
        }
        let text = sid_text(&bytes).unwrap_or_default();
        assert_eq!(text, "S-1-5-21-1292694725-3795599651-2159865139-515");
        assert!(is_sid_text(&text));
        assert_eq!(domain_and_rid(&text), Some(("S-1-5-21-1292694725-3795599651-2159865139", 515)));
    }

    #[test]
    fn short_and_large() {
        assert_eq!(sid_text(&[1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]).as_deref(), Some("S-1-1-0"));
        let large = sid_text(&[1, 0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(large.as_deref(), Some("S-1-0x010203040506"));
        assert!(is_sid_text("S-1-0x010203040506"));
    }

    #[test]
    fn what_is_none() {
        for bytes in [&[][..], &[1], &[2, 0, 0, 0, 0, 0, 0, 5], &[1, 1, 0, 0, 0, 0, 0, 5, 1]] {
            assert_eq!(sid_text(bytes), None);
        }
        let mut long = vec![1, 16, 0, 0, 0, 0, 0, 5];
        long.extend([0; 64]);
        assert_eq!(sid_text(&long), None);
        assert!(!is_sid_text("S-1-"));
        assert!(!is_sid_text("S-1-5-x"));
        assert!(!is_sid_text("S-1-5-4294967296"));
    }
}
