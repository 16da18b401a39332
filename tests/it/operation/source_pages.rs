//! A source in the browser, without JavaScript: added by its form, tried, run, changed, switched off
//! and removed.

use std::collections::BTreeMap;

use cadastre_tests::moto::{Estate, Moto};
use serde_json::json;

use super::pages::Person;
use super::stand::{Stand, wait_until};

on_both!(a_source_from_its_form_to_its_removal);

#[test]
fn a_recording_explains_its_form_and_stays_one() {
    let stand = Stand::on_sqlite();
    let serving = stand.serve(&["--no-workers"]);
    let alice = Person::sets_up(&serving);
    stand.put_recording(&cadastre_tests::recording::Recording::of(&[("eu-west-1", 3)]));
    let page = alice.sees("/sources/account/edit");
    assert!(page.contains("replays a recording") && page.contains("account.recording"), "{page}");
    assert!(!page.contains("type=\"password\""), "no secret is asked for: {page}");
    let form = "schedule=%40daily&set-regions=eu-west-1";
    assert_eq!(alice.sends("/sources/account/edit", form).status, 303);
    let listed = stand.json(&["source", "list"]);
    assert_eq!(listed[0]["schedule"], "@daily");
    assert!(listed[0]["recording"].as_str().unwrap().ends_with("account.recording"), "{listed}");
    stand.complete();
    serving.running.terminate().expect_status(0);
}

fn a_source_from_its_form_to_its_removal(stand: Stand) {
    let Some(moto) = Moto::start() else { return };
    let estate = moto.seed(&json!({ "regions": { "eu-west-1": { "instances": 4 } } }));
    let serving = stand.serve(&[]);
    let alice = Person::sets_up(&serving);
    assert!(alice.sees("/").contains("href=\"/sources/new\""), "it says what to do first");

    added(&alice, &moto, &estate);
    tried_and_run(&stand, &alice);
    changed(&alice, &estate);
    switched(&stand, &alice);
    removed(&stand, &alice);
    // The secret is in no page, answer or log.
    let said = serving.running.terminate().expect_status(0);
    assert!(!(said.stdout + &said.stderr).contains(&estate.reader.secret));
}

/// The form's fields as a browser sends them: all of them, the empty ones too.
fn filled(fields: &[(&str, &str)]) -> String {
    let empty = [
        "schedule",
        "set-regions",
        "set-access_key_id",
        "set-accounts",
        "set-role_name",
        "set-external_id",
        "set-endpoint",
        "set-page_size",
        "set-include",
        "set-exclude",
        "set-timeout",
        "set-concurrency",
        "set-proxy",
        "set-ca_file",
        "secret-secret_access_key-typed",
        "secret-secret_access_key-env",
        "secret-secret_access_key-file",
        "secret-session_token-typed",
        "secret-session_token-env",
        "secret-session_token-file",
    ];
    let mut form: BTreeMap<&str, &str> = empty.into_iter().map(|name| (name, "")).collect();
    form.insert("kind", "aws");
    form.extend(fields.iter().copied());
    let encoded = form.iter().map(|(name, text)| format!("{name}={}", escaped(text)));
    encoded.collect::<Vec<_>>().join("&")
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn added(alice: &Person<'_>, moto: &Moto, estate: &Estate) {
    let page = alice.sees("/sources/new?kind=aws");
    for label in ["Regions", "Secret access key", "Take any certificate", "Schedule"] {
        assert!(page.contains(label), "{label}: {page}");
    }
    let endpoint = moto.endpoint();
    let mut fields = vec![
        ("name", "cloud"),
        ("schedule", "0 3 * * *"),
        ("set-regions", "Mars"),
        ("set-timeout", "soon"),
        ("set-endpoint", &endpoint),
        ("set-access_key_id", &estate.reader.id),
        ("secret-secret_access_key-typed", &estate.reader.secret),
    ];
    let answer = alice.sends("/sources/new", &filled(&fields));
    assert_eq!(answer.status, 422);
    for said in [
        "id=\"set-regions-error\"",
        "names <code>Mars</code>, which is not a region",
        "id=\"set-timeout-error\"",
        "type them once more",
        // What was typed is there still, but for the secret.
        &endpoint,
        ">Mars</textarea>",
    ] {
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
    }
    assert!(!answer.body.contains(&estate.reader.secret));
    assert!(alice.sees("/sources").contains("No source yet"), "nothing was kept");
    fields.retain(|(name, _)| *name != "set-timeout");
    fields.push(("set-regions", "eu-west-1"));
    assert_eq!(alice.leads("/sources/new", &filled(&fields)), "/sources/cloud?said=added");
    let page = alice.sees("/sources/cloud?said=added");
    for said in ["was added", "0 3 * * *", "next:", "03:00 UTC", "It has not run yet", "sealed"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains(&estate.reader.secret));
    let twice = alice.sends("/sources/new", &filled(&fields));
    assert!(twice.status == 422 && twice.body.contains("is another source"), "{}", twice.body);
}

fn tried_and_run(stand: &Stand, alice: &Person<'_>) {
    let answer = alice.sends("/sources/cloud/test", "");
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("It leads there"), "{}", answer.body);
    // To the run if a worker has begun it by then, else to the list that says it waits.
    let to = alice.leads("/sources/cloud/run", "");
    assert!(["/runs/1", "/runs?source=cloud"].contains(&to.as_str()), "{to}");
    wait_until("the run is done", || alice.sees("/sources/cloud").contains(">complete<"));
    let page = alice.sees("/sources/cloud");
    assert!(page.contains("href=\"/runs/1\""), "{page}");
    assert_eq!(stand.count("kind:instance source:cloud"), 4);
}

