//! How long ten thousand machines take, beside a bare fetch of the same properties: asked for by
//! hand, `--run-ignored only`, in a release build.

use super::{Vcsim, inside};
use cadastre_collect::Mode;
use serde_json::json;
use std::time::Instant;

const HUGE: [&str; 8] =
    ["-datacenters", "2", "-clusters", "5", "-hosts", "10", "-machines", "1000"];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: takes a minute"]
async fn ten_thousand_machines() {
    let Some(vcsim) = Vcsim::start("ten_thousand_machines", &HUGE).await else { return };
    let ids = vcsim.ids("VirtualMachine").await;
    let paths: String = crate::enumerate::machine_paths()
        .iter()
        .map(|path| format!("<pathSet>{path}</pathSet>"))
        .collect();
    for round in 0..3 {
        let started = Instant::now();
        let mut bytes = 0;
        for page in ids.chunks(500) {
            let objects: String = page
                .iter()
                .map(|id| format!("<objectSet><obj type=\"VirtualMachine\">{id}</obj></objectSet>"))
                .collect();
            let params = format!(
                "<specSet><propSet><type>VirtualMachine</type>{paths}</propSet>{objects}</specSet>\
                 <options/>"
            );
            let collector = "PropertyCollector";
            let answer =
                vcsim.soap("RetrievePropertiesEx", collector, "propertyCollector", &params).await;
            bytes += answer.len();
            assert_eq!(inside(&answer, "obj").len(), page.len());
        }
        let bare = started.elapsed();
        let started = Instant::now();
        let said = vcsim.collected(json!({}), Mode::Live).await;
        let ours = started.elapsed();
        said.assert_complete();
        let memory = std::fs::read_to_string("/proc/self/status").unwrap();
        let peak = memory.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        eprintln!(
            "round {round}: {} things in {ours:?}; bare {bare:?} for {} MB; {:.2} times; {peak}",
            said.observations,
            bytes >> 20,
            ours.as_secs_f64() / bare.as_secs_f64()
        );
    }
}
