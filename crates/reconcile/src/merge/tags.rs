//! Tags: merged by canonical key, kept as the winner wrote them.

use super::order::Witnesses;
use cadastre_model::text::fold;
use cadastre_model::{Record, Tag};
use std::collections::{BTreeMap, BTreeSet};

/// The winner's tags of each canonical key.
pub(crate) struct MergedTags<'a> {
    by_key: BTreeMap<String, Vec<&'a Tag>>,
}

impl<'a> MergedTags<'a> {
    /// The tag that stands for a canonical key: of several spellings the canonical one, else the
    /// first.
    pub fn of(&self, canonical: &str) -> Option<&'a Tag> {
        let tags = self.by_key.get(canonical)?;
        let exact = tags.iter().find(|tag| fold(&tag.key) == canonical);
        exact.or_else(|| tags.first()).copied()
    }

    /// All of them, as written.
    pub fn as_written(&self) -> BTreeSet<Tag> {
        self.by_key.values().flatten().map(|tag| (*tag).clone()).collect()
    }
}

/// Merges the tags of all records: of each canonical key one record's spellings and values win, by
/// the authority of the attribute it fills, else by the general one.
pub(crate) fn merge_tags<'a>(witnesses: &Witnesses<'a>) -> MergedTags<'a> {
    let mut stated: BTreeMap<String, Vec<(&'a Record, &'a Tag)>> = BTreeMap::new();
    for record in &witnesses.records {
        for tag in &record.doc.tags {
            let key = witnesses.policy.canonical_tag_key(&tag.key);
            stated.entry(key).or_default().push((record, tag));
        }
    }
    let winners = |(key, said): (String, Vec<(&'a Record, &'a Tag)>)| {
        let attr = witnesses.policy.tag_attributes.get(&key).copied();
        let states = |record: &Record| said.iter().any(|(speaker, _)| speaker.key == record.key);
        let winner = witnesses.speaking(attr, states).first().map(|record| record.key);
        let tags = said.into_iter().filter(|(record, _)| Some(record.key) == winner);
        (key, tags.map(|(_, tag)| tag).collect())
    };
    MergedTags { by_key: stated.into_iter().map(winners).collect() }
}
