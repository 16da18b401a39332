//! Accounts, people and sites from the command line.

use serde_json::json;

use super::stand::Stand;
use super::told::Told;

on_both!(
    an_account_keeps_no_password,
    an_account_is_disabled_and_changed,
    of_two_admins_who_disable_each_other_one_stays,
    people_and_sites_are_added_and_listed
);

fn an_account_keeps_no_password(stand: Stand) {
    let stand = stand.migrated();
    let add = |name: &str, password: &str| {
        let arguments = ["user", "add", name, "--role", "editor", "--password-stdin"];
        stand.cadastre.run_with_input(&arguments, password)
    };
    let ran = add("alice", "correct horse battery\nignored\n").expect_status(0);
    assert!(!ran.stdout.contains("horse") && !ran.stderr.contains("horse"));
    let mut told = Told::by(&stand);
    told.case("too short", &add("bob", "eleven char\n").expect_status(2));
    told.case("nothing", &add("bob", "").expect_status(1));
    told.case(
        "no terminal to ask at",
        &stand.cadastre.run(&["user", "add", "bob", "--role", "editor"]),
    );
    told.case("there already", &add("alice", "another password\n").expect_status(1));
    told.case(
        "a name that cannot be",
        &add("Bob Smith", "correct horse battery\n").expect_status(2),
    );
    let hashes = stand.sql().texts("SELECT password_hash FROM account");
    let [hash] = &hashes[..] else { panic!("{hashes:?}") };
    assert!(hash.starts_with("$argon2id$v=19$m="), "{hash}");
    // RFC 9106 and OWASP: at least 19 MiB with two passes.
    let parameter = |name: &str| -> u32 {
        let (_, rest) = hash.split_once(&format!("{name}=")).unwrap();
        rest.split([',', '$']).next().unwrap().parse().unwrap()
    };
    assert!(parameter("m") >= 19_456 && parameter("t") >= 2, "{hash}");
    // The same password twice is not the same hash.
    add("carol", "correct horse battery\n").expect_status(0);
    let hashes = stand.sql().texts("SELECT password_hash FROM account ORDER BY name");
    assert_ne!(hashes[0], hashes[1]);
    assert_eq!(stand.sql().texts("SELECT role FROM account"), ["editor", "editor"]);
    stand.audit_fits();
    insta::allow_duplicates! { insta::assert_snapshot!("an_account_keeps_no_password", told.text()) };
}

