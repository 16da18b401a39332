//! The audit log: everything that was done is in it, and whoever changes it is found out.

use cadastre_tests::recording::Recording;
use serde_json::Value;

use super::stand::{SOURCE, Stand};

on_both!(everything_done_is_in_it, each_way_to_tamper_is_found_out);

/// Does one of each thing that is audited.
fn busy(stand: &Stand) {
    stand.put_recording(&Recording::of(&[("eu-west-1", 2)]));
    stand.complete();
    stand.json(&["party", "add", "payments", "--kind", "team"]);
    stand.json(&["site", "add", "paris"]);
    let id = stand.json(&["assets", "kind:instance"])[0]["id"].to_string();
    stand.json(&["asset", &id, "--set", "owner=payments"]);
    let add = ["user", "add", "bob", "--role", "reader", "--password-stdin"];
    stand.cadastre.run_with_input(&add, "correct horse battery\n").expect_status(0);
    stand.json(&["source", "remove", SOURCE]);
}

fn everything_done_is_in_it(stand: Stand) {
    let stand = stand.migrated();
    busy(&stand);
    let actions = stand.sql().texts("SELECT action FROM audit ORDER BY seq");
    for action in
        ["source.added", "party.put", "site.put", "asset.edit", "account.add", "source.remove"]
    {
        assert!(actions.iter().any(|one| one == action), "{action}: {actions:?}");
    }
    let actors = stand.sql().texts("SELECT DISTINCT actor FROM audit");
    assert_eq!(actors, ["cli:alice"]);
    let check = stand.json(&["audit", "verify"]);
    assert_eq!(check["entries"].as_u64().unwrap(), actions.len() as u64);
    assert_eq!(check["broken"], Value::Null);
    assert_eq!(check["head"].as_str().unwrap().len(), 64);
    let all = stand.sql().texts("SELECT coalesce(detail, '') FROM audit").join("\n");
    assert!(!all.contains("horse") && !all.contains("argon2"), "{all}");
}

fn each_way_to_tamper_is_found_out(stand: Stand) {
    let stand = stand.migrated();
    busy(&stand);
    stand.audit_fits();
    for (what, harm, mend, entry) in [
        (
            "another actor",
            "UPDATE audit SET actor = 'cli:mallory' WHERE seq = 3",
            "UPDATE audit SET actor = 'cli:alice' WHERE seq = 3",
            3,
        ),
        (
            "another time",
            "UPDATE audit SET at = at + 1 WHERE seq = 2",
            "UPDATE audit SET at = at - 1 WHERE seq = 2",
            2,
        ),
        (
            "another detail",
            "UPDATE audit SET detail = detail || ' ' WHERE seq = 1",
            "UPDATE audit SET detail = trim(detail) WHERE seq = 1",
            1,
        ),
        (
            "an entry left out",
            "UPDATE audit SET seq = -2 WHERE seq = 2",
            "UPDATE audit SET seq = 2 WHERE seq = -2",
            3,
        ),
    ] {
        stand.sql().execute(harm);
        let ran = stand.cadastre.run(&["audit", "verify"]).expect_status(1);
        let said = format!("does not fit at entry {entry}: ");
        assert!(ran.stdout.contains(&said), "{what}: {}", ran.stdout);
        let check = stand.cadastre.run(&["audit", "verify", "--json"]).expect_status(1).json();
        assert_eq!(check["broken"][0], entry, "{what}: {check}");
        stand.sql().execute(mend);
        stand.audit_fits();
    }
}
