//! `demo`: what it loads, that it does so once, and who may look at it.

use super::stand::wait_until;
use cadastre_tests::cadastre::{Cadastre, Running};
use cadastre_tests::http;
use cadastre_tests::sql::Sql;
use serde_json::Value;
use std::net::SocketAddr;

/// A demo's home, and its database as the other commands name it.
struct Home {
    cadastre: Cadastre,
    database: String,
}

impl Home {
    fn new() -> Self {
        let cadastre = Cadastre::new();
        let database = cadastre.home().join(".local/state/cadastre/demo.db");
        Self { database: format!("sqlite://{}", database.display()), cadastre }
    }

    fn load(&self) -> Value {
        self.cadastre.run(&["demo", "--no-serve", "--json"]).expect_status(0).json()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [&["--database", &self.database], arguments, &["--json"]].concat();
        self.cadastre.run(&arguments).expect_status(0).json()
    }

    fn count(&self, query: &str) -> i64 {
        self.json(&["assets", query, "--count"])["count"].as_i64().unwrap()
    }

    fn sql(&self) -> Sql {
        Sql::at(&self.database)
    }

    fn serve(&self) -> (Running, SocketAddr, String) {
        let mut running = self.cadastre.start(&["demo", "--listen", "127.0.0.1:0", "--json"]);
        let line = running
            .wait_until(|stdout, _| stdout.split_once('\n').map(|(line, _)| line.to_owned()));
        let told: Value = serde_json::from_str(&line).unwrap();
        let address = told["url"].as_str().unwrap().strip_prefix("http://").unwrap();
        let password = told["login"]["password"].as_str().unwrap().to_owned();
        (running, address.parse().unwrap(), password)
    }
}

fn log_in(address: SocketAddr, password: &str) -> http::Answer {
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    http::post(address, "/login", &[form], &format!("name=demo&password={password}")).unwrap()
}

#[test]
fn it_loads_an_estate_with_a_month_of_history() {
    let home = Home::new();
    let told = home.load();
    assert_eq!(told["database"], home.database);
    assert_eq!(told["login"]["name"], "demo");

    for (kind, least) in [
        ("instance", 150),
        ("volume", 200),
        ("network", 6),
        ("subnet", 30),
        ("security-group", 15),
        ("address", 5),
        ("image", 5),
        ("network-interface", 3),
    ] {
        let count = home.count(&format!("kind:{kind}"));
        assert!(count >= least, "{kind}: {count}");
    }
    for region in ["eu-west-1", "eu-central-1", "us-east-1"] {
        assert!(home.count(&format!("kind:instance region:{region}")) >= 5, "{region}");
    }
    // What there is to find in it.
    for query in [
        "kind:volume encrypted:no",
        "kind:volume -attached-to:*",
        "kind:instance power:off",
        "kind:instance -tag:team=*",
        "tag:stage=prod env:prod",
        "is:stale",
        "kind:security-group rules_in:*0.0.0.0/0*",
        "site:dublin",
    ] {
        assert!(home.count(query) > 0, "{query}");
    }

    // A month ago it was another estate.
    let past = |query: &str| {
        let day = home.sql().number("SELECT max(committed_at) - 29 * 86400000 FROM rev");
        let at = home.json(&["assets", query, "--as-of", &moment(day), "--count"]);
        at["count"].as_i64().unwrap()
    };
    assert_eq!(
        (past("kind:instance web-eu-13"), home.count("kind:instance web-eu-13")),
        (0, 1),
        "came since"
    );
    assert_eq!((past("owner:payments"), home.count("owner:payments") > 5), (0, true), "set since");
    assert_eq!((past("is:stale"), past("kind:instance") >= 150), (0, true));

    // A person's word: held, with who set it.
    let found = home.json(&["assets", "kind:instance name:db-payments-eu-01"]);
    let asset = home.json(&["asset", &found[0]["id"].to_string()]);
    assert_eq!(asset["attributes"]["owner"], "payments", "{asset}");
    assert_eq!(asset["provenance"]["owner"]["lock"]["actor"], "user:demo", "{asset}");
    let open = home.json(&["conflicts"]);
    assert_eq!(open.as_array().unwrap().len(), 1, "one thing waits for a person: {open}");
    home.cadastre.run(&["--database", &home.database, "audit", "verify"]).expect_status(0);
    assert!(!home.cadastre.home().join(".local/state/cadastre/cadastre.db").exists());
}

