//! What changed: the newest changes, and what runs found day by day.

use super::collectors::{complete, playing, volume};
use super::lab::{Lab, MINUTE, admin, on_both, quick};
use cadastre_model::RunStatus;
use cadastre_service::secrets::{Environment, Secrets};
use cadastre_service::zone::Zone;
use cadastre_service::{DayOfRuns, Service};
use std::collections::BTreeMap;

const HOUR: i64 = 60 * MINUTE;

fn day(day: &str, created: u64) -> DayOfRuns {
    DayOfRuns { day: day.to_owned(), created, ..DayOfRuns::default() }
}

#[tokio::test]
async fn days_are_those_of_the_zone() {
    on_both(async |register| {
        let more = [complete("a", [volume("1")]), complete("a", ["1", "2", "3"].map(volume))];
        let lab = Lab::new(register, playing(more), quick());
        lab.add("it", "play", None).await;
        // Saturday noon, and seven in the evening: past midnight in Kolkata, by half an hour.
        for hours in [0, 7] {
            lab.clock.advance(hours * HOUR);
            assert_eq!(lab.run("it").await.status, RunStatus::Complete);
        }
        let days = lab.service.days_of_runs(&admin(), 2).await.unwrap();
        assert_eq!(days, [day("2026-11-20", 0), day("2026-11-21", 3)]);

        let kolkata = Zone::parse("Asia/Kolkata").unwrap();
        let secrets = Secrets::new(None, None, Environment::fixed(BTreeMap::new()));
        let there = Service::new(
            lab.store.clone(),
            Vec::new(),
            secrets,
            kolkata,
            lab.clock.clone(),
            quick(),
        );
        let days = there.days_of_runs(&admin(), 3).await.unwrap();
        assert_eq!(days, [day("2026-11-20", 0), day("2026-11-21", 1), day("2026-11-22", 2)]);
        let today = there.days_of_runs(&admin(), 1).await.unwrap();
        assert_eq!(today, [day("2026-11-22", 2)], "what began before its midnight is yesterday's");
    })
    .await;
}

#[tokio::test]
async fn the_newest_changes_tell_the_run_that_made_them() {
    on_both(async |register| {
        let lab = Lab::new(register, playing([complete("a", ["1", "2"].map(volume))]), quick());
        lab.add("it", "play", None).await;
        assert_eq!(lab.service.changes_newest(&admin(), 5).await.unwrap(), []);
        let report = lab.run("it").await;
        let news = lab.service.changes_newest(&admin(), 5).await.unwrap();
        assert_eq!(news.len(), 2);
        for one in &news {
            assert_eq!(one.change.subject, "created");
            assert_eq!(one.change.run.map(|run| run.0), Some(report.run));
            assert_eq!(one.source.as_deref(), Some("it"));
        }
        assert_eq!(lab.service.changes_newest(&admin(), 1).await.unwrap(), news[..1]);
    })
    .await;
}
