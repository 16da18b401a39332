//! Accounts, people and sites from the command line.

use super::stand::Stand;
use super::told::Told;

on_both!(an_account_keeps_no_password, people_and_sites_are_added_and_listed);

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