/// Milliseconds since 1970 as a moment.
fn moment(millis: i64) -> String {
    chrono::DateTime::from_timestamp_millis(millis).unwrap().to_rfc3339()
}

#[test]
fn a_second_start_changes_nothing_but_the_password() {
    let home = Home::new();
    let (running, address, first) = home.serve();
    assert_eq!(log_in(address, &first).status, 303);
    let stderr = running.terminate().expect_status(0).stderr;
    assert!(stderr.contains("loading the demo estate"), "{stderr}");
    let rows = "SELECT (SELECT count(*) FROM asset_version) + (SELECT count(*) FROM run)";
    let before = home.sql().number(rows);

    let (running, address, second) = home.serve();
    assert_ne!(first, second);
    assert_eq!(log_in(address, &first).status, 403, "the old one is of no use");
    let answer = log_in(address, &second);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let (_, cookie) = answer.head.split_once("set-cookie: ").unwrap();
    let cookie = ("Cookie", cookie.split(';').next().unwrap());
    wait_until("the overview shows it", || {
        http::get_with(address, "/", &[cookie]).unwrap().body.contains("Cloud instances")
    });
    assert_eq!(home.sql().number(rows), before);

    // Another one is refused at the port, before it could take the login away.
    let port = address.to_string();
    let ran = home.cadastre.run(&["demo", "--listen", &port]).expect_status(1);
    assert!(ran.stderr.contains("cannot listen"), "{}", ran.stderr);
    assert_eq!(log_in(address, &second).status, 303);
    let stderr = running.terminate().expect_status(0).stderr;
    assert!(!stderr.contains("loading"), "{stderr}");
}

#[test]
fn a_load_that_was_broken_off_is_done_again() {
    let home = Home::new();
    home.load();
    let versions = "SELECT count(*) FROM asset_version";
    let before = home.sql().number(versions);
    home.sql().execute("DELETE FROM account");
    home.load();
    assert!(home.count("is:stale") > 0);
    assert_eq!(home.json(&["conflicts"]).as_array().unwrap().len(), 1);
    assert!(home.sql().number(versions) >= before);
}

#[test]
fn it_is_for_this_machine_and_a_register_of_its_own() {
    let mut home = Home::new();
    for listen in ["0.0.0.0:8080", "192.0.2.1:80", "[::]:8080"] {
        let ran = home.cadastre.run(&["demo", "--listen", listen]).expect_status(2);
        assert!(ran.stderr.contains("to this machine only"), "{}", ran.stderr);
    }
    home.cadastre.variable("CADASTRE_SERVER__ALLOW_INSECURE_HTTP", "true");
    home.cadastre.variable("CADASTRE_SERVER__LISTEN", "0.0.0.0:0");
    let ran = home.cadastre.run(&["demo"]).expect_status(1);
    assert!(ran.stderr.contains("--listen 127.0.0.1:8080"), "{}", ran.stderr);
    assert!(!home.cadastre.home().join(".local").exists(), "nothing was touched");

    // Somebody's register is not given the demo's login.
    let address = format!("sqlite://{}", home.cadastre.home().join("ours.db").display());
    let ours = ["--database", &address];
    home.cadastre.run(&[&ours[..], &["migrate"]].concat()).expect_status(0);
    let add =
        [&ours[..], &["user", "add", "demo", "--role", "reader", "--password-stdin"]].concat();
    home.cadastre.run_with_input(&add, "long enough, this\n").expect_status(0);
    home.cadastre.variable("CADASTRE_SERVER__LISTEN", "127.0.0.1:0");
    let ran = home.cadastre.run(&[&ours[..], &["demo", "--no-serve"]].concat()).expect_status(1);
    assert!(ran.stderr.contains("not the demo's"), "{}", ran.stderr);
    let hashes = Sql::at(&address).texts("SELECT role FROM account");
    assert_eq!(hashes, ["reader"]);

    let help = home.cadastre.run(&["demo", "--help"]).expect_status(0).stdout;
    assert!(help.contains("Examples:") && help.contains("--no-serve"), "{help}");
}
