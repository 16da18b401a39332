//! Runs: one a source at a time, found broken after a silence, with their scopes and errors.

use crate::support::{Estate, Lab, T0, Thing, at, intent, write};
use cadastre_model::{
    Counts, Digest, Enumeration, Kind, RecordKey, RecordState, RunId, RunProgress, RunStatus,
    ScopeReport,
};
use cadastre_store::{Intent, Known, RunError, StopOutcome, StoreError};
use std::collections::BTreeSet;

on_both! {
    a_source_has_one_run_at_a_time
    a_silent_run_is_broken
    a_run_is_told_whole
    errors_come_page_by_page
    the_last_success_of_each_source
    what_a_scope_is_known_to_hold
    runs_are_listed_newest_first
    how_far_a_run_is_stands_in_the_register
    a_run_hears_who_wants_it_to_stop
    a_run_that_was_to_stop_is_not_repeated
    an_ended_run_names_its_scopes_from_its_record
}

async fn start(lab: &Lab, estate: &Estate, seconds: i64) -> Result<RunId, StoreError> {
    let mut tx = lab.store.begin_write(intent(at(seconds))).await.unwrap();
    let run = tx.run_start(estate.source.id, &estate.source.name, at(seconds - 60)).await?;
    assert_eq!(tx.commit().await.unwrap(), None, "a run is no change of the register");
    Ok(run)
}

async fn finish(lab: &Lab, run: RunId, seconds: i64, status: RunStatus) {
    write(&lab.store, at(seconds), async |tx| {
        tx.run_finish(run, status, &Counts::default(), None).await
    })
    .await;
}

async fn beat(lab: &Lab, run: RunId, seconds: i64, counts: Counts) -> bool {
    write(&lab.store, at(seconds), async |tx| tx.run_beat(run, &counts).await).await
}

async fn a_source_has_one_run_at_a_time(lab: Lab) {
    let (one, other) = (Estate::begin(&lab.store).await, Estate::named(&lab.store, "other").await);
    let run = start(&lab, &one, 0).await.unwrap();
    let error = start(&lab, &one, 1).await.unwrap_err();
    assert!(matches!(error, StoreError::RunUnderWay { run: under_way, .. } if under_way == run.0));
    assert!(error.to_string().contains("`cloud`"), "{error}");
    let beside = start(&lab, &other, 1).await.unwrap();
    assert_ne!(beside, run);
    finish(&lab, run, 2, RunStatus::Complete).await;
    start(&lab, &one, 3).await.unwrap();
}

async fn a_silent_run_is_broken(lab: Lab) {
    let (one, other) = (Estate::begin(&lab.store).await, Estate::named(&lab.store, "other").await);
    let silent = start(&lab, &one, 0).await.unwrap();
    let lively = start(&lab, &other, 0).await.unwrap();
    let counts = Counts { seen: 3, ..Counts::default() };
    assert!(beat(&lab, lively, 100, counts).await);
    let broken = async |seconds: i64| {
        write(&lab.store, at(seconds), async |tx| tx.runs_break(None, at(seconds - 60)).await).await
    };
    assert_eq!(broken(60).await, [], "a sign of life just in time");
    assert_eq!(broken(120).await, [one.source.id]);
    assert_eq!(broken(120).await, []);
    assert!(!beat(&lab, silent, 121, Counts::default()).await, "it learns that it was given up");
    let rows = lab.store.run_list(Some(one.source.id), None, 1).await.unwrap();
    assert_eq!((rows[0].status, rows[0].ended_at), (RunStatus::Broken, Some(at(120))));
    assert!(rows[0].error.as_ref().unwrap().contains("the next run repeats it"));
    // It cannot end what was ended for it.
    finish(&lab, silent, 122, RunStatus::Complete).await;
    let rows = lab.store.run_list(Some(one.source.id), None, 1).await.unwrap();
    assert_eq!(rows[0].status, RunStatus::Broken);
    // Starting the next does the same by itself.
    let next = start(&lab, &one, 200).await.unwrap();
    start(&lab, &one, 300).await.unwrap();
    let rows = lab.store.run_list(Some(one.source.id), None, 2).await.unwrap();
    assert_eq!((rows[1].id, rows[1].status), (next, RunStatus::Broken));
}

