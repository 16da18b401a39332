//! Any past day: the register says what it said then, counts and pages alike.

use serde_json::{Value, json};

use super::register::{Register, aws_id};
use super::report::says;
use super::stage::{IRELAND, Stage};

on_both!(both_sides_of_a_change_are_told);

fn both_sides_of_a_change_are_told(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 12)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    let nothing_yet = register.json(&["source", "list"]);
    assert_eq!(nothing_yet[0]["last_run"], Value::Null);
    register.complete();
    let then = register.last_run_ended();
    let was_prod = ids(&register.assets("env:prod kind:instance"));
    let page_then = register.page_of("web-0001");
    assert!(was_prod.contains(&stage.instance(IRELAND, 0)), "{was_prod:?}");
    assert_eq!(page_then["attributes"]["env"], "staging");

    let (left, joined) = (stage.instance(IRELAND, 0), stage.instance(IRELAND, 1));
    stage.change(&json!([
        { "region": IRELAND, "do": "tag", "resource": left, "tags": { "environment": "test" } },
        { "region": IRELAND, "do": "tag", "resource": joined, "tags": { "environment": "prod" } },
    ]));
    let report = register.complete().nothing_aged();
    assert_eq!(report.count("updated"), 2, "{}", report.0);
    stage.hide(IRELAND, &stage.instance(IRELAND, 6));
    register.complete();

    let mut is_prod = was_prod.clone();
    is_prod.retain(|id| *id != left);
    is_prod.push(joined.clone());
    is_prod.sort();
    assert_eq!(ids(&register.assets("env:prod kind:instance")), is_prod);
    assert_eq!(ids(&register.assets_as_of("env:prod kind:instance", &then)), was_prod);
    for query in ["env:prod kind:instance", "tag:environment=prod", "is:stale", "kind:instance"] {
        let list = register.assets_as_of(query, &then);
        assert_eq!(register.count_as_of(query, &then), list.len() as u64, "{query}");
        assert_eq!(register.count(query), register.assets(query).len() as u64, "{query}");
    }
    assert_eq!((register.count("is:stale"), register.count_as_of("is:stale", &then)), (1, 0));
    the_page_is_as_it_was(register, &page_then, &then);

    // Before the first run there was nothing; what is to come nobody knows.
    assert_eq!(register.assets_as_of("is:any", "2020-01-01"), Vec::<Value>::new());
    let id = page_then["id"].to_string();
    let run = ["asset", &id, "--as-of", "2020-01-01"];
    let none = register.cadastre.run(&run).expect_status(1);
    says(&none.stderr, &["no asset", &id, "as of 2020-01-01"]);
    let run = ["assets", "env:prod", "--as-of", "2999-01-01"];
    let refused = register.cadastre.run(&run).expect_status(2);
    says(&refused.stderr, &["--as-of", "2999-01-01"]);
    let refused = register.cadastre.run(&["assets", "", "--as-of", "last week"]).expect_status(2);
    says(&refused.stderr, &["--as-of", "last week", "expected"]);
}

fn the_page_is_as_it_was(register: &Register, page_then: &Value, then: &str) {
    let id = page_then["id"].to_string();
    let now = register.json(&["asset", &id]);
    assert_eq!(now["attributes"]["env"], "prod");
    assert_eq!(now["tags"]["environment"], "prod");
    let past = register.json(&["asset", &id, "--as-of", then]);
    for part in [
        "name",
        "attributes",
        "tags",
        "relations",
        "interfaces",
        "changes",
        "freshness",
        "last_seen",
    ] {
        assert_eq!(past[part], page_then[part], "{part}");
    }
    // Of what is kept only as latest the past is not known: it is left out, not made up.
    assert_eq!(past["provenance"]["env"], page_then["provenance"]["env"]);
    let later: Vec<_> = now["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| !past["changes"].as_array().unwrap().contains(change))
        .map(|change| change["subject"].as_str().unwrap())
        .collect();
    assert_eq!(later, ["env", "tag:environment"]);
}

fn ids(assets: &[Value]) -> Vec<String> {
    let mut ids: Vec<String> = assets.iter().map(aws_id).collect();
    ids.sort();
    ids
}
