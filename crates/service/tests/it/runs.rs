//! How a run ends when its collector does not do what it should.

use super::collectors::{Odd, Rogue, Then, complete, playing, unreachable, volume};
use super::lab::{Lab, MINUTE, admin, on_both, quick, until};
use cadastre_collect::Event;
use cadastre_collect::testing::Script;
use cadastre_model::{Counts, Coverage, DetailError, Enumeration, RecordState, RunStatus};
use cadastre_service::{DiscoverRequest, ErrorKind, RunProgress, RunSettings};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// A script that sees `seen` in scope `a` and never closes it.
fn unfinished(seen: &[&str]) -> Script {
    let opened = Event::ScopeStarted { scope: "a".to_owned() };
    let seen = seen.iter().map(|native_id| {
        let mut one = volume(native_id);
        "a".clone_into(&mut one.scope);
        Event::Seen(Box::new(one))
    });
    Script::of(std::iter::once(opened).chain(seen))
}

#[tokio::test]
async fn a_collector_that_panics_fails_its_run_and_no_more() {
    on_both(async |register| {
        let rogue = || Rogue { seen: Vec::new(), then: Then::Panic };
        let lab = Lab::new(register, Odd::new(move || Box::new(rogue())), quick());
        lab.add("it", "play", None).await;
        let report = lab.run("it").await;
        assert_eq!(report.status, RunStatus::Failed);
        let error = report.error.unwrap();
        assert!(error.contains("a mistake of its own") && error.contains("breaks down"), "{error}");
        let run = &lab.runs().await[0];
        assert_eq!((run.status, run.ended_at.is_some()), (RunStatus::Failed, true));
        // Nothing is left in the way of the next.
        assert_eq!(lab.run("it").await.status, RunStatus::Failed);
    })
    .await;
}

#[tokio::test]
async fn what_was_seen_before_a_panic_stands_and_nothing_ages() {
    on_both(async |register| {
        let first = complete("a", ["1", "2", "3"].map(volume));
        let lab = Lab::new(register, playing([first]), quick());
        lab.add("it", "play", None).await;
        assert_eq!(lab.run("it").await.status, RunStatus::Complete);

        let rogue = || Rogue { seen: ["1", "4"].map(volume).into(), then: Then::Panic };
        let lab = lab.with(Odd::new(move || Box::new(rogue())), quick());
        let report = lab.run("it").await;
        assert_eq!(report.status, RunStatus::Partial);
        assert_eq!(report.scopes[0].coverage, Enumeration::Partial);
        assert_eq!((report.counts.created, report.counts.stale), (1, 0));
        let records = lab.records("it", "a").await;
        assert_eq!(records.len(), 4);
        assert!(records.values().all(|state| *state == RecordState::Live), "{records:?}");
    })
    .await;
}

