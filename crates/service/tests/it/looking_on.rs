//! Runs as people see them: how far one is, in whatever process it is carried out; stopping it; what
//! it did and why.

use super::collectors::{complete, playing, tagged, volume};
use super::lab::{Lab, MINUTE, admin, on_both, quick, until};
use cadastre_collect::Event;
use cadastre_collect::testing::Script;
use cadastre_model::{
    Actor, Coverage, DetailError, Enumeration, RecordState, Role, Rule, RunId, RunNow, RunStatus,
    Timestamp,
};
use cadastre_service::{ErrorKind, RunAsked};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

fn alice() -> Actor {
    Actor::new("user:alice", Role::Editor)
}

/// A script that opens `scope`, sees these in it and does not close it.
fn begun(mut script: Vec<Event>, scope: &str, seen: &[&str]) -> Vec<Event> {
    script.push(Event::ScopeStarted { scope: scope.to_owned() });
    for native_id in seen {
        let mut one = volume(native_id);
        scope.clone_into(&mut one.scope);
        script.push(Event::Seen(Box::new(one)));
    }
    script
}

async fn now(lab: &Lab, run: i64) -> RunNow {
    lab.service.run_fetch(&alice(), RunId(run)).await.unwrap()
}

const FOUR: [&str; 4] = ["a1", "a2", "a3", "a4"];

/// First all of two scopes; then the first without `a4`, an error, half of the second and a wait;
/// then all again without `a4`.
fn three_runs(go: &Arc<Notify>) -> [Script; 3] {
    let second = |script: Script| script.scope("b", ["b1", "b2"].map(volume), Coverage::complete());
    let mut halfway = begun(Vec::new(), "a", &FOUR[..3]);
    let error = DetailError { subject: "a1".to_owned(), message: "no tags; ask".to_owned() };
    halfway.push(Event::DetailError { scope: "a".to_owned(), error });
    halfway.push(Event::ScopeFinished { scope: "a".to_owned(), coverage: Coverage::complete() });
    let halfway = Script::of(begun(halfway, "b", &["b3"])).wait(go.clone());
    [
        second(complete("a", FOUR.map(volume))),
        halfway,
        Script::default()
            .scope("a", FOUR[..3].iter().map(|id| volume(id)), Coverage::complete())
            .scope("b", ["b1", "b2", "b3"].map(volume), Coverage::complete()),
    ]
}

