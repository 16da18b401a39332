//! Sources and runs as scripts page through them, also of an earlier day.

use crate::support::{Estate, Lab, T0, at, write};
use cadastre_model::{Counts, RunId, RunStatus, SourceKind};
use cadastre_store::RunsAsked;

on_both! {
    runs_come_page_by_page
    the_last_run_of_each_source
    sources_of_an_earlier_day
}

async fn ran(lab: &Lab, estate: &Estate, seconds: i64) -> RunId {
    let source = &estate.source;
    let run = write(&lab.store, at(seconds), async |tx| {
        tx.run_start(source.id, &source.name, at(0)).await
    })
    .await;
    write(&lab.store, at(seconds + 5), async |tx| {
        tx.run_finish(run, RunStatus::Complete, &Counts::default(), None).await
    })
    .await;
    run
}

async fn runs_come_page_by_page(lab: Lab) {
    let (one, other) = (Estate::begin(&lab.store).await, Estate::named(&lab.store, "other").await);
    let mut runs = Vec::new();
    for number in 0..6 {
        let estate = if number % 2 == 0 { &one } else { &other };
        runs.insert(0, ran(&lab, estate, number * 10).await);
    }
    let ids = async |asked: RunsAsked<'_>, skip, limit| {
        let page = lab.store.run_page(&asked, skip, limit).await.unwrap();
        page.into_iter().map(|run| run.id).collect::<Vec<_>>()
    };
    let all = RunsAsked::default();
    assert_eq!(ids(all, 0, 9).await, runs, "newest first");
    assert_eq!(ids(all, 4, 9).await, runs[4..]);
    assert_eq!(ids(RunsAsked { before: Some(runs[1]), ..all }, 0, 2).await, runs[2..4]);
    let of_other = RunsAsked { source: Some("other"), ..all };
    assert_eq!(ids(of_other, 0, 9).await, [runs[0], runs[2], runs[4]]);
    let early = RunsAsked { begun_by: Some(at(19)), ..all };
    assert_eq!(ids(early, 0, 9).await, runs[4..]);
    for (asked, count) in [(all, 6), (of_other, 3), (early, 2)] {
        assert_eq!(lab.store.run_count(&asked).await.unwrap(), count, "{asked:?}");
    }
}

async fn the_last_run_of_each_source(lab: Lab) {
    let (one, other) = (Estate::begin(&lab.store).await, Estate::named(&lab.store, "other").await);
    assert!(lab.store.runs_last(None).await.unwrap().is_empty());
    let (first, second) = (ran(&lab, &one, 0).await, ran(&lab, &one, 10).await);
    let third = ran(&lab, &other, 20).await;
    let last = async |begun_by| {
        let runs = lab.store.runs_last(begun_by).await.unwrap();
        runs.into_iter().map(|(source, run)| (source, run.id)).collect::<Vec<_>>()
    };
    assert_eq!(last(None).await, [(one.source.id, second), (other.source.id, third)]);
    assert_eq!(last(Some(at(9))).await, [(one.source.id, first)]);
}

async fn sources_of_an_earlier_day(lab: Lab) {
    let settings = serde_json::json!({ "a": 1 });
    let id = write(&lab.store, T0, async |tx| {
        tx.source_add("cloud", SourceKind::Aws, None, &settings).await
    })
    .await;
    let other = serde_json::json!({ "a": 2 });
    write(&lab.store, at(10), async |tx| tx.source_change(id, false, None, &other).await).await;
    write(&lab.store, at(20), async |tx| tx.source_remove(id).await).await;
    let then = async |seconds: i64| {
        let point = lab.store.as_of(at(seconds), at(99)).await.unwrap();
        let sources = lab.store.source_list_at(point).await.unwrap();
        let told = sources.into_iter().map(|source| {
            (source.row.settings["a"].as_i64(), source.created_at, source.changed_at)
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(then(-1).await, []);
    assert_eq!(then(9).await, [(Some(1), T0, T0)]);
    assert_eq!(then(10).await, [(Some(2), T0, at(10))]);
    assert_eq!(then(20).await, []);
}
