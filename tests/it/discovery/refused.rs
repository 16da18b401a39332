//! A region that refuses is a gap with its reason: nothing ages, the others are read, and the next
//! run heals it.

use cadastre_tests::fault_proxy::rule::{Fault, Rule};

use super::register::Register;
use super::report::says;
use super::stage::{IRELAND, Stage, VIRGINIA};

on_both!(a_region_that_refuses_is_a_gap, a_kind_that_is_refused_is_a_gap);

fn a_region_that_refuses_is_a_gap(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 4), (VIRGINIA, 3)]) else { return };
    register.add_source(&stage, &[IRELAND, VIRGINIA], "");
    let whole = register.complete();
    let (here, there) = (stage.scope(IRELAND), stage.scope(VIRGINIA));
    let opt_in = Fault::Refuse {
        status: 401,
        code: "OptInRequired".to_owned(),
        message: "You are not subscribed to this service.".to_owned(),
    };
    for (fault, words) in [
        (Fault::auth_failure(), ["AuthFailure", "DescribeInstances", "enable this region"]),
        (
            Fault::unauthorized(),
            ["UnauthorizedOperation", "not authorized", "allow the action `ec2:DescribeInstances`"],
        ),
        (opt_in, ["OptInRequired", "not subscribed", "enable the region in the account"]),
    ] {
        stage.proxy.clear();
        stage.fail(VIRGINIA, fault);
        let report = register.partial().nothing_aged();
        assert_eq!(report.coverage(&here), "complete", "{}", report.0);
        assert_eq!(report.scope(&here)["error"], serde_json::Value::Null, "{}", report.0);
        assert_eq!(report.coverage(&there), "failed", "{}", report.0);
        assert_eq!(report.scope(&there)["seen"], 0, "{}", report.0);
        says(report.reason(&there), &words);
        assert_eq!(report.count("conflicts"), 0, "{}", report.0);
        nothing_is_old(register, whole.count("seen"));
    }
    stage.proxy.clear();
    let healed = register.complete().all_unchanged();
    assert_eq!(healed.count("seen"), whole.count("seen"), "{}", healed.0);
}

fn a_kind_that_is_refused_is_a_gap(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 4), (VIRGINIA, 3)]) else { return };
    register.add_source(&stage, &[IRELAND, VIRGINIA], "");
    let whole = register.complete();
    let rule = Rule::new(Fault::unauthorized()).region(VIRGINIA).action("DescribeVolumes");
    stage.proxy.add(rule);
    // An instance is missing too, but a scope with a gap ages nothing at all.
    stage.hide(VIRGINIA, &stage.instance(VIRGINIA, 1));
    let there = stage.scope(VIRGINIA);
    let report = register.partial().nothing_aged();
    assert_eq!(report.coverage(&there), "partial", "{}", report.0);
    says(report.reason(&there), &["DescribeVolumes", "allow the action `ec2:DescribeVolumes`"]);
    assert!(report.scope(&there)["seen"].as_u64().unwrap() > 0, "{}", report.0);
    nothing_is_old(register, whole.count("seen"));
    stage.proxy.clear();
    register.complete().all_unchanged();
}

fn nothing_is_old(register: &Register, all: u64) {
    assert_eq!(register.count("is:live"), all);
    assert_eq!(register.count("is:any"), all);
    assert_eq!(register.conflicts(&["--all"]), Vec::<serde_json::Value>::new());
}
