//! Runs that are given what the one before left, and read only what changed.

use super::collectors::{Odd, tagged, volume};
use super::lab::{Lab, MINUTE, admin, on_both, quick};
use async_trait::async_trait;
use cadastre_collect::{CollectError, Collector, RunContext, TestStep};
use cadastre_model::{Coverage, Observation, RecordState, RunProgress, Tombstone};
use cadastre_service::DiscoverRequest;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What each run was given: the mark of its scope, and the scopes that are known.
type Given = Arc<Mutex<Vec<(Option<String>, Vec<String>)>>>;

/// A peer that can tell what changed since it was asked last.
struct Peer {
    given: Given,
}

fn ended(native_id: &str) -> Observation {
    let mut one = volume(native_id);
    one.tombstone = Some(Tombstone { at: None, reason: "deleted".to_owned() });
    one
}

#[async_trait]
impl Collector for Peer {
    async fn collect(&self, run: &RunContext) -> Result<(), CollectError> {
        let mark = run.mark("a").map(str::to_owned);
        let known = run.known_scopes().map(str::to_owned).collect();
        self.given.lock().unwrap().push((mark.clone(), known));
        let stopped = |_| CollectError::cancelled("peer");
        run.scope_started("a").await.map_err(stopped)?;
        let (seen, coverage) = match mark.as_deref() {
            None => ([1, 2, 3].map(|n| volume(&n.to_string())).to_vec(), Coverage::complete()),
            Some("1") => (vec![tagged("1", "red"), ended("2")], Coverage::increment()),
            Some(_) => (Vec::new(), Coverage::increment()),
        };
        let next = mark.map_or(1, |mark| mark.parse::<u64>().unwrap() + 1);
        for mut one in seen {
            "a".clone_into(&mut one.scope);
            run.seen(one).await.map_err(stopped)?;
        }
        run.scope_finished("a", coverage.leaving(next.to_string())).await;
        Ok(())
    }

    async fn test(&self, _run: &RunContext) -> Vec<TestStep> {
        Vec::new()
    }
}

fn lab(register: super::lab::Register, whole_every: Duration) -> (Lab, Given) {
    let given = Given::default();
    let theirs = given.clone();
    let peer = Odd::new(move || Box::new(Peer { given: theirs.clone() }));
    (Lab::new(register, peer, cadastre_service::RunSettings { whole_every, ..quick() }), given)
}

async fn asked(lab: &Lab, request: DiscoverRequest) {
    lab.clock_moves(MINUTE);
    let (progress, _) = watch::channel(RunProgress::default());
    let cancel = CancellationToken::new();
    lab.service.discover(&admin(), "it", &request, progress, cancel).await.unwrap();
}

fn marks(given: &Given) -> Vec<Option<String>> {
    given.lock().unwrap().iter().map(|(mark, _)| mark.clone()).collect()
}

fn mark(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn what_is_not_among_the_changes_is_as_it_was() {
    on_both(async |register| {
        let (lab, given) = lab(register, Duration::from_secs(3600));
        lab.add("it", "", None).await;
        lab.run("it").await;
        lab.clock_moves(MINUTE);
        let report = lab.run("it").await;
        assert!(report.scopes[0].is_increment);
        assert_eq!((report.counts.seen, report.counts.updated, report.counts.gone), (2, 2, 1));
        let states = lab.records("it", "a").await;
        let expected = [RecordState::Live, RecordState::Gone, RecordState::Live];
        assert_eq!(states.into_values().collect::<Vec<_>>(), expected);
        assert_eq!(lab.count("tag:team=red").await, 1);

        let now = lab.clock_moves(MINUTE);
        lab.run("it").await;
        assert_eq!(marks(&given), [None, mark("1"), mark("2")]);
        assert_eq!(given.lock().unwrap()[2].1, ["a"], "the scopes that are known");
        // The peer vouches for what it does not name: it was seen when the peer was asked.
        let id = lab.asset("name:3").await;
        let page = lab.service.asset_fetch(&admin(), id, None).await.unwrap();
        assert_eq!(page.last_seen, now);
    })
    .await;
}

#[tokio::test]
async fn everything_is_read_again_after_a_while_on_demand_and_when_settings_changed() {
    on_both(async |register| {
        let (lab, given) = lab(register, Duration::from_secs(3600));
        lab.add("it", "", None).await;
        let plain = DiscoverRequest::default;
        asked(&lab, plain()).await;
        asked(&lab, plain()).await;
        asked(&lab, DiscoverRequest { dry_run: true, ..plain() }).await;
        assert_eq!(marks(&given), [None, mark("1"), None], "a plan is of everything");
        asked(&lab, DiscoverRequest { whole: true, ..plain() }).await;
        asked(&lab, plain()).await;
        assert_eq!(marks(&given)[3..], [None, mark("1")]);
        // An increment does not put off when everything is read again.
        for _ in 0..58 {
            lab.clock_moves(MINUTE);
        }
        asked(&lab, plain()).await;
        asked(&lab, plain()).await;
        asked(&lab, plain()).await;
        assert_eq!(marks(&given)[5..], [mark("2"), None, mark("1")]);
        lab.add("it", "", Some("0 3 * * *")).await;
        asked(&lab, plain()).await;
        assert_eq!(marks(&given)[8..], [None], "the source was changed");
    })
    .await;
}