async fn a_run_is_told_whole(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let run = start(&lab, &estate, 0).await.unwrap();
    let counts =
        Counts { seen: 7, created: 6, updated: 5, unchanged: 4, stale: 3, gone: 2, conflicts: 1 };
    assert!(beat(&lab, run, 1, counts).await);
    let row = lab.store.run_list(None, None, 1).await.unwrap().remove(0);
    assert_eq!((row.status, row.counts, row.ended_at), (RunStatus::Running, counts, None));
    let report = |scope: &str, coverage, error: Option<&str>| ScopeReport {
        scope: scope.to_owned(),
        coverage,
        seen: 3,
        error: error.map(str::to_owned),
        is_increment: false,
    };
    let reports = [
        report("eu", Enumeration::Complete, None),
        report("us", Enumeration::Failed, Some("access denied; ask for ec2:Describe*")),
    ];
    write(&lab.store, at(2), async |tx| {
        let names = BTreeSet::from(["eu".to_owned(), "us".to_owned()]);
        let scopes = tx.scopes_ensure(estate.source.id, &names).await?;
        for one in reports.iter().rev() {
            tx.run_scope(run, scopes[&one.scope], one).await?;
        }
        tx.run_finish(run, RunStatus::Partial, &counts, Some("us was refused")).await
    })
    .await;
    let row = lab.store.run_list(None, None, 1).await.unwrap().remove(0);
    assert_eq!((row.id, row.source.as_str(), row.actor.as_str()), (run, "cloud", "user:test"));
    assert_eq!((row.status, row.counts), (RunStatus::Partial, counts));
    assert_eq!((row.started_at, row.ended_at), (T0, Some(at(2))));
    assert_eq!(row.error.as_deref(), Some("us was refused"));
    assert_eq!(lab.store.run_scopes(run, "", 9).await.unwrap(), reports);
    assert_eq!(lab.store.run_scopes(run, "", 1).await.unwrap(), reports[..1]);
    assert_eq!(lab.store.run_scopes(run, "eu", 9).await.unwrap(), reports[1..]);
}

async fn errors_come_page_by_page(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let run = start(&lab, &estate, 0).await.unwrap();
    let error = |number: i64| RunError {
        scope: "eu".to_owned(),
        subject: format!("i-{number}"),
        message: "no tags".to_owned(),
    };
    let all: Vec<RunError> = (0..300).map(error).collect();
    write(&lab.store, at(1), async |tx| {
        tx.run_errors_add(run, 0, &all[..1]).await?;
        tx.run_errors_add(run, 1, &all[1..]).await
    })
    .await;
    let mut read = Vec::new();
    loop {
        let page = lab.store.run_errors(run, read.len() as i64, 77).await.unwrap();
        if page.is_empty() {
            break;
        }
        read.extend(page);
    }
    assert_eq!(read, all);
    assert_eq!(lab.store.run_errors(RunId(run.0 + 1), 0, 10).await.unwrap(), []);
}

async fn the_last_success_of_each_source(lab: Lab) {
    let one = Estate::begin(&lab.store).await;
    let other = Estate::named(&lab.store, "another").await;
    let gone = Estate::named(&lab.store, "removed").await;
    for (seconds, status) in
        [(0, RunStatus::Complete), (10, RunStatus::Complete), (20, RunStatus::Partial)]
    {
        for estate in [&one, &gone] {
            let run = start(&lab, estate, seconds).await.unwrap();
            finish(&lab, run, seconds + 5, status).await;
        }
    }
    let run = start(&lab, &other, 0).await.unwrap();
    finish(&lab, run, 1, RunStatus::Failed).await;
    write(&lab.store, at(30), async |tx| tx.source_remove(gone.source.id).await).await;
    let successes = lab.store.source_successes().await.unwrap();
    assert_eq!(successes, [("another".to_owned(), None), ("cloud".to_owned(), Some(at(15)))]);
}

