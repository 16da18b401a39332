//! The job queue: each job once, to one worker, until it is done.

use crate::support::{Lab, T0, at};
use cadastre_store::{Job, Store};
use std::collections::BTreeMap;

on_both! {
    a_job_stands_in_the_queue_once
    jobs_are_claimed_in_the_order_they_are_due
    many_workers_claim_each_job_once
    a_job_that_failed_waits_its_time
    a_dead_workers_job_is_claimed_again
    a_lost_job_is_no_longer_ones_own
    a_job_put_back_was_not_tried
    what_waits_is_listed
}

const DEAD: i64 = -60;

async fn claim(store: &Store, worker: &str, seconds: i64) -> Option<Job> {
    store.job_claim(worker, at(seconds), at(seconds + DEAD)).await.unwrap()
}

async fn put(store: &Store, subject: &str, due: i64) -> bool {
    store.job_put("discover", subject, at(due), T0).await.unwrap()
}

async fn a_job_stands_in_the_queue_once(lab: Lab) {
    let store = &lab.store;
    assert!(put(store, "cloud", 0).await);
    assert!(!put(store, "cloud", 0).await, "it waits already");
    assert!(put(store, "other", 0).await);
    assert!(store.job_put("export", "cloud", T0, T0).await.unwrap(), "another kind");
    let job = claim(store, "one", 1).await.unwrap();
    assert_eq!((job.kind.as_str(), job.subject.as_str(), job.attempts), ("discover", "cloud", 1));
    assert!(!put(store, "cloud", 0).await, "it runs");
    assert_eq!(store.job_tally().await.unwrap(), (2, 1, 0));
    store.job_done(job.id, "one", at(2)).await.unwrap();
    assert!(put(store, "cloud", 0).await, "it is done");
    let rev = store.now(at(9)).await.unwrap().rev.0;
    assert_eq!(rev, 0, "the queue is no part of the register");
}

async fn jobs_are_claimed_in_the_order_they_are_due(lab: Lab) {
    let store = &lab.store;
    for (subject, due) in [("c", 30), ("a", 10), ("b", 20), ("a2", 10)] {
        assert!(put(store, subject, due).await);
    }
    assert_eq!(claim(store, "one", 9).await, None, "none is due");
    let mut claimed = Vec::new();
    while let Some(job) = claim(store, "one", 20).await {
        claimed.push(job.subject);
    }
    assert_eq!(claimed, ["a", "a2", "b"]);
}

async fn many_workers_claim_each_job_once(lab: Lab) {
    const JOBS: usize = 40;
    for number in 0..JOBS {
        assert!(put(&lab.store, &format!("source-{number}"), 0).await);
    }
    // Two processes with four workers each.
    let mut tasks = Vec::new();
    for process in 0..2 {
        let store = Store::open(lab.url()).await.unwrap();
        for number in 0..4 {
            let (store, worker) = (store.clone(), format!("worker-{process}-{number}"));
            tasks.push(tokio::spawn(async move {
                let mut claimed = Vec::new();
                while let Some(job) = claim(&store, &worker, 1).await {
                    tokio::task::yield_now().await;
                    assert!(store.job_beat(job.id, &worker, at(1)).await.unwrap());
                    store.job_done(job.id, &worker, at(1)).await.unwrap();
                    claimed.push(job);
                }
                claimed
            }));
        }
    }
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for task in tasks {
        for job in task.await.unwrap() {
            assert_eq!(job.attempts, 1);
            *times.entry(job.subject).or_default() += 1;
        }
    }
    assert_eq!(times.len(), JOBS);
    assert!(times.values().all(|times| *times == 1), "{times:?}");
    assert_eq!(lab.store.job_tally().await.unwrap(), (0, 0, 0));
}

