//! Snapshots: all that a batch needs to be reconciled, and nothing of what it does not.

use crate::support::{Estate, Lab, T0, Thing, at, intent, nobody};
use cadastre_model::{
    AssetId, Attr, Decision, Identifier, Interface, Kind, Lifecycle, Lock, Observation, Policy,
    RecordKey, RecordState, Scheme, Snapshot, TagLock, Value,
};
use cadastre_store::Store;
use std::collections::{BTreeMap, BTreeSet};

on_both! {
    a_batch_sees_what_it_names_and_what_shares_its_identifiers
    what_too_many_share_is_crowded
    an_asset_comes_with_all_that_is_known_of_it
    records_that_age_come_with_their_assets
    numbers_go_on_where_they_ended
}

fn uuid() -> Option<Identifier> {
    Identifier::smbios_uuid("423a5f10-9c77-11ee-8b2d-0242ac120002")
}

fn seen(native: &str, kind: Kind, identifiers: &[Option<Identifier>]) -> Observation {
    let mut observation = Observation::new(native, kind, "eu");
    identifiers.iter().for_each(|one| observation.identify(one.clone()));
    observation
}

async fn snapshot(store: &Store, estate: &Estate, seen: &[Observation], limit: u64) -> Snapshot {
    let tx = store.begin_write(intent(at(1))).await.unwrap();
    let scopes = BTreeMap::from([("eu".to_owned(), estate.scope)]);
    tx.snapshot_for(&estate.source, &scopes, seen, limit).await.unwrap()
}

async fn a_batch_sees_what_it_names_and_what_shares_its_identifiers(lab: Lab) {
    let (cloud, other) =
        (Estate::begin(&lab.store).await, Estate::named(&lab.store, "other").await);
    let mac = || Identifier::mac("00:50:56:ab:cd:ef");
    cloud.make(&lab.store, T0, &[Thing::new(1, "named"), Thing::new(2, "not named")]).await;
    other
        .make(
            &lab.store,
            T0,
            &[
                Thing::new(3, "same uuid").identify(uuid()),
                Thing::new(4, "same mac").identify(mac()),
                Thing::new(5, "same address").identify(Identifier::ip("10.0.0.1")),
                Thing::new(6, "junk").identify(Identifier::mac("ff:ff:ff:ff:ff:ff")),
            ],
        )
        .await;
    // The firmware's UUID in the other byte order; an address and junk tie nothing.
    let swapped = Identifier::smbios_uuid("105f3a42-779c-ee11-8b2d-0242ac120002");
    let known = seen("vm-1", Kind::Vm, &[]);
    let new = seen(
        "vm-9",
        Kind::Vm,
        &[
            swapped.clone(),
            mac(),
            Identifier::ip("10.0.0.1"),
            Identifier::mac("ff:ff:ff:ff:ff:ff"),
            Identifier::plain(Scheme::Native, "vm-9"),
        ],
    );
    let found = snapshot(&lab.store, &cloud, &[known, new], 3).await;
    let keys: Vec<i64> = found.records.keys().map(|key| key.0).collect();
    assert_eq!(keys, [1, 3, 4]);
    assert_eq!(found.assets.keys().map(|id| id.0).collect::<Vec<_>>(), [1, 3, 4]);
    assert_eq!(found.natives, BTreeMap::from([("vm-1".to_owned(), RecordKey(1))]));
    let holders: BTreeMap<Identifier, BTreeSet<RecordKey>> =
        [(uuid().unwrap(), [RecordKey(3)].into()), (mac().unwrap(), [RecordKey(4)].into())].into();
    assert_eq!(found.holders, holders);
    assert_eq!(found.source, cloud.source);
    assert_eq!(found.sources.len(), 2);
    let record = &found.records[&RecordKey(3)];
    assert_eq!((record.native_id.as_str(), record.asset), ("vm-3", AssetId(3)));
    assert_eq!((record.first_seen, record.last_seen), (T0, T0));
    assert_eq!(record.doc, Thing::new(3, "same uuid").identify(uuid()).record());

    // What only its own source can identify shares nothing.
    let volume = seen("vol-1", Kind::Volume, &[mac()]);
    assert!(snapshot(&lab.store, &cloud, &[volume], 3).await.records.is_empty());
    assert_eq!(snapshot(&lab.store, &cloud, &[], 3).await.records, BTreeMap::new());
}

async fn what_too_many_share_is_crowded(lab: Lab) {
    let (cloud, other) =
        (Estate::begin(&lab.store).await, Estate::named(&lab.store, "other").await);
    let mac = || Identifier::mac("00:50:56:ab:cd:ef");
    let things: Vec<Thing> =
        (1..=4).map(|n| Thing::new(n, &format!("web{n}")).identify(mac())).collect();
    other.make(&lab.store, T0, &things).await;
    let seen = [seen("new", Kind::Vm, &[mac()])];
    let quiet = snapshot(&lab.store, &cloud, &seen, 4).await;
    assert_eq!(quiet.holders[&mac().unwrap()].len(), 4);
    assert!(quiet.crowded.is_empty());
    let crowded = snapshot(&lab.store, &cloud, &seen, 3).await;
    assert_eq!(crowded.crowded, [mac().unwrap()].into());
    assert!(crowded.holders.is_empty() && crowded.records.is_empty());
    // One that is gone does not crowd.
    other.change(&lab.store, at(1), &things[0], &things[0].clone().gone(T0)).await;
    assert!(snapshot(&lab.store, &cloud, &seen, 3).await.crowded.is_empty());
}

