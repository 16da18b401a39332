//! What a person sets survives every run and says whose it is; released, the sources speak again.

use serde_json::{Value, json};

use super::register::{Register, history, moment};
use super::report::says;
use super::stage::{IRELAND, Stage};

on_both!(
    an_owner_set_by_a_person_survives,
    a_lock_beats_the_source_until_released,
    a_tag_set_by_a_person_survives_and_fills_its_attribute,
);

fn an_owner_set_by_a_person_survives(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 4)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    register.complete();
    let id = register.one("web-0001")["id"].to_string();
    let set = ["asset", &id, "--set", "owner=payments", "--json"];
    let refused = register.cadastre.run(&set).expect_status(2);
    says(&refused.stderr, &["owner", "`payments`", "cadastre party add"]);

    register.json(&["party", "add", "payments", "--kind", "team", "--name", "Payments"]);
    let before = register.last_run_ended();
    let page = register.cadastre.run(&set).expect_status(0).json();
    is_locked(&page, &before);

    register.complete().all_unchanged();
    is_locked(&register.json(&["asset", &id]), &before);
    let instance = stage.instance(IRELAND, 1);
    stage.change(&json!([
        { "region": IRELAND, "do": "tag", "resource": instance,
          "tags": { "environment": "prod", "owner": "somebody else" } },
        { "region": IRELAND, "do": "stop", "instance": instance },
    ]));
    let report = register.complete();
    assert_eq!(report.count("updated"), 1, "{}", report.0);
    let page = register.json(&["asset", &id]);
    is_locked(&page, &before);
    assert_eq!((&page["attributes"]["env"], &page["power"]), (&json!("prod"), &json!("off")));
    assert_eq!(register.one("owner:payments")["id"].to_string(), id);
    assert_eq!(register.assets_as_of("owner:payments", &before), Vec::<Value>::new());

    let page = register.json(&["asset", &id, "--release", "owner"]);
    assert_eq!(page["attributes"]["owner"], Value::Null);
    assert_eq!(page["provenance"]["owner"], Value::Null);
    let expected = [(Value::Null, json!("payments")), (json!("payments"), Value::Null)];
    assert_eq!(history(&page, "owner"), expected);
    assert_eq!(page["changes"][0]["actor"], "cli:alice");
    assert_eq!(register.count("owner:payments"), 0);
    register.complete().all_unchanged();
}

fn is_locked(page: &Value, after: &str) {
    assert_eq!(page["attributes"]["owner"], "payments");
    let provenance = &page["provenance"]["owner"];
    assert_eq!(provenance["value"], "payments");
    assert_eq!(provenance["lock"]["actor"], "cli:alice");
    assert!(moment(&provenance["lock"]["set_at"]) >= moment(&json!(after)), "{provenance}");
    assert_eq!(provenance["time"], provenance["lock"]["set_at"]);
}

fn a_lock_beats_the_source_until_released(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 4)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    register.complete();
    let id = register.one("web-0001")["id"].to_string();
    let page = register.json(&["asset", &id, "--set", "name=ledger", "--set", "description=Books"]);
    assert_eq!(
        (&page["name"], &page["attributes"]["description"]),
        (&json!("ledger"), &json!("Books"))
    );
    let name = &page["provenance"]["name"];
    assert_eq!(name["lock"]["actor"], "cli:alice");
    assert_eq!(
        (&name["losers"][0]["source"], &name["losers"][0]["value"]),
        (&json!("lab"), &json!("web-0001"))
    );

    // The source changes its mind, and loses all the same.
    let instance = stage.instance(IRELAND, 1);
    let tags = json!({ "Name": "web-0001-renamed" });
    stage.change(&json!([{ "region": IRELAND, "do": "tag", "resource": instance, "tags": tags }]));
    register.complete();
    let page = register.json(&["asset", &id]);
    assert_eq!(page["name"], "ledger");
    assert_eq!(page["provenance"]["name"]["losers"][0]["value"], "web-0001-renamed");
    assert_eq!(register.one("ledger")["id"].to_string(), id);

    let page = register.json(&["asset", &id, "--release", "name"]);
    assert_eq!(page["name"], "web-0001-renamed");
    assert_eq!(page["provenance"]["name"]["lock"], Value::Null);
    assert_eq!(page["provenance"]["name"]["source"], "lab");
    assert_eq!(page["provenance"]["description"]["lock"]["actor"], "cli:alice");
    assert_eq!(register.assets("ledger"), Vec::<Value>::new());
}

fn a_tag_set_by_a_person_survives_and_fills_its_attribute(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 4)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    let tag = |tags: Value| {
        let instance = stage.instance(IRELAND, 1);
        stage.change(
            &json!([{ "region": IRELAND, "do": "tag", "resource": instance, "tags": tags }]),
        );
    };
    tag(json!({ "Environment": "test", "scratch": "yes" }));
    register.complete();
    let id = register.one("web-0001")["id"].to_string();
    let wrong = ["asset", &id, "--tag", "env=prod", "--untag", "Environment", "--json"];
    let refused = register.cadastre.run(&wrong).expect_status(2);
    says(&refused.stderr, &["`Environment`", "the same tag as `env`"]);

    let page = register.json(&["asset", &id, "--tag", "env=prod", "--untag", "scratch"]);
    let before = register.last_run_ended();
    tag(json!({ "Environment": "dev", "scratch": "no" }));
    register.complete();
    for page in [page, register.json(&["asset", &id])] {
        assert_eq!(page["attributes"]["env"], "prod");
        assert_eq!(
            (&page["tags"]["env"], &page["tags"]["scratch"]),
            (&json!("prod"), &Value::Null)
        );
        let (held, away) = (&page["tag_provenance"]["env"], &page["tag_provenance"]["scratch"]);
        assert_eq!(
            (&held["source"], &held["lock"]["actor"]),
            (&json!("lock"), &json!("cli:alice"))
        );
        assert_eq!(held["losers"][0]["key"], "Environment");
        assert_eq!((&away["value"], &away["losers"][0]["source"]), (&Value::Null, &json!("lab")));
    }
    assert_eq!(register.one("tag:environment=prod env:prod is:locked")["id"].to_string(), id);
    assert_eq!(register.assets_as_of("tag:env=prod name:web-0001", &before), Vec::<Value>::new());
    let text = register.cadastre.run(&["asset", &id]).expect_status(0).stdout;
    says(
        &text,
        &[
            "env = prod  [locked by cli:alice at",
            "scratch: none  [locked",
            "not scratch = no  [lab]",
        ],
    );

    let page =
        register.json(&["asset", &id, "--release-tag", "environment", "--release-tag", "scratch"]);
    assert_eq!(
        (&page["attributes"]["env"], &page["tags"]["scratch"]),
        (&json!("dev"), &json!("no"))
    );
    assert_eq!(page["tag_provenance"]["Environment"]["lock"], Value::Null);
    assert_eq!(register.count("is:locked"), 0);
    register.complete().all_unchanged();
}
