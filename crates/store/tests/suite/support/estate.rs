//! Estates made by hand: record i is all that is known of asset i.

use super::T0;
use cadastre_model::query::Query;
use cadastre_model::{
    AssetDoc, AssetId, AssetWrite, Change, Claim, Digest, Freshness, Identifier, Interface, Kind,
    Lifecycle, LinkWrite, Observation, Plan, Policy, Power, Reason, RecordBefore, RecordDoc,
    RecordKey, RecordState, RecordWrite, Rev, Rule, ScopeId, Sighted, SourceId, SourceKind,
    SourceRef, Tag, Timestamp,
};
use cadastre_store::{At, Intent, ListRequest, Sort, Store, Urgency, Visibility, WriteTx};
use std::collections::{BTreeMap, BTreeSet};

/// Someone writes at a moment.
pub fn intent(now: Timestamp) -> Intent {
    Intent {
        actor: "user:test".to_owned(),
        now,
        reason: "a test".to_owned(),
        run: None,
        urgency: Urgency::Interactive,
    }
}

/// A transaction of one step.
pub async fn write<R>(
    store: &Store,
    now: Timestamp,
    step: impl AsyncFnOnce(&mut WriteTx<'_>) -> cadastre_store::Result<R>,
) -> R {
    let mut tx = store.begin_write(intent(now)).await.unwrap();
    let done = step(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    done
}

pub fn reason() -> Reason {
    Reason::new(Rule::KnownRecord, "a test")
}

/// A source reference for batches of nobody.
pub fn nobody() -> SourceRef {
    SourceRef { id: SourceId(0), name: String::new(), kind: SourceKind::People }
}

/// A live, active asset that runs.
pub fn doc(kind: Kind, name: &str) -> AssetDoc {
    AssetDoc {
        kind,
        name: name.to_owned(),
        lifecycle: Lifecycle::Active,
        power: Power::On,
        freshness: Freshness::Live,
        hidden: None,
        conflicted: false,
        witness: None,
        sources: BTreeSet::new(),
        attributes: BTreeMap::new(),
        provenance: BTreeMap::new(),
        tags: BTreeSet::new(),
        tag_provenance: BTreeMap::new(),
        identifiers: BTreeSet::new(),
        interfaces: Vec::new(),
    }
}

/// A record and its asset. Two of the same number are two versions of one.
#[derive(Clone, Debug)]
pub struct Thing {
    pub number: i64,
    pub native_id: String,
    pub doc: AssetDoc,
    pub claims: BTreeSet<Claim>,
    pub state: RecordState,
    pub last_seen: Option<Timestamp>,
}

impl Thing {
    /// What a source says that shows it.
    pub fn observed(&self) -> Observation {
        let mut seen = Observation::new(&self.native_id, Kind::Vm, "eu");
        seen.identifiers = self.doc.identifiers.clone();
        seen
    }

    /// A VM.
    pub fn new(number: i64, name: &str) -> Thing {
        Thing {
            number,
            native_id: format!("vm-{number}"),
            doc: doc(Kind::Vm, name),
            claims: BTreeSet::new(),
            state: RecordState::Live,
            last_seen: None,
        }
    }

    pub fn id(&self) -> AssetId {
        AssetId(self.number)
    }

    pub fn key(&self) -> RecordKey {
        RecordKey(self.number)
    }

    pub fn identify(mut self, identifier: Option<Identifier>) -> Thing {
        self.doc.identifiers.insert(identifier.expect("an identifier in normal form"));
        self
    }

    pub fn tag(mut self, key: &str, value: &str) -> Thing {
        self.doc.tags.insert(Tag::new(key, value));
        self
    }

    pub fn interface(mut self, native_id: &str, mac: &str) -> Thing {
        self.doc.interfaces.push(Interface {
            native_id: native_id.to_owned(),
            mac: Some(mac.to_owned()),
            ..Interface::default()
        });
        self
    }

    /// What it becomes once its record ended or was missed long enough.
    pub fn gone(mut self, last_seen: Timestamp) -> Thing {
        self.state = RecordState::Gone;
        self.last_seen = Some(last_seen);
        self.doc.freshness = Freshness::Gone;
        self
    }

    pub fn record(&self) -> RecordDoc {
        RecordDoc {
            kind: self.doc.kind,
            values: self.doc.attributes.clone(),
            tags: self.doc.tags.clone(),
            identifiers: self.doc.identifiers.clone(),
            interfaces: self.doc.interfaces.clone(),
            claims: self.claims.clone(),
            power: Some(self.doc.power),
            tombstone: None,
        }
    }
}

/// One source with one scope, and what it says.
#[derive(Clone, Debug)]
pub struct Estate {
    pub source: SourceRef,
    pub scope: ScopeId,
}

impl Estate {
    /// Adds the source `cloud` with the scope `eu`.
    pub async fn begin(store: &Store) -> Estate {
        Estate::named(store, "cloud").await
    }

    pub async fn named(store: &Store, name: &str) -> Estate {
        write(store, T0, async |tx| {
            let settings = serde_json::json!({});
            let id = tx.source_add(name, SourceKind::Aws, None, &settings).await?;
            let scopes = tx.scopes_ensure(id, &BTreeSet::from(["eu".to_owned()])).await?;
            let source = SourceRef { id, name: name.to_owned(), kind: SourceKind::Aws };
            Ok(Estate { source, scope: scopes["eu"] })
        })
        .await
    }

    /// The plan that makes things what they are; those with something before get a new version.
    pub fn plan(&self, things: &[(Option<&Thing>, &Thing)]) -> Plan {
        let mut plan = Plan::default();
        for (before, after) in things {
            plan.records.push(RecordWrite {
                key: after.key(),
                source: self.source.id,
                native_id: after.native_id.clone(),
                scope: self.scope,
                asset: after.id(),
                before: before
                    .map(|before| RecordBefore { state: before.state, doc: before.record() }),
                state: after.state,
                doc: after.record(),
                digest: Some(Digest { versioned: after.number, latest: 0 }),
                latest: BTreeMap::new(),
                sighted: Sighted::default(),
                last_seen: after.last_seen,
                reason: reason(),
            });
            if before.is_none() {
                plan.links.push(LinkWrite {
                    record: after.key(),
                    asset: after.id(),
                    from: None,
                    reason: reason(),
                });
            }
            let change = match before {
                None => Change { subject: "created".to_owned(), before: None, after: None },
                Some(before) => Change {
                    subject: "name".to_owned(),
                    before: Some(before.doc.name.clone()),
                    after: Some(after.doc.name.clone()),
                },
            };
            plan.assets.push(AssetWrite {
                id: after.id(),
                before: before.map(|before| before.doc.clone()),
                after: after.doc.clone(),
                changes: vec![change],
                reason: reason(),
            });
        }
        plan
    }

    /// Makes things.
    pub async fn make(&self, store: &Store, now: Timestamp, things: &[Thing]) -> Rev {
        let plan = self.plan(&things.iter().map(|thing| (None, thing)).collect::<Vec<_>>());
        self.apply(store, now, &plan).await.unwrap()
    }

    /// Gives one thing a new version.
    pub async fn change(&self, store: &Store, now: Timestamp, from: &Thing, to: &Thing) -> Rev {
        self.apply(store, now, &self.plan(&[(Some(from), to)])).await.unwrap()
    }

    pub async fn apply(&self, store: &Store, now: Timestamp, plan: &Plan) -> Option<Rev> {
        let mut tx = store.begin_write(intent(now)).await.unwrap();
        tx.apply(plan, &Policy::default()).await.unwrap();
        tx.commit().await.unwrap()
    }
}

/// The names that a query finds, in the order of the list, page by page.
pub async fn names(store: &Store, query: &Query, at: At) -> Vec<String> {
    let visibility = Visibility::all();
    let mut names = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let request = ListRequest {
            query,
            at,
            visibility: &visibility,
            sort: Sort::default(),
            after: after.as_deref(),
            limit: 100,
        };
        let page = store.asset_list(&request).await.unwrap();
        names.extend(page.rows.into_iter().map(|row| row.doc.name));
        match page.next {
            Some(next) => after = Some(next),
            None => return names,
        }
    }
}
