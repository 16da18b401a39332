//! Bad networks and bad agents in front of real answers: what was read stands, and no device falls with
//! another.

use super::proxy::{Proxy, Rule};
use super::support::{Said, built, collected};
use cadastre_collect::Mode;
use cadastre_model::{Enumeration, Observation};
use cadastre_tests::snmpsim::Switches;
use serde_json::json;
use std::time::Duration;

/// Four switches behind proxies of these rules at 127.`block`.1.1 and on, read.
async fn through(block: u8, rules: &[Rule], timeout: &str) -> Option<(Said, Said, usize)> {
    let network = Switches::start(block, 6)?;
    let mut proxies = Vec::new();
    let mut targets = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        let host = format!("127.{block}.1.{}", number + 1);
        let own = format!("{host}:{}", network.port).parse().unwrap();
        proxies.push(Proxy::start(own, network.socket(number), *rule).await);
        targets.push(host);
    }
    let read = async |targets: &[String], timeout: &str| {
        let settings = json!({
            "targets": targets, "port": network.port, "timeout": timeout, "retries": 1,
            "deadline": "60s",
        });
        let collector = built(&settings, &[("communities", "inventory")], Mode::Live);
        collected(collector.as_ref()).await
    };
    let straight: Vec<String> = (0..rules.len()).map(|number| network.host(number)).collect();
    let straight = read(&straight, "10s").await;
    let said = read(&targets, timeout).await;
    Some((said, straight, proxies.iter().map(Proxy::seen).sum()))
}

/// The same but for the address it was asked at.
fn assert_same(one: &Observation, other: &Observation) {
    assert_eq!(one.native_id, other.native_id);
    assert_eq!(one.interfaces, other.interfaces);
    assert_eq!(one.claims, other.claims);
    assert_eq!(one.sightings, other.sightings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wide_questions_that_are_dropped_become_narrow_ones() {
    let rules = [Rule::DropWideBulk(8), Rule::DropWideBulk(0), Rule::Twice, Rule::Truncate(1_400)];
    let Some((said, straight, _)) = through(83, &rules, "500ms").await else { return };
    said.assert_ok();
    for number in 1..=rules.len() {
        let host = format!("127.83.1.{number}");
        said.assert_complete(&host);
        assert_same(said.device(&host), straight.device(&format!("127.83.0.{number}")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_answers_are_not_taken_for_others() {
    let late = |every| Rule::Late(every, Duration::from_millis(1_500));
    let rules = [late(7), late(20), Rule::None];
    let Some((said, straight, _)) = through(84, &rules, "1s").await else { return };
    said.assert_ok();
    for number in 1..=rules.len() {
        let host = format!("127.84.1.{number}");
        said.assert_complete(&host);
        assert_same(said.device(&host), straight.device(&format!("127.84.0.{number}")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_goes_away_takes_nothing_with_it() {
    let rules = [Rule::CutAfter(6), Rule::None, Rule::CutAfter(0)];
    let Some((said, straight, _)) = through(85, &rules, "1s").await else { return };
    said.assert_ok();
    let (enumeration, reason) = said.coverage("127.85.1.1");
    assert_eq!(enumeration, Enumeration::Failed, "{reason}");
    assert!(reason.contains("did not answer while its"), "{reason}");
    let (enumeration, reason) = said.coverage("127.85.1.3");
    assert_eq!(enumeration, Enumeration::Failed, "{reason}");
    said.assert_complete("127.85.1.2");
    assert_same(said.device("127.85.1.2"), straight.device("127.85.0.2"));
    assert_eq!(said.observations, 1);
}
