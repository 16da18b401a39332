//! A full disk: said clearly, nothing half written, and writing goes on once there is room.

use crate::support::{Estate, Lab, T0, Thing, at, intent};
use cadastre_model::Policy;
use std::collections::BTreeMap;

on_both! {
    a_full_disk_leaves_nothing_half_written
}

/// The word that each database gives when the disk is full, raised in the middle of a batch. (That
/// SQLite says so of a file that cannot grow is shown beside `StoreError::is_disk_full`.)
fn full(lab: &Lab) -> &'static str {
    match lab.is_sqlite() {
        true => {
            "CREATE TRIGGER full_disk BEFORE INSERT ON term WHEN new.value = 'web07' \
             BEGIN SELECT raise(ABORT, 'database or disk is full'); END"
        }
        false => {
            "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN IF new.value = 'web07' THEN \
             RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device' \
             USING ERRCODE = '53100'; END IF; RETURN new; END $$ LANGUAGE plpgsql; \
             CREATE TRIGGER full_disk BEFORE INSERT ON term FOR EACH ROW \
             EXECUTE FUNCTION full_disk()"
        }
    }
}

async fn a_full_disk_leaves_nothing_half_written(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &[Thing::new(1, "web01")]).await;
    let things: Vec<Thing> = (2..10).map(|n| Thing::new(n, &format!("web{n:02}"))).collect();
    let plan = estate.plan(&things.iter().map(|thing| (None, thing)).collect::<Vec<_>>());
    lab.raw(full(&lab)).await;
    let before = lab.rows();
    let mut tx = lab.store.begin_write(intent(at(1))).await.unwrap();
    let error = tx.apply(&plan, &Policy::default()).await.unwrap_err();
    assert!(error.is_disk_full(), "{error}");
    drop(tx);
    // The next writer waits until what was begun is undone.
    drop(lab.store.begin_write(intent(at(1))).await.unwrap());
    assert_eq!(lab.rows().since(&before), BTreeMap::new());
    let table = if lab.is_sqlite() { "" } else { " ON term" };
    lab.raw(&format!("DROP TRIGGER full_disk{table}")).await;
    assert!(estate.apply(&lab.store, at(2), &plan).await.is_some());
}
