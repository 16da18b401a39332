//! Secrets are where they belong and nowhere else: not in arguments, logs, errors, answers, the
//! database or recordings.

use std::path::Path;

use cadastre_tests::fault_proxy::FaultProxy;
use cadastre_tests::fault_proxy::rule::{Fault, Rule};
use cadastre_tests::moto::{Estate, Moto};
use cadastre_tests::rows::Rows;
use serde_json::json;

use super::stand::{Stand, wait_until};

on_both!(a_typed_secret_is_nowhere);

const USER_DATA: &str = "user-data-secret-7431";

fn lab() -> Option<(Moto, Estate, FaultProxy)> {
    let moto = Moto::start()?;
    let spec =
        json!({ "regions": { "eu-west-1": { "instances": 6, "user_data_secret": USER_DATA } } });
    let estate = moto.seed(&spec);
    let proxy = FaultProxy::start(moto.address());
    Some((moto, estate, proxy))
}

fn table(estate: &Estate, proxy: &FaultProxy, more: &str) -> String {
    let (endpoint, key) = (proxy.endpoint(), &estate.reader.id);
    format!(
        "[aws]\nendpoint = \"{endpoint}\"\nregions = [\"eu-west-1\"]\naccess_key_id = \"{key}\"\n{more}\n"
    )
}

fn a_typed_secret_is_nowhere(stand: Stand) {
    let Some((_moto, estate, proxy)) = lab() else { return };
    let mut stand = stand.migrated();
    stand.cadastre.variable("CADASTRE_LOG__LEVEL", "trace");
    let secret = &estate.reader.secret;
    let file = stand.source_file("it", &table(&estate, &proxy, ""));
    let arguments = ["source", "add", &file, "--secret-stdin", "secret_access_key"];
    let ran = stand.cadastre.run_with_input(&arguments, &format!("{secret}\n")).expect_status(0);
    let said = ran.stdout + &ran.stderr;
    everything_else_is_clean(&stand, &proxy, secret, said);
    let listed = stand.json(&["source", "list"]);
    assert!(
        listed[0]["secrets"]["secret_access_key"].as_str().unwrap().contains("sealed"),
        "{listed}"
    );
}

#[test]
fn a_secret_in_the_environment_is_nowhere() {
    let Some((_moto, estate, proxy)) = lab() else { return };
    let mut stand = Stand::on_sqlite().migrated();
    stand.cadastre.variable("CADASTRE_LOG__LEVEL", "trace");
    let secret = &estate.reader.secret;
    stand.cadastre.variable("CADASTRE_SECRET_IT", secret);
    let more = "secret_access_key_env = \"CADASTRE_SECRET_IT\"";
    stand.put_source("it", &table(&estate, &proxy, more));
    everything_else_is_clean(&stand, &proxy, secret, String::new());
}

/// Runs what uses the secret, well and badly, and looks for it in all that comes of it.
fn everything_else_is_clean(stand: &Stand, proxy: &FaultProxy, secret: &str, mut said: String) {
    proxy
        .add(Rule::new(Fault::Delay(std::time::Duration::from_millis(400))).action("DescribeVpcs"));
    let running = stand.cadastre.start(&["discover", "it", "--record", "tape", "--json"]);
    let mut arguments = Vec::new();
    wait_until("it is asked for its arguments", || {
        arguments = std::fs::read(format!("/proc/{}/cmdline", running.pid())).unwrap_or_default();
        holds(&arguments, "--record")
    });
    let mut tell = |ran: cadastre_tests::cadastre::Ran, status: i32| {
        let ran = ran.expect_status(status);
        said.push_str(&ran.stdout);
        said.push_str(&ran.stderr);
    };
    tell(running.wait(), 0);
    tell(stand.cadastre.run(&["source", "test", "it"]), 0);
    tell(stand.cadastre.run(&["source", "list", "--json"]), 0);
    tell(stand.cadastre.run(&["source", "list"]), 0);
    tell(stand.cadastre.run(&["check-config", "--json"]), 0);
    for fault in [Fault::auth_failure(), Fault::ExpiredToken] {
        proxy.clear();
        proxy.add(Rule::new(fault));
        tell(stand.cadastre.run(&["discover", "it"]), 1);
        tell(stand.cadastre.run(&["source", "test", "it"]), 1);
    }
    proxy.clear();
    tell(stand.cadastre.run(&["backup", "kept"]), 0);
    assert!(said.len() > 10_000, "at trace level much is said");
    assert!(said.contains("TRACE"));
    for (what, text) in [("what was said", said.as_bytes()), ("its arguments", &arguments)] {
        assert!(!holds(text, secret), "{what} holds the secret");
    }
    assert!(!holds(said.as_bytes(), USER_DATA), "user data was asked for");

    for file in ["tape", "kept"] {
        let bytes = std::fs::read(stand.cadastre.home().join(file)).unwrap();
        assert!(!bytes.is_empty() && !holds(&bytes, secret) && !holds(&bytes, USER_DATA), "{file}");
    }
    if stand.address.starts_with("sqlite") {
        for file in ["register.db", "register.db-wal"] {
            clean_if_there(&stand.cadastre.home().join(file), secret);
        }
    } else {
        let rows = Rows::of_postgres(&stand.address);
        assert_eq!(rows.tables_with(secret), Vec::<&str>::new());
    }
    // The state folder has the key, and it is not the secret either.
    let state = stand.cadastre.home().join(".local/state/cadastre");
    for entry in std::fs::read_dir(&state).into_iter().flatten() {
        clean_if_there(&entry.unwrap().path(), secret);
    }
}

fn clean_if_there(file: &Path, secret: &str) {
    if let Ok(bytes) = std::fs::read(file) {
        assert!(!holds(&bytes, secret) && !holds(&bytes, USER_DATA), "{}", file.display());
    }
}

/// As it is, and as it would stand in a URL or in JSON.
fn holds(bytes: &[u8], secret: &str) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let encoded = secret.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
    text.contains(secret) || text.contains(&encoded) || text.contains(&secret.replace('/', "\\/"))
}
