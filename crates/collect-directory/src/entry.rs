//! One object as the directory gave it: a name, and attributes with their octets.

use ldap3::asn1::{PL, StructureTag};
use std::collections::BTreeMap;

/// An object. Attributes are known by their description in lower case, options included
/// (`member;range=0-1499`); only those that were asked for are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name, with the ids before it that the directory was asked for.
    pub dn: Vec<u8>,
    /// Its attributes.
    pub attributes: BTreeMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    /// Out of a message; `None` if it is none.
    pub(crate) fn of_message(tag: StructureTag, asked: &[&str]) -> Option<Entry> {
        let mut parts = constructed(tag)?.into_iter();
        let dn = octets(parts.next()?)?;
        let mut entry = Entry { dn, attributes: BTreeMap::new() };
        for attribute in constructed(parts.next()?)? {
            let mut parts = constructed(attribute)?.into_iter();
            let key = octets(parts.next()?)?;
            let key = String::from_utf8_lossy(&key).to_ascii_lowercase();
            let values: Option<Vec<Vec<u8>>> =
                constructed(parts.next()?)?.into_iter().map(octets).collect();
            if is_asked(&key, asked) {
                entry.attributes.insert(key, values?);
            }
        }
        Some(entry)
    }

    /// The values of an attribute; none if it has none, or may not be read: the directory does not
    /// tell the two apart.
    pub(crate) fn values(&self, key: &str) -> &[Vec<u8>] {
        self.attributes.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// The first value of an attribute.
    pub(crate) fn first(&self, key: &str) -> Option<&[u8]> {
        self.values(key).first().map(Vec::as_slice)
    }

    /// Whether it is of a class.
    pub(crate) fn is_of(&self, class: &str) -> bool {
        self.values("objectclass").iter().any(|it| it.eq_ignore_ascii_case(class.as_bytes()))
    }

    /// Whether its name begins so, in either case, the ids before it aside.
    pub(crate) fn dn_begins_with(&self, start: &str) -> bool {
        let name = crate::observe::name_of(self);
        name.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    }

    /// The first value as a whole number.
    pub(crate) fn number(&self, key: &str) -> Option<i64> {
        std::str::from_utf8(self.first(key)?).ok()?.trim().parse().ok()
    }

    /// Octets in it, for limits.
    pub(crate) fn size(&self) -> usize {
        let values = self.attributes.values().flatten().map(|value| value.len() + 16);
        self.dn.len() + values.sum::<usize>()
    }

    /// Takes out the values of an attribute that the directory may give in pieces: those that are
    /// here, and where the next piece begins, if there is one.
    pub(crate) fn take_piece(&mut self, key: &str) -> (Vec<Vec<u8>>, Option<u32>) {
        let whole = self.attributes.remove(key).unwrap_or_default();
        let prefix = format!("{key};range=");
        let piece = self.attributes.keys().find(|name| name.starts_with(&prefix)).cloned();
        let Some(name) = piece else { return (whole, None) };
        let values = self.attributes.remove(&name).unwrap_or_default();
        let last = name.strip_prefix(&prefix).and_then(|range| range.split_once('-'));
        let next = last.and_then(|(_, last)| last.parse::<u32>().ok()?.checked_add(1));
        (values, next)
    }
}

/// Whether an attribute was asked for, by its name without options.
fn is_asked(key: &str, asked: &[&str]) -> bool {
    let name = |text: &str| text.split(';').next().unwrap_or_default().to_ascii_lowercase();
    let key = name(key);
    asked.iter().any(|one| name(one) == key)
}

/// The texts of a reference to other servers.
pub(crate) fn referrals(tag: StructureTag) -> Vec<String> {
    let texts = constructed(tag).unwrap_or_default().into_iter().filter_map(octets);
    texts.map(|text| crate::decode::text::clean_text(&text).text).collect()
}

fn constructed(tag: StructureTag) -> Option<Vec<StructureTag>> {
    match tag.payload {
        PL::C(parts) => Some(parts),
        PL::P(_) => None,
    }
}

fn octets(tag: StructureTag) -> Option<Vec<u8>> {
    match tag.payload {
        PL::P(octets) => Some(octets),
        PL::C(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(attributes: &[(&str, &[&str])]) -> Entry {
        let attributes = attributes.iter().map(|(key, values)| {
            let values = values.iter().map(|value| value.as_bytes().to_vec()).collect();
            ((*key).to_owned(), values)
        });
        Entry { dn: Vec::new(), attributes: attributes.collect() }
    }

    #[test]
    fn values_and_numbers() {
        let entry = entry(&[("cn", &["a", "b"]), ("n", &[" -5 "]), ("x", &["5x"])]);
        assert_eq!(entry.first("cn"), Some(&b"a"[..]));
        assert_eq!(entry.values("cn").len(), 2);
        assert_eq!(
            (entry.number("n"), entry.number("x"), entry.number("y")),
            (Some(-5), None, None)
        );
    }

    #[test]
    fn pieces() {
        let mut whole = entry(&[("member", &["a"])]);
        assert_eq!(whole.take_piece("member"), (vec![b"a".to_vec()], None));
        let mut piece = entry(&[("member", &[]), ("member;range=0-1499", &["a"])]);
        assert_eq!(piece.take_piece("member"), (vec![b"a".to_vec()], Some(1500)));
        let mut last = entry(&[("member;range=1500-*", &["b"])]);
        assert_eq!(last.take_piece("member"), (vec![b"b".to_vec()], None));
        let mut odd = entry(&[("member;range=nonsense", &["b"])]);
        assert_eq!(odd.take_piece("member"), (vec![b"b".to_vec()], None));
    }
}