async fn a_job_that_failed_waits_its_time(lab: Lab) {
    let store = &lab.store;
    put(store, "cloud", 0).await;
    let job = claim(store, "one", 0).await.unwrap();
    store.job_retry(job.id, "one", at(30), "unreachable", at(1)).await.unwrap();
    assert_eq!(store.job_tally().await.unwrap(), (1, 0, 0));
    assert_eq!(claim(store, "two", 29).await, None, "not due yet");
    let again = claim(store, "two", 30).await.unwrap();
    assert_eq!((again.id, again.attempts), (job.id, 2));
    store.job_fail(job.id, "two", "unreachable", at(31)).await.unwrap();
    assert_eq!(store.job_tally().await.unwrap(), (0, 0, 1));
    assert_eq!(claim(store, "two", 1000).await, None, "given up");
    assert!(put(store, "cloud", 40).await, "until it is put anew");
}

async fn a_dead_workers_job_is_claimed_again(lab: Lab) {
    let store = &lab.store;
    put(store, "cloud", 0).await;
    let job = claim(store, "dead", 0).await.unwrap();
    assert!(store.job_beat(job.id, "dead", at(50)).await.unwrap());
    assert_eq!(claim(store, "heir", 110).await, None, "it gave a sign of life 60 seconds ago");
    let inherited = claim(store, "heir", 111).await.unwrap();
    assert_eq!((inherited.id, inherited.attempts), (job.id, 2));
}

async fn a_lost_job_is_no_longer_ones_own(lab: Lab) {
    let store = &lab.store;
    put(store, "cloud", 0).await;
    let job = claim(store, "slow", 0).await.unwrap();
    claim(store, "heir", 100).await.unwrap();
    assert!(!store.job_beat(job.id, "slow", at(101)).await.unwrap());
    // Nothing the slow one does touches the heir's job.
    store.job_done(job.id, "slow", at(102)).await.unwrap();
    store.job_fail(job.id, "slow", "late", at(102)).await.unwrap();
    store.job_retry(job.id, "slow", at(102), "late", at(102)).await.unwrap();
    store.job_put_back(job.id, "slow", at(102), "late", at(102)).await.unwrap();
    assert_eq!(store.job_tally().await.unwrap(), (0, 1, 0));
    assert!(store.job_beat(job.id, "heir", at(103)).await.unwrap());
    store.job_done(job.id, "heir", at(104)).await.unwrap();
    assert!(!store.job_beat(job.id, "heir", at(105)).await.unwrap(), "it is done");
}

async fn a_job_put_back_was_not_tried(lab: Lab) {
    let store = &lab.store;
    put(store, "cloud", 0).await;
    for _ in 0..3 {
        let job = claim(store, "one", 5).await.unwrap();
        assert_eq!(job.attempts, 1);
        store.job_put_back(job.id, "one", at(5), "stopped", at(5)).await.unwrap();
    }
}

async fn what_waits_is_listed(lab: Lab) {
    let store = &lab.store;
    for (subject, due) in [("later", 30), ("now", 0), ("running", -1)] {
        assert!(put(store, subject, due).await);
    }
    assert!(store.job_put("export", "now", T0, T0).await.unwrap(), "another kind");
    let job = claim(store, "one", 0).await.unwrap();
    assert_eq!(job.subject, "running");
    let names = async |subject, limit| -> Vec<String> {
        let jobs = store.job_waiting("discover", subject, limit).await.unwrap();
        jobs.into_iter().map(|job| job.subject + if job.is_taken { " taken" } else { "" }).collect()
    };
    assert_eq!(names(None, 9).await, ["running taken", "now", "later"], "it has not begun yet");
    let running = crate::support::Estate::named(store, "running").await.source;
    crate::support::write(store, T0, async |tx| tx.run_start(running.id, "running", T0).await)
        .await;
    assert_eq!(names(None, 9).await, ["now", "later"]);
    assert_eq!(names(None, 1).await, ["now"]);
    assert_eq!(names(Some("later"), 9).await, ["later"]);
    store.job_put_back(job.id, "one", at(60), "it runs already", at(1)).await.unwrap();
    let back = store.job_waiting("discover", Some("running"), 9).await.unwrap().remove(0);
    assert_eq!(job.asked_by, None);
    crate::support::write(store, T0, async |tx| tx.job_put("export", "asked", at(-9)).await).await;
    assert_eq!(claim(store, "one", 0).await.unwrap().asked_by.as_deref(), Some("user:test"));
    assert_eq!((back.due_at, back.error.as_deref()), (at(60), Some("it runs already")));
}
