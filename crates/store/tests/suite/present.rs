//! The register held in memory: what it saves, and that it keeps step. That it answers as SQL does is
//! proven in `agreement`.

use crate::support::{Estate, Lab, T0, Thing, at, intent};
use cadastre_model::Timestamp;
use cadastre_model::policy::Policy;
use cadastre_model::query::{Query, UtcDays, parse};
use cadastre_store::{At, Intent, ListRequest, Sort, Store, Urgency, Visibility};
use std::time::{Duration, Instant};

on_both! {
    what_is_held_takes_no_statement
    what_another_process_writes_is_seen_within_a_second
    what_a_person_changes_here_is_seen_at_once
    what_a_run_writes_is_shown_when_it_is_read
    only_what_was_touched_is_read
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
    assert_eq!(store.statements(), before + 2, "what they say, and when their scopes were read");
    store.close().await;
}

/// As it is shown to the one who writes in these tests.
async fn shown(store: &Store, now: Timestamp) -> At {
    store.now_for(&intent(now).actor, now).await.unwrap()
}

fn red(number: i64) -> Thing {
    Thing::new(number, &format!("web{number}")).tag("team", "red")
}

async fn what_another_process_writes_is_seen_within_a_second(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &[red(1), red(2)]).await;
    let store = holding(&lab).await;
    estate.make(&lab.store, at(1), &[red(3), red(4)]).await;
    let began = Instant::now();
    while count(&store, "tag:team=red", shown(&store, at(2)).await).await < 4 {
        // Long enough for any machine: without the bound it would never end.
        assert!(began.elapsed() < Duration::from_secs(20), "still not seen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(count(&store, "web3", shown(&store, at(2)).await).await, 1);
    store.close().await;
}

async fn what_a_person_changes_here_is_seen_at_once(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &[red(1)]).await;
    let store = holding(&lab).await;
    for number in 2..=5 {
        estate.make(&store, at(number), &[red(number)]).await;
        let now = shown(&store, at(number)).await;
        assert_eq!(count(&store, "tag:team=red", now).await, u64::try_from(number).unwrap());
        // Another may be shown the state before, whole.
        let other = store.now_for("user:other", at(number)).await.unwrap();
        assert!(other.rev <= now.rev && other.rev.0 + 1 >= now.rev.0);
    }
    store.close().await;
}

async fn what_a_run_writes_is_shown_when_it_is_read(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &[red(1)]).await;
    let store = holding(&lab).await;
    let before = shown(&store, at(1)).await;
    let mut tx =
        store.begin_write(Intent { urgency: Urgency::Batch, ..intent(at(2)) }).await.unwrap();
    tx.apply(&estate.plan(&[(None, &red(2))]), &Policy::default()).await.unwrap();
    let written = tx.commit().await.unwrap().unwrap();

    // Nobody waits for it: the state before is shown whole.
    assert_eq!(shown(&store, at(1)).await, before);
    assert_eq!(count(&store, "tag:team=red", before).await, 1);
    // Once it is read, or the run is at its end, it is what is shown.
    store.settle().await;
    let after = shown(&store, at(3)).await;
    assert_eq!(after.rev, written);
    assert_eq!(count(&store, "tag:team=red", after).await, 2);
    store.close().await;
}

/// Two thousand touched at one revision, few at each of the next.
async fn only_what_was_touched_is_read(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let mut things: Vec<Thing> = (1..=2_100).map(red).collect();
    estate.make(&lab.store, T0, &things).await;
    let store = holding(&lab).await;
    for number in 1..=5 {
        let before = things.clone();
        let some = if number == 3 { &mut things[..] } else { &mut things[..3] };
        for thing in some.iter_mut() {
            *thing = thing.clone().tag("turn", &number.to_string());
        }
        let pairs: Vec<_> = before.iter().map(Some).zip(&things).collect();
        let pairs = &pairs[..if number == 3 { 2_100 } else { 3 }];
        estate.apply(&lab.store, at(number), &estate.plan(pairs)).await.unwrap();
    }
    let before = store.statements();
    store.present_follow().await.unwrap();
    // The revision, the policy, the steps; then 3 and 3, 2,100, 3 and 3, up to 250 at a time: their
    // documents, when they were first seen, who saw them.
    assert_eq!(store.statements() - before, 3 + 3 * (1 + 9 + 1));
    let now = store.now(at(9)).await.unwrap();
    for (text, hits) in
        [("tag:turn=5", 3), ("tag:turn=4 tag:turn=2", 3), ("tag:turn=3", 2_100), ("web7", 111)]
    {
        assert_eq!(count(&store, text, now).await, hits, "{text}");
    }
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