async fn an_asset_comes_with_all_that_is_known_of_it(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let mut thing = Thing::new(1, "web01").identify(uuid());
    thing.doc.lifecycle = Lifecycle::Retired;
    for native_id in ["eth1", "eth0", "ETH2"] {
        let native_id = native_id.to_owned();
        thing.doc.interfaces.push(Interface { native_id, ..Interface::default() });
    }
    estate.make(&lab.store, T0, std::slice::from_ref(&thing)).await;
    let lock = |attr, value: Option<i64>| Lock {
        attr,
        value: value.map(Value::Int),
        actor: "user:zoe".to_owned(),
        set_at: T0,
        effective_from: T0,
    };
    let mut tx = lab.store.begin_write(intent(at(1))).await.unwrap();
    tx.lock_set(AssetId(1), &lock(Attr::Vcpu, Some(8))).await.unwrap();
    tx.lock_set(AssetId(1), &lock(Attr::Owner, None)).await.unwrap();
    tx.lock_set(AssetId(1), &lock(Attr::Vcpu, Some(16))).await.unwrap();
    let tag = |value: &str| TagLock {
        key: "team".to_owned(),
        value: Some(value.to_owned()),
        actor: "user:zoe".to_owned(),
        set_at: T0,
        effective_from: T0,
    };
    for value in ["red", "blue"] {
        tx.tag_lock_set(AssetId(1), &tag(value), &Policy::default()).await.unwrap();
    }
    tx.commit().await.unwrap();
    lab.raw("INSERT INTO pin (record_key, asset_id, decision, conflict_id) VALUES (1, 9, 2, 1)")
        .await;

    let tx = lab.store.begin_write(intent(at(2))).await.unwrap();
    let found = tx.snapshot_of_assets(&[AssetId(1), AssetId(2)].into()).await.unwrap();
    assert_eq!(found.assets.len(), 1, "there is no other");
    let known = &found.assets[&AssetId(1)];
    thing.doc.interfaces.sort_by(|a, b| a.native_id.cmp(&b.native_id));
    assert_eq!(known.doc, thing.doc, "interfaces in byte order of their ids");
    assert_eq!(known.locks, [lock(Attr::Owner, None), lock(Attr::Vcpu, Some(16))]);
    assert_eq!(known.tag_locks, [tag("blue")]);
    assert_eq!(known.lifecycle, Some(Lifecycle::Retired));
    assert_eq!(known.records, [RecordKey(1)].into());
    assert_eq!(found.decisions, [((RecordKey(1), AssetId(9)), Decision::Reject)].into());
    assert_eq!(found.source, nobody());
}

async fn records_that_age_come_with_their_assets(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let thing = Thing::new(1, "web01");
    estate.make(&lab.store, T0, &[thing.clone(), Thing::new(2, "web02")]).await;
    let stale = Thing { state: RecordState::Stale, last_seen: Some(at(3)), ..thing.clone() };
    estate.change(&lab.store, at(5), &thing, &stale).await;
    let tx = lab.store.begin_write(intent(at(6))).await.unwrap();
    let found = tx.snapshot_of(&estate.source, [RecordKey(1), RecordKey(99)]).await.unwrap();
    assert_eq!(found.records.keys().collect::<Vec<_>>(), [&RecordKey(1)]);
    let record = &found.records[&RecordKey(1)];
    assert_eq!((record.state, record.last_seen), (RecordState::Stale, at(3)));
    assert_eq!(found.assets.keys().collect::<Vec<_>>(), [&AssetId(1)]);
}

async fn numbers_go_on_where_they_ended(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let next = async || {
        let found = snapshot(&lab.store, &estate, &[], 3).await;
        (found.next_record.0, found.next_asset.0)
    };
    assert_eq!(next().await, (1, 1));
    estate.make(&lab.store, T0, &[Thing::new(1, "one"), Thing::new(5, "five")]).await;
    assert_eq!(next().await, (6, 6));
    // A transaction that was dropped gives its numbers back.
    let mut tx = lab.store.begin_write(intent(at(1))).await.unwrap();
    let plan = estate.plan(&[(None, &Thing::new(6, "six"))]);
    tx.apply(&plan, &cadastre_model::Policy::default()).await.unwrap();
    let within = tx.snapshot_of(&estate.source, [RecordKey(6)]).await.unwrap();
    assert_eq!(within.next_asset, AssetId(7), "a later batch of the same transaction");
    assert_eq!(within.records[&RecordKey(6)].last_seen, at(1));
    drop(tx);
    assert_eq!(next().await, (6, 6));
}
