//! A stop in order (SIGTERM): within seconds, whatever is under way; the next start repeats it.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use cadastre_tests::recording::Recording;

use super::stand::{SOURCE, Stand, wait_until};

on_both!(a_run_under_way_is_put_back_and_repeated);

fn a_run_under_way_is_put_back_and_repeated(stand: Stand) {
    let stand = stand.migrated();
    let whole = Recording::of(&[("eu-west-1", 400), ("us-east-1", 400)]);
    stand.put_recording(&whole);
    stand.complete();
    // Much changes and something is missing, but not so much that a person would be asked.
    let less = Recording::of(&[("eu-west-1", 390), ("us-east-1", 390)]).edition(1);
    stand.put_recording(&less);
    stand.queue(SOURCE);
    let serving = stand.serve(&[]);
    wait_until("the run begins", || stand.runs().len() == 2);
    let told = Instant::now();
    let ran = serving.running.terminate().expect_status(0);
    assert!(told.elapsed() < Duration::from_secs(8), "{:?}", told.elapsed());
    assert!(ran.stderr.contains("stopping"), "{}", ran.stderr);

    let sql = stand.sql();
    assert_eq!(sql.number("SELECT count(*) FROM run WHERE ended_at IS NULL"), 0);
    let status = stand.runs()[1];
    assert!(status == PARTIAL || status == FAILED, "{status}");
    let scopes = "SELECT CAST(enumeration AS BIGINT) FROM run_scope WHERE run_id = 2";
    assert!(sql.numbers(scopes).iter().all(|coverage| *coverage != 1), "none is complete");
    assert_eq!(stand.count("is:stale"), 0, "nothing aged");
    assert_eq!(stand.count("is:live"), whole.things());
    assert_eq!(sql.number("SELECT count(*) FROM job WHERE state = 1"), 1, "it is put back");
    assert_eq!(sql.number("SELECT attempts FROM job"), 0, "a stop is no failed try");

    let serving = stand.serve(&[]);
    wait_until("it is repeated", || stand.runs().len() == 3 && stand.jobs() == 0);
    serving.running.terminate().expect_status(0);
    assert_eq!(stand.runs()[2], COMPLETE);
    assert_eq!(stand.count("is:stale"), 40, "20 instances and their volumes");
    assert_eq!(stand.count("tag:edition=1"), 780);
    stand.audit_fits();
}

const COMPLETE: i64 = 2;
const PARTIAL: i64 = 3;
const FAILED: i64 = 4;

#[test]
fn a_client_that_never_ends_its_question_does_not_hold_it() {
    let stand = Stand::on_sqlite();
    let serving = stand.serve(&["--no-workers"]);
    let idle = TcpStream::connect(serving.address).unwrap();
    let mut slow = TcpStream::connect(serving.address).unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half: ").unwrap();
    assert_eq!(serving.get("/healthz"), "ok\n");
    let told = Instant::now();
    serving.running.terminate().expect_status(0);
    assert!(told.elapsed() < Duration::from_secs(10), "{:?}", told.elapsed());
    drop((idle, slow));
}

#[test]
fn an_idle_program_stops_at_once() {
    let stand = Stand::on_sqlite();
    let serving = stand.serve(&[]);
    let worker = stand.worker();
    for running in [serving.running, worker] {
        let told = Instant::now();
        running.terminate().expect_status(0);
        assert!(told.elapsed() < Duration::from_secs(3), "{:?}", told.elapsed());
    }
    let interrupted = stand.serve(&[]).running.interrupt();
    interrupted.expect_status(0);
}
