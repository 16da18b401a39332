//! A world laid out in a database and kept in memory beside it, act by act.

use super::super::T0;
use super::super::database::Lab;
use super::super::estate::{intent, reason, write};
use super::{Beat, Edit, HOUR, NewAsset, NewClaim, NewState, NewTarget, SCOPES, SOURCES, World};
use cadastre_model::testing::MemoryEstate;
use cadastre_model::{
    Asset, AssetDoc, AssetId, AssetWrite, Attr, Change, Claim, Counts, Digest, Enumeration,
    Identifier, LinkWrite, Lock, Plan, Policy, RecordBefore, RecordDoc, RecordKey, RecordState,
    RecordWrite, RelationType, Rev, RunStatus, Scheme, ScopeId, ScopeReport, Sighted, SourceId,
    SourceKind, TagLock, Target, Timestamp,
};
use cadastre_store::{At, Store};
use proptest::sample::Index;
use std::collections::{BTreeMap, BTreeSet};

/// A world as it stands at some moment, in memory.
#[derive(Clone, Debug, Default)]
struct Shadow {
    assets: BTreeMap<i64, ShadowAsset>,
    records: BTreeMap<i64, ShadowRecord>,
    beats: Vec<Beat>,
}

#[derive(Clone, Debug, PartialEq)]
struct ShadowAsset {
    doc: AssetDoc,
    first_seen: Timestamp,
    locked: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct ShadowRecord {
    scope: usize,
    state: NewState,
    doc: RecordDoc,
    asset: i64,
    written_at: Timestamp,
}

impl PartialEq for NewState {
    fn eq(&self, other: &NewState) -> bool {
        self.0 == other.0 && self.last_seen() == other.last_seen()
    }
}

impl NewState {
    fn last_seen(self) -> Option<Timestamp> {
        (self.0 != RecordState::Live).then_some(self.1)
    }
}

fn chassis(number: u8) -> Identifier {
    Identifier::plain(Scheme::LldpChassis, &format!("chassis-{number}")).unwrap()
}

fn native_of(record: i64) -> String {
    format!("n{record}")
}

fn source_of(record: i64) -> usize {
    usize::try_from(record).unwrap() % SOURCES
}

fn pick(index: Index, keys: impl IntoIterator<Item = i64>) -> i64 {
    let keys: Vec<i64> = keys.into_iter().collect();
    keys[index.index(keys.len())]
}

impl Shadow {
    fn add(&mut self, asset: &NewAsset, first_seen: Timestamp) {
        let id = self.assets.len() as i64 + 1;
        let first_key = self.records.len() as i64 + 1;
        let mut keys = Vec::new();
        for (key, record) in (first_key..).zip(&asset.records) {
            keys.push(key);
            let doc = RecordDoc {
                kind: asset.doc.kind,
                values: BTreeMap::new(),
                tags: BTreeSet::new(),
                identifiers: record.chassis.map(chassis).into_iter().collect(),
                interfaces: Vec::new(),
                claims: BTreeSet::new(),
                power: None,
                tombstone: None,
            };
            let (scope, state) = (record.scope, record.state);
            let record = ShadowRecord { scope, state, doc, asset: id, written_at: first_seen };
            self.records.insert(key, record);
        }
        let (doc, locked) = (asset.doc.clone(), asset.locked);
        self.assets.insert(id, ShadowAsset { doc: doc.clone(), first_seen, locked });
        self.identify(&keys, &doc);
    }

    /// Gives the identifiers of a state to records, some to two.
    fn identify(&mut self, keys: &[i64], doc: &AssetDoc) {
        for (number, identifier) in doc.identifiers.iter().enumerate() {
            for key in [keys[number % keys.len()], keys[number / 2 % keys.len()]] {
                let record = self.records.get_mut(&key).unwrap();
                record.doc.identifiers.insert(identifier.clone());
            }
        }
    }