fn changed(alice: &Person<'_>, estate: &Estate) {
    let page = alice.sees("/sources/cloud/edit");
    assert!(
        page.contains("One is kept sealed") && page.contains(">eu-west-1</textarea>"),
        "{page}"
    );
    assert!(!page.contains("name=\"name\""), "a name stays: {page}");
    let key = ("set-access_key_id", estate.reader.id.as_str());
    let elsewhere = [key, ("set-endpoint", "http://127.0.0.1:1"), ("schedule", "0 25 * * *")];
    let answer = alice.sends("/sources/cloud/edit", &filled(&elsewhere));
    assert_eq!(answer.status, 422);
    for said in ["type it again", "does not fit the hour", "value=\"0 25 * * *\""] {
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
    }
    let typed = ("secret-secret_access_key-typed", "hunter2hunter2");
    let elsewhere = [key, ("set-endpoint", "http://127.0.0.1:1"), typed];
    let to = alice.leads("/sources/cloud/edit", &filled(&elsewhere));
    assert_eq!(to, "/sources/cloud?said=changed");
    let page = alice.sees(&to);
    assert!(page.contains("It runs only when asked to") && page.contains("127.0.0.1:1"), "{page}");
    let answer = alice.sends("/sources/cloud/test", "");
    assert!(answer.body.contains("step-bad") && answer.body.contains("does not lead there"));
    // A key without its secret: there is no first step to take.
    let forgotten = [key, ("secret-secret_access_key-forget", "on")];
    assert_eq!(alice.sends("/sources/cloud/edit", &filled(&forgotten)).status, 303);
    let answer = alice.sends("/sources/cloud/test", "");
    assert!(answer.status == 422 && answer.body.contains("is useless without it"));
    let red = [("set-insecure_tls", "on")];
    alice.leads("/sources/cloud/edit", &filled(&red));
    assert!(alice.sees("/sources").contains("takes any certificate"));
}

fn switched(stand: &Stand, alice: &Person<'_>) {
    for (act, is_on) in [("disable", false), ("enable", true), ("disable", false)] {
        let to = alice.leads(&format!("/sources/cloud/{act}"), "");
        assert_eq!(to, format!("/sources/cloud?said={act}d"));
        assert!(alice.sees(&to).contains(&format!("cloud is {act}d")));
        assert_eq!(stand.json(&["source", "list"])[0]["enabled"], is_on);
    }
}

fn removed(stand: &Stand, alice: &Person<'_>) {
    let page = alice.sees("/sources/cloud/remove");
    assert!(page.contains("Remove cloud?") && page.contains("stays in the register"), "{page}");
    assert_eq!(alice.leads("/sources/cloud/remove", ""), "/sources?removed=cloud");
    assert!(alice.sees("/sources?removed=cloud").contains("cloud was removed"));
    assert_eq!(alice.asks("/sources/cloud").status, 404);
    assert_eq!(stand.count("kind:instance"), 4, "what it said stays");
    let log = alice.sees("/audit");
    for act in ["source.added", "source.changed", "source.disabled", "source.remove"] {
        assert!(log.contains(act), "{act}: {log}");
    }
    stand.audit_fits();
}
