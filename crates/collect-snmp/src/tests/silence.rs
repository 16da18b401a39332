//! A known device of a range that is silent: missed at once, absent only after several runs.

use super::support::{Said, built, collected_after, collected_at};
use cadastre_collect::{Memory, Mode};
use cadastre_model::{Enumeration, Timestamp};
use cadastre_tests::snmpsim::Switches;
use serde_json::json;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_device_that_is_silent_is_missed_and_then_absent() {
    const SWITCHES: usize = 4;
    let Some(network) = Switches::start(89, SWITCHES) else { return };
    let (first, gone) = (network.host(0), network.host(SWITCHES));
    let asked = json!({
        // One address more than there are devices, and one beside it where nobody ever was.
        "targets": [format!("{first}-{}", network.host(SWITCHES + 1))],
        "port": network.port, "timeout": "5s", "retries": 0,
    });
    // The community that works is the second.
    let secrets = [("communities", "wrong,inventory")];
    let known = (0..=SWITCHES).map(|at| (format!("device {}", network.host(at)), None));
    let mut memory = Memory { scopes: known.collect() };
    for run in 1..=4 {
        let said = collected_after(built(&asked, &secrets, Mode::Live).as_ref(), memory).await;
        said.assert_ok();
        assert_eq!(said.observations, SWITCHES, "{:?}", said.scopes);
        let (enumeration, reason) = said.coverage(&gone);
        if run < 3 {
            assert_eq!(enumeration, Enumeration::Failed, "run {run}");
            let expected = format!(
                "4 of 5 known devices of 127.89.0.0/24 answered; silent in 3 such runs, of which this is number {run}"
            );
            assert!(reason.contains(&expected), "{reason}");
        } else {
            assert_eq!(enumeration, Enumeration::Complete, "run {run}");
        }
        // The devices, the one that is missed, and what is remembered.
        assert_eq!(said.scopes.len(), SWITCHES + 2, "{:?}", said.scopes.keys());
        memory = left(&said);
    }
    let mark = memory.scopes["sweep"].clone().unwrap();
    let mark: serde_json::Value = serde_json::from_str(&mark).unwrap();
    assert_eq!(mark["worked"][&first], json!(1), "the second credential is remembered: {mark}");
    assert_eq!(mark["silent"], json!({ gone: 4 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_is_swept_as_often_and_as_fast_as_was_said() {
    const SWITCHES: usize = 3;
    const HOUR_MS: i64 = 3_600_000;
    /// Addresses of the range at which nobody is known.
    const OTHERS: u32 = 5;
    let Some(network) = Switches::start(91, SWITCHES) else { return };
    let last = network.host(SWITCHES + usize::try_from(OTHERS).unwrap() - 1);
    let asked = json!({
        "targets": [format!("{}-{last}", network.host(0))], "port": network.port,
        "timeout": "1s", "retries": 0, "sweep_every": "2h", "sweep_rate": 10,
    });
    let secrets = [("communities", Switches::COMMUNITY)];
    // Somebody who hears that he is asked, and is silent.
    let listener = UdpSocket::bind((last.as_str(), network.port)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let heard = || std::iter::from_fn(|| listener.recv(&mut [0; 1500]).ok()).count();
    let mut memory = Memory::default();
    for (begun, sweeps) in [(0, true), (HOUR_MS, false), (2 * HOUR_MS, true), (3 * HOUR_MS, false)]
    {
        let collector = built(&asked, &secrets, Mode::Live);
        let began = Instant::now();
        let said = collected_at(Timestamp(begun), collector.as_ref(), memory).await;
        said.assert_ok();
        assert_eq!(said.observations, SWITCHES, "{:?}", said.scopes);
        assert_eq!(heard() > 0, sweeps, "in the run that began at {begun}");
        let at_least = Duration::from_millis(100) * (OTHERS - 1);
        assert!(!sweeps || began.elapsed() >= at_least, "too fast: {:?}", began.elapsed());
        memory = left(&said);
    }
}

/// What the next run is given.
fn left(said: &Said) -> Memory {
    let scopes = said.scopes.iter().map(|(scope, coverage)| (scope.clone(), coverage.mark.clone()));
    Memory { scopes: scopes.collect() }
}
