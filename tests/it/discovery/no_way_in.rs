//! A source that cannot be entered at all fails as a whole: nothing ages, the message says what,
//! where and what to do, and no secret.

use std::net::TcpListener;

use cadastre_tests::fault_proxy::rule::{Fault, Rule};
use serde_json::Value;

use super::register::{Register, SECRET, SOURCE};
use super::report::{Report, says};
use super::stage::{IRELAND, Stage};

on_both!(a_source_that_cannot_be_entered_fails, a_command_that_makes_no_sense_is_refused);

fn a_source_that_cannot_be_entered_fails(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 3)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    let whole = register.complete();

    stage.proxy.add(Rule::new(Fault::ExpiredToken));
    fails(register, &whole, &["sts in eu-west-1", "(ExpiredToken)", "renew the session token"]);
    stage.proxy.clear();

    let forged = "0".repeat(40);
    register.cadastre.variable(SECRET, &forged);
    let words = ["sts in eu-west-1", "(SignatureDoesNotMatch)", "check secret_access_key"];
    let message = fails(register, &whole, &words);
    assert!(!message.contains(&forged), "{message}");
    register.cadastre.variable(SECRET, &stage.estate.reader.secret);

    let endpoint = format!("endpoint = \"{}\"", stage.proxy.endpoint());
    let keys = |id: &str| {
        format!(
            "regions = [\"{IRELAND}\"]\naccess_key_id = \"{id}\"\nsecret_access_key_env = \"{SECRET}\""
        )
    };
    let own = keys(&stage.estate.reader.id);
    register.put_source(&format!("{endpoint}\n{}", keys("AKIAUNKNOWNUNKNOWN00")));
    let words = ["sts in eu-west-1", "(InvalidClientTokenId)", "check access_key_id"];
    fails(register, &whole, &words);

    // A port that was free a moment ago: nobody listens there.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    register.put_source(&format!("endpoint = \"http://{closed}\"\n{own}"));
    fails(register, &whole, &["sts in eu-west-1", "could not be asked", "check the endpoint"]);

    register.put_source(&format!("{endpoint}\n{own}"));
    register.complete().all_unchanged();
}

/// Runs; it must fail and say these words, and nothing of what is known may change.
fn fails(register: &Register, whole: &Report, words: &[&str]) -> String {
    let ran = register.discover(&[]);
    let report = Report::of(ran.clone(), 1).nothing_aged();
    assert_eq!(report.status(), "failed", "{}", report.0);
    assert_eq!(report.0["scopes"], serde_json::json!([]), "{}", report.0);
    let message = report.0["error"].as_str().expect("a reason").to_owned();
    says(&message, words);
    assert_eq!(register.count("is:live"), whole.count("seen"));
    let listed = register.json(&["source", "list"]);
    assert_eq!(listed[0]["last_run"]["status"], "failed", "{listed}");
    assert_eq!(listed[0]["last_run"]["error"], message, "it is kept with the run");
    let told = register.cadastre.run(&["discover", SOURCE]).expect_status(1);
    says(&(told.stdout.clone() + &told.stderr), words);
    message + &ran.stderr + &told.stdout + &told.stderr
}

fn a_command_that_makes_no_sense_is_refused(register: &mut Register) {
    let before = register.rows();
    let run = ["discover", "lba", "--json"];
    let refused = register.cadastre.run(&run).expect_status(1);
    says(&refused.stderr, &["lba", "cadastre source list"]);
    assert_eq!(refused.json()[0]["status"], "failed");
    register.put_source("regions = [\"eu-west-1\"]");
    let refused = register.cadastre.run(&run).expect_status(1);
    says(&refused.stderr, &["lba", "did you mean `lab`?"]);
    register.cadastre.run(&["discover"]).expect_status(2);

    // A secret that is not there is missed before anything is asked.
    register.put_source(&format!(
        "regions = [\"eu-west-1\"]\naccess_key_id = \"AKIA\"\nsecret_access_key_env = \"{SECRET}\""
    ));
    let refused = register.discover(&[]);
    assert!(matches!(refused.status, Some(1 | 2)), "{refused:?}");
    says(&refused.stderr, &[SOURCE, "secret_access_key", SECRET]);

    let file = register.cadastre.file(
        "bad.toml",
        "name = \"bad\"\nkind = \"aws\"\n[aws]\nregoins = [\"eu-west-1\"]\nendpoint = \"ftp://x\"\n",
    );
    let refused =
        register.cadastre.run(&["source", "add", file.to_str().unwrap()]).expect_status(2);
    says(&refused.stderr, &["bad.toml", "`aws.regoins`", "did you mean `regions`?", "`endpoint`"]);
    let changed = register.rows().since(&before);
    for table in ["run", "record", "asset"] {
        assert!(!changed.contains_key(table), "{changed:?}");
    }
    let names: Vec<Value> = super::register::rows(register.json(&["source", "list"]));
    assert_eq!(names.len(), 1, "{names:?}");
}
