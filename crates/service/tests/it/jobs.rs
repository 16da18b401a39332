//! The queue: tries, waits between them, giving up, stopping, and two workers at once.

use super::collectors::{Odd, complete, playing, unreachable, volume};
use super::lab::{Lab, MINUTE, Register, admin, on_both, quick, until};
use cadastre_collect::testing::{Script, ScriptedCollector, ScriptedFactory};
use cadastre_collect::{CollectError, Collector, RunContext, TestStep};
use cadastre_model::{Coverage, RunStatus, SourceKind, Timestamp};
use cadastre_service::RunSettings;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Long enough for a worker to have looked for jobs several times.
const SEVERAL_POLLS: Duration = Duration::from_millis(100);

async fn ended(lab: &Lab, runs: usize) {
    let what = format!("{runs} runs have ended");
    until(&what, async || {
        let all = lab.runs().await;
        all.len() == runs && all.iter().all(|run| run.ended_at.is_some())
    })
    .await;
    // The run ends before its job does.
    until("the job is left", async || lab.jobs().await.1 == 0).await;
}

#[tokio::test]
async fn a_job_that_fails_is_tried_again_ever_later_and_given_up_after_five() {
    on_both(async |register| {
        let lab = Lab::new(register, playing([Script::default().failing(unreachable())]), quick());
        lab.add("it", "play", None).await;
        assert!(lab.service.run_queue(&admin(), "it").await.unwrap());
        let working = lab.work("one");
        for (tries, wait) in [(1, 30), (2, 60), (3, 120), (4, 240)] {
            ended(&lab, tries).await;
            assert_eq!(lab.jobs().await, (1, 0, 0), "after try {tries}");
            lab.clock.advance(wait * 1000 - 1);
            tokio::time::sleep(SEVERAL_POLLS).await;
            assert_eq!(lab.runs().await.len(), tries, "try {} came too early", tries + 1);
            lab.clock.advance(1);
        }
        ended(&lab, 5).await;
        assert_eq!(lab.jobs().await, (0, 0, 1));
        lab.clock.advance(MINUTE * 1000);
        tokio::time::sleep(SEVERAL_POLLS).await;
        assert_eq!(lab.runs().await.len(), 5);
        // It may be asked for anew.
        assert!(lab.service.run_queue(&admin(), "it").await.unwrap());
        ended(&lab, 6).await;
        working.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_job_that_comes_through_is_done_and_not_repeated() {
    on_both(async |register| {
        let failing = Script::default().failing(unreachable());
        let lab = Lab::new(register, playing([failing, complete("a", [volume("1")])]), quick());
        lab.add("it", "play", None).await;
        assert!(lab.service.run_queue(&admin(), "it").await.unwrap());
        assert!(!lab.service.run_queue(&admin(), "it").await.unwrap(), "it waits already");
        let working = lab.work("one");
        ended(&lab, 1).await;
        lab.clock.advance(MINUTE);
        ended(&lab, 2).await;
        assert_eq!(lab.jobs().await, (0, 0, 0));
        assert_eq!(lab.runs().await[0].status, RunStatus::Complete);
        tokio::time::sleep(SEVERAL_POLLS).await;
        assert_eq!(lab.runs().await.len(), 2);
        working.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_partial_run_ends_its_job() {
    on_both(async |register| {
        let partial = Script::default().scope("a", [volume("1")], Coverage::complete()).scope(
            "b",
            [],
            Coverage::failed("refused"),
        );
        let lab = Lab::new(register, playing([partial]), quick());
        lab.add("it", "play", None).await;
        lab.service.run_queue(&admin(), "it").await.unwrap();
        let working = lab.work("one");
        ended(&lab, 1).await;
        assert_eq!(lab.jobs().await, (0, 0, 0));
        assert_eq!(lab.runs().await[0].status, RunStatus::Partial);
        working.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_will_not_pass_is_given_up_at_once() {
    on_both(async |register| {
        let lab = Lab::new(register, playing([Script::default()]), quick());
        lab.add("it", "play", None).await;
        lab.service.run_queue(&admin(), "it").await.unwrap();
        lab.service.source_remove(&admin(), "it").await.unwrap();
        let working = lab.work("one");
        until("the job is given up", async || lab.jobs().await == (0, 0, 1)).await;
        assert!(lab.runs().await.is_empty());
        working.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_source_is_run_by_hand_waits_and_loses_no_try() {
    on_both(async |register| {
        let go = Arc::new(Notify::new());
        let by_hand = Script::default().wait(go.clone());
        let failing = Script::default().failing(unreachable());
        let lab = Lab::new(register, playing([by_hand, failing]), quick());
        lab.add("it", "play", None).await;
        let run = lab.run_beside("it", CancellationToken::new());
        until("the run is under way", async || !lab.runs().await.is_empty()).await;
        lab.service.run_queue(&admin(), "it").await.unwrap();
        let working = lab.work("one");
        // It stands back seven times, which would be the end of it if they counted. The run by hand
        // gives its signs of life by the same clock, so that it is not taken for dead.
        for _ in 0..7 {
            until("the job is put back", async || lab.jobs().await == (1, 0, 0)).await;
            lab.clock.advance(MINUTE);
            beat(&lab).await;
            tokio::time::sleep(SEVERAL_POLLS).await;
        }
        assert_eq!(lab.runs().await.len(), 1);
        go.notify_one();
        run.await.unwrap().unwrap();
        for tries in 1..5 {
            lab.clock.advance(MINUTE * 10);
            ended(&lab, 1 + tries).await;
            assert_eq!(lab.jobs().await, (1, 0, 0), "try {tries} of five");
        }
        lab.clock.advance(MINUTE * 10);
        ended(&lab, 6).await;
        assert_eq!(lab.jobs().await, (0, 0, 1));
        working.stop().await;
    })
    .await;
}

async fn beat(lab: &Lab) {
    let run = lab.runs().await[0].clone();
    let mut tx = lab.store.begin_write(lab.intent()).await.unwrap();
    assert!(tx.run_beat(run.id, &run.counts).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_job_that_breaks_down_does_not_take_its_worker_along() {
    on_both(async |register| {
        let made = Arc::new(AtomicUsize::new(0));
        let counter = made.clone();
        let odd = Odd::new(move || {
            assert!(counter.fetch_add(1, Ordering::SeqCst) > 0, "the first cannot be made");
            Box::new(ScriptedCollector::new([complete("a", [volume("1")])]))
        });
        let lab = Lab::new(register, odd, quick());
        lab.add("it", "play", None).await;
        lab.service.run_queue(&admin(), "it").await.unwrap();
        let working = lab.work("one");
        until("the job is given up", async || lab.jobs().await == (0, 0, 1)).await;
        lab.service.run_queue(&admin(), "it").await.unwrap();
        ended(&lab, 1).await;
        assert_eq!(lab.runs().await[0].status, RunStatus::Complete);
        working.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_stopped_worker_puts_its_job_back_and_the_next_repeats_it() {
    on_both(async |register| {
        let first = complete("a", ["1", "2", "3"].map(volume));
        let halfway = Script::default().wait(Arc::new(Notify::new())).scope(
            "a",
            ["1"].map(volume),
            Coverage::complete(),
        );
        let last = complete("a", ["1", "2", "3", "4"].map(volume));
        let lab = Lab::new(register, playing([first, halfway, last]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        lab.service.run_queue(&admin(), "it").await.unwrap();
        let working = lab.work("one");
        until("the job runs", async || lab.runs().await.len() == 2).await;
        working.stop().await;
        assert_eq!(lab.jobs().await, (1, 0, 0));
        let stopped = &lab.runs().await[0];
        assert!(stopped.ended_at.is_some() && stopped.status != RunStatus::Complete, "{stopped:?}");
        assert_eq!(lab.count("is:stale").await, 0);
        let working = lab.work("two");
        ended(&lab, 3).await;
        assert_eq!(lab.runs().await[0].status, RunStatus::Complete);
        assert_eq!(lab.count("is:any").await, 4);
        working.stop().await;
    })
    .await;
}

#[tokio::test]
async fn the_job_of_a_dead_worker_is_taken_over_and_its_run_repeated() {
    on_both(async |register| {
        let lab = Lab::new(register, playing([complete("a", [volume("1")])]), quick());
        lab.add("it", "play", None).await;
        lab.service.run_queue(&admin(), "it").await.unwrap();
        // A worker that claims a job, begins its run and is killed.
        let now = lab.clock_moves(0);
        let long_ago = Timestamp(0);
        assert!(lab.store.job_claim("dead", now, long_ago).await.unwrap().is_some());
        let source = lab.store.source_fetch("it").await.unwrap().id;
        let mut tx = lab.store.begin_write(lab.intent()).await.unwrap();
        tx.run_start(source, "it", long_ago).await.unwrap();
        tx.commit().await.unwrap();

        let working = lab.work("alive");
        tokio::time::sleep(SEVERAL_POLLS).await;
        assert_eq!(lab.runs().await.len(), 1, "the dead may still be alive");
        lab.clock.advance(MINUTE + 1);
        ended(&lab, 2).await;
        let runs = lab.runs().await;
        assert_eq!((runs[0].status, runs[1].status), (RunStatus::Complete, RunStatus::Broken));
        assert_eq!(lab.jobs().await, (0, 0, 0));
        working.stop().await;
    })
    .await;
}

/// Notes how many run at once.
#[derive(Clone, Default)]
struct Crowd {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    runs: Arc<AtomicUsize>,
}

#[async_trait::async_trait]
impl Collector for Crowd {
    async fn collect(&self, run: &RunContext) -> Result<(), CollectError> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.runs.fetch_add(1, Ordering::SeqCst);
        let stopped = |_| CollectError::cancelled("crowd");
        run.scope_started("a").await.map_err(stopped)?;
        tokio::time::sleep(Duration::from_millis(3)).await;
        run.scope_finished("a", Coverage::complete()).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }

    async fn test(&self, _run: &RunContext) -> Vec<TestStep> {
        Vec::new()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_workers_never_run_one_source_at_once() {
    on_both(async |register: Register| {
        let crowd = Crowd::default();
        let made = crowd.clone();
        let lab = Lab::new(register, Odd::new(move || Box::new(made.clone())), quick());
        lab.add("it", "play", None).await;
        let working = ["one", "two", "three", "four"].map(|name| lab.work(name));
        for round in 1..=20 {
            until("it is queued", async || lab.service.run_queue(&admin(), "it").await.unwrap())
                .await;
            until("it has run", async || crowd.runs.load(Ordering::SeqCst) >= round).await;
        }
        until("the last job is done", async || lab.jobs().await == (0, 0, 0)).await;
        for one in working {
            one.stop().await;
        }
        assert_eq!(crowd.most.load(Ordering::SeqCst), 1);
        let mut spans: Vec<_> = lab.runs().await;
        spans.reverse();
        assert_eq!(spans.len(), crowd.runs.load(Ordering::SeqCst));
        assert!(spans.iter().all(|run| run.status == RunStatus::Complete));
    })
    .await;
}

#[tokio::test]
async fn several_sources_run_at_once() {
    on_both(async |register| {
        let go = Arc::new(Notify::new());
        let waits = ScriptedCollector::new([Script::default().wait(go.clone())]);
        let factory = ScriptedFactory::new(SourceKind::Aws, [("play".to_owned(), waits)]);
        let settings = RunSettings { batch: 10, ..quick() };
        let lab = Lab::new(register, factory, settings);
        for name in ["one", "two"] {
            lab.add(name, "play", None).await;
            lab.service.run_queue(&admin(), name).await.unwrap();
        }
        let working = ["first", "second"].map(|name| lab.work(name));
        until("both run", async || lab.jobs().await.1 == 2 && lab.runs().await.len() == 2).await;
        go.notify_waiters();
        go.notify_one();
        go.notify_one();
        for one in working {
            one.stop().await;
        }
    })
    .await;
}
