//! The draft: the snapshot with what this plan changes laid over it, and the plan it becomes.
//!
//! Records and links are put in while the batch is worked through; [`Draft::finish`] merges every
//! asset that was touched, once, and sorts everything by its key.

use crate::changes::{changes_between, created};
use crate::merge::{Manual, emptied, merge};
use crate::words;
use cadastre_model::{
    AssetDoc, AssetId, AssetWrite, ConflictWrite, Digest, LatestWrite, LinkWrite, Observation,
    Plan, Policy, Reason, Record, RecordBefore, RecordKey, RecordState, RecordWrite, Rule, Sighted,
    Snapshot, SourceKind, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept of an observation besides what its record says.
pub(crate) struct Afresh {
    pub digest: Digest,
    pub sighted: Sighted,
}

impl Afresh {
    /// Of an observation of what was last seen at `before`.
    pub fn of(observation: &Observation, before: Option<Timestamp>) -> Afresh {
        let sighted = Sighted { now: observation.sightings.clone(), before };
        Afresh { digest: observation.digest(), sighted }
    }
}

/// What is to be written about a record besides the record itself.
pub(crate) struct News {
    /// Of the observation, if it is one that the record is written for.
    pub afresh: Option<Afresh>,
    pub reason: Reason,
}

/// Why an asset is merged anew.
struct Touch {
    reason: Reason,
    /// Ends that somebody hid it.
    reveals: bool,
    /// Makes it wait for a decision.
    provisional: bool,
}

pub(crate) struct Draft<'a> {
    pub snapshot: &'a Snapshot,
    pub policy: &'a Policy,
    pub now: Timestamp,
    pub plan: Plan,
    records: BTreeMap<RecordKey, Record>,
    news: BTreeMap<RecordKey, News>,
    joined: BTreeMap<AssetId, BTreeSet<RecordKey>>,
    left: BTreeSet<(AssetId, RecordKey)>,
    touched: BTreeMap<AssetId, Touch>,
    next_asset: AssetId,
}

impl<'a> Draft<'a> {
    pub fn new(snapshot: &'a Snapshot, policy: &'a Policy, now: Timestamp) -> Draft<'a> {
        Draft {
            snapshot,
            policy,
            now,
            plan: Plan::default(),
            records: BTreeMap::new(),
            news: BTreeMap::new(),
            joined: BTreeMap::new(),
            left: BTreeSet::new(),
            touched: BTreeMap::new(),
            next_asset: snapshot.next_asset,
        }
    }

    /// A record as this plan leaves it.
    pub fn record(&self, key: RecordKey) -> Option<&Record> {
        self.records.get(&key).or_else(|| self.snapshot.records.get(&key))
    }

    /// The records of an asset as this plan leaves them, by key.
    pub fn members(&self, asset: AssetId) -> Vec<&Record> {
        let known = self.snapshot.assets.get(&asset).into_iter().flat_map(|known| &known.records);
        let joined = self.joined.get(&asset).into_iter().flatten();
        let keys: BTreeSet<RecordKey> = known
            .filter(|key| !self.left.contains(&(asset, **key)))
            .chain(joined)
            .copied()
            .collect();
        keys.into_iter().filter_map(|key| self.record(key)).collect()
    }

    /// What sort of place a record comes from.
    pub fn source_kind(&self, record: &Record) -> Option<SourceKind> {
        self.snapshot.sources.get(&record.source).map(|source| source.kind)
    }

    /// The name of the source a record comes from.
    pub fn source_name(&self, record: &Record) -> &str {
        self.snapshot.sources.get(&record.source).map_or("a removed source", |one| &one.name)
    }

    /// Hands out the next free asset id.
    pub fn new_asset(&mut self) -> AssetId {
        let id = self.next_asset;
        self.next_asset = AssetId(id.0.saturating_add(1));
        id
    }

    /// Notes what a known record says or is now.
    pub fn rewrite(&mut self, record: Record, news: News) {
        let was_live = self
            .snapshot
            .records
            .get(&record.key)
            .is_some_and(|before| before.state == RecordState::Live);
        let reveals = record.state == RecordState::Live && !was_live;
        self.touch(record.asset, news.reason.clone(), reveals, false);
        self.news.insert(record.key, news);
        self.records.insert(record.key, record);
    }

    /// Notes a record the register did not know, on the asset it names.
    pub fn insert(&mut self, record: Record, news: News, provisional: bool) {
        self.plan.links.push(LinkWrite {
            record: record.key,
            asset: record.asset,
            from: None,
            reason: news.reason.clone(),
        });
        let live = record.state == RecordState::Live;
        self.touch(record.asset, news.reason.clone(), live, provisional);
        self.joined.entry(record.asset).or_default().insert(record.key);
        self.news.insert(record.key, news);
        self.records.insert(record.key, record);
    }

    /// Moves a known record to another asset.
    pub fn relink(&mut self, key: RecordKey, to: AssetId, reason: Reason, provisional: bool) {
        let Some(record) = self.record(key) else { return };
        let mut record = record.clone();
        let from = record.asset;
        if from == to {
            return;
        }
        record.asset = to;
        let live = record.state == RecordState::Live;
        let left = format!("{} belongs to {} now", words::record(&record), words::asset(self, to));
        self.touch(from, Reason::new(reason.rule, left), false, false);
        self.touch(to, reason.clone(), live, provisional);
        self.left.insert((from, key));
        self.joined.entry(to).or_default().insert(key);
        self.records.insert(key, record);
        self.plan.links.push(LinkWrite { record: key, asset: to, from: Some(from), reason });
    }

    /// Notes that of a record only the newest values changed.
    pub fn write_latest(&mut self, write: LatestWrite) {
        self.plan.latest.push(write);
    }

    /// Leaves a decision to a person.
    pub fn ask(&mut self, conflict: ConflictWrite) {
        self.plan.conflicts.push(conflict);
    }

    fn touch(&mut self, asset: AssetId, reason: Reason, reveals: bool, provisional: bool) {
        let Some(touch) = self.touched.get_mut(&asset) else {
            self.touched.insert(asset, Touch { reason, reveals, provisional });
            return;
        };
        touch.reveals |= reveals;
        touch.provisional |= provisional;
        if weight(reason.rule) > weight(touch.reason.rule) {
            touch.reason = reason;
        }
    }

    /// The plan: assets merged, everything in order, counted.
    pub fn finish(mut self) -> Plan {
        let touched = std::mem::take(&mut self.touched);
        let writes: Vec<AssetWrite> =
            touched.into_iter().filter_map(|(id, touch)| self.asset_write(id, touch)).collect();
        let mut plan = std::mem::take(&mut self.plan);
        plan.counts.created = count(writes.iter().filter(|write| write.before.is_none()).count());
        plan.counts.conflicts = count(plan.conflicts.len());
        plan.assets = writes;
        plan.links.sort_by_key(|link| link.record);
        plan.latest.sort_by_key(|write| write.key);
        let mut records = self.records;
        let news = self.news.into_iter();
        let write = |(key, news)| Some(record_write(self.snapshot, records.remove(&key)?, news));
        plan.records = news.filter_map(write).collect();
        plan
    }

    fn asset_write(&self, id: AssetId, touch: Touch) -> Option<AssetWrite> {
        let known = self.snapshot.assets.get(&id);
        let members = self.members(id);
        let mut reason = touch.reason;
        let after = if members.is_empty() {
            emptied(&known?.doc)
        } else {
            let mut manual = known
                .map(|known| Manual::of(self.snapshot, id, known, &members))
                .unwrap_or_default();
            manual.conflicted |= touch.provisional;
            if touch.reveals
                && let Some(why) = manual.hidden.take()
            {
                reason = revealed(&reason, why);
            }
            merge(&members, &manual, self.policy, self.now, &self.snapshot.sources)?
        };
        asset_write(id, known.map(|known| &known.doc), after, reason)
    }
}

