//! Object identifiers: what everything in SNMP is named by, ordered as agents order them.
//!
//! It must not know what any of them means.

use std::fmt;
use std::str::FromStr;

/// The most numbers an identifier has (RFC 2578, 3.5).
pub(crate) const ARCS_MAX: usize = 128;

/// An object identifier: its numbers, compared one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(Box<[u32]>);

/// The text or the bytes are no object identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no object identifier")]
pub struct NotAnOid;

impl Oid {
    /// The identifier of these numbers.
    pub(crate) fn new(arcs: &[u32]) -> Oid {
        Oid(arcs.into())
    }

    /// Its numbers.
    pub(crate) fn arcs(&self) -> &[u32] {
        &self.0
    }

    /// Whether it lies in the subtree of `root`, or is it.
    pub(crate) fn is_below(&self, root: &[u32]) -> bool {
        self.0.starts_with(root)
    }

    /// Its numbers after those of `root`; `None` if it lies elsewhere.
    pub(crate) fn after(&self, root: &[u32]) -> Option<&[u32]> {
        self.0.strip_prefix(root)
    }

    /// This identifier with more numbers at its end.
    pub(crate) fn child(&self, more: &[u32]) -> Oid {
        Oid([&self.0, more].concat().into())
    }

    /// From its BER contents (X.690, 8.19).
    pub(crate) fn from_ber(bytes: &[u8]) -> Result<Oid, NotAnOid> {
        let mut arcs: Vec<u32> = Vec::with_capacity(bytes.len() + 1);
        let mut arc: u32 = 0;
        let mut is_open = false;
        for byte in bytes {
            if arc > u32::MAX >> 7 {
                return Err(NotAnOid);
            }
            arc = (arc << 7) | u32::from(byte & 0x7f);
            is_open = byte & 0x80 != 0;
            if is_open {
                continue;
            }
            if arcs.is_empty() {
                let first = (arc / 40).min(2);
                arcs.push(first);
                arc -= first * 40;
            }
            arcs.push(arc);
            arc = 0;
            if arcs.len() > ARCS_MAX {
                return Err(NotAnOid);
            }
        }
        if is_open || arcs.is_empty() {
            return Err(NotAnOid);
        }
        Ok(Oid(arcs.into()))
    }
}

impl Oid {
    /// Its BER contents. Of fewer than two numbers, or none that BER can write, those of `0.0`.
    pub(crate) fn to_ber(&self) -> Vec<u8> {
        let [first, second, rest @ ..] = self.arcs() else { return vec![0] };
        let head = first.min(&2).saturating_mul(40).saturating_add(*second);
        let mut bytes = Vec::with_capacity(self.0.len() + 4);
        for arc in std::iter::once(&head).chain(rest) {
            let groups = (32 - arc.leading_zeros()).div_ceil(7).max(1);
            for group in (0..groups).rev() {
                let low = u8::try_from((arc >> (group * 7)) & 0x7f).unwrap_or_default();
                bytes.push(if group > 0 { low | 0x80 } else { low });
            }
        }
        bytes
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, arc) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(".")?;
            }
            arc.fmt(f)?;
        }
        Ok(())
    }
}

impl FromStr for Oid {
    type Err = NotAnOid;

    fn from_str(text: &str) -> Result<Oid, NotAnOid> {
        let text = text.strip_prefix('.').unwrap_or(text);
        let arcs: Result<Vec<u32>, NotAnOid> =
            text.split('.').map(|arc| arc.parse().map_err(|_| NotAnOid)).collect();
        let arcs = arcs?;
        if arcs.len() > ARCS_MAX {
            return Err(NotAnOid);
        }
        Ok(Oid(arcs.into()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_text_and_bytes_and_orders_by_number() {
        let oid: Oid = ".1.3.6.1.2.1.1.1.0".parse().unwrap();
        assert_eq!(oid.to_string(), "1.3.6.1.2.1.1.1.0");
        assert_eq!(Oid::from_ber(&[0x2b, 6, 1, 2, 1, 1, 1, 0]).unwrap(), oid);
        let big = Oid::from_ber(&[0x2b, 0x8f, 0xff, 0xff, 0xff, 0x7f]).unwrap();
        assert_eq!(big.arcs(), [1, 3, u32::MAX]);
        assert_eq!(Oid::from_ber(&[0x88, 0x37]).unwrap().arcs(), [2, 999]);
        assert!("1.3.9".parse::<Oid>().unwrap() < "1.3.10".parse().unwrap());
        assert_eq!(oid.after(&[1, 3, 6, 1]), Some(&[2, 1, 1, 1, 0][..]));
    }

    #[test]
    fn writes_what_it_reads() {
        for text in ["1.3.6.1.2.1", "1.0.8802.1.1.2", "2.999.3", "1.3.4294967295.128.127.0"] {
            let oid: Oid = text.parse().unwrap();
            assert_eq!(Oid::from_ber(&oid.to_ber()).unwrap(), oid);
        }
    }

    #[test]
    fn refuses_what_is_none() {
        assert!(Oid::from_ber(&[]).is_err());
        assert!(Oid::from_ber(&[0x2b, 0x81]).is_err());
        assert!(Oid::from_ber(&[0x2b, 0xff, 0xff, 0xff, 0xff, 0x7f]).is_err());
        assert!(Oid::from_ber(&[1; 200]).is_err());
        assert!("1.3.xx".parse::<Oid>().is_err());
        assert!("".parse::<Oid>().is_err());
        assert!("1.4294967296".parse::<Oid>().is_err());
    }
}
