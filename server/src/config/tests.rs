//! The configuration as it is given: each layer over the one below, and all that can be wrong.

#![allow(clippy::unwrap_used)]
use super::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// A home of its own, with nothing in it.
struct Home {
    folder: TempDir,
    inputs: Inputs,
}

fn home() -> Home {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let home = path.display().to_string();
    let inputs = Inputs {
        flags: Flags::default(),
        variables: BTreeMap::from([("HOME".to_owned(), Some(home))]),
        working_folder: path,
    };
    Home { folder, inputs }
}

impl Home {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn with_file(mut self, text: &str) -> Self {
        self.inputs.flags.config = Some(self.write("etc/cadastre.toml", text));
        self
    }

    fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.inputs.variables.insert(name.to_owned(), Some(value.to_owned()));
        self
    }

    fn load(&self) -> Config {
        load(&self.inputs).unwrap_or_else(|faults| panic!("{faults}"))
    }

    /// The faults, with the home folder left out of them.
    fn faults(&self) -> Vec<String> {
        let home = format!("{}/", self.folder.path().display());
        let faults = load(&self.inputs).unwrap_err();
        faults.0.iter().map(|fault| fault.to_string().replace(&home, "")).collect()
    }

    fn described(&self) -> String {
        let home = format!("{}/", self.folder.path().display());
        let config = self.load();
        let lines: Vec<String> = config
            .describe()
            .iter()
            .map(|one| format!("{} = {} ({})", one.key, one.value, one.from).replace(&home, "~/"))
            .collect();
        lines.join("\n")
    }
}

