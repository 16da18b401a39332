//! Questions that make no sense: queries, moments, orders, names.

use cadastre_tests::recording::Recording;

use super::stand::Stand;
use super::told::Told;

on_both!(what_is_not_there_is_said);

#[test]
fn each_is_told_with_what_was_expected() {
    let stand = Stand::on_sqlite().migrated();
    let mut told = Told::by(&stand);
    for (title, arguments) in [
        ("an unknown key", &["assets", "onwer:payments kind:vm"][..]),
        ("an open parenthesis", &["assets", "kind:vm (env:prod OR env:test"]),
        ("an open quotation, counted", &["assets", "os:\"windows", "--count"]),
        ("a value that cannot be", &["assets", "kind:spaceship seen<30x", "--format", "csv"]),
        ("as of tomorrow", &["assets", "", "--as-of", "2999-01-01"]),
        ("as of no day", &["assets", "", "--as-of", "2026-02-30"]),
        ("as of nonsense", &["assets", "", "--as-of", "yesterdayish"]),
        ("an order that is none", &["assets", "", "--sort", "colour"]),
        ("a limit of none", &["assets", "", "--limit", "0"]),
    ] {
        told.case(title, &stand.cadastre.run(arguments).expect_status(2));
    }
    insta::assert_snapshot!(told.text());
}

fn what_is_not_there_is_said(stand: Stand) {
    let stand = stand.migrated();
    stand.put_recording(&Recording::of(&[("eu-west-1", 1)]));
    stand.complete();
    stand.json(&["party", "add", "payments", "--kind", "team"]);
    let id = stand.json(&["assets", "kind:instance"])[0]["id"].to_string();
    let before = stand.json(&["asset", &id]);
    let mut told = Told::by(&stand).hiding(&format!("asset {id} "), "asset ID ");
    for (title, status, arguments) in [
        ("no such asset", 1, &["asset", "999999"][..]),
        ("no such asset then", 1, &["asset", &id, "--as-of", "2020-01-01"]),
        ("nobody of that name", 2, &["asset", &id, "--set", "owner=paymnets"]),
        ("no such site", 2, &["asset", &id, "--set", "site=atlantis"]),
        ("no such attribute", 2, &["asset", &id, "--set", "onwer=payments", "--release", "nmae"]),
        ("all or nothing", 2, &["asset", &id, "--set", "owner=payments", "--set", "site=atlantis"]),
        ("no day", 2, &["asset", &id, "--set", "owner=payments", "--effective-from", "soon"]),
        ("no such conflict", 1, &["conflicts", "accept", "77"]),
        ("a party that cannot be", 2, &["party", "add", "Two Words", "--kind", "team"]),
        ("a site in none", 1, &["site", "add", "hall-2", "--parent", "paris"]),
    ] {
        told.case(title, &stand.cadastre.run(arguments).expect_status(status));
    }
    assert_eq!(stand.json(&["asset", &id]), before, "nothing of it was written");
    assert_eq!(stand.json(&["site", "list"]), serde_json::json!([]));
    insta::allow_duplicates! { insta::assert_snapshot!("what_is_not_there_is_said", told.text()) };
}
