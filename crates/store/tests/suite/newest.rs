//! What changed last in the whole estate, and how much runs found over time.

use crate::support::{Estate, Lab, T0, Thing, at, intent, write};
use cadastre_model::query::Query;
use cadastre_model::{AssetId, Counts, Kind, Policy, RunId, RunStatus, Timestamp};
use cadastre_store::{Activity, EstateChange, Intent, Visibility};

on_both! {
    the_newest_come_first_with_who_and_why
    what_is_touched_without_a_change_is_no_news
    an_earlier_day_has_its_own_news
    news_of_what_a_reader_may_not_see_is_none
    what_was_merged_keeps_its_number
    what_runs_found_is_added_up_by_quarters
}

async fn newest(lab: &Lab, moment: Timestamp, limit: u32) -> Vec<EstateChange> {
    let point = lab.store.as_of(moment, at(9_999)).await.unwrap();
    lab.store.changes_newest(point, &Visibility::all(), limit).await.unwrap()
}

/// Asset and subject of each.
fn told(news: &[EstateChange]) -> Vec<(i64, &str)> {
    news.iter().map(|one| (one.asset.0, one.change.subject.as_str())).collect()
}

async fn start(lab: &Lab, estate: &Estate, seconds: i64) -> RunId {
    let name = estate.source.name.clone();
    write(&lab.store, at(seconds), async |tx| {
        tx.run_start(estate.source.id, &name, at(seconds - 60)).await
    })
    .await
}

async fn the_newest_come_first_with_who_and_why(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let things: Vec<Thing> = (1..=3).map(|n| Thing::new(n, &format!("web{n}"))).collect();
    estate.make(&lab.store, T0, &things).await;
    let run = start(&lab, &estate, 1).await;
    let renamed = Thing::new(2, "db2");
    let mut tx = lab.store.begin_write(Intent { run: Some(run), ..intent(at(2)) }).await.unwrap();
    let plan = estate.plan(&[(Some(&things[1]), &renamed)]);
    tx.apply(&plan, &Policy::default()).await.unwrap();
    tx.commit().await.unwrap();

    let news = newest(&lab, at(3), 10).await;
    assert_eq!(told(&news), [(2, "name"), (3, "created"), (2, "created"), (1, "created")]);
    let first = &news[0];
    assert_eq!(first.name.as_deref(), Some("db2"));
    assert_eq!((first.change.run, first.source.as_deref()), (Some(run), Some("cloud")));
    assert_eq!((first.change.at, first.change.actor.as_str()), (at(2), "user:test"));
    assert_eq!(first.change.before.as_deref(), Some("web2"));
    assert_eq!(first.change.after.as_deref(), Some("db2"));
    assert_eq!(first.change.reason.text, "a test");
    assert_eq!((news[1].change.run, news[1].source.as_deref()), (None, None), "nobody's run");
    assert_eq!(news[2].name.as_deref(), Some("db2"), "as it is called now");
    assert_eq!(told(&newest(&lab, at(3), 2).await), [(2, "name"), (3, "created")]);
}

async fn what_is_touched_without_a_change_is_no_news(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let thing = Thing::new(1, "web1");
    estate.make(&lab.store, T0, std::slice::from_ref(&thing)).await;
    let mut plan = estate.plan(&[(Some(&thing), &thing.clone().tag("a", "b"))]);
    plan.assets.clear();
    estate.apply(&lab.store, at(1), &plan).await;
    let touched = lab.texts("SELECT count(*) AS one FROM touched").await;
    assert_eq!(touched, ["2"], "the revision did touch the asset");
    for limit in [1, 10] {
        let news = newest(&lab, at(2), limit).await;
        assert_eq!(told(&news), [(1, "created")], "{limit}: looked for further back");
    }
}

async fn an_earlier_day_has_its_own_news(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let thing = Thing::new(1, "web1");
    estate.make(&lab.store, at(1), std::slice::from_ref(&thing)).await;
    estate.change(&lab.store, at(5), &thing, &Thing::new(1, "db1")).await;
    let then = newest(&lab, at(3), 10).await;
    assert_eq!(told(&then), [(1, "created")]);
    assert_eq!(then[0].name.as_deref(), Some("web1"), "as it was called then");
    assert_eq!(newest(&lab, T0, 10).await, [], "before anything was there");
}

async fn news_of_what_a_reader_may_not_see_is_none(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let mut host = Thing::new(2, "esx1");
    host.doc.kind = Kind::Server;
    estate.make(&lab.store, T0, &[Thing::new(1, "web1"), host, Thing::new(3, "web3")]).await;
    let now = lab.store.now(at(1)).await.unwrap();
    let only = Visibility::only(Query::Kind(Kind::Server));
    let news = lab.store.changes_newest(now, &only, 10).await.unwrap();
    assert_eq!(told(&news), [(2, "created")]);
    // What is gone is news all the same.
    let gone = Thing::new(1, "web1").gone(T0);
    estate.change(&lab.store, at(2), &Thing::new(1, "web1"), &gone).await;
    let now = lab.store.now(at(3)).await.unwrap();
    let only = Visibility::only(Query::Kind(Kind::Vm));
    let news = lab.store.changes_newest(now, &only, 10).await.unwrap();
    assert_eq!(told(&news), [(1, "name"), (3, "created"), (1, "created")]);
}

async fn what_was_merged_keeps_its_number(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &[Thing::new(1, "kept"), Thing::new(2, "merged")]).await;
    // Merging by hand is a later capability; its rows are these.
    lab.raw("UPDATE asset_version SET rev_to = rev_from + 1 WHERE asset_id = 2").await;
    write(&lab.store, at(1), async |tx| {
        tx.source_add("other", cadastre_model::SourceKind::Aws, None, &serde_json::json!({})).await
    })
    .await;
    let news = newest(&lab, at(2), 10).await;
    assert_eq!(told(&news), [(2, "created"), (1, "created")]);
    assert_eq!((news[0].asset, news[0].name.as_deref()), (AssetId(2), None));
}

async fn what_runs_found_is_added_up_by_quarters(lab: Lab) {
    let quarter = 900;
    // The first whole quarter of an hour after the beginning.
    let first = T0.0.div_euclid(900_000) * 900 + 900 - T0.0.div_euclid(1000);
    let (one, other) = (Estate::begin(&lab.store).await, Estate::named(&lab.store, "other").await);
    for (estate, seconds, found) in [
        (&one, first - 1, 1),
        (&one, first, 10),
        (&other, first + quarter - 1, 200),
        (&one, first + 2 * quarter, 0),
        (&one, first + 3 * quarter, 3_000),
    ] {
        let run = start(&lab, estate, seconds).await;
        let counts =
            Counts { created: found, updated: 2 * found, gone: 3 * found, ..Counts::default() };
        write(&lab.store, at(seconds), async |tx| {
            tx.run_finish(run, RunStatus::Complete, &counts, None).await
        })
        .await;
    }
    let activity = |seconds, found: u64| Activity {
        at: at(seconds),
        created: found,
        updated: 2 * found,
        gone: 3 * found,
    };
    let all = lab.store.activity(T0).await.unwrap();
    let (early, both) = (activity(first - quarter, 1), activity(first, 210));
    let last = activity(first + 3 * quarter, 3_000);
    assert_eq!(all, [early, both, last]);
    assert_eq!(lab.store.activity(at(first)).await.unwrap(), [both, last]);
    let later = lab.store.activity(at(first + 1)).await.unwrap();
    assert_eq!(later, [activity(first, 200), last], "by the moment, not by its quarter");
    assert_eq!(lab.store.activity(at(first + 9 * quarter)).await.unwrap(), []);
}