#[test]
fn nothing_given() {
    insta::assert_snapshot!(home().described(), @"
    database = sqlite://~/.local/state/cadastre/cadastre.db (default)
    database_password_env =  (default)
    database_password_file =  (default)
    state_dir = ~/.local/state/cadastre (default)
    zone = UTC (default)
    secrets_dir =  (default)
    sealing_key_file = ~/.local/state/cadastre/sealing.key (default)
    server.listen = 127.0.0.1:8080 (default)
    server.allow_insecure_http = false (default)
    server.public_url =  (default)
    server.trusted_proxies =  (default)
    tls.cert =  (default)
    tls.key =  (default)
    log.level = info (default)
    log.format = text (default)
    workers.count = 2 (default)
    workers.poll = 1s (default)
    workers.lease = 60s (default)
    ");
}

#[test]
fn everything_given_in_a_file() {
    let home = home().with_file(
        r#"
database = "sqlite://../x.db"
state_dir = "state"
zone = "Europe/Paris"
secrets_dir = "secrets"
sealing_key_file = "key"
[server]
listen = "0.0.0.0:80"
allow_insecure_http = true
public_url = "https://CMDB.example.org/"
trusted_proxies = ["10.0.0.0/24", "2001:db8::1"]
[tls]
cert = "cert.pem"
key = "/etc/ssl/key.pem"
[log]
level = "info,cadastre_store=debug"
format = "json"
[workers]
count = 4
poll = "500ms"
lease = "2m"
"#,
    );
    insta::assert_snapshot!(home.described(), @"
    database = sqlite://~/etc/../x.db (~/etc/cadastre.toml:2:12)
    database_password_env =  (default)
    database_password_file =  (default)
    state_dir = ~/etc/state (~/etc/cadastre.toml:3:13)
    zone = Europe/Paris (~/etc/cadastre.toml:4:8)
    secrets_dir = ~/etc/secrets (~/etc/cadastre.toml:5:15)
    sealing_key_file = ~/etc/key (~/etc/cadastre.toml:6:20)
    server.listen = 0.0.0.0:80 (~/etc/cadastre.toml:8:10)
    server.allow_insecure_http = true (~/etc/cadastre.toml:9:23)
    server.public_url = https://CMDB.example.org/ (~/etc/cadastre.toml:10:14)
    server.trusted_proxies = 10.0.0.0/24,2001:db8::1 (~/etc/cadastre.toml:11:19)
    tls.cert = ~/etc/cert.pem (~/etc/cadastre.toml:13:8)
    tls.key = /etc/ssl/key.pem (~/etc/cadastre.toml:14:7)
    log.level = info,cadastre_store=debug (~/etc/cadastre.toml:16:9)
    log.format = json (~/etc/cadastre.toml:17:10)
    workers.count = 4 (~/etc/cadastre.toml:19:9)
    workers.poll = 500ms (~/etc/cadastre.toml:20:8)
    workers.lease = 2m (~/etc/cadastre.toml:21:9)
    ");
    let config = home.load();
    assert_eq!(config.workers.poll, Duration::from_millis(500));
    assert_eq!(config.log.format, LogFormat::Json);
    assert!(!config.server.is_open_without_tls(), "it speaks TLS");
    assert_eq!(config.server.public_url.unwrap().origin(), "https://cmdb.example.org");
    let proxies: Vec<String> =
        config.server.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/24", "2001:db8::1/128"]);
}

#[test]
fn flag_over_variable_over_file_over_default() {
    let mut home = home().with_file("[server]\nlisten = '127.0.0.1:1'\n");
    let from = |home: &Home| {
        let config = home.load();
        let described = config.describe();
        let one = described.iter().find(|one| one.key == "server.listen").unwrap();
        (config.server.listen.port(), one.from.clone())
    };
    assert_eq!(from(&home).0, 1);
    home = home.with_variable("CADASTRE_SERVER__LISTEN", "127.0.0.1:2");
    assert_eq!(from(&home), (2, "CADASTRE_SERVER__LISTEN".to_owned()));
    home.inputs.flags.listen = Some("127.0.0.1:3".to_owned());
    assert_eq!(from(&home), (3, "--listen".to_owned()));
}

#[test]
fn finds_its_file() {
    let home = home();
    assert_eq!(home.load().file, None);
    let state = home.write(".local/state/cadastre/cadastre.toml", "");
    assert_eq!(home.load().file, Some(state));
    let config = home.write(".config/cadastre/cadastre.toml", "");
    assert_eq!(home.load().file, Some(config.clone()));
    assert_eq!(home.load().sealing_key_file, config.with_file_name("sealing.key"));
    let other = home.write("other.toml", "zone = 'Asia/Tokyo'");
    let home = home.with_variable("CADASTRE_CONFIG", "other.toml");
    assert_eq!(home.load().file, Some(other));
    assert_eq!(home.load().zone.name(), "Asia/Tokyo");
}

#[test]
fn a_named_state_folder_is_looked_into() {
    let mut home = home();
    let file = home.write("elsewhere/cadastre.toml", "zone = 'Asia/Tokyo'");
    home.inputs.flags.state_dir = Some("elsewhere".into());
    let config = home.load();
    assert_eq!(config.file, Some(file));
    assert_eq!(
        config.database.to_string(),
        format!("sqlite://{}", home.path("elsewhere/cadastre.db").display())
    );
}

#[test]
fn a_service_without_a_home() {
    let mut home = home();
    home.inputs.variables.clear();
    assert_eq!(home.load().state_dir, Path::new("/var/lib/cadastre"));
}

#[test]
fn tells_everything_at_once() {
    let home = home()
        .with_file(
            r#"
lisen = "127.0.0.1:1"
listen = "127.0.0.1:1"
zone = "Europe/Pariss"
database = "mysql://u:treasure@h/d"
state_dir = ""
flavour = true
tls = true

[server]
listne = "x"
allow_insecure_http = "yes"
public_url = "cmdb.example.org"
trusted_proxies = ["10.0.0.0/24", 7]

[log]
level = "loud=="
format = "xml"

[workers]
count = 0
poll = "1"
lease = "10ms"

[srever]
x = 1
"#,
        )
        .with_variable("CADASTRE_SERVER_LISTEN", "127.0.0.1:2")
        .with_variable("CADASTRE_FLAVOUR", "treasure")
        .with_variable("CADASTRE_SERVER__LISTEN", "localhost");
    let faults = home.faults().join("\n");
    assert!(!faults.contains("treasure"), "{faults}");
    insta::assert_snapshot!(faults, @"
    etc/cadastre.toml:2:1: `lisen`: unknown key; did you mean `server.listen`?
    etc/cadastre.toml:3:1: `listen`: unknown key; did you mean `server.listen`?
    etc/cadastre.toml:7:1: `flavour`: unknown key; remove it; the keys are database, database_password_env, database_password_file, state_dir, zone, secrets_dir, sealing_key_file, server.listen, server.allow_insecure_http, server.public_url, server.trusted_proxies, tls.cert, tls.key, log.level, log.format, workers.count, workers.poll, workers.lease
    etc/cadastre.toml:8:7: `tls`: is a truth value, expected a table; write [tls] and its keys below it
    etc/cadastre.toml:11:1: `server.listne`: unknown key; did you mean `server.listen`?
    etc/cadastre.toml:12:23: `server.allow_insecure_http`: is a string, expected true or false
    etc/cadastre.toml:14:19: `server.trusted_proxies`: is a list, expected a list of strings
    etc/cadastre.toml:25:2: `srever`: unknown key; did you mean `server`?
    environment: `CADASTRE_FLAVOUR`: unknown variable; unset it; variables that set a key are CADASTRE_DATABASE, CADASTRE_DATABASE_PASSWORD_ENV, CADASTRE_DATABASE_PASSWORD_FILE, CADASTRE_STATE_DIR, CADASTRE_ZONE, CADASTRE_SECRETS_DIR, CADASTRE_SEALING_KEY_FILE, CADASTRE_SERVER__LISTEN, CADASTRE_SERVER__ALLOW_INSECURE_HTTP, CADASTRE_SERVER__PUBLIC_URL, CADASTRE_SERVER__TRUSTED_PROXIES, CADASTRE_TLS__CERT, CADASTRE_TLS__KEY, CADASTRE_LOG__LEVEL, CADASTRE_LOG__FORMAT, CADASTRE_WORKERS__COUNT, CADASTRE_WORKERS__POLL, CADASTRE_WORKERS__LEASE; secrets are named CADASTRE_SECRET_*
    environment: `CADASTRE_SERVER_LISTEN`: unknown variable; did you mean CADASTRE_SERVER__LISTEN?
    etc/cadastre.toml:6:13: `state_dir`: is empty, expected a path; remove it for the default
    etc/cadastre.toml:5:12: `database`: names no database that is known here, expected sqlite:///path/to/cadastre.db or postgres://user@host/name
    etc/cadastre.toml:4:8: `zone`: `Europe/Pariss` is not a time zone; expected a name of the IANA database such as `Europe/Paris` or `UTC`; did you mean `Europe/Paris`?
    CADASTRE_SERVER__LISTEN: `server.listen`: `localhost` is not an address and port, expected such as 127.0.0.1:8080 or [::1]:8080
    etc/cadastre.toml:13:14: `server.public_url`: `cmdb.example.org` is not an address, expected a scheme and a name such as https://cmdb.example.org
    etc/cadastre.toml:17:9: `log.level`: `loud==` is not a log level, expected one of off, error, warn, info, debug, trace, or MODULE=LEVEL
    etc/cadastre.toml:18:10: `log.format`: `xml` is not a log format, expected text or json
    etc/cadastre.toml:21:9: `workers.count`: `0` is not a number from 1 to 64 (none: `serve --no-workers`)
    etc/cadastre.toml:22:8: `workers.poll`: `1` is not a duration, expected such as 500ms, 30s, 5m or 2h
    etc/cadastre.toml:23:9: `workers.lease`: `10ms` is too short, expected at least 1000ms
    ");
}

#[test]
fn syntax_is_told_with_its_place() {
    let home = home().with_file("zone = 'UTC'\nlog = [\n");
    let faults = home.faults();
    assert!(faults.iter().all(|fault| fault.starts_with("etc/cadastre.toml:")), "{faults:?}");
}

#[test]
fn a_table_that_is_none_is_told() {
    assert_eq!(
        home().with_file("log = 'debug'").faults(),
        ["etc/cadastre.toml:1:7: `log`: is a string, expected a table; write [log] and its keys \
          below it"]
    );
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let mut home = home();
    home.inputs.flags.config = Some("missing.toml".into());
    assert_eq!(
        home.faults(),
        ["missing.toml: there is no such file; name the configuration file with --config, or \
          correct its permissions"]
    );
}

#[test]
fn plain_http_beyond_this_machine_needs_leave() {
    let mut home = home();
    home.inputs.flags.listen = Some("0.0.0.0:8080".to_owned());
    let faults = home.faults();
    assert_eq!(faults.len(), 1);
    assert!(faults.concat().contains("server.allow_insecure_http = true"), "{faults:?}");
    for address in ["127.0.0.5:1", "[::1]:1"] {
        home.inputs.flags.listen = Some(address.to_owned());
        assert!(!home.load().server.is_open_without_tls());
    }
    home = home.with_variable("CADASTRE_SERVER__ALLOW_INSECURE_HTTP", "true");
    home.inputs.flags.listen = Some("0.0.0.0:8080".to_owned());
    assert!(home.load().server.is_open_without_tls());
}

#[test]
fn tls_needs_both_files_and_then_no_leave() {
    let mut home = home();
    home.inputs.flags.listen = Some("0.0.0.0:8443".to_owned());
    home = home.with_variable("CADASTRE_TLS__CERT", "cert.pem");
    assert_eq!(
        home.faults(),
        ["CADASTRE_TLS__CERT: `tls.cert`: is given without tls.key; give both, or neither for \
          plain HTTP"]
    );
    home = home.with_variable("CADASTRE_TLS__KEY", "key.pem");
    let server = home.load().server;
    assert!(!server.is_open_without_tls());
    // Whether they are there is not asked here: who may not read the key may still look things up.
    let tls = server.tls.unwrap();
    assert_eq!((tls.cert, tls.key), (home.path("cert.pem"), home.path("key.pem")));
    home = home.with_variable("CADASTRE_SERVER__PUBLIC_URL", "http://cmdb.example.org");
    assert_eq!(
        home.faults(),
        ["CADASTRE_SERVER__PUBLIC_URL: `server.public_url`: `http://cmdb.example.org` is plain \
          HTTP, but the server speaks TLS; write https://, or remove tls.cert and tls.key"]
    );
}

#[test]
fn proxies_are_networks_and_not_everyone() {
    let proxied = |text: &str| home().with_variable("CADASTRE_SERVER__TRUSTED_PROXIES", text);
    assert_eq!(
        proxied("::1").faults(),
        [
            "CADASTRE_SERVER__TRUSTED_PROXIES: `server.trusted_proxies`: names proxies, but not where \
          people reach the server through them; set server.public_url to the address that people \
          type, such as https://cmdb.example.org"
        ]
    );
    let given = |text: &str| {
        proxied(text).with_variable("CADASTRE_SERVER__PUBLIC_URL", "https://cmdb.example.org")
    };
    let proxies = given(" 10.0.0.0/24, ::1 ,").load().server.trusted_proxies;
    let proxies: Vec<String> = proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/24", "::1/128"]);
    assert!(given("").load().server.trusted_proxies.is_empty());
    for (text, wrong) in [
        ("10.0.0.0/33", "is not a network"),
        ("proxy.example.org", "is not a network"),
        ("10.0.0.0/24 10.1.0.0/24", "is not a network"),
        ("10.0.0.7/24", "is an address within a network, expected 10.0.0.0/24"),
        ("0.0.0.0/0", "is everyone"),
        ("127.0.0.1,::/0", "is everyone"),
    ] {
        let faults = given(text).faults();
        assert!(faults.concat().contains(wrong), "{text}: {faults:?}");
    }
}

#[test]
fn the_databases_password_is_kept_elsewhere() {
    use secrecy::ExposeSecret as _;
    let home = home()
        .with_file("secrets_dir = 'secrets'\ndatabase_password_file = 'db'\n")
        .with_variable("CADASTRE_DATABASE", "postgres://u@h/d");
    home.write("etc/secrets/db", "treasure\n");
    let config = home.load();
    assert!(!format!("{config:?}").contains("treasure"));
    assert!(home.described().contains("database = postgres://u@h/d (CADASTRE_DATABASE)"));
    let own = cadastre_service::secrets::SecretRef::File("db".into());
    assert_eq!(config.own_secrets, [own], "no source may name it");
    match config.database {
        Database::Postgres { url, .. } => {
            assert_eq!(url.expose_secret(), "postgres://u:treasure@h/d")
        }
        Database::Sqlite(path) => panic!("{path:?}"),
    }
}

#[test]
fn passwords_in_wrong_places_are_refused() {
    let mut flagged = home();
    flagged.inputs.flags.database = Some("postgres://u:treasure@h/d".to_owned());
    let twice = home()
        .with_variable("CADASTRE_DATABASE", "postgres://u:treasure@h/d")
        .with_variable("CADASTRE_DATABASE_PASSWORD_ENV", "CADASTRE_SECRET_DB")
        .with_variable("CADASTRE_SECRET_DB", "treasure");
    let elsewhere = home()
        .with_variable("CADASTRE_DATABASE", "postgres://u@h/d")
        .with_variable("CADASTRE_DATABASE_PASSWORD_ENV", "HOME");
    let needless = home()
        .with_variable("CADASTRE_DATABASE", "sqlite:x.db")
        .with_variable("CADASTRE_DATABASE_PASSWORD_ENV", "CADASTRE_SECRET_DB")
        .with_variable("CADASTRE_SECRET_DB", "treasure");
    for home in [flagged, twice, elsewhere, needless] {
        let faults = home.faults();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(!faults.concat().contains("treasure"), "{faults:?}");
    }
}

#[test]
fn the_sealing_key_lies_outside_secrets_dir() {
    let home = home().with_file("secrets_dir = 's'\nsealing_key_file = 's/sealing.key'\n");
    let faults = home.faults();
    assert_eq!(faults.len(), 1);
    assert!(
        faults
            .concat()
            .contains("etc/cadastre.toml:2:20: `sealing_key_file`: lies below secrets_dir"),
        "{faults:?}"
    );
}

#[test]
fn a_variable_that_is_not_unicode_is_refused() {
    let mut home = home();
    home.inputs.variables.insert("CADASTRE_ZONE".to_owned(), None);
    assert_eq!(
        home.faults(),
        ["CADASTRE_ZONE: `zone`: is not Unicode text; correct or unset the variable"]
    );
}