/// The write that takes an asset from `before` to `after`; `None` where nothing differs.
pub(crate) fn asset_write(
    id: AssetId,
    before: Option<&AssetDoc>,
    after: AssetDoc,
    reason: Reason,
) -> Option<AssetWrite> {
    if before == Some(&after) {
        return None;
    }
    let changes = match before {
        Some(_) => changes_between(before, &after),
        None => vec![created(&after)],
    };
    Some(AssetWrite { id, before: before.cloned(), after, changes, reason })
}

fn record_write(snapshot: &Snapshot, record: Record, news: News) -> RecordWrite {
    let before = snapshot
        .records
        .get(&record.key)
        .map(|before| RecordBefore { state: before.state, doc: before.doc.clone() });
    let last_seen = (record.state != RecordState::Live).then_some(record.last_seen);
    let (digest, sighted) = match news.afresh {
        Some(afresh) => (Some(afresh.digest), afresh.sighted),
        None => (None, Sighted::default()),
    };
    RecordWrite {
        key: record.key,
        source: record.source,
        native_id: record.native_id,
        scope: record.scope,
        asset: record.asset,
        before,
        state: record.state,
        doc: record.doc,
        digest,
        latest: record.latest,
        sighted,
        last_seen,
        reason: news.reason,
    }
}

fn revealed(reason: &Reason, why_hidden: &str) -> Reason {
    Reason {
        rule: Rule::Revived,
        text: format!("was hidden by hand ({why_hidden}) and is shown again: {}", reason.text),
        evidence: reason.evidence.clone(),
    }
}

/// Of several reasons to merge an asset anew, the one of the greatest weight is told.
fn weight(rule: Rule) -> u8 {
    match rule {
        Rule::Person => 10,
        Rule::Revived => 9,
        Rule::StrongIdentifier => 8,
        Rule::WeakIdentifier => 7,
        Rule::Ambiguous => 6,
        Rule::NothingMatches => 5,
        Rule::Tombstone => 4,
        Rule::Expired => 3,
        Rule::Missed => 2,
        Rule::Restated => 1,
        Rule::KnownRecord => 0,
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