    fn claim(&mut self, claim: &NewClaim) {
        let target = match claim.target {
            NewTarget::Record(index) => {
                Target::Native(native_of(pick(index, self.records.keys().copied())))
            }
            NewTarget::Chassis(number) => Target::Identifier(chassis(number)),
            NewTarget::Nothing => Target::Native("nothing".to_owned()),
        };
        let from = pick(claim.from, self.records.keys().copied());
        let claims = &mut self.records.get_mut(&from).unwrap().doc.claims;
        claims.insert(Claim::new(claim.relation, target));
    }

    fn edit(&mut self, edit: &Edit) {
        let (assets, records) = (self.assets.clone(), self.records.clone());
        let asset = |index: Index| pick(index, assets.keys().copied());
        let record = |index: Index| pick(index, records.keys().copied());
        match edit {
            Edit::Doc(at, doc) => {
                let id = asset(*at);
                let keys: Vec<i64> = self.records_of(id).map(|(key, _)| key).collect();
                self.assets.get_mut(&id).unwrap().doc = (**doc).clone();
                if !keys.is_empty() {
                    for key in &keys {
                        self.records.get_mut(key).unwrap().doc.identifiers.clear();
                    }
                    self.identify(&keys, doc);
                }
            }
            Edit::State(at, state) => self.records.get_mut(&record(*at)).unwrap().state = *state,
            Edit::Move(at, to) => self.records.get_mut(&record(*at)).unwrap().asset = asset(*to),
            Edit::Lock(at, locked) => self.assets.get_mut(&asset(*at)).unwrap().locked = *locked,
            Edit::Claim(claim) => self.claim(claim),
            Edit::Unclaim(at) => self.records.get_mut(&record(*at)).unwrap().doc.claims.clear(),
        }
    }

    fn records_of(&self, id: i64) -> impl Iterator<Item = (i64, &ShadowRecord)> {
        self.records.iter().filter(move |(_, one)| one.asset == id).map(|(key, one)| (*key, one))
    }

    /// What merging makes of identifiers: those of all records, but no address of one that is gone.
    fn settle(&mut self) {
        let ids: Vec<i64> = self.assets.keys().copied().collect();
        for id in ids {
            let mut identifiers = BTreeSet::new();
            for (_, record) in self.records_of(id) {
                let counts = |one: &&Identifier| {
                    one.scheme != Scheme::Ip || record.state.0 != RecordState::Gone
                };
                identifiers.extend(record.doc.identifiers.iter().filter(counts).cloned());
            }
            self.assets.get_mut(&id).unwrap().doc.identifiers = identifiers;
        }
    }

    fn last_seen(&self, id: i64, moment: Timestamp) -> Option<Timestamp> {
        let seen = |record: &ShadowRecord| {
            if let Some(own) = record.state.last_seen() {
                return own;
            }
            let beats = self.beats.iter().filter(|beat| {
                beat.scope == record.scope
                    && beat.coverage == Enumeration::Complete
                    && beat.at >= record.written_at
                    && beat.at <= moment
            });
            beats.map(|beat| beat.at).max().unwrap_or(record.written_at)
        };
        self.records_of(id).map(|(_, record)| seen(record)).max()
    }

    fn edges(&self) -> BTreeSet<(AssetId, RelationType, AssetId)> {
        let mut edges = BTreeSet::new();
        for (key, record) in &self.records {
            for claim in &record.doc.claims {
                let objects: BTreeSet<i64> = match &claim.target {
                    Target::Native(native) => self
                        .records
                        .iter()
                        .filter(|(other, _)| source_of(**other) == source_of(*key))
                        .filter(|(other, _)| native_of(**other) == *native)
                        .map(|(_, other)| other.asset)
                        .collect(),
                    Target::Identifier(one) => self
                        .records
                        .values()
                        .filter(|other| other.doc.identifiers.contains(one))
                        .map(|other| other.asset)
                        .collect(),
                };
                if let (Some(object), 1) = (objects.first(), objects.len()) {
                    edges.insert((AssetId(record.asset), claim.relation, AssetId(*object)));
                }
            }
        }
        edges
    }

