//! Why a value: who stands behind it, and when they last said so.

use super::fetch::AssetPage;
use cadastre_model::{Attr, Lock, Losing, LosingTag, SourceId, Tag, TagLock, Timestamp, Witness};
use std::collections::BTreeMap;

impl AssetPage {
    /// A person's value for an attribute, if there is one.
    #[must_use]
    pub fn lock(&self, attr: Attr) -> Option<&Lock> {
        self.locks.iter().find(|lock| lock.attr == attr)
    }

    /// Who stands behind an attribute's value; a lock also behind one that is held empty.
    #[must_use]
    pub fn winner(&self, attr: Attr) -> Option<Witness> {
        self.doc.winner(attr).or_else(|| self.lock(attr).map(|_| Witness::Lock))
    }

    /// The values of an attribute that lost, in order of authority.
    #[must_use]
    pub fn losers(&self, attr: Attr) -> &[Losing] {
        self.doc.provenance.get(&attr).map_or(&[], |one| one.losers.as_slice())
    }

    /// The witness's name: a source's, `lock`, or what it is derived from.
    #[must_use]
    pub fn witness_name(&self, witness: &Witness) -> String {
        match witness {
            Witness::Source(id) => self
                .records
                .iter()
                .find(|record| record.source_id == *id)
                .map_or_else(|| format!("source {id}"), |record| record.source.clone()),
            Witness::Lock => "lock".to_owned(),
            Witness::Derived(from) => from.clone(),
        }
    }

    /// When the witness last said so: a source when its record was last seen, a person when they set
    /// it, or the tag it follows.
    #[must_use]
    pub fn witness_time(&self, attr: Attr, witness: &Witness) -> Option<Timestamp> {
        match witness {
            Witness::Source(id) => self.source_time(*id),
            Witness::Lock => self.lock(attr).map(|lock| lock.set_at),
            Witness::Derived(from) => {
                let tag = from.strip_prefix("tag:");
                let held = tag.and_then(|key| self.tag_lock(key)).map(|lock| lock.set_at);
                Some(held.unwrap_or(self.last_seen))
            }
        }
    }

    /// A person's word on the tag of this key, if it is what holds.
    #[must_use]
    pub fn tag_lock(&self, key: &str) -> Option<&TagLock> {
        let holds = self.doc.tag_provenance.get(key)?.winner == Witness::Lock;
        self.tag_locks.iter().rfind(|lock| holds && lock.key == key)
    }

    /// Keys of tags that a person holds away.
    pub fn tags_held_away(&self) -> impl Iterator<Item = &str> {
        let keys = self.tag_locks.iter().filter(|lock| lock.value.is_none());
        keys.map(|lock| lock.key.as_str()).filter(|key| self.tag_lock(key).is_some())
    }

    /// Who stands behind the tag of this key, or behind its absence.
    #[must_use]
    pub fn tag_winner(&self, key: &str) -> Option<Witness> {
        match self.doc.tag_provenance.get(key) {
            Some(provenance) => Some(provenance.winner.clone()),
            None => self.doc.witness.map(Witness::Source),
        }
    }

    /// The tags that lost to the one of this key, in order of authority.
    #[must_use]
    pub fn tag_losers(&self, key: &str) -> &[LosingTag] {
        self.doc.tag_provenance.get(key).map_or(&[], |one| one.losers.as_slice())
    }

    /// The sources that state the very same tag, each with when it last did.
    #[must_use]
    pub fn tag_stated_by(&self, tag: &Tag) -> Vec<(&str, Timestamp)> {
        let mut stated: BTreeMap<&str, Timestamp> = BTreeMap::new();
        for record in self.records.iter().filter(|record| record.doc.tags.contains(tag)) {
            let seen = stated.entry(&record.source).or_insert(record.last_seen);
            *seen = record.last_seen.max(*seen);
        }
        stated.into_iter().collect()
    }

    /// When the witness last said so of the tag of this key.
    #[must_use]
    pub fn tag_time(&self, key: &str, witness: &Witness) -> Option<Timestamp> {
        match witness {
            Witness::Lock => self.tag_lock(key).map(|lock| lock.set_at),
            Witness::Source(id) => self.source_time(*id),
            Witness::Derived(_) => None,
        }
    }

    fn source_time(&self, id: SourceId) -> Option<Timestamp> {
        let records = self.records.iter().filter(|record| record.source_id == id);
        records.map(|record| record.last_seen).max()
    }
}
