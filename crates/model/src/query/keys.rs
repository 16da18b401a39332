//! The keys of the language: the fixed ones, the attributes of the registry, the relations.

use super::error::{ParseError, quoted};
use super::suggest::nearest;
use super::word::Part;
use crate::registry::Attr;
use crate::relation::RelationType;

/// What stands before the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Id,
    Kind,
    Source,
    Tag,
    Lifecycle,
    Power,
    Freshness,
    Is,
    Has,
    LastSeen,
    FirstSeen,
    Attr(Attr),
    Relation { relation: RelationType, reverse: bool },
}

/// The keys that are neither attributes nor relations; the first name of each is its canonical one.
const FIXED: [(Key, &str); 12] = [
    (Key::Id, "id"),
    (Key::Kind, "kind"),
    (Key::Source, "source"),
    (Key::Tag, "tag"),
    (Key::Lifecycle, "lifecycle"),
    (Key::Power, "power"),
    (Key::Freshness, "freshness"),
    (Key::Is, "is"),
    (Key::Has, "has"),
    (Key::LastSeen, "seen"),
    (Key::LastSeen, "last-seen"),
    (Key::FirstSeen, "first-seen"),
];

impl Key {
    /// The canonical name, without the `~` of a relation turned around.
    pub(super) fn name(self) -> &'static str {
        match self {
            Key::Attr(attr) => attr.name(),
            Key::Relation { relation, .. } => relation.word(),
            fixed => FIXED.iter().find(|(key, _)| *key == fixed).map_or("", |(_, name)| *name),
        }
    }
}

/// The names of the keys that are neither attributes nor relations.
pub(super) fn fixed_names() -> impl Iterator<Item = &'static str> {
    FIXED.iter().map(|(_, name)| *name)
}

/// Every name a key may be written as, in its usual spelling.
fn names() -> impl Iterator<Item = &'static str> {
    let filtered_by = Attr::ALL.iter().filter(|attr| attr.is_versioned()).map(|attr| attr.name());
    fixed_names().chain(filtered_by).chain(relation_names())
}

fn relation_names() -> impl Iterator<Item = &'static str> {
    RelationType::ALL.iter().map(|relation| relation.word())
}

/// The key that `name` spells; `reverse` if a `~` stood before it.
pub(super) fn resolve(name: Part<'_>, reverse: bool) -> Result<Key, ParseError> {
    let text = name.text();
    let wanted = normal(&text);
    let error = |message| ParseError::new(name.column, name.length(), message);
    if let Some(relation) =
        RelationType::ALL.iter().find(|relation| normal(relation.word()) == wanted)
    {
        return Ok(Key::Relation { relation: *relation, reverse });
    }
    if reverse {
        let relations: Vec<&str> = relation_names().collect();
        let error = error(format!("{} after `~` is no relation", quoted(&text)));
        return Err(match nearest(&wanted, relations.iter().copied()) {
            Some(near) => error.suggest(format!("~{near}")),
            None => error.expected(format!("one of {}", relations.join(", "))),
        });
    }
    if let Some((key, _)) = FIXED.iter().find(|(_, one)| normal(one) == wanted) {
        return Ok(*key);
    }
    match Attr::ALL.iter().find(|attr| normal(attr.name()) == wanted) {
        Some(attr) if attr.is_versioned() => Ok(Key::Attr(*attr)),
        Some(attr) => Err(error(format!("the key `{attr}` cannot be searched"))
            .expected("another key, for only the newest value of this one is kept")),
        None => {
            let error = error(format!("unknown key {}", quoted(&text)));
            Err(match nearest_key(&wanted) {
                Some(near) => error.suggest(near),
                None => error.expected(
                    "a key such as `kind`, `owner`, `tag` or `seen`, or quotes around text that \
                     holds an operator",
                ),
            })
        }
    }
}

/// The key nearest to `wanted`, which is in lower case with dashes.
fn nearest_key(wanted: &str) -> Option<&'static str> {
    let spelled: Vec<(String, &'static str)> = names().map(|name| (normal(name), name)).collect();
    let near = nearest(wanted, spelled.iter().map(|(normal, _)| normal.as_str()))?;
    spelled.iter().find(|(normal, _)| normal == near).map(|(_, name)| *name)
}

/// One spelling of a name or of a word of a closed set: case does not count, `_` is `-`.
pub(super) fn normal(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::shape::needs_quotes;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_keys_share_a_name() {
        let all: Vec<String> = names().map(normal).collect();
        let distinct: BTreeSet<&String> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn no_key_with_its_colon_looks_like_an_identifier() {
        for name in names() {
            assert!(!needs_quotes(&format!("{name}:ab")), "{name}");
            assert!(!needs_quotes(&format!("{name}:ab:cd")), "{name}");
        }
    }
}
