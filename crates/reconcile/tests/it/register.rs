//! A register in memory: it makes snapshots as the store does, carries plans out, and holds every
//! plan to what all plans must keep.

use cadastre_model::{
    AssetId, AssetWrite, Change, ConflictKind, ConflictWrite, Decision, Kind, KnownAsset, Lock,
    Observation, Plan, Policy, Reason, Record, RecordKey, RecordState, ScopeId, SourceId,
    SourceKind, SourceRef, TagLock, Timestamp,
};
use cadastre_reconcile::{
    KindTally, Manual, Missing, age, brake, decide, merge, reconcile, remerge,
};
use std::collections::{BTreeMap, BTreeSet};

/// Midday of 21 November 2026.
pub const NOW: Timestamp = Timestamp(1_795_262_400_000);
pub const HOUR: i64 = 3_600_000;
pub const DAY: i64 = 24 * HOUR;

pub struct Register {
    pub policy: Policy,
    pub now: Timestamp,
    pub sources: BTreeMap<SourceId, SourceRef>,
    pub scopes: BTreeMap<(SourceId, String), ScopeId>,
    pub records: BTreeMap<RecordKey, Record>,
    pub assets: BTreeMap<AssetId, KnownAsset>,
    pub decisions: BTreeMap<(RecordKey, AssetId), Decision>,
    pub conflicts: BTreeMap<String, ConflictWrite>,
    pub history: Vec<(AssetId, Change, Reason)>,
    missed: BTreeMap<RecordKey, u64>,
}

impl Register {
    pub fn new() -> Register {
        Register {
            policy: Policy::default(),
            now: NOW,
            sources: BTreeMap::new(),
            scopes: BTreeMap::new(),
            records: BTreeMap::new(),
            assets: BTreeMap::new(),
            decisions: BTreeMap::new(),
            conflicts: BTreeMap::new(),
            history: Vec::new(),
            missed: BTreeMap::new(),
        }
    }

    pub fn source(&mut self, name: &str, kind: SourceKind) -> SourceId {
        let id = SourceId(i64::try_from(self.sources.len()).unwrap() + 1);
        self.sources.insert(id, SourceRef { id, name: name.to_owned(), kind });
        id
    }

    /// One run whose enumeration is not complete: what it saw stands, nothing ages.
    pub fn partial_run(&mut self, source: SourceId, observations: &[Observation]) -> Plan {
        self.now = self.now.plus_ms(HOUR);
        self.batch(source, observations)
    }

    /// One complete run. Gives the plan of its only batch.
    pub fn run(&mut self, source: SourceId, observations: &[Observation]) -> Plan {
        let plan = self.partial_run(source, observations);
        let scopes: BTreeSet<String> = self
            .scopes
            .keys()
            .filter(|(of, _)| *of == source)
            .map(|(_, name)| name.clone())
            .collect();
        for scope in scopes {
            let natives = observations
                .iter()
                .filter(|one| one.scope == scope)
                .map(|one| one.native_id.clone())
                .collect();
            self.complete(source, &scope, &natives);
        }
        plan
    }

    pub fn batch(&mut self, source: SourceId, observations: &[Observation]) -> Plan {
        let snapshot = self.snapshot(source, observations);
        let plan = reconcile(&snapshot, observations, &self.policy, self.now);
        let counts = plan.counts;
        let natives: BTreeSet<&str> =
            observations.iter().map(|one| one.native_id.as_str()).collect();
        let told = u64::try_from(natives.len()).unwrap();
        let set_apart = plan
            .links
            .iter()
            .filter(|link| link.from.is_some() && !self.assets.contains_key(&link.asset));
        assert_eq!(
            counts.created + counts.updated + counts.unchanged,
            told + u64::try_from(set_apart.count()).unwrap(),
            "each is counted once: {counts:?}"
        );
        self.apply(source, &plan);
        self.check();
        let again =
            reconcile(&self.snapshot(source, observations), observations, &self.policy, self.now);
        assert!(again.is_empty(), "reconciling twice changes nothing: {again:#?}");
        assert_eq!(again.counts.unchanged, told);
        plan
    }

    /// The end of a complete enumeration: ages what it missed, unless the brake holds it.
    fn complete(&mut self, source: SourceId, scope: &str, natives: &BTreeSet<String>) -> Plan {
        let scope = self.scopes[&(source, scope.to_owned())];
        let (mut known_live, mut missing) = (0, Vec::new());
        let mut tallies: BTreeMap<Kind, KindTally> = BTreeMap::new();
        let mut live_missing = 0;
        for record in self.records.values_mut() {
            if record.scope != scope || record.source != source {
                continue;
            }
            let seen = natives.contains(&record.native_id);
            let live = record.state == RecordState::Live;
            let tally = tallies.entry(record.doc.kind).or_default();
            known_live += u64::from(live);
            tally.known += u64::from(live);
            if seen {
                self.missed.remove(&record.key);
                if live {
                    record.last_seen = self.now;
                }
                continue;
            }
            let missed = self.missed.entry(record.key).or_default();
            *missed += 1;
            live_missing += u64::from(live);
            tally.missing += u64::from(live);
            missing.push(Missing {
                record: record.key,
                missed_runs: *missed,
                last_seen: record.last_seen,
            });
        }
        let seen = u64::try_from(natives.len()).unwrap();
        let held = brake(known_live, seen, live_missing, &tallies, &self.policy, scope);
        if let Some(conflict) = held {
            self.conflicts.insert(conflict.kind.question(), conflict);
            return Plan::default();
        }
        self.age(source, &missing)
    }

