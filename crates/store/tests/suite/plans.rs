//! What a run changed, read back from the history: asset by asset, with the reasons, page by page.

use crate::support::{Estate, Lab, T0, Thing, at, intent, write};
use cadastre_model::{
    AssetId, Change, Counts, Kind, Plan, Policy, RecordState, Rev, RunId, RunStatus,
};
use cadastre_store::{Intent, RunChange};

on_both! {
    a_run_shows_what_it_changed_and_why
    a_plan_comes_page_by_page_and_whole
    a_page_of_a_plan_takes_as_many_statements_as_any
}

/// A run of the estate's source that carries out plans, one a step.
async fn run_of(lab: &Lab, estate: &Estate, seconds: i64, plans: &[Plan]) -> RunId {
    let run = write(&lab.store, at(seconds), async |tx| {
        tx.run_start(estate.source.id, &estate.source.name, T0).await
    })
    .await;
    for plan in plans {
        let intent = Intent { run: Some(run), ..intent(at(seconds)) };
        let mut tx = lab.store.begin_write(intent).await.unwrap();
        tx.apply(plan, &Policy::default()).await.unwrap();
        tx.commit().await.unwrap().unwrap();
    }
    write(&lab.store, at(seconds), async |tx| {
        tx.run_finish(run, RunStatus::Complete, &Counts::default(), None).await
    })
    .await;
    run
}

fn things(numbers: std::ops::RangeInclusive<i64>) -> Vec<Thing> {
    numbers.map(|number| Thing::new(number, &format!("web{number}"))).collect()
}

fn made(estate: &Estate, things: &[Thing]) -> Plan {
    estate.plan(&things.iter().map(|thing| (None, thing)).collect::<Vec<_>>())
}

async fn whole(lab: &Lab, run: RunId) -> Vec<RunChange> {
    lab.store.run_changes(run, None, 1000).await.unwrap()
}

async fn a_run_shows_what_it_changed_and_why(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let was = things(1..=2);
    let first = run_of(&lab, &estate, 0, &[made(&estate, &was)]).await;
    // Somebody's edit in between is nobody's run.
    let renamed = Thing::new(1, "renamed");
    estate.change(&lab.store, at(1), &was[0], &renamed).await;
    let mut ended = estate.plan(&[(Some(&was[1]), &was[1].clone().gone(T0))]);
    ended.assets.clear();
    let plans = [estate.plan(&[(Some(&renamed), &Thing::new(1, "web1b"))]), ended];
    let second = run_of(&lab, &estate, 2, &plans).await;

    let lines = whole(&lab, first).await;
    assert_eq!(lines.len(), 2);
    let one = &lines[0];
    assert_eq!((one.asset, one.name.as_str(), one.kind), (AssetId(1), "web1", Some(Kind::Vm)));
    assert_eq!(one.at, T0);
    assert_eq!(one.reason.as_ref().unwrap().text, "a test");
    let created = Change { subject: "created".to_owned(), before: None, after: None };
    assert_eq!(one.changes, [created]);
    let [record] = &one.records[..] else { panic!("{one:?}") };
    assert_eq!((record.source.as_str(), record.native_id.as_str()), ("cloud", "vm-1"));
    assert!(record.linked.is_some() && record.written.is_some());

    let lines = whole(&lab, second).await;
    let told: Vec<(i64, &str)> =
        lines.iter().map(|line| (line.asset.0, line.name.as_str())).collect();
    assert_eq!(told, [(1, "web1b"), (2, "web2")], "named as they were from then on");
    let change = &lines[0].changes[0];
    assert_eq!(change.before.as_deref(), Some("renamed"));
    assert!(lines[0].records[0].linked.is_none(), "it was tied to it before");
    // Of the second only the record changed.
    assert!(lines[1].reason.is_none() && lines[1].changes.is_empty());
    assert_eq!(lines[1].records[0].state, Some(RecordState::Gone));
    assert_eq!(whole(&lab, RunId(second.0 + 1)).await, []);
}

async fn a_plan_comes_page_by_page_and_whole(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let plans = [made(&estate, &things(1..=7)), made(&estate, &things(8..=9))];
    let run = run_of(&lab, &estate, 0, &plans).await;
    let all = whole(&lab, run).await;
    let ids: Vec<i64> = all.iter().map(|line| line.asset.0).collect();
    assert_eq!(ids, (1..=9).collect::<Vec<_>>());
    for limit in [1, 2, 7] {
        let mut read: Vec<RunChange> = Vec::new();
        let mut after: Option<(Rev, AssetId)> = None;
        loop {
            let page = lab.store.run_changes(run, after, limit).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.rev, last.asset));
            read.extend(page);
        }
        assert_eq!(read, all, "{limit} a page");
    }
}

async fn a_page_of_a_plan_takes_as_many_statements_as_any(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let run = run_of(&lab, &estate, 0, &[made(&estate, &things(1..=300))]).await;
    for limit in [1, 50, 300] {
        let before = lab.store.statements();
        let page = lab.store.run_changes(run, None, limit).await.unwrap();
        assert_eq!(page.len(), limit as usize);
        assert_eq!(lab.store.statements() - before, 4, "{limit} a page");
    }
}
