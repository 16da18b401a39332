//! A run that finds nothing new writes nothing but itself and a heartbeat a scope.

use std::collections::BTreeMap;

use cadastre_tests::rows::Rows;
use serde_json::json;

use super::register::Register;
use super::stage::{IRELAND, Stage, VIRGINIA};

on_both!(a_second_run_writes_only_itself);

fn a_second_run_writes_only_itself(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 24), (VIRGINIA, 6)]) else { return };
    register.add_source(&stage, &[IRELAND, VIRGINIA], "page_size = 10");
    let first = register.complete();
    assert_eq!(first.count("created"), first.count("seen"), "{}", first.0);
    let seen = first.count("seen");

    let before = register.rows();
    let second = register.complete().all_unchanged();
    assert_eq!(second.count("seen"), seen, "{}", second.0);
    only_a_run_and_heartbeats(&before, &register.rows());

    // Nor does one over what is stale, gone or never heard of again.
    stage.hide(IRELAND, &stage.instance(IRELAND, 3));
    let ended = stage.instance(IRELAND, 5);
    stage.change(&json!([{ "region": IRELAND, "do": "terminate", "instance": ended }]));
    let aged = register.complete();
    assert!(aged.count("stale") > 0 && aged.count("gone") == 1, "{}", aged.0);
    for _ in 0..2 {
        let before = register.rows();
        register.complete().all_unchanged();
        only_a_run_and_heartbeats(&before, &register.rows());
    }
}

/// One row more in `run`, two in `run_scope`, and every other row is as it was.
fn only_a_run_and_heartbeats(before: &Rows, after: &Rows) {
    let changed = after.since(before);
    let told: BTreeMap<&str, (usize, usize)> = changed
        .iter()
        .map(|(table, rows)| (table.as_str(), (rows.added.len(), rows.removed.len())))
        .collect();
    assert_eq!(told, BTreeMap::from([("run", (1, 0)), ("run_scope", (2, 0))]), "{changed:#?}");
}
