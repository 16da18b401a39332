//! `serve`: what its first start makes and prints, what it answers, and when it refuses to start.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use cadastre_tests::cadastre::Cadastre;
use cadastre_tests::recording::Recording;
use cadastre_tests::sql::Sql;
use cadastre_tests::{http, lab};

use super::stand::{SOURCE, Stand, wait_until};
use super::told::Told;

on_both!(it_answers_health_readiness_and_figures);

#[test]
fn the_first_start_makes_the_register_and_the_key_and_says_where() {
    let cadastre = Cadastre::new();
    let mut running = cadastre.start(&["serve", "--listen", "127.0.0.1:0"]);
    let line =
        running.wait_until(|stdout, _| stdout.split_once('\n').map(|(line, _)| line.to_owned()));
    let state = cadastre.home().join(".local/state/cadastre");
    let database = state.join("cadastre.db");
    let (url, register) = line
        .strip_prefix("serving at ")
        .and_then(|rest| rest.split_once(", register "))
        .unwrap_or_else(|| panic!("{line}"));
    assert!(url.starts_with("http://127.0.0.1:") && !url.ends_with(":0"), "{line}");
    assert_eq!(register, format!("sqlite://{}", database.display()), "absolute, and the real one");
    assert!(database.is_absolute() && database.is_file());
    let key = state.join("sealing.key");
    assert_eq!((mode(&key), mode(&database)), (0o600, 0o600));
    let stderr = running.stderr();
    assert!(stderr.contains("a new register was made"), "{stderr}");
    assert!(stderr.contains("a sealing key was made"), "{stderr}");
    let made = std::fs::read(&key).unwrap();
    running.terminate().expect_status(0);

    // The second start makes nothing.
    let mut running = cadastre.start(&["serve", "--listen", "127.0.0.1:0", "--json"]);
    let line =
        running.wait_until(|stdout, _| stdout.split_once('\n').map(|(line, _)| line.to_owned()));
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["database"], format!("sqlite://{}", database.display()));
    let ran = running.terminate().expect_status(0);
    assert!(!ran.stderr.contains("was made"), "{}", ran.stderr);
    assert_eq!(std::fs::read(&key).unwrap(), made);
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn it_answers_health_readiness_and_figures(stand: Stand) {
    let serving = stand.serve(&[]);
    assert_eq!(serving.get("/healthz"), "ok\n");
    assert_eq!(serving.get("/readyz"), "ready\n");
    let figures = figures(&serving.get("/metrics"));
    assert_eq!(figures["cadastre_jobs{state=\"waiting\"}"], 0.0);

    stand.put_recording(&Recording::of(&[("eu-west-1", 3)]));
    stand.put_recording_as("odd.name_1", &Recording::of(&[("eu-west-1", 1)]), "");
    let success = |source: &str, text: &str| {
        let name = "cadastre_source_last_success_timestamp_seconds";
        self::figures(text)[&format!("{name}{{source=\"{source}\"}}")]
    };
    let before = serving.get("/metrics");
    assert_eq!((success(SOURCE, &before), success("odd.name_1", &before)), (0.0, 0.0), "never");
    stand.complete();
    let after = serving.get("/metrics");
    let ended = stand.sql().number("SELECT max(ended_at) FROM run");
    assert!((success(SOURCE, &after) - ended as f64 / 1000.0).abs() < 0.01, "{after}");
    assert_eq!(success("odd.name_1", &after), 0.0);

    // A run that is not complete is no success.
    std::fs::write(stand.cadastre.home().join("account.recording"), "cut").unwrap();
    stand.cadastre.run(&["discover", SOURCE]);
    assert_eq!(success(SOURCE, &serving.get("/metrics")), success(SOURCE, &after));
    serving.running.terminate().expect_status(0);
}

