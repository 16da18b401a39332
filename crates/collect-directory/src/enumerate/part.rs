//! What of a kind is asked for: all of it, or what is known to have changed.

use super::Survey;
use std::collections::BTreeSet;

/// Objects asked for by one question, at most: a filter has its limits.
const AT_ONCE: usize = 40;

/// Objects of a kind below a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Below which object.
    pub base: String,
    /// Only those that match this too (RFC 4515).
    pub only: Option<String>,
}

impl Part {
    /// The filter of a kind, narrowed to this part.
    pub(super) fn filter(&self, kind: &str) -> String {
        match &self.only {
            Some(only) => format!("(&{kind}{only})"),
            None => kind.to_owned(),
        }
    }
}

/// What of the domain is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Everything.
    Whole,
    /// What changed since the run before.
    Changes(Changed),
}

/// What changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    /// Objects that changed, or whose membership did, by their ids.
    pub ids: BTreeSet<String>,
    /// Groups that came into other groups, or left them: all in them may have gained or lost.
    pub groups: BTreeSet<String>,
    /// Organisational units that were moved or renamed: all below them stand elsewhere now.
    pub moved: BTreeSet<String>,
    /// Deleted objects.
    pub ended: BTreeSet<String>,
}

impl Survey<'_> {
    /// The parts of a kind that are to be read. `has_members`: what changes in groups concerns it.
    pub(super) fn parts(&self, extent: &Extent, has_members: bool) -> Vec<Part> {
        let base = self.place.base.clone();
        let changed = match extent {
            Extent::Whole => return vec![Part { base, only: None }],
            Extent::Changes(changed) => changed,
        };
        let mut tests: Vec<String> = changed.ids.iter().filter_map(|id| by_id(id)).collect();
        if has_members {
            // In the group, or in one that is in it (\[MS-ADTS\] 3.1.1.3.4.4.3).
            let within = |id| format!("(memberOf:1.2.840.113556.1.4.1941:=<GUID={id}>)");
            tests.extend(changed.groups.iter().map(within));
        }
        let mut parts: Vec<Part> =
            one_of(&tests).map(|only| Part { base: base.clone(), only: Some(only) }).collect();
        let moved = changed.moved.iter();
        parts.extend(moved.map(|id| Part { base: format!("<GUID={id}>"), only: None }));
        parts
    }
}

/// Filters that match any of the tests, so many at once.
pub(super) fn one_of(tests: &[String]) -> impl Iterator<Item = String> {
    tests.chunks(AT_ONCE).map(|some| format!("(|{})", some.concat()))
}

/// The filter of an id: its octets as the directory keeps them. `None` if it is no id.
pub(super) fn by_id(id: &str) -> Option<String> {
    let number = crate::privilege::guid_number(id)?;
    let octets = number.to_be_bytes();
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let escaped: Option<String> =
        ORDER.iter().map(|at| octets.get(*at).map(|octet| format!("\\{octet:02x}"))).collect();
    Some(format!("(objectGUID={})", escaped?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_filters() {
        assert_eq!(
            by_id("03020100-0504-0706-0809-0a0b0c0d0e0f").as_deref(),
            Some("(objectGUID=\\00\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0a\\0b\\0c\\0d\\0e\\0f)")
        );
        assert_eq!(by_id("nonsense"), None);
    }

    #[test]
    fn filters_have_limits() {
        let tests: Vec<String> = (0..90).map(|number| format!("(cn={number})")).collect();
        let filters: Vec<String> = one_of(&tests).collect();
        assert_eq!(filters.len(), 3);
        assert!(filters.iter().all(|filter| filter.starts_with("(|(cn=")));
        assert_eq!(one_of(&[]).count(), 0);
        let part = Part { base: String::new(), only: Some("(|(a=b))".to_owned()) };
        assert_eq!(part.filter("(c=d)"), "(&(c=d)(|(a=b)))");
    }
}
