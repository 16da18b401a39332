//! A run that is interrupted says so: what was read stands, its scopes are partial, nothing ages.

use std::time::{Duration, Instant};

use cadastre_tests::cadastre::Running;
use cadastre_tests::fault_proxy::rule::{Fault, Rule};
use serde_json::json;

use super::register::{Register, wait_until};
use super::report::{Report, says};
use super::stage::{IRELAND, Stage, VIRGINIA};

on_both!(an_interrupted_run_ages_nothing, one_interrupted_before_it_began_changes_nothing);

const REGIONS: [&str; 2] = [IRELAND, VIRGINIA];

fn an_interrupted_run_ages_nothing(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 8), (VIRGINIA, 4)]) else { return };
    register.add_source(&stage, &REGIONS, "");
    let whole = register.complete();
    // The run has read that an instance is gone from each when it is stopped.
    for region in REGIONS {
        stage.hide(region, &stage.instance(region, 2));
    }
    let tags = json!({ "environment": "prod" });
    let changed = stage.instance(IRELAND, 1);
    stage.change(&json!([{ "region": IRELAND, "do": "tag", "resource": changed, "tags": tags }]));
    let stops: [fn(Running) -> _; 2] = [Running::interrupt, Running::terminate];
    for stop in stops {
        let pause = Rule::new(Fault::Delay(Duration::from_secs(20))).action("DescribeVolumes");
        stage.proxy.add(pause);
        stage.proxy.forget_calls();
        let running = register.start_discover(&[]);
        wait_until("both regions ask for volumes", || {
            REGIONS.iter().all(|region| stage.proxy.count("DescribeVolumes", Some(region)) > 0)
        });
        let began = Instant::now();
        let report = Report::of(stop(running), 3).nothing_aged();
        assert!(began.elapsed() < Duration::from_secs(10), "it does not wait for the answer");
        assert_eq!(report.status(), "partial", "{}", report.0);
        for region in REGIONS {
            let scope = stage.scope(region);
            assert_eq!(report.coverage(&scope), "partial", "{}", report.0);
            says(report.reason(&scope), &["stopped", "run it again"]);
        }
        assert_eq!(register.count("is:live"), whole.count("seen"));
        let sources = register.json(&["source", "list"]);
        assert_eq!(sources[0]["last_run"]["status"], "partial", "{sources}");
    }
    assert_eq!(register.one(&changed)["attributes"]["env"], "prod", "what was read stands");

    // The next one is not held up by what was stopped, and is whole.
    stage.proxy.clear();
    register.complete().all_unchanged();
    assert_eq!(register.rows().count("run"), 4);
}

fn one_interrupted_before_it_began_changes_nothing(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 2)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    let whole = register.complete();
    stage.proxy.add(Rule::new(Fault::Delay(Duration::from_secs(20))).service("sts"));
    stage.proxy.forget_calls();
    let running = register.start_discover(&[]);
    wait_until("it asks who it is", || stage.proxy.count("GetCallerIdentity", None) > 0);
    let report = Report::of(running.interrupt(), 1).nothing_aged();
    assert_eq!(report.status(), "failed", "{}", report.0);
    says(report.0["error"].as_str().unwrap(), &["stopped"]);
    assert_eq!(register.count("is:live"), whole.count("seen"));
    stage.proxy.clear();
    register.complete().all_unchanged();
}