#[tokio::test]
async fn who_looks_on_sees_how_far_a_run_is() {
    on_both(async |register| {
        let go = Arc::new(Notify::new());
        let lab = Lab::new(register, playing(three_runs(&go)), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        let run = lab.run_beside("it", CancellationToken::new());
        until("the register is told", async || {
            lab.runs().await.len() == 2 && now(&lab, 2).await.progress.counts.seen == 4
        })
        .await;
        let seen = now(&lab, 2).await;
        assert_eq!(
            (seen.status, seen.expected, seen.way()),
            (RunStatus::Running, Some(6), (4, Some(6)))
        );
        assert_eq!((seen.progress.scopes_open, seen.progress.scopes_done), (1, 1));
        assert_eq!((seen.progress.errors, seen.progress.counts.unchanged), (1, 3));
        let scopes: Vec<_> = seen
            .progress
            .scopes
            .iter()
            .map(|one| (one.scope.as_str(), one.coverage, one.seen))
            .collect();
        assert_eq!(scopes, [("a", Some(Enumeration::Complete), 3), ("b", None, 1)]);
        go.notify_one();
        let report = run.await.unwrap().unwrap();
        let ended = now(&lab, 2).await;
        assert_eq!((ended.status, ended.progress.counts), (report.status, report.counts));
        assert_eq!((ended.progress.errors, ended.progress.scopes_all()), (1, 2));
        let names: Vec<_> = ended.progress.scopes.iter().map(|one| &*one.scope).collect();
        assert_eq!(names, ["a", "b"]);
        let error = lab.service.run_fetch(&alice(), RunId(99)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_run_that_somebody_stops_keeps_what_it_read_and_ages_nothing() {
    on_both(async |register| {
        let go = Arc::new(Notify::new());
        let lab = Lab::new(register, playing(three_runs(&go)), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        lab.service.run_queue(&admin(), "it").await.unwrap();
        let working = lab.work("one");
        until("all but the wait is read", async || {
            lab.runs().await.len() == 2 && now(&lab, 2).await.progress.counts.seen == 4
        })
        .await;
        lab.service.run_stop(&alice(), RunId(2)).await.unwrap();
        lab.service.run_stop(&admin(), RunId(2)).await.unwrap();
        until("it has ended", async || !now(&lab, 2).await.is_running()).await;
        let ended = now(&lab, 2).await;
        assert_eq!(ended.status, RunStatus::Partial);
        let error = ended.error.unwrap();
        assert!(error.starts_with("stopped by user:alice; "), "{error}");
        assert_eq!((ended.progress.counts.stale, ended.progress.counts.created), (0, 1));
        let scopes = &ended.progress.scopes;
        let coverages: Vec<_> = scopes.iter().filter_map(|one| one.coverage).collect();
        assert_eq!(coverages, [Enumeration::Complete, Enumeration::Partial]);
        assert!(scopes[0].error.as_ref().unwrap().contains("nothing of it ages"), "{scopes:?}");
        let records = lab.records("it", "a").await;
        assert_eq!(records.len(), 4);
        assert!(records.values().all(|state| *state == RecordState::Live), "{records:?}");
        assert_eq!(lab.records("it", "b").await.len(), 3, "what was read stands");

        // A person's word is final: the job is done.
        until("the job is left", async || lab.jobs().await == (0, 0, 0)).await;
        working.stop().await;
        assert_eq!(lab.runs().await.len(), 2);
        let log = lab.service.audit_list(&admin(), None, 100).await.unwrap();
        let stops: Vec<_> = log.iter().filter(|line| line.action == "run.stop").collect();
        let [stop] = &stops[..] else { panic!("{stops:?}") };
        assert_eq!((stop.actor.as_str(), stop.subject.as_str()), ("user:alice", "run:2"));
        let error = lab.service.run_stop(&alice(), RunId(2)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
        assert!(error.message.contains("has ended already (partial)"), "{error}");
        let error = lab.service.run_stop(&alice(), RunId(99)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound);

        // The next run heals: what it misses ages now.
        lab.clock.advance(MINUTE);
        let report = lab.run("it").await;
        assert_eq!((report.status, report.counts.stale), (RunStatus::Complete, 1));
        assert_eq!(lab.records("it", "a").await["a4"], RecordState::Stale);
    })
    .await;
}

#[tokio::test]
async fn a_run_that_was_to_stop_and_lost_its_process_is_not_queued_again() {
    on_both(async |register| {
        let lab = Lab::new(register, playing([complete("a", [volume("1")])]), quick());
        for name in ["stopped", "killed"] {
            lab.add(name, "play", None).await;
            let source = lab.store.source_fetch(name).await.unwrap().id;
            let mut tx = lab.store.begin_write(lab.intent()).await.unwrap();
            tx.run_start(source, name, lab.clock_moves(0)).await.unwrap();
            tx.commit().await.unwrap();
        }
        lab.service.run_stop(&alice(), RunId(1)).await.unwrap();
        lab.clock.advance(2 * MINUTE);
        assert_eq!(lab.service.runs_recover().await.unwrap(), ["killed"]);
        assert_eq!(lab.jobs().await, (1, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn the_job_of_a_dead_worker_is_left_if_its_run_was_to_stop() {
    on_both(async |register| {
        let lab = Lab::new(register, playing([complete("a", [volume("1")])]), quick());
        lab.add("it", "play", None).await;
        lab.service.run_queue(&admin(), "it").await.unwrap();
        // A worker that claims a job, begins its run, and is killed before it hears the wish.
        let (now, long_ago) = (lab.clock_moves(0), Timestamp(0));
        assert!(lab.store.job_claim("dead", now, long_ago).await.unwrap().is_some());
        let source = lab.store.source_fetch("it").await.unwrap().id;
        let mut tx = lab.store.begin_write(lab.intent()).await.unwrap();
        tx.run_start(source, "it", long_ago).await.unwrap();
        tx.commit().await.unwrap();
        lab.service.run_stop(&alice(), RunId(1)).await.unwrap();
        lab.clock.advance(2 * MINUTE);
        let working = lab.work("alive");
        until("the job is left", async || lab.jobs().await == (0, 0, 0)).await;
        assert_eq!(lab.runs().await.len(), 1);
        // Asked for anew, it runs.
        lab.service.run_queue(&admin(), "it").await.unwrap();
        until("it has run", async || lab.jobs().await == (0, 0, 0) && lab.runs().await.len() == 2)
            .await;
        assert_eq!(lab.runs().await[0].status, RunStatus::Complete);
        working.stop().await;
    })
    .await;
}

#[tokio::test]
async fn however_many_look_on_the_register_is_asked_once() {
    on_both(async |register| {
        let go = Arc::new(Notify::new());
        let lab = Lab::new(register, playing(three_runs(&go)), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        let run = lab.run_beside("it", CancellationToken::new());
        until("the run is under way", async || lab.runs().await.len() == 2).await;
        let mut viewers = Vec::new();
        for _ in 0..40 {
            viewers.push(lab.service.run_follow(&alice(), RunId(2)).await.unwrap());
        }
        let before = lab.store.statements();
        tokio::time::sleep(Duration::from_millis(1200)).await;
        let sent = lab.store.statements() - before;
        assert!(sent < 40, "{sent} statements for 40 viewers and the run itself");
        for viewer in &mut viewers {
            assert_eq!(
                viewer.wait_for(|now| now.progress.counts.seen == 4).await.unwrap().run,
                RunId(2)
            );
        }
        go.notify_one();
        for mut viewer in viewers {
            let last = viewer.wait_for(|now| !now.is_running()).await.unwrap().status;
            assert_eq!(last, RunStatus::Partial);
            assert!(viewer.changed().await.is_err(), "nothing comes after the end");
        }
        run.await.unwrap().unwrap();
        // Who comes late sees the end at once.
        let mut late = lab.service.run_follow(&alice(), RunId(2)).await.unwrap();
        assert!(!late.borrow().is_running() && late.changed().await.is_err());
    })
    .await;
}

#[tokio::test]
async fn nobody_looks_on_when_the_process_stops() {
    on_both(async |register| {
        let go = Arc::new(Notify::new());
        let script = Script::default().wait(go.clone());
        let lab = Lab::new(register, playing([script]), quick());
        lab.add("it", "play", None).await;
        let run = lab.run_beside("it", CancellationToken::new());
        until("the run is under way", async || !lab.runs().await.is_empty()).await;
        let mut viewer = lab.service.run_follow(&alice(), RunId(1)).await.unwrap();
        lab.service.run_follow_no_more();
        while viewer.changed().await.is_ok() {}
        assert!(viewer.borrow().is_running());
        go.notify_one();
        run.await.unwrap().unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_run_says_what_it_changed_and_by_which_rule() {
    on_both(async |register| {
        let second = complete("a", [tagged("a1", "red"), volume("a2"), volume("a9")]);
        let lab =
            Lab::new(register, playing([complete("a", ["a1", "a2"].map(volume)), second]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        lab.run("it").await;
        let changes =
            async |run| lab.service.run_changes(&alice(), RunId(run), None, 50).await.unwrap();
        assert_eq!(changes(1).await.len(), 2);
        let lines = changes(2).await;
        let [retagged, new] = &lines[..] else { panic!("{lines:#?}") };
        assert_eq!(retagged.changes[0].subject, "tag:team");
        assert_eq!(retagged.changes[0].after.as_deref(), Some("red"));
        assert!(retagged.records[0].linked.is_none());
        assert_eq!(new.changes[0].subject, "created");
        let link = new.records[0].linked.as_ref().unwrap();
        assert_eq!(link.rule, Rule::NothingMatches, "{link:?}");
        assert_eq!(new.records[0].native_id, "a9");
    })
    .await;
}

#[tokio::test]
async fn a_run_asked_for_begins_or_waits_or_is_under_way() {
    on_both(async |register| {
        let go = Arc::new(Notify::new());
        let lab = Lab::new(register, playing([Script::default().wait(go.clone())]), quick());
        lab.add("it", "play", None).await;
        let ask = async |patience| {
            let patience = Duration::from_millis(patience);
            lab.service.run_ask(&alice(), "it", patience).await.unwrap()
        };
        assert_eq!(ask(100).await, RunAsked::Queued);
        assert_eq!(ask(0).await, RunAsked::Queued, "it waits already");
        let waiting = lab.service.run_waiting(&alice(), None, 10).await.unwrap();
        assert_eq!(waiting.iter().map(|job| job.subject.as_str()).collect::<Vec<_>>(), ["it"]);
        let log = lab.service.audit_list(&admin(), None, 100).await.unwrap();
        assert_eq!(log.iter().filter(|line| line.action == "run.queue").count(), 1);
        // The worker comes while somebody asks: before, the run might be under way already.
        let (asked, working) = tokio::join!(ask(20_000), async { lab.work("one") });
        assert_eq!(asked, RunAsked::Begun(RunId(1)));
        assert_eq!(ask(20_000).await, RunAsked::UnderWay(RunId(1)));
        assert_eq!(lab.service.run_waiting(&alice(), None, 10).await.unwrap(), []);
        assert_eq!(now(&lab, 1).await.actor, "user:alice", "who asked for it");
        go.notify_one();
        until("it has ended", async || lab.jobs().await.1 == 0).await;
        working.stop().await;
    })
    .await;
}