async fn what_a_scope_is_known_to_hold(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let things = [Thing::new(1, "one"), Thing::new(2, "two")];
    estate.make(&lab.store, T0, &things).await;
    estate.change(&lab.store, at(1), &things[1], &things[1].clone().gone(T0)).await;
    let known = lab.store.scope_known(estate.scope).await.unwrap();
    assert_eq!(known.len(), 2);
    assert_eq!(
        known["vm-1"],
        Known {
            key: RecordKey(1),
            kind: Kind::Vm,
            state: RecordState::Live,
            digest: Digest { versioned: 1, latest: 0 },
        }
    );
    assert_eq!(known["vm-2"].state, RecordState::Gone);
    let nowhere = cadastre_model::ScopeId(estate.scope.0 + 1);
    assert!(lab.store.scope_known(nowhere).await.unwrap().is_empty());

    // A stale record counts the complete enumerations that missed it since.
    let stale = Thing { state: RecordState::Stale, last_seen: Some(at(5)), ..things[0].clone() };
    estate.change(&lab.store, at(10), &things[0], &stale).await;
    for (seconds, coverage) in [
        (5, Enumeration::Complete),
        (10, Enumeration::Complete),
        (15, Enumeration::Partial),
        (20, Enumeration::Complete),
    ] {
        let run = start(&lab, &estate, seconds).await.unwrap();
        let report = ScopeReport {
            scope: "eu".to_owned(),
            coverage,
            seen: 0,
            error: None,
            is_increment: false,
        };
        write(&lab.store, at(seconds), async |tx| tx.run_scope(run, estate.scope, &report).await)
            .await;
        finish(&lab, run, seconds, RunStatus::Complete).await;
    }
    let overdue = lab.store.scope_overdue(estate.scope, at(5)).await.unwrap();
    assert_eq!(overdue.len(), 1);
    assert_eq!((overdue[0].last_seen, overdue[0].missed_runs), (at(5), 3));
    assert_eq!(lab.store.scope_overdue(estate.scope, at(4)).await.unwrap(), []);
}

async fn runs_are_listed_newest_first(lab: Lab) {
    let (one, other) = (Estate::begin(&lab.store).await, Estate::named(&lab.store, "other").await);
    let mut runs = Vec::new();
    for number in 0..6 {
        let estate = [&one, &other][number % 2];
        let run = start(&lab, estate, number as i64).await.unwrap();
        finish(&lab, run, number as i64, RunStatus::Complete).await;
        runs.insert(0, run);
    }
    let ids = async |source, before, limit| -> Vec<RunId> {
        let rows = lab.store.run_list(source, before, limit).await.unwrap();
        rows.into_iter().map(|row| row.id).collect()
    };
    assert_eq!(ids(None, None, 4).await, runs[..4]);
    assert_eq!(ids(None, Some(runs[3]), 4).await, runs[4..]);
    assert_eq!(ids(Some(other.source.id), None, 9).await, [runs[0], runs[2], runs[4]]);
}

async fn how_far_a_run_is_stands_in_the_register(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    for (seconds, seen, status) in [(0, 30, RunStatus::Complete), (10, 5, RunStatus::Partial)] {
        let run = start(&lab, &estate, seconds).await.unwrap();
        let counts = Counts { seen, ..Counts::default() };
        write(&lab.store, at(seconds), async |tx| tx.run_finish(run, status, &counts, None).await)
            .await;
    }
    let run = start(&lab, &estate, 20).await.unwrap();
    let now = lab.store.run_now(run, at(20)).await.unwrap().unwrap();
    assert_eq!((now.seconds, now.expected), (0, Some(30)), "the last complete run saw 30");
    assert_eq!(now.progress, RunProgress::default());

    let mut progress = RunProgress { done: 8, of: Some(40), errors: 1, ..RunProgress::default() };
    progress.counts.seen = 7;
    progress.scope_opened("eu");
    progress.scope_seen("eu", 7);
    let told = progress.clone();
    assert!(write(&lab.store, at(25), async |tx| tx.run_progress(run, &told).await).await);
    let now = lab.store.run_now(run, at(29)).await.unwrap().unwrap();
    assert_eq!((now.seconds, now.status), (9, RunStatus::Running));
    assert_eq!(now.progress, progress);
    // It is a sign of life, too.
    let broken = write(&lab.store, at(84), async |tx| tx.runs_break(None, at(24)).await).await;
    assert_eq!(broken, []);

    // A run that was ended for it tells no more.
    let broken = write(&lab.store, at(99), async |tx| tx.runs_break(None, at(39)).await).await;
    assert_eq!(broken, [estate.source.id]);
    let late = RunProgress::default();
    assert!(!write(&lab.store, at(100), async |tx| tx.run_progress(run, &late).await).await);
    let now = lab.store.run_now(run, at(500)).await.unwrap().unwrap();
    assert_eq!((now.status, now.seconds), (RunStatus::Broken, 79));
    assert_eq!(now.progress, progress, "what it told last is all there is");
    assert_eq!(lab.store.run_now(RunId(run.0 + 1), at(0)).await.unwrap(), None);
}