#[tokio::test]
async fn a_scope_that_is_never_finished_is_partial_and_ages_nothing() {
    on_both(async |register| {
        let first = complete("a", ["1", "2", "3"].map(volume));
        let lab = Lab::new(register, playing([first, unfinished(&["1"])]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        let report = lab.run("it").await;
        assert_eq!(report.status, RunStatus::Partial);
        let scope = &report.scopes[0];
        assert_eq!((scope.coverage, scope.seen), (Enumeration::Partial, 1));
        assert!(scope.error.as_deref().unwrap().contains("run it again"), "{scope:?}");
        assert_eq!(report.counts.stale, 0);
        assert_eq!(lab.count("is:stale").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_comes_in_no_open_scope_is_noted_and_left_out() {
    on_both(async |register| {
        let mut stray = volume("stray");
        "nowhere".clone_into(&mut stray.scope);
        let script = Script::of([Event::Seen(Box::new(stray))]).scope(
            "a",
            ["1"].map(volume),
            Coverage::complete(),
        );
        let lab = Lab::new(register, playing([script]), quick());
        lab.add("it", "play", None).await;
        let report = lab.run("it").await;
        assert_eq!(report.status, RunStatus::Complete);
        assert_eq!(lab.count("is:any").await, 1);
        let errors = lab.store.run_errors(lab.runs().await[0].id, 0, 10).await.unwrap();
        let [error] = &errors[..] else { panic!("{errors:?}") };
        assert_eq!((&*error.scope, &*error.subject), ("nowhere", "stray"));
        assert!(error.message.contains("not open"), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_scope_opened_twice_ages_nothing_that_was_seen_the_first_time() {
    on_both(async |register| {
        let first = complete("a", ["1", "2", "3", "4"].map(volume));
        let again = Event::ScopeStarted { scope: "a".to_owned() };
        let mut late = volume("4");
        "a".clone_into(&mut late.scope);
        let twice = {
            let mut events = vec![Event::ScopeStarted { scope: "a".to_owned() }];
            for native_id in ["1", "2", "3"] {
                let mut one = volume(native_id);
                "a".clone_into(&mut one.scope);
                events.push(Event::Seen(Box::new(one)));
            }
            events.extend([again, Event::Seen(Box::new(late))]);
            events.push(Event::ScopeFinished { scope: "a".into(), coverage: Coverage::complete() });
            Script::of(events)
        };
        let lab = Lab::new(register, playing([first, twice]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        let report = lab.run("it").await;
        assert_eq!((report.status, report.counts.stale), (RunStatus::Complete, 0));
        assert_eq!(report.scopes.len(), 1);
        assert_eq!(lab.count("is:stale").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_run_over_its_deadline_is_stopped_and_the_callers_next_one_is_not() {
    on_both(async |register| {
        let endless = unfinished(&["1"]).wait(Arc::new(Notify::new()));
        let settings = RunSettings { deadline: Duration::from_millis(100), ..quick() };
        let lab = Lab::new(register, playing([endless]), settings);
        lab.add("it", "play", None).await;
        let cancel = CancellationToken::new();
        let report = lab.try_run("it", cancel.clone()).await.unwrap();
        assert_eq!(report.status, RunStatus::Partial);
        let error = report.error.unwrap();
        assert!(error.contains("took longer than 100 ms"), "{error}");
        assert!(!cancel.is_cancelled(), "`discover --all` goes on with the next source");
        assert_eq!(lab.count("is:any").await, 1, "what was read stands");
    })
    .await;
}

#[tokio::test]
async fn a_collector_that_does_not_listen_is_waited_for_no_longer_than_the_grace() {
    on_both(async |register| {
        let deaf = Arc::new(Notify::new());
        let begun = Arc::clone(&deaf);
        let rogue =
            move || Rogue { seen: ["1"].map(volume).into(), then: Then::Deaf(Arc::clone(&begun)) };
        let lab = Lab::new(register, Odd::new(move || Box::new(rogue())), quick());
        lab.add("it", "play", None).await;
        let cancel = CancellationToken::new();
        let run = lab.run_beside("it", cancel.clone());
        deaf.notified().await;
        cancel.cancel();
        let told = std::time::Instant::now();
        let report = run.await.unwrap().unwrap();
        assert!(told.elapsed() < Duration::from_secs(10), "{:?}", told.elapsed());
        // Failed, if it was stopped before it had begun with its scope.
        let is_cut = matches!(report.status, RunStatus::Partial | RunStatus::Failed);
        assert!(is_cut, "{report:?}");
        let error = report.error.unwrap();
        assert!(error.contains("told to stop"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_stopped_run_keeps_what_it_read_and_ages_nothing() {
    on_both(async |register| {
        let first = complete("a", ["1", "2", "3"].map(volume));
        let (go, halfway) = (Arc::new(Notify::new()), unfinished(&["1", "4"]));
        let lab = Lab::new(register, playing([first, halfway.wait(go)]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        let cancel = CancellationToken::new();
        let run = lab.run_beside("it", cancel.clone());
        until("the second run is under way", async || lab.runs().await.len() == 2).await;
        cancel.cancel();
        let report = run.await.unwrap().unwrap();
        assert!(matches!(report.status, RunStatus::Partial | RunStatus::Failed), "{report:?}");
        assert_eq!(report.counts.stale, 0);
        assert!(lab.runs().await[0].ended_at.is_some());
        assert_eq!(lab.count("is:stale").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_run_taken_for_dead_writes_no_more() {
    on_both(async |register| {
        let first = complete("a", ["1", "2", "3"].map(volume));
        let go = Arc::new(Notify::new());
        let slow = Script::default().wait(go.clone()).scope(
            "a",
            ["1", "5"].map(volume),
            Coverage::complete(),
        );
        let lab = Lab::new(register, playing([first, slow]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        let run = lab.run_beside("it", CancellationToken::new());
        until("the second run is under way", async || lab.runs().await.len() == 2).await;

        // Another process finds it silent for long: as if this one had been stopped meanwhile.
        lab.clock.advance(MINUTE * 2);
        assert_eq!(lab.service.runs_recover().await.unwrap(), ["it"]);
        assert_eq!(lab.runs().await[0].status, RunStatus::Broken);
        assert_eq!(lab.jobs().await.0, 1, "it is queued to be repeated");
        go.notify_one();
        let error = run.await.unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
        assert!(error.message.contains("marked broken"), "{error}");
        assert_eq!(lab.count("is:any").await, 3, "nothing was added");
        assert_eq!(lab.count("is:stale").await, 0, "nothing aged");
        assert_eq!(lab.runs().await[0].status, RunStatus::Broken);
        assert!(lab.service.audit_check(&admin()).await.unwrap().broken.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_run_ends_with_its_source_and_writes_no_more() {
    on_both(async |register| {
        let first = complete("a", ["1", "2", "3"].map(volume));
        let go = Arc::new(Notify::new());
        let slow =
            Script::default().wait(go.clone()).scope("a", ["5"].map(volume), Coverage::complete());
        let lab = Lab::new(register, playing([first, slow]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        let run = lab.run_beside("it", CancellationToken::new());
        until("the second run is under way", async || lab.runs().await.len() == 2).await;
        lab.service.source_remove(&admin(), "it").await.unwrap();
        let ended = &lab.runs().await[0];
        assert_eq!((ended.status, ended.ended_at.is_some()), (RunStatus::Broken, true));
        assert!(ended.error.as_deref().unwrap().contains("removed its source"), "{ended:?}");
        go.notify_one();
        let error = run.await.unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
        assert!(error.message.contains("its source was removed"), "{error}");
        assert_eq!(lab.count("is:any").await, 3, "nothing was added");
        assert_eq!(&lab.runs().await[0], ended, "what it ended with stands");
        let open = lab.service.conflict_list(&admin(), false, 0, 10).await.unwrap();
        assert!(open.is_empty(), "{open:?}");
    })
    .await;
}

#[tokio::test]
async fn a_second_run_of_a_source_is_refused_with_what_to_do() {
    on_both(async |register| {
        let go = Arc::new(Notify::new());
        let lab = Lab::new(register, playing([Script::default().wait(go.clone())]), quick());
        lab.add("it", "play", None).await;
        let run = lab.run_beside("it", CancellationToken::new());
        until("the run is under way", async || !lab.runs().await.is_empty()).await;
        let error = lab.try_run("it", CancellationToken::new()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
        assert!(error.message.contains("is under way (run 1)"), "{error}");
        assert!(error.hint.unwrap().contains("60 seconds"));
        go.notify_one();
        run.await.unwrap().unwrap();
        assert_eq!(lab.runs().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_says_what_a_run_would_do_and_writes_nothing() {
    on_both(async |register| {
        let first = complete("a", ["1", "2", "3", "4", "5"].map(volume));
        let second = complete("a", ["1", "2", "3", "4", "6"].map(volume));
        let lab = Lab::new(register, playing([first, second]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        let (runs, assets) = (lab.runs().await, lab.count("is:any").await);
        let (progress, _) = watch::channel(RunProgress::default());
        let request = DiscoverRequest { dry_run: true, ..Default::default() };
        let dry = lab
            .service
            .discover(&admin(), "it", &request, progress, CancellationToken::new())
            .await
            .unwrap();
        assert_eq!((lab.runs().await, lab.count("is:any").await), (runs, assets));
        assert_eq!(lab.records("it", "a").await.len(), 5);
        let wet = lab.run("it").await;
        assert_eq!(dry.counts, wet.counts);
        let expected = Counts { seen: 5, created: 1, unchanged: 4, stale: 1, ..Counts::default() };
        assert_eq!(dry.counts, expected);
        assert!(!dry.dry_run.unwrap().plan.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_run_whose_scopes_all_fail_is_a_report_with_its_reason() {
    on_both(async |register| {
        let failing = Script::default().failing(unreachable());
        let gap = Event::DetailError {
            scope: "a".to_owned(),
            error: DetailError { subject: "1".to_owned(), message: "no tags".to_owned() },
        };
        let detail = Script::of([Event::ScopeStarted { scope: "a".to_owned() }, gap]).scope(
            "b",
            ["1"].map(volume),
            Coverage::complete(),
        );
        let lab = Lab::new(register, playing([failing, detail]), quick());
        lab.add("it", "play", None).await;
        let report = lab.run("it").await;
        assert_eq!(report.status, RunStatus::Failed);
        assert!(report.error.unwrap().contains("nobody answers"));
        let report = lab.run("it").await;
        assert_eq!(report.status, RunStatus::Partial);
        let errors = lab.store.run_errors(lab.runs().await[0].id, 0, 10).await.unwrap();
        assert_eq!(errors.len(), 1, "{errors:?}");
    })
    .await;
}
