//! Schedules: who is due is queued, once, by however many look.

use super::collectors::{complete, playing, volume};
use super::lab::{Lab, MINUTE, POLL, admin, on_both, quick, until};
use cadastre_model::RunStatus;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Keeps schedules in the background until dropped.
struct Keeping(CancellationToken);

impl Drop for Keeping {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

fn keep(lab: &Lab) -> Keeping {
    let stop = CancellationToken::new();
    let (service, token) = (lab.service.clone(), stop.clone());
    tokio::spawn(async move { service.keep_schedules(POLL, token).await });
    Keeping(stop)
}

/// Long enough for a scheduler to have looked several times.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

#[tokio::test]
async fn a_source_is_queued_when_it_is_due_and_not_before() {
    on_both(async |register| {
        let lab = Lab::new(register, playing([complete("a", [volume("1")])]), quick());
        lab.add("nightly", "play", Some("30 2 * * *")).await;
        lab.add("by-hand", "play", None).await;
        let _keeping = keep(&lab);
        a_moment().await;
        // It is noon.
        lab.clock.advance(14 * 60 * MINUTE + 29 * MINUTE);
        a_moment().await;
        assert_eq!(lab.jobs().await, (0, 0, 0), "a minute too early");
        lab.clock.advance(MINUTE);
        until("it is queued", async || lab.jobs().await == (1, 0, 0)).await;
        lab.clock.advance(MINUTE);
        a_moment().await;
        assert_eq!(lab.jobs().await, (1, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn several_schedulers_queue_a_source_once_and_a_worker_runs_it() {
    on_both(async |register| {
        let lab = Lab::new(register, playing([complete("a", [volume("1")])]), quick());
        lab.add("hourly", "play", Some("@hourly")).await;
        let keeping = [keep(&lab), keep(&lab), keep(&lab)];
        a_moment().await;
        lab.clock.advance(60 * MINUTE);
        until("it is queued", async || lab.jobs().await.0 == 1).await;
        a_moment().await;
        assert_eq!(lab.jobs().await, (1, 0, 0));
        let working = lab.work("one");
        until("it has run", async || lab.jobs().await == (0, 0, 0)).await;
        lab.clock.advance(60 * MINUTE);
        until("it has run again", async || {
            let runs = lab.runs().await;
            runs.len() == 2 && runs.iter().all(|run| run.status == RunStatus::Complete)
        })
        .await;
        drop(keeping);
        working.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_disabled_source_is_left_alone() {
    on_both(async |register| {
        let lab = Lab::new(register, playing([complete("a", [volume("1")])]), quick());
        lab.add("hourly", "play", Some("@hourly")).await;
        lab.service.source_enable(&admin(), "hourly", false).await.unwrap();
        let _keeping = keep(&lab);
        a_moment().await;
        lab.clock.advance(180 * MINUTE);
        a_moment().await;
        assert_eq!(lab.jobs().await, (0, 0, 0));
        lab.service.source_enable(&admin(), "hourly", true).await.unwrap();
        a_moment().await;
        assert_eq!(lab.jobs().await, (0, 0, 0), "what fell due meanwhile is not made up for");
        lab.clock.advance(60 * MINUTE);
        until("it is queued", async || lab.jobs().await.0 == 1).await;
    })
    .await;
}