async fn a_run_hears_who_wants_it_to_stop(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let run = start(&lab, &estate, 0).await.unwrap();
    let wish = async |run| lab.store.run_wish(run).await.unwrap();
    assert!(wish(run).await.is_own && wish(run).await.stop_by.is_none());
    let stop = async |seconds, who: &str| {
        let intent = Intent { actor: who.to_owned(), ..intent(at(seconds)) };
        let mut tx = lab.store.begin_write(intent).await.unwrap();
        let outcome = tx.run_stop(run).await.unwrap();
        assert_eq!(tx.commit().await.unwrap(), None, "it is no change of the register");
        outcome
    };
    assert_eq!(stop(1, "user:alice").await, StopOutcome::Asked);
    assert_eq!(stop(2, "user:bob").await, StopOutcome::AskedBefore);
    assert_eq!(wish(run).await.stop_by.as_deref(), Some("user:alice"));
    let now = lab.store.run_now(run, at(3)).await.unwrap().unwrap();
    assert_eq!((now.stop_by.as_deref(), now.stop_at), (Some("user:alice"), Some(at(1))));
    finish(&lab, run, 4, RunStatus::Partial).await;
    assert!(!wish(run).await.is_own);
    assert_eq!(stop(5, "user:alice").await, StopOutcome::Ended(RunStatus::Partial));
    let mut tx = lab.store.begin_write(intent(at(6))).await.unwrap();
    let error = tx.run_stop(RunId(run.0 + 1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Unknown { what: "run", .. }), "{error}");
}

async fn a_run_that_was_to_stop_is_not_repeated(lab: Lab) {
    let (one, other) = (Estate::begin(&lab.store).await, Estate::named(&lab.store, "other").await);
    let stopped = start(&lab, &one, 0).await.unwrap();
    start(&lab, &other, 0).await.unwrap();
    write(&lab.store, at(1), async |tx| tx.run_stop(stopped).await).await;
    let broken = write(&lab.store, at(99), async |tx| tx.runs_break(None, at(39)).await).await;
    assert_eq!(broken, [other.source.id]);
    let rows = lab.store.run_list(Some(one.source.id), None, 1).await.unwrap();
    assert_eq!(rows[0].status, RunStatus::Broken);
    assert!(rows[0].error.as_ref().unwrap().ends_with("stopped anyway, by user:test"));
}

async fn an_ended_run_names_its_scopes_from_its_record(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let run = start(&lab, &estate, 0).await.unwrap();
    let report = ScopeReport {
        scope: "eu".to_owned(),
        coverage: Enumeration::Complete,
        seen: 3,
        error: Some("held".to_owned()),
        is_increment: false,
    };
    write(&lab.store, at(1), async |tx| {
        let mut progress = RunProgress { errors: 12_345, ..RunProgress::default() };
        progress.scope_opened("eu");
        tx.run_progress(run, &progress).await?;
        tx.run_scope(run, estate.scope, &report).await?;
        tx.run_finish(run, RunStatus::Complete, &Counts::default(), None).await
    })
    .await;
    let now = lab.store.run_now(run, at(9)).await.unwrap().unwrap();
    assert_eq!(now.progress.scopes, [report.into()]);
    assert_eq!(now.progress.errors, 12_345);
}
