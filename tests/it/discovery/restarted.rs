//! Trap 12: an instance that is stopped and started is the same asset, with a new public address.

use serde_json::{Value, json};

use super::register::{Register, history};
use super::stage::{IRELAND, Stage};

on_both!(stopped_and_started_it_is_the_same_asset);

fn stopped_and_started_it_is_the_same_asset(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 2)]) else { return };
    stage.change(&json!([{ "region": IRELAND, "do": "launch", "name": "phoenix" }]));
    register.add_source(&stage, &[IRELAND], "");
    register.complete();
    let running = register.page_of("phoenix");
    let first = address(&running).expect("a public address");
    assert_eq!(register.one(&format!("{first} kind:instance"))["id"], running["id"]);
    let instance = super::register::aws_id(&running);

    stage.change(&json!([{ "region": IRELAND, "do": "stop", "instance": instance }]));
    register.complete().nothing_aged();
    let stopped = register.page_of("phoenix");
    assert_eq!((&stopped["id"], &stopped["power"]), (&running["id"], &json!("off")));
    assert_eq!(stopped["freshness"], "live", "off is not gone");
    assert_eq!(address(&stopped), None, "EC2 took it back");
    assert_eq!(stopped["attributes"]["private_ip"], running["attributes"]["private_ip"]);

    stage.change(&json!([{ "region": IRELAND, "do": "start", "instance": instance }]));
    let report = register.complete().nothing_aged();
    assert_eq!(report.count("created"), 0, "{}", report.0);
    let started = register.page_of("phoenix");
    assert_eq!((&started["id"], &started["power"]), (&running["id"], &json!("on")));
    let second = address(&started).expect("a public address");
    assert_ne!(first, second);
    assert_eq!(started["records"].as_array().unwrap().len(), 1);
    let expected = [(json!(first), Value::Null), (Value::Null, json!(second))];
    assert_eq!(history(&started, "public_ip"), expected);
    let off_and_on = [(json!("on"), json!("off")), (json!("off"), json!("on"))];
    assert_eq!(history(&started, "power"), off_and_on);
    // It is found by the address it has, not by the one it had.
    assert_eq!(register.one(&format!("{second} kind:instance"))["id"], running["id"]);
    assert_eq!(register.assets(&format!("{first} kind:instance")), Vec::<Value>::new());
}

fn address(asset: &Value) -> Option<String> {
    asset["attributes"]["public_ip"].as_str().map(str::to_owned)
}
