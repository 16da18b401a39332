//! Secrets that cannot be had: by name, by place, by key.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::stand::Stand;
use super::told::Told;

/// A source that would ask nobody: no secret, no question.
fn source(more: &str) -> String {
    format!(
        "[aws]\nendpoint = \"http://127.0.0.1:1\"\nregions = [\"eu-west-1\"]\n\
         access_key_id = \"AKIAEXAMPLE\"\n{more}\n"
    )
}

#[test]
fn a_file_is_read_only_below_secrets_dir() {
    let mut stand = Stand::on_sqlite().migrated();
    let home = stand.cadastre.home().to_owned();
    stand.path("outside/plain", "hunter2hunter2\n");
    stand.path("secrets/inside", "good-good-good\n");
    stand.path("secrets/empty", "\n");
    symlink(home.join("outside/plain"), home.join("secrets/link")).unwrap();
    std::fs::create_dir(home.join("secrets/folder")).unwrap();
    let mut told = Told::by(&stand);
    let file = |stand: &Stand, path: &str| {
        stand.put_source("it", &source(&format!("secret_access_key_file = \"{path}\"")));
        let ran = stand.cadastre.run(&["discover", "it"]);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
        ran
    };
    told.case_with_answer("no secrets_dir", &file(&stand, "inside").expect_status(2));
    stand.cadastre.variable("CADASTRE_SECRETS_DIR", home.join("secrets").to_str().unwrap());
    let outside = home.join("outside/plain").display().to_string();
    for (title, path) in [
        ("outside, absolute", outside.as_str()),
        ("outside, by steps up", "../outside/plain"),
        ("outside, by a link", "link"),
        ("outside, and not there", "../outside/none"),
        ("the password file of the machine", "/etc/passwd"),
        ("not there", "none"),
        ("a folder", "folder"),
        ("empty", "empty"),
    ] {
        told.case_with_answer(title, &file(&stand, path).expect_status(2));
    }
    // One that is well inside is used: the run fails for another reason.
    let ran = file(&stand, "inside").expect_status(1);
    assert!(ran.stdout.contains("Connection refused"), "{}{}", ran.stdout, ran.stderr);
    insta::assert_snapshot!(told.text());
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    let mut stand = Stand::on_sqlite().migrated();
    let mut told = Told::by(&stand);
    stand.put_source("it", &source("secret_access_key_env = \"CADASTRE_SECRET_IT\""));
    told.case_with_answer("not set", &stand.cadastre.run(&["discover", "it"]).expect_status(2));
    told.case("not set, tested", &stand.cadastre.run(&["source", "test", "it"]).expect_status(2));
    stand.cadastre.variable("CADASTRE_SECRET_IT", "");
    told.case_with_answer("empty", &stand.cadastre.run(&["discover", "it"]).expect_status(2));
    stand.put_source("it", &source(""));
    told.case_with_answer("none given", &stand.cadastre.run(&["discover", "it"]).expect_status(2));
    assert_eq!(stand.runs(), Vec::<i64>::new(), "none of them began");
    insta::assert_snapshot!(told.text());
}

#[test]
fn a_sealed_secret_needs_its_key() {
    let stand = Stand::on_sqlite().migrated();
    let key = stand.cadastre.home().join(".local/state/cadastre/sealing.key");
    let mut told = Told::by(&stand);
    let file = stand.source_file("it", &source(""));
    let add = |file: &str, input: &str| {
        let arguments = ["source", "add", file, "--secret-stdin", "secret_access_key"];
        stand.cadastre.run_with_input(&arguments, input)
    };
    told.case("nothing typed", &add(&file, "").expect_status(1));
    let arguments = ["source", "add", &file, "--secret-stdin", "password"];
    told.case("no such secret", &stand.cadastre.run_with_input(&arguments, "x\n").expect_status(2));
    add(&file, "hunter2hunter2hunter2\n").expect_status(0);
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    // It serves: the run gets as far as to the peer that is not there.
    let ran = stand.cadastre.run(&["discover", "it"]).expect_status(1);
    assert!(ran.stdout.contains("Connection refused"), "{}", ran.stdout);

    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
    told.case("a key open to others", &stand.cadastre.run(&["discover", "it"]).expect_status(1));
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o600)).unwrap();

    let kept = std::fs::read(&key).unwrap();
    std::fs::write(&key, "no key\n").unwrap();
    told.case("not a key", &stand.cadastre.run(&["discover", "it"]).expect_status(1));
    std::fs::remove_file(&key).unwrap();
    told.case_with_answer("a lost key", &stand.cadastre.run(&["discover", "it"]).expect_status(2));
    assert!(!key.exists(), "discover makes none");
    let other: String = "ab".repeat(32);
    std::fs::write(&key, other).unwrap();
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o600)).unwrap();
    let ran = stand.cadastre.run(&["discover", "it"]).expect_status(2);
    told.case_with_answer("another key", &ran);
    assert!(ran.stderr.contains("secret unreadable, type it again"), "{}", ran.stderr);

    // Typed again, all is well; the old key back, the first secret would have been too.
    add(&file, "hunter3hunter3hunter3\n").expect_status(0);
    stand.cadastre.run(&["discover", "it"]).expect_status(1);
    std::fs::write(&key, kept).unwrap();
    stand.cadastre.run(&["discover", "it"]).expect_status(2);
    insta::assert_snapshot!(told.text());
}

#[test]
fn a_new_destination_asks_for_the_secret_again() {
    let stand = Stand::on_sqlite().migrated();
    let mut told = Told::by(&stand);
    let table = |endpoint: &str, regions: &str| {
        let text = format!(
            "[aws]\nendpoint = \"{endpoint}\"\nregions = [\"{regions}\"]\n\
             access_key_id = \"AKIAEXAMPLE\"\n"
        );
        stand.source_file("it", &text)
    };
    let typed = ["--secret-stdin", "secret_access_key"];
    let add = |file: &str, input: Option<&str>| match input {
        Some(input) => {
            let arguments = [&["source", "add", file][..], &typed].concat();
            stand.cadastre.run_with_input(&arguments, input)
        }
        None => stand.cadastre.run(&["source", "add", file]),
    };
    let (here, there) = ("http://127.0.0.1:1", "http://127.0.0.1:2");
    add(&table(here, "eu-west-1"), Some("hunter2hunter2\n")).expect_status(0);
    // Another setting keeps the secret.
    add(&table(here, "us-east-1"), None).expect_status(0);
    told.case("another endpoint", &add(&table(there, "us-east-1"), None).expect_status(2));
    let none = stand.source_file("it", "[aws]\naccess_key_id = \"AKIAEXAMPLE\"\n");
    told.case("no endpoint any more", &add(&none, None).expect_status(2));
    let listed = stand.json(&["source", "list"]);
    assert_eq!(listed[0]["settings"]["endpoint"], here, "nothing was changed");
    add(&table(there, "us-east-1"), Some("hunter3hunter3\n")).expect_status(0);
    assert_eq!(stand.json(&["source", "list"])[0]["settings"]["endpoint"], there);
    insta::assert_snapshot!(told.text());
}
