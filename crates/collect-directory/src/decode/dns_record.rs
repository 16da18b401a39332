//! Records of a zone that is kept in the directory (\[MS-DNSP\] 2.3.2.2, `dnsRecord`): those of addresses.

use std::net::IpAddr;

/// Octets before a record's data.
const HEADER: usize = 24;

/// Types of records (RFC 1035, RFC 3596).
const A: u16 = 1;
const AAAA: u16 = 28;

/// The address that a record gives; `None` if it is of another type, or none.
pub(crate) fn address(octets: &[u8]) -> Option<IpAddr> {
    let number = |at: usize| Some(u16::from_le_bytes(octets.get(at..at + 2)?.try_into().ok()?));
    let (length, kind) = (usize::from(number(0)?), number(2)?);
    let data = octets.get(HEADER..)?.get(..length)?;
    match kind {
        A => <[u8; 4]>::try_from(data).ok().map(IpAddr::from),
        AAAA => <[u8; 16]>::try_from(data).ok().map(IpAddr::from),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap_or_default();
        let header = [&length.to_le_bytes()[..], &kind.to_le_bytes(), &[0; HEADER - 4]].concat();
        [&header, data].concat()
    }

    #[test]
    fn addresses_and_what_is_none() {
        let four = record(A, &[192, 0, 2, 7]);
        assert_eq!(address(&four), "192.0.2.7".parse().ok());
        let mut six = [0; 16];
        six[..2].copy_from_slice(&[0x20, 0x01]);
        assert_eq!(address(&record(AAAA, &six)), "2001::".parse().ok());
        // Cut short, of the wrong length, of another type, with octets that are not of it.
        assert_eq!(address(four.get(..27).unwrap_or_default()), None);
        assert_eq!(address(&record(A, &six)), None);
        assert_eq!(address(&record(5, b"name")), None);
        assert_eq!(address(&[four, vec![1]].concat()), "192.0.2.7".parse().ok());
        assert_eq!(address(&[]), None);
    }
}