    /// Carries a plan out without looking at what it leads to.
    pub fn load(&mut self, source: SourceId, plan: &Plan) {
        self.apply(source, plan);
    }

    pub fn age(&mut self, source: SourceId, missing: &[Missing]) -> Plan {
        let snapshot = self.snapshot_of(source, missing.iter().map(|one| one.record));
        let plan = age(&snapshot, missing, &self.policy, self.now);
        self.apply(source, &plan);
        self.check();
        let snapshot = self.snapshot_of(source, missing.iter().map(|one| one.record));
        let again = age(&snapshot, missing, &self.policy, self.now);
        assert!(again.is_empty(), "ageing twice changes nothing: {again:#?}");
        plan
    }

    /// A person sets or releases a value.
    pub fn lock(&mut self, asset: AssetId, lock: Lock) {
        let known = self.assets.get_mut(&asset).unwrap();
        known.locks.retain(|one| one.attr != lock.attr);
        known.locks.push(lock);
        self.remerge(asset);
    }

    /// A person holds a tag, or holds one away; the store sees to it that there is one lock a tag.
    pub fn hold_tag(&mut self, asset: AssetId, lock: TagLock) {
        let same = |key: &str| self.policy.canonical_tag_key(key);
        let key = same(&lock.key);
        let mut locks = self.assets[&asset].tag_locks.clone();
        locks.retain(|one| same(&one.key) != key);
        locks.push(lock);
        self.assets.get_mut(&asset).unwrap().tag_locks = locks;
        self.remerge(asset);
    }

    /// A person releases all tags of an asset.
    pub fn release_tags(&mut self, asset: AssetId) {
        self.assets.get_mut(&asset).unwrap().tag_locks.clear();
        self.remerge(asset);
    }

    pub fn remerge(&mut self, asset: AssetId) {
        let snapshot = self.snapshot_of(SourceId(0), self.assets[&asset].records.clone());
        let reason = Reason::new(cadastre_model::Rule::Person, "ann edited it");
        if let Some(write) = remerge(&snapshot, asset, &self.policy, self.now, reason) {
            self.write_asset(&write);
        }
    }

    /// Enacts what was decided of a record.
    pub fn decide(&mut self, record: RecordKey) -> Plan {
        let source = self.records[&record].source;
        let snapshot = self.snapshot_of(source, [record]);
        let plan = decide(&snapshot, record, &self.policy, self.now);
        self.apply(source, &plan);
        self.check();
        plan
    }

    pub fn hide(&mut self, asset: AssetId, why: &str) {
        self.assets.get_mut(&asset).unwrap().doc.hidden = Some(why.to_owned());
    }

    fn apply(&mut self, source: SourceId, plan: &Plan) {
        let linked = |register: &Register, asset: AssetId| {
            let own = |record: &&Record| record.source == source && record.asset == asset;
            register.records.values().any(|record| own(&record))
        };
        let before: BTreeSet<AssetId> =
            plan.assets.iter().map(|write| write.id).filter(|id| linked(self, *id)).collect();
        assert!(plan.records.is_sorted_by_key(|write| write.key));
        assert!(plan.assets.is_sorted_by_key(|write| write.id));
        assert!(plan.links.is_sorted_by_key(|link| link.record));
        for write in &plan.records {
            assert_eq!(write.source, source, "a run writes its own records only");
            assert!(!write.reason.text.is_empty());
            let known = self.records.get(&write.key);
            assert_eq!(known.map(|one| &one.doc), write.before.as_ref().map(|one| &one.doc));
            assert_eq!(known.map(|one| one.state), write.before.as_ref().map(|one| one.state));
            assert_eq!(write.last_seen.is_none(), write.state == RecordState::Live);
            let link = plan.links.iter().find(|link| link.record == write.key);
            let record = Record {
                key: write.key,
                source,
                native_id: write.native_id.clone(),
                scope: write.scope,
                asset: link.map_or_else(|| known.unwrap().asset, |link| link.asset),
                state: write.state,
                doc: write.doc.clone(),
                latest: write.latest.clone(),
                latest_digest: match write.digest {
                    Some(digest) => digest.latest,
                    None => known.unwrap().latest_digest,
                },
                sees: match write.digest {
                    Some(_) => !write.sighted.is_empty(),
                    None => known.unwrap().sees,
                },
                first_seen: known.map_or(self.now, |one| one.first_seen),
                last_seen: write.last_seen.unwrap_or(self.now),
            };
            self.records.insert(write.key, record);
        }
        for write in &plan.latest {
            let record = self.records.get_mut(&write.key).unwrap();
            record.latest = write.latest.clone();
            record.latest_digest = write.digest.latest;
            record.sees = !write.sighted.is_empty();
        }
        for link in &plan.links {
            assert!(!link.reason.text.is_empty());
            self.records.get_mut(&link.record).unwrap().asset = link.asset;
        }
        for write in &plan.assets {
            let own = before.contains(&write.id) || linked(self, write.id);
            assert!(own, "no run touches an asset outside its links: {write:#?}");
            self.write_asset(write);
        }
        for conflict in &plan.conflicts {
            self.conflicts.entry(conflict.kind.question()).or_insert_with(|| conflict.clone());
        }
        for (id, asset) in &mut self.assets {
            let linked = self.records.values().filter(|record| record.asset == *id);
            asset.records = linked.map(|record| record.key).collect();
        }
    }

