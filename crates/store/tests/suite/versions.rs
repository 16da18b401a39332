//! Which version of an asset holds, now and on an earlier day.

use crate::support::{Estate, Lab, T0, Thing, at, intent};
use cadastre_model::AssetId;

on_both! {
    a_change_makes_a_version
}

async fn a_change_makes_a_version(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let (web, db) = (Thing::new(1, "web01"), Thing::new(2, "db01"));
    let made = estate.make(&lab.store, T0, &[web.clone(), db]).await;
    let changed = estate.change(&lab.store, at(10), &web, &Thing::new(1, "web02")).await;
    let ids = [AssetId(1), AssetId(2), AssetId(3)];
    let versions = async |seconds: i64| {
        let point = lab.store.as_of(at(seconds), at(99)).await.unwrap();
        let found = lab.store.asset_versions(&ids, point).await.unwrap();
        found.into_iter().map(|(id, one)| (id.0, one.rev, one.changed_at)).collect::<Vec<_>>()
    };
    assert_eq!(versions(-1).await, []);
    assert_eq!(versions(9).await, [(1, made, T0), (2, made, T0)]);
    assert_eq!(versions(10).await, [(1, changed, at(10)), (2, made, T0)]);

    lab.raw("INSERT INTO asset (id, first_seen, redirect_to) VALUES (9, 0, 2)").await;
    let tx = lab.store.begin_write(intent(at(11))).await.unwrap();
    let found = tx.asset_versions(&[AssetId(1), AssetId(9), AssetId(3)]).await.unwrap();
    let found: Vec<_> = found.into_iter().collect();
    let expected = [(AssetId(1), (AssetId(1), changed)), (AssetId(9), (AssetId(2), made))];
    assert_eq!(found, expected, "one that was merged leads to the other");
}
