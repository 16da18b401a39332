//! Six regions, each with a trouble of its own, in one run side by side: each is a gap with its
//! reason or none at all, none disturbs another, and the next run heals them (traps 14 to 16).

use std::time::Duration;

use cadastre_tests::fault_proxy::rule::{Fault, Rule};
use serde_json::json;

use super::register::Register;
use super::report::says;
use super::stage::Stage;

on_both!(each_trouble_stays_where_it_is);

const BRIEFLY_THROTTLED: &str = "eu-west-1";
const THROTTLED: &str = "us-east-1";
const CUT: &str = "eu-central-1";
const SILENT: &str = "ap-south-1";
const DROPPED: &str = "sa-east-1";
const EXPIRING: &str = "us-west-2";

fn each_trouble_stays_where_it_is(register: &mut Register) {
    let regions = [BRIEFLY_THROTTLED, THROTTLED, CUT, SILENT, DROPPED, EXPIRING];
    let Some(stage) = Stage::with(&regions.map(|region| (region, 6))) else { return };
    register.add_source(&stage, &regions, "page_size = 5\ntimeout = \"2s\"");
    let whole = register.complete();
    let first = stage.instance(CUT, 0);
    let tags = json!({ "environment": "moved" });
    stage.change(&json!([{ "region": CUT, "do": "tag", "resource": first, "tags": tags }]));

    let rule = |fault, region, action| Rule::new(fault).region(region).action(action);
    for rule in [
        rule(Fault::Throttle, BRIEFLY_THROTTLED, "DescribeInstances").times(2),
        rule(Fault::Throttle, THROTTLED, "DescribeInstances"),
        // The first page passes, the second is cut in half each time it is asked for.
        rule(Fault::CutBody { at: 900 }, CUT, "DescribeInstances").after(1),
        rule(Fault::Delay(Duration::from_secs(6)), SILENT, "DescribeInstances"),
        rule(Fault::DropConnection, DROPPED, "DescribeVolumes"),
        rule(Fault::ExpiredToken, EXPIRING, "DescribeSubnets"),
    ] {
        stage.proxy.add(rule);
    }
    stage.proxy.forget_calls();
    let report = register.partial().nothing_aged();
    let scope = |region| stage.scope(region);

    assert_eq!(report.coverage(&scope(BRIEFLY_THROTTLED)), "complete", "{}", report.0);
    let asked = stage.proxy.count("DescribeInstances", Some(BRIEFLY_THROTTLED));
    assert!(asked >= 4, "two pages, and two attempts that were throttled");

    for (region, coverage, words) in [
        (
            THROTTLED,
            "partial",
            ["DescribeInstances was throttled", "(RequestLimitExceeded)", "lower `concurrency`"],
        ),
        (CUT, "partial", ["DescribeInstances", "broke off", "run it again"]),
        (SILENT, "partial", ["DescribeInstances", "no answer in time", "raise `timeout`"]),
        (DROPPED, "partial", ["DescribeVolumes", "could not be asked", "network"]),
        (
            EXPIRING,
            "partial",
            ["DescribeSubnets", "(RequestExpired)", "renew temporary credentials"],
        ),
    ] {
        assert_eq!(report.coverage(&scope(region)), coverage, "{}", report.0);
        says(report.reason(&scope(region)), &words);
        let attempts = stage.proxy.count("DescribeInstances", Some(region));
        assert!(attempts <= 10, "{attempts} attempts: there is an end to patience");
    }
    // What was read stands: the first page of five, and every other kind.
    let seen = |region| report.scope(&scope(region))["seen"].as_u64().unwrap();
    let all = |region| whole.scope(&scope(region))["seen"].as_u64().unwrap();
    assert!(seen(CUT) > 5 && seen(CUT) < all(CUT), "{}", report.0);
    assert!(seen(SILENT) > 0 && seen(SILENT) < all(SILENT), "{}", report.0);
    assert_eq!(register.one(&first)["attributes"]["env"], "moved");
    assert_eq!(register.count("is:live"), whole.count("seen"));
    assert!(register.conflicts(&["--all"]).is_empty());

    stage.proxy.clear();
    let healed = register.complete().all_unchanged();
    assert_eq!(healed.count("seen"), whole.count("seen"), "{}", healed.0);
}