/// The Prometheus text format, version 0.0.4: every line a comment or a figure. Figure → value.
fn figures(text: &str) -> BTreeMap<String, f64> {
    let mut typed = None;
    let mut figures = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(declared) = line.strip_prefix("# TYPE ") {
            let (name, sort) = declared.split_once(' ').unwrap();
            assert!(["gauge", "counter", "histogram", "summary"].contains(&sort), "{line}");
            typed = Some(name.to_owned());
            continue;
        }
        if line.starts_with('#') {
            continue;
        }
        let (figure, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        let name = figure.split('{').next().unwrap();
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{line}");
        assert_eq!(Some(name), typed.as_deref(), "a figure under its type: {line}");
        if let Some(labels) = figure.strip_prefix(name).filter(|labels| !labels.is_empty()) {
            let inner = labels.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            for label in inner.unwrap_or_else(|| panic!("{line}")).split("\",") {
                let (key, value) = label.split_once("=\"").unwrap_or_else(|| panic!("{line}"));
                assert!(!key.is_empty() && !value.contains('\n'), "{line}");
            }
        }
        let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
        assert!(figures.insert(figure.to_owned(), value).is_none(), "told twice: {line}");
    }
    figures
}

#[test]
fn readiness_says_when_the_register_is_lost() {
    let Some(stand) = Stand::on_postgres() else { return };
    let serving = stand.serve(&["--no-workers"]);
    let name = stand.address.rsplit_once('/').unwrap().1.to_owned();
    let server = Sql::at(&lab::variable("CADASTRE_LAB_POSTGRES").unwrap());
    server.execute(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'; \
         ALTER DATABASE {name} RENAME TO {name}_away"
    ));
    let answer = http::get(serving.address, "/readyz").unwrap();
    assert_eq!((answer.status, &*answer.body), (503, "the register does not answer\n"));
    assert_eq!(serving.get("/healthz"), "ok\n", "the process itself lives");
    let metrics = http::get(serving.address, "/metrics").unwrap();
    assert_eq!(metrics.status, 503);
    server.execute(&format!("ALTER DATABASE {name}_away RENAME TO {name}"));
    wait_until("it is ready again", || {
        http::get(serving.address, "/readyz").unwrap().status == 200
    });
    serving.running.terminate().expect_status(0);
}

#[test]
fn a_port_in_use_is_said_before_anything_is_touched() {
    let stand = Stand::on_sqlite();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let listen = format!("127.0.0.1:{port}");
    let mut told = Told::by(&stand).hiding(&port, "PORT");
    told.case("port in use", &stand.cadastre.run(&["serve", "--listen", &listen]));
    let home = stand.cadastre.home();
    assert!(!home.join("register.db").exists(), "no register was made");
    assert!(!home.join(".local").exists(), "no state either");

    let stand = stand.migrated();
    let before = std::fs::read(home_file(&stand)).unwrap();
    stand.cadastre.run(&["serve", "--listen", &listen]).expect_status(1);
    assert_eq!(std::fs::read(home_file(&stand)).unwrap(), before);
    insta::assert_snapshot!(told.text());
}

fn home_file(stand: &Stand) -> std::path::PathBuf {
    stand.cadastre.home().join("register.db")
}

#[test]
fn plain_http_beyond_this_machine_is_refused_unless_allowed() {
    let mut stand = Stand::on_sqlite();
    let mut told = Told::by(&stand);
    told.case("everywhere", &stand.cadastre.run(&["serve", "--listen", "0.0.0.0:0"]));
    told.case("everywhere, v6", &stand.cadastre.run(&["serve", "--listen", "[::]:0"]));
    stand.cadastre.variable("CADASTRE_SERVER__LISTEN", "192.0.2.1:8080");
    told.case("by variable", &stand.cadastre.run(&["serve"]));
    told.case("not an address", &stand.cadastre.run(&["serve", "--listen", "localhost"]));
    assert!(!home_file(&stand).exists());

    stand.cadastre.variable("CADASTRE_SERVER__ALLOW_INSECURE_HTTP", "true");
    stand.cadastre.variable("CADASTRE_SERVER__LISTEN", "0.0.0.0:0");
    let mut running = stand.cadastre.start(&["serve"]);
    running.wait_until(|stdout, _| stdout.contains("serving at http://0.0.0.0:").then_some(()));
    let ran = running.terminate().expect_status(0);
    assert!(ran.stderr.contains("anyone between can read it"), "{}", ran.stderr);
    insta::assert_snapshot!(told.text());
}
