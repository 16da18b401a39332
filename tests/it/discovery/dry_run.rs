//! A dry run shows the plan with its reasons, and writes nothing at all.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::register::{Register, SOURCE};
use super::report::{Report, says};
use super::stage::{IRELAND, Stage};

on_both!(a_dry_run_shows_the_plan_and_writes_nothing);

fn a_dry_run_shows_the_plan_and_writes_nothing(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 8)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    let before = register.rows();
    let (planned, told) = dry(register);
    assert_eq!(register.rows().since(&before), BTreeMap::new());
    assert_eq!(planned.count("created"), planned.count("seen"), "{}", planned.0);
    says(&told, &["dry run", "+ instance web-0003", "nothing", "created"]);
    every_write_has_its_reason(&planned);

    let done = register.complete();
    assert_eq!(done.counts(), planned.counts(), "what was planned is what is done");
    assert_eq!(done.0["plan"], Value::Null, "only a dry run prints its plan");

    let (changed, ended) = (stage.instance(IRELAND, 1), stage.instance(IRELAND, 2));
    stage.change(&json!([
        { "region": IRELAND, "do": "tag", "resource": changed, "tags": { "environment": "prod" } },
        { "region": IRELAND, "do": "terminate", "instance": ended },
        { "region": IRELAND, "do": "launch", "name": "newcomer" },
    ]));
    stage.hide(IRELAND, &stage.instance(IRELAND, 5));
    let before = register.rows();
    let (planned, told) = dry(register);
    assert_eq!(register.rows().since(&before), BTreeMap::new());
    every_write_has_its_reason(&planned);
    assert!(planned.count("created") > 0 && planned.count("stale") > 0, "{}", planned.0);
    assert_eq!(planned.count("gone"), 1, "{}", planned.0);
    says(
        &told,
        &[
            "+ instance newcomer",
            "env: staging -> prod",
            "lists web-0002",
            "as terminated since",
            "web-0005",
            "was not in the complete list",
            "freshness: live -> stale",
            "freshness: live -> gone",
        ],
    );
    assert_eq!(register.one("web-0005")["freshness"], "live");
    assert_eq!(register.complete().counts(), planned.counts());

    let (nothing, _) = dry(register);
    assert_eq!(nothing.all_unchanged().0["plan"], json!([]));
}

/// The plan, as JSON and in words.
fn dry(register: &Register) -> (Report, String) {
    let report = Report::of(register.discover(&["--dry-run"]), 0);
    assert_eq!((report.status(), report.run()), ("complete", 0), "{}", report.0);
    let told = register.cadastre.run(&["discover", SOURCE, "--dry-run"]).expect_status(0).stdout;
    (report, told)
}

fn every_write_has_its_reason(report: &Report) {
    let mut writes = 0;
    for batch in report.0["plan"].as_array().unwrap() {
        for part in ["records", "links", "assets"] {
            for write in batch[part].as_array().unwrap() {
                writes += 1;
                let reason = &write["reason"];
                assert!(reason["rule"].as_str().is_some_and(|rule| !rule.is_empty()), "{write}");
                assert!(reason["text"].as_str().is_some_and(|text| !text.is_empty()), "{write}");
            }
        }
    }
    assert!(writes > 0, "{}", report.0);
}
