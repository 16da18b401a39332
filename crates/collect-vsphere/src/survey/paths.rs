//! Names joined to paths: folders in folders, pools in pools.

use std::collections::BTreeMap;

/// Paths are no deeper than this; a ring of parents would have no end.
const DEEPEST: usize = 32;

/// Things that lie in each other.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    places: BTreeMap<String, Place>,
}

#[derive(Debug)]
struct Place {
    name: String,
    /// What it lies in; nothing: it is a root, which is not named.
    parent: Option<String>,
}

impl Paths {
    /// Adds one.
    pub(super) fn add(&mut self, id: &str, name: Option<String>, parent: Option<String>) {
        let name = name.unwrap_or_else(|| id.to_owned());
        self.places.insert(id.to_owned(), Place { name, parent });
    }

    /// The names from below the root to this one; nothing for a root itself.
    pub(super) fn path(&self, id: &str) -> Option<String> {
        let mut names = Vec::new();
        let mut at = self.places.get(id);
        while let Some(place) = at
            && let Some(parent) = &place.parent
            && names.len() < DEEPEST
        {
            names.push(place.name.as_str());
            at = self.places.get(parent);
        }
        names.reverse();
        (!names.is_empty()).then(|| names.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_not_named_and_rings_end() {
        let mut paths = Paths::default();
        paths.add("root", Some("vm".to_owned()), None);
        paths.add("a", Some("Web".to_owned()), Some("root".to_owned()));
        paths.add("b", Some("Shop".to_owned()), Some("a".to_owned()));
        paths.add("x", Some("X".to_owned()), Some("y".to_owned()));
        paths.add("y", Some("Y".to_owned()), Some("x".to_owned()));
        assert_eq!(paths.path("b").as_deref(), Some("Web/Shop"));
        assert_eq!(paths.path("root"), None);
        assert_eq!(paths.path("nowhere"), None);
        assert!(paths.path("x").is_some());
    }
}
