//! Snapshots of the register in memory, made as the store makes them: closed under links, and
//! holding nothing that the batch does not need.

use crate::register::Register;
use cadastre_model::identifier::uuid_swapped;
use cadastre_model::registry::Family;
use cadastre_model::{
    AssetId, Identifier, Observation, Record, RecordKey, RecordState, Scheme, ScopeId, Snapshot,
    SourceId, SourceKind, SourceRef, Strength,
};
use std::collections::{BTreeMap, BTreeSet};

impl Register {
    /// Names the scopes of observations, as the caller does when a run announces them.
    pub fn snapshot(&mut self, source: SourceId, observations: &[Observation]) -> Snapshot {
        for one in observations {
            let next = ScopeId(i64::try_from(self.scopes.len()).unwrap() + 1);
            self.scopes.entry((source, one.scope.clone())).or_insert(next);
        }
        let wanted = matchable(observations);
        let mut crowded = BTreeSet::new();
        let mut holders: BTreeMap<Identifier, BTreeSet<RecordKey>> = BTreeMap::new();
        for identifier in wanted {
            let all: Vec<&Record> = self
                .records
                .values()
                .filter(|one| one.doc.identifiers.contains(&identifier))
                .collect();
            let mut by_source: BTreeMap<SourceId, u64> = BTreeMap::new();
            for record in all.iter().filter(|one| one.state == RecordState::Live) {
                *by_source.entry(record.source).or_default() += 1;
            }
            if by_source.values().any(|count| *count > self.policy.crowd_limit) {
                crowded.insert(identifier);
            } else if !all.is_empty() {
                holders.insert(identifier, all.iter().map(|one| one.key).collect());
            }
        }
        let named = self.records.values().filter(|record| {
            record.source == source
                && observations.iter().any(|one| one.native_id == record.native_id)
        });
        let keys: BTreeSet<RecordKey> =
            named.map(|record| record.key).chain(holders.values().flatten().copied()).collect();
        let mut snapshot = self.snapshot_of(source, keys);
        snapshot.holders = holders;
        snapshot.crowded = crowded;
        snapshot
    }

    /// These records, their assets, and all records of those; and the assets, empty maybe, that
    /// any of them was accepted for.
    pub fn snapshot_of(
        &self,
        source: SourceId,
        keys: impl IntoIterator<Item = RecordKey>,
    ) -> Snapshot {
        let keys: BTreeSet<RecordKey> = keys.into_iter().collect();
        let pinned = self.decisions.keys().filter(|(key, _)| keys.contains(key));
        let assets: BTreeSet<AssetId> = keys
            .iter()
            .map(|key| self.records[key].asset)
            .chain(pinned.map(|(_, asset)| *asset))
            .collect();
        let records: BTreeMap<RecordKey, Record> = self
            .records
            .values()
            .filter(|record| assets.contains(&record.asset))
            .map(|record| (record.key, record.clone()))
            .collect();
        let nobody = SourceRef { id: source, name: "nobody".to_owned(), kind: SourceKind::People };
        let scopes = self.scopes.iter().filter(|((of, _), _)| *of == source);
        Snapshot {
            source: self.sources.get(&source).cloned().unwrap_or(nobody),
            sources: self.sources.clone(),
            scopes: scopes.map(|((_, name), id)| (name.clone(), *id)).collect(),
            natives: records
                .values()
                .filter(|record| record.source == source)
                .map(|record| (record.native_id.clone(), record.key))
                .collect(),
            holders: BTreeMap::new(),
            crowded: BTreeSet::new(),
            assets: assets.iter().map(|id| (*id, self.assets[id].clone())).collect(),
            decisions: self
                .decisions
                .iter()
                .filter(|((key, _), _)| records.contains_key(key))
                .map(|(pair, decision)| (*pair, *decision))
                .collect(),
            records,
            next_record: RecordKey(self.records.keys().last().map_or(0, |key| key.0) + 1),
            next_asset: AssetId(self.assets.keys().last().map_or(0, |id| id.0) + 1),
        }
    }
}

fn matchable(observations: &[Observation]) -> BTreeSet<Identifier> {
    let mut wanted = BTreeSet::new();
    for observation in observations.iter().filter(|one| one.kind.family() != Family::Own) {
        for one in &observation.identifiers {
            if one.scheme.strength() == Strength::LookupOnly || one.junk().is_some() {
                continue;
            }
            if one.scheme == Scheme::SmbiosUuid {
                let value = uuid_swapped(&one.value).unwrap();
                wanted.insert(Identifier { scheme: Scheme::SmbiosUuid, value });
            }
            wanted.insert(one.clone());
        }
    }
    wanted
}
