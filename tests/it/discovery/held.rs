//! An answer that is good and empty ages nothing until a person says that it is true (trap 26).

use cadastre_tests::fault_proxy::rule::{Fault, Rule};
use serde_json::{Value, json};

use super::register::{Register, moment};
use super::report::{Report, says};
use super::stage::{IRELAND, Stage, VIRGINIA};

on_both!(
    an_empty_list_of_instances_waits_for_a_person,
    a_region_gone_empty_waits_for_a_person,
    what_is_stale_stays_so_while_its_region_is_held,
);

fn an_empty_list_of_instances_waits_for_a_person(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 24), (VIRGINIA, 3)]) else { return };
    register.add_source(&stage, &[IRELAND, VIRGINIA], "");
    let whole = register.complete();
    let seen = register.one("web-0020 region:eu-west-1");

    let lost_rights = Rule::new(Fault::Empty).region(IRELAND).action("DescribeInstances");
    stage.proxy.add(lost_rights.clone());
    let report = holds(register, &stage, &whole);
    assert_eq!(report.count("conflicts"), 1, "{}", report.0);
    let asked = the_question(register);
    let words = ["missing at once", "source lab", &stage.scope(IRELAND), "account may read"];
    says(asked["reason"].as_str().unwrap(), &words);
    assert_eq!(asked["missing"], 24 + missing_besides(&report, &whole), "{asked}");

    // Nobody answers: it is asked once, and nothing ages however often it runs.
    for _ in 0..2 {
        holds(register, &stage, &whole);
        assert_eq!(the_question(register), asked);
    }
    let held = register.one("web-0020 region:eu-west-1");
    assert_eq!(held["last_seen"], seen["last_seen"], "no run has seen it since");

    let id = asked["id"].to_string();
    register.json(&["conflicts", "accept", &id]);
    assert_eq!(register.conflicts(&[]), Vec::<Value>::new());
    let decided = register.conflicts(&["--all"]);
    assert_eq!(decided.len(), 1, "{decided:?}");
    says(&decided[0]["decided"].to_string(), &["accept", "alice"]);

    let aged = register.complete();
    assert_eq!(json!(aged.count("stale")), asked["missing"], "{}", aged.0);
    assert_eq!((aged.count("gone"), aged.count("conflicts")), (0, 0), "{}", aged.0);
    assert_eq!(register.count("kind:instance region:eu-west-1 is:stale"), 24);
    assert_eq!(register.count("kind:instance region:us-east-1 is:live"), 3);
    let stale = register.page_of("web-0020 region:eu-west-1");
    assert_eq!(stale["last_seen"], seen["last_seen"], "it was last seen before all that");

    // Back they come; and a yes was for that one time.
    stage.proxy.clear();
    register.complete().nothing_aged();
    assert_eq!(register.count("is:live"), whole.count("seen"));
    stage.proxy.add(lost_rights);
    holds(register, &stage, &whole);
    let again = the_question(register);
    assert!(again["id"].as_i64() > asked["id"].as_i64(), "{again}");
}

fn a_region_gone_empty_waits_for_a_person(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 6), (VIRGINIA, 2)]) else { return };
    register.add_source(&stage, &[IRELAND, VIRGINIA], "");
    let whole = register.complete();
    stage.fail(VIRGINIA, Fault::Empty);
    // What goes on elsewhere is written as ever: only that region's ageing waits.
    stage.hide(IRELAND, &stage.instance(IRELAND, 1));
    let report = register.complete();
    assert_eq!((report.count("stale"), report.count("gone")), (1, 0), "{}", report.0);
    // Nothing but the region itself is left of it.
    assert_eq!(report.scope(&stage.scope(VIRGINIA))["seen"], 1, "{}", report.0);
    assert_eq!(register.one("web-0001 region:eu-west-1")["freshness"], "stale");
    let known = whole.scope(&stage.scope(VIRGINIA))["seen"].as_u64().unwrap();
    assert_eq!(register.count("region:us-east-1 is:live"), known);
    let asked = the_question(register);
    assert_eq!((&asked["missing"], &asked["known"]), (&json!(known - 1), &json!(known)));
    let missing = format!("{} of {known} known things, half or more, are missing", known - 1);
    says(asked["reason"].as_str().unwrap(), &[&missing]);

    // No is an answer too: nothing ages, and as long as it goes on it is asked anew.
    let id = asked["id"].to_string();
    register.json(&["conflicts", "reject", &id]);
    register.complete().nothing_aged();
    assert_eq!(register.count("region:us-east-1 is:live"), known);
    stage.proxy.clear();
    register.complete().nothing_aged();
    assert_eq!(register.count("is:live"), whole.count("seen"));
    let refused = register.cadastre.run(&["conflicts", "accept", &id]).expect_status(1);
    says(&refused.stderr, &["conflict", &id]);
}

/// While a scope is held its list is not believed, so it is no evidence against anything.
fn what_is_stale_stays_so_while_its_region_is_held(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 6)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    register.complete();
    stage.hide(IRELAND, &stage.instance(IRELAND, 2));
    register.complete();
    let stale = register.page_of("web-0002");
    assert_eq!(stale["freshness"], "stale");
    stage.proxy.clear();
    stage.fail(IRELAND, Fault::Empty);
    for _ in 0..4 {
        register.complete().nothing_aged();
    }
    assert_eq!(register.page_of("web-0002"), stale);
}

/// Runs; nothing may age, and of the empty region the run must say that it is held.
fn holds(register: &Register, stage: &Stage, whole: &Report) -> Report {
    let report = register.complete().nothing_aged();
    assert_eq!(register.count("is:live"), whole.count("seen"));
    let held = report.reason(&stage.scope(IRELAND));
    says(held, &["held", "cadastre conflicts"]);
    report
}

/// The one open conflict.
fn the_question(register: &Register) -> Value {
    let open = register.conflicts(&[]);
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0]["type"], "ageing-held", "{open:?}");
    assert_eq!(open[0]["decided"], Value::Null);
    assert!(moment(&open[0]["opened_at"]) <= moment(&json!(register.last_run_ended())));
    open[0].clone()
}

/// Images are asked for by the instances that use them, so they are missing with those.
fn missing_besides(report: &Report, whole: &Report) -> u64 {
    whole.count("seen") - report.count("seen") - 24
}