fn an_account_is_disabled_and_changed(stand: Stand) {
    let stand = stand.migrated();
    let run = |arguments: &[&str]| stand.cadastre.run(arguments).expect_status(0).stdout;
    let given = |arguments: &[&str], password: &str| {
        let arguments = [&["user"], arguments, &["--password-stdin"]].concat();
        stand.cadastre.run_with_input(&arguments, password)
    };
    assert_eq!(run(&["user", "list"]), "there is no account yet; `cadastre user add` makes one\n");
    for (name, role) in [("ann", "admin"), ("bob", "reader")] {
        given(&["add", name, "--role", role], "correct horse battery\n").expect_status(0);
    }
    let hash = || stand.sql().texts("SELECT password_hash FROM account WHERE name = 'bob'");
    let old = hash();
    let answer = stand.json(&["user", "role", "bob", "editor"]);
    let expected = json!({ "name": "bob", "role": "editor", "changed": true, "sessions_ended": 0 });
    assert_eq!(answer, expected);
    let answer = given(&["password", "bob", "--json"], "staple horse battery\n").expect_status(0);
    let expected = json!({ "name": "bob", "changed": true, "sessions_ended": 0 });
    assert_eq!(answer.json(), expected);
    assert_ne!(hash(), old);
    let answer = stand.json(&["user", "disable", "bob"]);
    let expected = json!({ "name": "bob", "enabled": false, "changed": true, "sessions_ended": 0 });
    assert_eq!(answer, expected);
    let said = run(&["user", "disable", "bob"]);
    assert_eq!(said, "bob is disabled already; nothing was changed\n");
    let accounts = stand.json(&["user", "list"]);
    assert_eq!((&accounts[0]["name"], &accounts[0]["enabled"]), (&"ann".into(), &true.into()));
    let bob = &accounts[1];
    assert_eq!((&bob["role"], &bob["enabled"]), (&"editor".into(), &false.into()), "{bob}");
    assert_eq!(bob["sessions"], 0);
    let table = run(&["user", "list"]);
    assert!(table.starts_with("NAME") && table.contains("disabled"), "{table}");
    assert_eq!(run(&["user", "enable", "bob"]), "bob may log in again\n");
    let said = run(&["user", "disable", "bob"]);
    assert_eq!(said, "bob may log in no more; sessions ended: 0\n");

    let mut told = Told::by(&stand);
    let mut refused = |title: &str, arguments: &[&str]| {
        let ran = stand.cadastre.run(&[&["user"], arguments].concat()).expect_status(1);
        told.case(title, &ran);
    };
    refused("the last admin", &["disable", "ann"]);
    refused("the last admin as something else", &["role", "ann", "reader"]);
    refused("a slip", &["enable", "bbo"]);
    refused("unlike any", &["role", "elsewhere", "reader"]);
    refused("no terminal to ask at", &["password", "bob"]);
    told.case("too short", &given(&["password", "bob"], "eleven char\n").expect_status(2));
    let actions = stand.sql().texts("SELECT action FROM audit ORDER BY seq");
    let done =
        ["role", "password", "disable", "enable", "disable"].map(|one| format!("account.{one}"));
    assert_eq!(actions[2..], done);
    stand.audit_fits();
    insta::allow_duplicates! {
        insta::assert_snapshot!("an_account_is_disabled_and_changed", told.text());
    }
}

fn of_two_admins_who_disable_each_other_one_stays(stand: Stand) {
    let stand = stand.migrated();
    for name in ["ann", "bob"] {
        let add = ["user", "add", name, "--role", "admin", "--password-stdin"];
        stand.cadastre.run_with_input(&add, "correct horse battery\n").expect_status(0);
    }
    for _ in 0..3 {
        let at_once = ["ann", "bob"].map(|name| stand.cadastre.start(&["user", "disable", name]));
        let mut ended = at_once.map(|running| running.wait().status);
        ended.sort_unstable();
        assert_eq!(ended, [Some(0), Some(1)]);
        let disabled = stand.sql().texts("SELECT name FROM account WHERE enabled = 0");
        let [disabled] = &disabled[..] else { panic!("{disabled:?}") };
        stand.json(&["user", "enable", disabled]);
    }
}

fn people_and_sites_are_added_and_listed(stand: Stand) {
    let stand = stand.migrated();
    let run = |arguments: &[&str]| stand.cadastre.run(arguments).expect_status(0);
    run(&["party", "add", "payments", "--kind", "team", "--name", "Payments & Co"]);
    run(&["party", "add", "ann", "--kind", "person"]);
    run(&["site", "add", "paris", "--name", "Paris"]);
    run(&["site", "add", "paris-2", "--name", "Paris, hall 2", "--parent", "paris"]);
    let handles = |list: &serde_json::Value, key: &str| -> Vec<String> {
        let rows = list.as_array().unwrap().iter();
        rows.map(|row| row[key].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(handles(&stand.json(&["party", "list"]), "handle"), ["ann", "payments"]);
    let sites = stand.json(&["site", "list"]);
    assert_eq!(handles(&sites, "slug"), ["paris", "paris-2"]);
    assert_eq!(sites[1]["parent"], "paris");
    let table = run(&["party", "list"]).stdout;
    assert!(table.contains("Payments & Co") && table.contains("person"), "{table}");
    // Written again it is changed, not doubled.
    run(&["party", "add", "payments", "--kind", "team", "--name", "Payments"]);
    let parties = stand.json(&["party", "list"]);
    assert_eq!((parties.as_array().unwrap().len(), &parties[1]["name"]), (2, &"Payments".into()));
    stand.audit_fits();
}
