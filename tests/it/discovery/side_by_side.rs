//! Two at once on one source are one run (trap 24), and people are not kept waiting by it.

use std::time::{Duration, Instant};

use cadastre_tests::fault_proxy::rule::{Fault, Rule};
use serde_json::Value;

use super::register::{Register, wait_until};
use super::report::{Report, says};
use super::stage::{IRELAND, Stage};

on_both!(two_at_once_are_one_run);

fn two_at_once_are_one_run(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 8)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    let pause = Rule::new(Fault::Delay(Duration::from_secs(4))).action("DescribeVolumes");
    stage.proxy.add(pause);
    let first = register.start_discover(&[]);
    wait_until("the first run asks for volumes", || stage.proxy.count("DescribeVolumes", None) > 0);

    let asked = stage.proxy.calls().len();
    let began = Instant::now();
    let second = register.discover(&[]).expect_status(1);
    says(&second.stderr, &["source `lab`", "run 1", "under way", "wait for it"]);
    let refused = Report::of(second, 1);
    assert_eq!((refused.status(), refused.run()), ("failed", 0), "{}", refused.0);
    says(refused.0["error"].as_str().unwrap(), &["lab", "run 1"]);
    assert_eq!(stage.proxy.calls().len(), asked, "the one refused asks nothing");
    // What is read is written batch by batch and looked up meanwhile, and people may write too.
    register.json(&["party", "add", "payments", "--kind", "team"]);
    assert_eq!(register.count("kind:volume"), 0);
    assert!(began.elapsed() < Duration::from_secs(4), "nobody waits for the run");

    let first = Report::of(first.wait(), 0);
    assert_eq!((first.status(), first.run()), ("complete", 1), "{}", first.0);
    assert_eq!(first.count("created"), first.count("seen"), "{}", first.0);
    assert_eq!(register.count("is:any"), first.count("seen"), "nothing is there twice");
    assert_eq!(register.rows().count("run"), 1);
    let sources = register.json(&["source", "list"]);
    assert_eq!(sources[0]["last_run"]["status"], "complete", "{sources}");
    assert_ne!(sources[0]["last_run"]["ended_at"], Value::Null, "{sources}");

    stage.proxy.clear();
    assert_eq!(register.complete().all_unchanged().run(), 2);
}
