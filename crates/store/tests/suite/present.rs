//! The register held in memory: what it saves, and that it keeps step. That it answers as SQL does is
//! proven in `agreement`.

use crate::support::{Estate, Lab, T0, Thing, at};
use cadastre_model::query::{Query, UtcDays, parse};
use cadastre_store::{At, ListRequest, Sort, Store, Visibility};

on_both! {
    what_is_held_takes_no_statement
    what_others_write_is_seen_at_once
    another_point_in_time_is_the_databases
}

fn query(text: &str) -> Query {
    parse(text, &UtcDays).unwrap()
}

async fn count(store: &Store, text: &str, at: At) -> u64 {
    store.asset_count(&query(text), at, &Visibility::all(), None).await.unwrap().count
}

async fn holding(lab: &Lab) -> Store {
    let store = Store::open(lab.url()).await.unwrap();
    store.present_keep().await.unwrap();
    store
}

async fn what_is_held_takes_no_statement(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let things: Vec<Thing> = (1..=30)
        .map(|number| Thing::new(number, &format!("web{number}")).tag("team", "red"))
        .collect();
    estate.make(&lab.store, T0, &things).await;
    let (store, visibility) = (holding(&lab).await, Visibility::all());
    let now = store.now(at(1)).await.unwrap();
    for (text, hits) in [("", 30), ("kind:vm tag:team=red -web1", 19), ("b2 OR tag:x", 11)] {
        let before = store.statements();
        assert_eq!(count(&store, text, now).await, hits, "{text}");
        store.asset_facets(&query(text), now, &visibility, 10).await.unwrap();
        assert_eq!(store.statements(), before, "{text}");
    }
    // Those of a page are asked what they say.
    let query = query("tag:team=red");
    let request = ListRequest {
        query: &query,
        at: now,
        visibility: &visibility,
        sort: Sort::default(),
        after: None,
        limit: 10,
    };
    let before = store.statements();
    assert_eq!(store.asset_list(&request).await.unwrap().rows.len(), 10);
    assert_eq!(store.statements(), before + 1);
    store.close().await;
}

async fn what_others_write_is_seen_at_once(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let red = |number: i64| Thing::new(number, &format!("web{number}")).tag("team", "red");
    estate.make(&lab.store, T0, &[red(1), red(2)]).await;
    let store = holding(&lab).await;
    estate.make(&lab.store, at(1), &[red(3), red(4)]).await;
    let now = store.now(at(2)).await.unwrap();
    let found = [count(&store, "tag:team=red", now).await, count(&store, "web3", now).await];
    assert_eq!(found, [4, 1]);
    store.close().await;
}

async fn another_point_in_time_is_the_databases(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let thing = |number: i64| Thing::new(number, &format!("web{number}"));
    estate.make(&lab.store, T0, &[thing(1)]).await;
    let then = lab.store.now(at(1)).await.unwrap();
    estate.make(&lab.store, at(1), &[thing(2)]).await;
    let store = holding(&lab).await;
    assert_eq!(count(&store, "web*", then).await, 1);
    assert_eq!(count(&store, "web*", store.now(at(2)).await.unwrap()).await, 2);
    store.close().await;
}