    fn write_asset(&mut self, write: &AssetWrite) {
        assert!(!write.reason.text.is_empty());
        assert!(!write.changes.is_empty(), "a version says what changed: {write:#?}");
        for change in &write.changes {
            self.history.push((write.id, change.clone(), write.reason.clone()));
        }
        let Some(known) = self.assets.get_mut(&write.id) else {
            assert_eq!(write.before, None);
            let known = KnownAsset {
                doc: write.after.clone(),
                locks: Vec::new(),
                tag_locks: Vec::new(),
                lifecycle: None,
                records: BTreeSet::new(),
            };
            self.assets.insert(write.id, known);
            return;
        };
        assert_eq!(write.before.as_ref(), Some(&known.doc));
        known.doc = write.after.clone();
    }

    /// What holds after every plan: each asset is what its records make it.
    fn check(&self) {
        for (id, asset) in &self.assets {
            let snapshot = self.snapshot_of(SourceId(0), asset.records.clone());
            let Some(known) = snapshot.assets.get(id) else { continue };
            let records: Vec<&Record> = snapshot.records.values().collect();
            let records: Vec<&Record> =
                records.into_iter().rev().filter(|record| record.asset == *id).collect();
            let manual = Manual::of(&snapshot, *id, known, &records);
            let merged = merge(&records, &manual, &self.policy, self.now, &self.sources);
            assert_eq!(merged.as_ref(), Some(&asset.doc));
            let natives: BTreeSet<&str> =
                asset.doc.interfaces.iter().map(|one| one.native_id.as_str()).collect();
            assert_eq!(natives.len(), asset.doc.interfaces.len(), "native ids are unique");
        }
    }

    /// The record of a native id.
    pub fn record(&self, source: SourceId, native_id: &str) -> &Record {
        let found =
            self.records.values().find(|one| one.source == source && one.native_id == native_id);
        found.unwrap_or_else(|| panic!("no record {native_id}"))
    }

    /// The asset of a native id.
    pub fn asset_of(&self, source: SourceId, native_id: &str) -> (AssetId, &KnownAsset) {
        let id = self.record(source, native_id).asset;
        (id, &self.assets[&id])
    }

    /// Which records, by source and native id, are one asset.
    pub fn partition(&self) -> BTreeSet<BTreeSet<(SourceId, String)>> {
        let mut parts: BTreeMap<AssetId, BTreeSet<(SourceId, String)>> = BTreeMap::new();
        for record in self.records.values() {
            let thing = (record.source, record.native_id.clone());
            parts.entry(record.asset).or_default().insert(thing);
        }
        parts.into_values().collect()
    }

    /// Records that a question is about: the asked-about one and those of all assets it names.
    pub fn in_conflict(&self) -> BTreeSet<(SourceId, String)> {
        let mut all = BTreeSet::new();
        for conflict in self.conflicts.values() {
            let (record, assets) = match &conflict.kind {
                ConflictKind::Identity { record, provisional, candidates, .. } => {
                    (record, [candidates.as_slice(), &[*provisional]].concat())
                }
                ConflictKind::Suggestion { record, candidates, .. } => (record, candidates.clone()),
                ConflictKind::AgeingHeld { .. } => continue,
            };
            let named = |one: &&Record| one.key == *record || assets.contains(&one.asset);
            let things = self.records.values().filter(named);
            all.extend(things.map(|one| (one.source, one.native_id.clone())));
        }
        all
    }

    /// The questions asked, by word.
    pub fn questions(&self) -> Vec<&'static str> {
        self.conflicts.values().map(|one| one.kind.word()).collect()
    }

    /// The history of an asset: subject, before and after.
    pub fn history_of(&self, asset: AssetId) -> Vec<String> {
        let of = self.history.iter().filter(|(id, ..)| *id == asset);
        of.map(|(_, change, _)| {
            let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            format!("{}: {} -> {}", change.subject, text(&change.before), text(&change.after))
        })
        .collect()
    }
}
