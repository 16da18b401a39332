//! Missing is not gone: what a complete list lacks turns stale at once and keeps its last day, what
//! comes back is the same asset again, and only what the source itself lists as ended is gone.

use cadastre_tests::fault_proxy::rule::{Fault, Rule};
use serde_json::{Value, json};

use super::register::{Register, aws_id, history, moment};
use super::report::says;
use super::stage::{IRELAND, Stage, VIRGINIA};

on_both!(
    what_is_gone_turns_stale_with_its_last_day,
    what_comes_back_is_the_same_asset,
    what_is_listed_as_terminated_is_gone_with_its_date,
    what_only_gaps_have_seen_has_its_own_last_day,
);

fn what_is_gone_turns_stale_with_its_last_day(register: &mut Register) {
    let Some(mut stage) = Stage::with(&[(IRELAND, 12), (VIRGINIA, 2)]) else { return };
    register.add_source(&stage, &[IRELAND, VIRGINIA], "");
    register.complete();
    let gone = stage.instance(IRELAND, 5);
    let first = register.one("web-0005");
    assert_eq!(aws_id(&first), gone);
    register.complete();
    let seen = register.one("web-0005");
    assert_eq!(seen["first_seen"], first["first_seen"]);
    assert!(moment(&seen["last_seen"]) > moment(&first["last_seen"]), "{seen}");
    assert!(moment(&seen["last_seen"]) <= moment(&json!(register.last_run_ended())), "{seen}");

    stage.change(&json!([{ "region": IRELAND, "do": "terminate", "instance": gone }]));
    stage.moto.forget_instance(IRELAND, &gone);
    let report = register.complete();
    let counted = stage.moto.count(&stage.estate.reader, &[IRELAND]);
    assert_eq!(counted["instance"][IRELAND], 11);
    let missing = seen_of(&register.assets(&format!("region:{IRELAND} is:stale")));
    assert_eq!(report.count("stale"), missing.len() as u64, "{}", report.0);
    assert!(missing.contains(&gone), "{missing:?}");
    // Its root volume and its interface went with it, and nothing else did.
    assert!(missing.len() <= 3, "{missing:?}");
    assert_eq!(register.count(&format!("kind:instance region:{IRELAND} is:live")), 11);
    assert_eq!((report.count("gone"), report.count("conflicts")), (0, 0), "{}", report.0);

    let stale = register.page_of("web-0005");
    assert_eq!((&stale["id"], &stale["freshness"]), (&first["id"], &json!("stale")));
    assert_eq!(stale["last_seen"], seen["last_seen"], "the day of the last run that saw it");
    assert_eq!(stale["attributes"], seen["attributes"], "what was known of it stays known");
    assert_eq!(history(&stale, "freshness"), [(json!("live"), json!("stale"))]);
    let reason = stale["changes"][0]["reason"]["text"].as_str().unwrap();
    says(reason, &["web-0005", &gone, &stage.scope(IRELAND), seen["last_seen"].as_str().unwrap()]);

    register.complete().nothing_aged();
    assert_eq!(register.one("web-0005")["last_seen"], seen["last_seen"]);
}

fn what_comes_back_is_the_same_asset(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 12)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    register.complete();
    let before = register.page_of("web-0008");
    stage.hide(IRELAND, &stage.instance(IRELAND, 8));
    let report = register.complete();
    assert_eq!((report.count("stale"), report.count("gone")), (1, 0), "{}", report.0);
    assert_eq!(register.one("web-0008")["freshness"], "stale");

    stage.proxy.clear();
    let report = register.complete().nothing_aged();
    assert_eq!((report.count("created"), report.count("updated")), (0, 1), "{}", report.0);
    let after = register.page_of("web-0008");
    assert_eq!((&after["id"], &after["freshness"]), (&before["id"], &json!("live")));
    assert_eq!(after["first_seen"], before["first_seen"]);
    assert!(moment(&after["last_seen"]) > moment(&before["last_seen"]), "{after}");
    assert_eq!(after["attributes"], before["attributes"]);
    assert_eq!(after["relations"], before["relations"]);
    let stale_and_back = [(json!("live"), json!("stale")), (json!("stale"), json!("live"))];
    assert_eq!(history(&after, "freshness"), stale_and_back);
    says(after["changes"][0]["reason"]["text"].as_str().unwrap(), &["again", "web-0008"]);
    register.complete().all_unchanged();
}

fn what_is_listed_as_terminated_is_gone_with_its_date(register: &mut Register) {
    let Some(mut stage) = Stage::with(&[(IRELAND, 12)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    register.complete();
    let before = register.one("web-0004");
    let ended = stage.instance(IRELAND, 4);
    let started = moment(&json!(register.last_run_ended()));
    stage.change(&json!([{ "region": IRELAND, "do": "terminate", "instance": ended }]));
    let report = register.complete();
    assert_eq!(report.count("gone"), 1, "{}", report.0);

    assert_eq!(register.assets("web-0004"), Vec::<Value>::new(), "lists leave out what is gone");
    assert_eq!(register.count("kind:instance"), 11);
    let gone = register.page_of("web-0004 is:any");
    assert_eq!((&gone["id"], &gone["freshness"]), (&before["id"], &json!("gone")));
    assert_eq!(
        (&gone["power"], &gone["attributes"]["state"]),
        (&json!("off"), &json!("terminated"))
    );
    assert_eq!(gone["records"][0]["state"], "gone");
    assert_eq!(history(&gone, "freshness"), [(json!("live"), json!("gone"))]);
    // EC2 dates it to the second.
    let date = moment(&gone["last_seen"]);
    assert!(date >= started - chrono::TimeDelta::seconds(1), "{gone}");
    assert!(date <= moment(&json!(register.last_run_ended())), "{gone}");
    let reason = gone["changes"][0]["reason"]["text"].as_str().unwrap();
    says(reason, &["terminated", "since", gone["last_seen"].as_str().unwrap()]);
    // What EC2 forgets of a terminated instance is not forgotten here.
    for known in ["private_ip", "private_dns", "image_id"] {
        assert_eq!(gone["attributes"][known], before["attributes"][known], "{known}");
    }

    // When EC2 drops it from the list, nothing more happens to it.
    stage.moto.forget_instance(IRELAND, &ended);
    register.complete().nothing_aged();
    let after = register.page_of("web-0004 is:any");
    assert_eq!(after["changes"], gone["changes"]);
    assert_eq!(after["last_seen"], gone["last_seen"]);
}

/// A thing that only runs with gaps have seen was last seen when it was, not at the complete run
/// before it was there, nor at the one that misses it.
fn what_only_gaps_have_seen_has_its_own_last_day(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 12)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    let late = stage.instance(IRELAND, 9);
    stage.hide(IRELAND, &late);
    register.complete();
    stage.proxy.clear();
    let no_volumes = Rule::new(Fault::unauthorized()).action("DescribeVolumes");
    stage.proxy.add(no_volumes);
    register.partial().nothing_aged();
    let seen = register.one("web-0009");
    assert_eq!(seen["last_seen"], seen["first_seen"], "{seen}");
    let gap_ended = moment(&json!(register.last_run_ended()));

    stage.proxy.clear();
    stage.hide(IRELAND, &late);
    register.complete();
    let stale = register.one("web-0009");
    assert_eq!(stale["freshness"], "stale");
    assert!(moment(&stale["last_seen"]) >= moment(&stale["first_seen"]), "{stale}");
    assert!(moment(&stale["last_seen"]) <= gap_ended, "{stale}");
}

fn seen_of(assets: &[Value]) -> Vec<String> {
    assets.iter().map(aws_id).collect()
}