    fn memory(&self, moment: Timestamp) -> MemoryEstate {
        let policy = Policy::default();
        let mut memory = MemoryEstate { relations: self.edges(), ..MemoryEstate::default() };
        for (id, one) in &self.assets {
            let asset = Asset {
                id: AssetId(*id),
                doc: one.doc.clone(),
                first_seen: one.first_seen,
                last_seen: self.last_seen(*id, moment).unwrap_or(one.first_seen),
            };
            memory.insert(asset, one.locked, &policy);
        }
        memory
    }

    /// The plan that leads here from `before`; what it writes of records is dated `now`.
    fn plan_from(&mut self, before: &Shadow, laid: &Laid, now: Timestamp) -> Plan {
        let mut plan = Plan::default();
        for (key, record) in &mut self.records {
            let was = before.records.get(key);
            let is_same = |was: &ShadowRecord| {
                (&was.doc, was.state, was.scope) == (&record.doc, record.state, record.scope)
            };
            if !was.is_some_and(is_same) {
                record.written_at = now;
                plan.records.push(record.write(*key, was, laid));
            }
            let from = was.map(|was| AssetId(was.asset));
            if from != Some(AssetId(record.asset)) {
                let asset = AssetId(record.asset);
                let link = LinkWrite { record: RecordKey(*key), asset, from, reason: reason() };
                plan.links.push(link);
            }
        }
        for (id, asset) in &self.assets {
            let was = before.assets.get(id).map(|was| was.doc.clone());
            if was.as_ref() != Some(&asset.doc) {
                let change = Change { subject: "all".to_owned(), before: None, after: None };
                plan.assets.push(AssetWrite {
                    id: AssetId(*id),
                    before: was,
                    after: asset.doc.clone(),
                    changes: vec![change],
                    reason: reason(),
                });
            }
        }
        plan
    }
}

impl ShadowRecord {
    fn write(&self, key: i64, was: Option<&ShadowRecord>, laid: &Laid) -> RecordWrite {
        RecordWrite {
            key: RecordKey(key),
            source: laid.sources[source_of(key)],
            native_id: native_of(key),
            scope: laid.scopes[self.scope],
            asset: AssetId(self.asset),
            before: was.map(|was| RecordBefore { state: was.state.0, doc: was.doc.clone() }),
            state: self.state.0,
            doc: self.doc.clone(),
            digest: Some(Digest { versioned: key, latest: key }),
            latest: BTreeMap::new(),
            sighted: Sighted::default(),
            last_seen: self.state.last_seen(),
            reason: reason(),
        }
    }
}

struct Laid {
    sources: Vec<SourceId>,
    scopes: Vec<ScopeId>,
}

/// Lays a world out. Gives both acts: the estate in memory, and the point in time that shows it; and
/// a store that has held the register in memory since the first.
pub async fn lay_out(lab: &Lab, world: &World) -> ([(MemoryEstate, At); 2], Store) {
    let laid = begin(lab).await;
    let mut shadow = Shadow::default();
    // In the order of time: the moments at which assets appear, then heartbeats of that moment.
    let moments: BTreeSet<Timestamp> = world
        .assets
        .iter()
        .map(|asset| asset.first_seen)
        .chain(world.beats.iter().map(|beat| beat.at))
        .collect();
    for moment in moments {
        let before = shadow.clone();
        for asset in world.assets.iter().filter(|asset| asset.first_seen == moment) {
            shadow.add(asset, moment);
        }
        if moment == world.assets.iter().map(|asset| asset.first_seen).max().unwrap() {
            world.claims.iter().for_each(|claim| shadow.claim(claim));
        }
        carry_out(lab, &laid, &before, &mut shadow, moment).await;
        beat(lab, &laid, &mut shadow, &world.beats, moment).await;
    }
    let first = shadow.memory(T0);
    let then = lab.store.now(T0).await.unwrap();
    let held = Store::open(lab.url()).await.unwrap();
    held.present_keep().await.unwrap();

    let late = T0.plus_ms(HOUR);
    let before = shadow.clone();
    world.late.iter().for_each(|asset| shadow.add(asset, late));
    world.edits.iter().for_each(|edit| shadow.edit(edit));
    carry_out(lab, &laid, &before, &mut shadow, late).await;
    let mut beats = world.late_beats.clone();
    beats.retain(|beat| beat.at >= late);
    beats.sort_by_key(|beat| beat.at);
    for moment in beats.iter().map(|beat| beat.at).collect::<BTreeSet<_>>() {
        beat(lab, &laid, &mut shadow, &beats, moment).await;
    }
    let now = T0.plus_ms(24 * HOUR);
    let as_of = lab.store.as_of(T0, now).await.unwrap();
    assert_eq!(as_of, then, "as of the end of the first act is what was then now");
    ([(first, as_of), (shadow.memory(now), lab.store.now(now).await.unwrap())], held)
}

async fn begin(lab: &Lab) -> Laid {
    lab.reset().await;
    write(&lab.store, Timestamp(0), async |tx| {
        let mut laid = Laid { sources: Vec::new(), scopes: Vec::new() };
        for number in 0..SOURCES {
            let name = format!("source-{number}");
            let settings = serde_json::json!({});
            laid.sources.push(tx.source_add(&name, SourceKind::Aws, None, &settings).await?);
        }
        for number in 0..SCOPES {
            let name = format!("scope-{number}");
            let scopes = tx.scopes_ensure(laid.sources[0], &BTreeSet::from([name.clone()])).await?;
            laid.scopes.push(scopes[&name]);
        }
        Ok(laid)
    })
    .await
}

async fn carry_out(lab: &Lab, laid: &Laid, before: &Shadow, after: &mut Shadow, now: Timestamp) {
    after.settle();
    let plan = after.plan_from(before, laid, now);
    let mut tx = lab.store.begin_write(intent(now)).await.unwrap();
    tx.apply(&plan, &Policy::default()).await.unwrap();
    for (id, asset) in &after.assets {
        let was_locked = before.assets.get(id).is_some_and(|was| was.locked);
        if asset.locked && !was_locked {
            let lock = Lock {
                attr: Attr::Owner,
                value: None,
                actor: "user:test".to_owned(),
                set_at: now,
                effective_from: now,
            };
            // One holds an attribute, the next a tag.
            match id % 2 {
                0 => tx.lock_set(AssetId(*id), &lock).await.unwrap(),
                _ => tx.tag_lock_set(AssetId(*id), &tag(now), &Policy::default()).await.unwrap(),
            }
        } else if !asset.locked && was_locked {
            assert!(match id % 2 {
                0 => tx.lock_release(AssetId(*id), Attr::Owner).await.unwrap(),
                _ => tx.tag_lock_release(AssetId(*id), "team", &Policy::default()).await.unwrap(),
            });
        }
    }
    let rev: Option<Rev> = tx.commit().await.unwrap();
    assert!(rev.is_some() || plan.is_empty());
}

fn tag(now: Timestamp) -> TagLock {
    TagLock {
        key: "team".to_owned(),
        value: None,
        actor: "user:test".to_owned(),
        set_at: now,
        effective_from: now,
    }
}

async fn beat(lab: &Lab, laid: &Laid, shadow: &mut Shadow, beats: &[Beat], moment: Timestamp) {
    for one in beats.iter().filter(|beat| beat.at == moment) {
        write(&lab.store, moment, async |tx| {
            let run = tx.run_start(laid.sources[0], "source-0", Timestamp(0)).await?;
            let report = ScopeReport {
                scope: format!("scope-{}", one.scope),
                coverage: one.coverage,
                seen: 0,
                error: None,
                is_increment: false,
            };
            tx.run_scope(run, laid.scopes[one.scope], &report).await?;
            tx.run_finish(run, RunStatus::Complete, &Counts::default(), None).await
        })
        .await;
        shadow.beats.push(*one);
    }
}
