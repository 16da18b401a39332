//! Who works: `serve` does, `serve --no-workers` does not, `worker` alone does, and two of them never
//! run one source at once.

use std::time::Duration;

use cadastre_tests::recording::Recording;

use super::stand::{SOURCE, Stand, wait_until};

on_both!(only_workers_work, two_processes_never_run_one_source_at_once);

const COMPLETE: i64 = 2;

fn only_workers_work(stand: Stand) {
    let stand = stand.migrated();
    stand.put_recording(&Recording::of(&[("eu-west-1", 2)]));
    stand.queue(SOURCE);
    let serving = stand.serve(&["--no-workers"]);
    // A worker would have looked thirty times.
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!((stand.jobs(), stand.runs()), (1, Vec::new()));
    let figures = serving.get("/metrics");
    assert!(figures.contains("cadastre_jobs{state=\"waiting\"} 1"), "{figures}");

    let worker = stand.worker();
    wait_until("the job is done", || stand.jobs() == 0);
    assert_eq!(stand.runs(), [COMPLETE]);
    assert_eq!(stand.count(""), 7);
    // Who only serves shows what others have done.
    let figures = serving.get("/metrics");
    assert!(!figures.contains("timestamp_seconds{source=\"account\"} 0\n"), "{figures}");
    worker.terminate().expect_status(0);
    serving.running.terminate().expect_status(0);
}

fn two_processes_never_run_one_source_at_once(stand: Stand) {
    let stand = stand.migrated();
    let names = ["one", "two"];
    for name in names {
        stand.put_recording_as(name, &Recording::of(&[("eu-west-1", 40)]), "");
    }
    let workers = [stand.worker(), stand.worker()];
    for round in 1..=4 {
        for name in names {
            stand.queue(name);
        }
        wait_until("all have run", || stand.jobs() == 0);
        let runs = stand.runs();
        assert_eq!(runs.len(), round * names.len(), "each once: {runs:?}");
        assert!(runs.iter().all(|status| *status == COMPLETE), "{runs:?}");
    }
    let overlaps = "SELECT count(*) FROM run a JOIN run b ON a.source_id = b.source_id \
                    AND a.id < b.id AND a.started_at < b.ended_at AND b.started_at < a.ended_at";
    assert_eq!(stand.sql().number(overlaps), 0);
    for worker in workers {
        let ran = worker.terminate().expect_status(0);
        assert!(!ran.stderr.contains("ERROR"), "{}", ran.stderr);
    }
    // By hand beside a worker: one of them waits for the other.
    stand.put_recording_as("one", &Recording::of(&[("eu-west-1", 2000)]).edition(1), "");
    let by_hand = stand.cadastre.start(&["discover", "one", "--json"]);
    wait_until("the run by hand begins", || stand.runs().len() == 9);
    let refused = stand.cadastre.run(&["discover", "one"]).expect_status(1);
    assert!(refused.stderr.contains("is under way (run 9)"), "{}", refused.stderr);
    stand.queue("one");
    let worker = stand.worker();
    by_hand.wait().expect_status(0);
    wait_until("the job is done after it", || stand.jobs() == 0);
    assert_eq!(stand.runs().len(), 10);
    assert_eq!(stand.sql().number(overlaps), 0);
    worker.terminate().expect_status(0);
}
