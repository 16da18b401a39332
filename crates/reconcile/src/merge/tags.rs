//! Tags: merged by canonical key, kept as the winner wrote them. A person's lock wins over all tags of
//! its canonical key.

use super::order::Witnesses;
use cadastre_model::text::fold;
use cadastre_model::{LosingTag, Record, SourceId, Tag, TagLock, TagProvenance, Witness};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The tags of one canonical key.
struct Merged<'a> {
    /// The winner's; none where a person holds it away.
    tags: Vec<Cow<'a, Tag>>,
    winner: Witness,
    losers: Vec<LosingTag>,
    lock: Option<&'a TagLock>,
}

/// The winner's tags of each canonical key.
pub(crate) struct MergedTags<'a> {
    by_key: BTreeMap<String, Merged<'a>>,
}

impl MergedTags<'_> {
    /// The tag that stands for a canonical key: of several spellings the canonical one, else the
    /// first.
    pub fn of(&self, canonical: &str) -> Option<&Tag> {
        let tags = &self.by_key.get(canonical)?.tags;
        let exact = tags.iter().find(|tag| fold(&tag.key) == canonical);
        exact.or_else(|| tags.first()).map(AsRef::as_ref)
    }

    /// All of them, as written.
    pub fn as_written(&self) -> BTreeSet<Tag> {
        self.by_key.values().flat_map(|one| &one.tags).map(|tag| tag.as_ref().clone()).collect()
    }

    /// Why, by key as written, where it is not simply that `witness` alone says so.
    pub fn provenance(&self, witness: SourceId) -> BTreeMap<String, TagProvenance> {
        let plain = Witness::Source(witness);
        let told = self.by_key.values().filter(|one| !one.losers.is_empty() || one.winner != plain);
        told.flat_map(|one| {
            let provenance =
                TagProvenance { winner: one.winner.clone(), losers: one.losers.clone() };
            let keys = one.tags.iter().map(|tag| &tag.key).chain(one.lock.map(|lock| &lock.key));
            keys.map(move |key| (key.clone(), provenance.clone()))
        })
        .collect()
    }
}

/// Merges the tags of all records: of each canonical key one record's spellings and values win, by
/// the authority of the attribute it fills, else by the general one; before all of them a person's
/// lock. Whoever wrote the very same tag as the winner has not lost.
pub(crate) fn merge_tags<'a>(witnesses: &Witnesses<'a>, locks: &'a [TagLock]) -> MergedTags<'a> {
    let mut stated: BTreeMap<String, Vec<(&'a Record, &'a Tag)>> = BTreeMap::new();
    for record in &witnesses.records {
        for tag in &record.doc.tags {
            let key = witnesses.policy.canonical_tag_key(&tag.key);
            stated.entry(key).or_default().push((record, tag));
        }
    }
    let mut locks = by_canonical_key(witnesses, locks);
    let mut by_key = BTreeMap::new();
    for (key, said) in stated {
        let attr = witnesses.policy.tag_attributes.get(&key).copied();
        let states = |record: &Record| said.iter().any(|(speaker, _)| speaker.key == record.key);
        let speaking = witnesses.speaking(attr, states);
        let spoken = speaking.iter().flat_map(|speaker| {
            let own = said.iter().filter(|(record, _)| record.key == speaker.key);
            own.map(|(record, tag)| (*record, *tag))
        });
        let spoken: Vec<(&Record, &Tag)> = spoken.collect();
        let lock = locks.remove(&key);
        if let Some(merged) = merged(&spoken, lock) {
            by_key.insert(key, merged);
        }
    }
    // What only people say.
    by_key
        .extend(locks.into_iter().filter_map(|(key, lock)| Some((key, merged(&[], Some(lock))?))));
    MergedTags { by_key }
}

/// The tags of one canonical key, from what is said of it in order of authority.
fn merged<'a>(spoken: &[(&'a Record, &'a Tag)], lock: Option<&'a TagLock>) -> Option<Merged<'a>> {
    let (winner, tags): (Witness, Vec<Cow<'a, Tag>>) = match lock {
        Some(lock) => (Witness::Lock, lock.tag().map(Cow::Owned).into_iter().collect()),
        None => {
            let first = spoken.first()?.0;
            let own = spoken.iter().filter(|(record, _)| record.key == first.key);
            let tags = own.map(|(_, tag)| Cow::Borrowed(*tag)).collect();
            (Witness::Source(first.source), tags)
        }
    };
    let mut losers: Vec<LosingTag> = Vec::new();
    for (record, tag) in spoken {
        if tags.iter().any(|one| one.as_ref() == *tag) {
            continue;
        }
        let losing = LosingTag { witness: Witness::Source(record.source), tag: (*tag).clone() };
        if !losers.contains(&losing) {
            losers.push(losing);
        }
    }
    Some(Merged { tags, winner, losers, lock })
}

/// One lock a canonical key. There are two where the policy made two keys one after they were set:
/// then the later one counts.
fn by_canonical_key<'a>(
    witnesses: &Witnesses<'_>,
    locks: &'a [TagLock],
) -> BTreeMap<String, &'a TagLock> {
    let mut sorted: Vec<&TagLock> = locks.iter().collect();
    sorted.sort_by(|a, b| (a.set_at, &a.key).cmp(&(b.set_at, &b.key)));
    let key = |lock: &TagLock| witnesses.policy.canonical_tag_key(&lock.key);
    sorted.into_iter().map(|lock| (key(lock), lock)).collect()
}
