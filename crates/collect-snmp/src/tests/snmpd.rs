//! Net-SNMP's agent, of this machine: v3 in all its strengths, v2c, and what goes wrong with either.

use super::agents::{bulkwalk, free_port, needed, snmpd};
use super::support::{Said, built, collected, text, tried};
use cadastre_collect::{ErrorClass, Mode, StepOutcome};
use cadastre_model::{Attr, Enumeration, Fact, Kind, Scheme, Value};
use serde_json::{Value as Json, json};

const AUTH: &str = "a passphrase of some length";
const PRIV: &str = "another passphrase of some length";

/// Users of all strengths that the agent may have.
const USERS: [(&str, &str, &str, &str, &str); 5] = [
    ("mon", "SHA", "AES", "sha", "aes"),
    ("mon256", "SHA-256", "AES", "sha256", "aes"),
    ("mon512", "SHA-512", "AES", "sha512", "aes"),
    ("monmd5", "MD5", "AES", "md5", "aes"),
    ("mondes", "SHA", "DES", "sha", "des"),
];

fn configuration() -> String {
    let mut lines = String::from(
        "rocommunity public 127.0.0.1\nsysName host.example.test\nsysLocation rack 7\n",
    );
    for (name, auth, privacy, _, _) in USERS {
        lines += &format!("createUser {name} {auth} \"{AUTH}\" {privacy} \"{PRIV}\"\n");
        lines += &format!("rouser {name} authpriv\n");
    }
    lines
}

fn settings(port: u16, user: Option<(&str, &str, &str)>) -> Json {
    let users: Vec<Json> = user
        .into_iter()
        .map(|(name, auth, privacy)| json!({"name": name, "auth": auth, "priv": privacy}))
        .collect();
    json!({"targets": ["127.0.0.1"], "port": port, "timeout": "3s", "users": users})
}

const KEYS: [(&str, &str); 2] = [("users.0.auth_key", AUTH), ("users.0.priv_key", PRIV)];

async fn read(port: u16, user: (&str, &str, &str)) -> Said {
    collected(built(&settings(port, Some(user)), &KEYS, Mode::Live).as_ref()).await
}

#[tokio::test]
async fn a_host_is_read_by_v3_in_all_strengths() {
    const TEST: &str = "a_host_is_read_by_v3_in_all_strengths";
    let Some(program) = needed("CADASTRE_LAB_SNMPD", TEST) else { return };
    let Some(walker) = needed("CADASTRE_LAB_SNMPBULKWALK", TEST) else { return };
    let port = free_port();
    let _agent = snmpd(&program, port, &configuration(), "public").await;
    for (name, _, _, auth, privacy) in USERS {
        let said = read(port, (name, auth, privacy)).await;
        said.assert_ok();
        said.assert_complete("127.0.0.1");
        let seen = said.device("127.0.0.1");
        assert_eq!(text(seen, Attr::SnmpAccess), "v3 authPriv", "{name}");
        assert_eq!(text(seen, Attr::Name), "host.example.test");
        assert_eq!((seen.kind, text(seen, Attr::Os)), (Kind::Server, "Linux".to_owned()));
        assert_eq!(text(seen, Attr::Location), "rack 7");
        assert!(seen.native_id.starts_with("engine/80001f88"), "{}", seen.native_id);
        assert!(seen.identifiers.iter().any(|id| id.scheme == Scheme::SnmpEngine));
        let lo = seen.interfaces.iter().find(|port| port.native_id == "lo").expect("it has one");
        assert_eq!(lo.sort.as_deref(), Some("loopback"));
        assert!(lo.addresses.contains(&"127.0.0.1".to_owned()), "{lo:?}");
        assert!(matches!(seen.facts[&Attr::DefaultCommunity], Fact::NotRead(_)));
        let address = format!("127.0.0.1:{port}");
        let names = bulkwalk(&walker, &address, ".1.3.6.1.2.1.2.2.1.2", &["-v2c", "-c", "public"]);
        assert_eq!(seen.interfaces.len(), names.len(), "{name}");
    }
}

#[tokio::test]
async fn communities_are_tried_in_order_and_known_ones_when_asked() {
    const TEST: &str = "communities_are_tried_in_order_and_known_ones_when_asked";
    let Some(program) = needed("CADASTRE_LAB_SNMPD", TEST) else { return };
    let port = free_port();
    let lines = "rocommunity public 127.0.0.1\nrocommunity inventory 127.0.0.1\n";
    let _agent = snmpd(&program, port, lines, "public").await;
    let mut settings = settings(port, None);
    settings["timeout"] = json!("500ms");
    settings["retries"] = json!(0);
    settings["probe_defaults"] = json!(true);
    let secrets = [("communities", "wrong, inventory")];
    let collector = built(&settings, &secrets, Mode::Live);
    let said = collected(collector.as_ref()).await;
    said.assert_complete("127.0.0.1");
    let seen = said.device("127.0.0.1");
    assert_eq!(text(seen, Attr::SnmpAccess), "v2c");
    assert_eq!(seen.facts[&Attr::DefaultCommunity], Fact::Value(Value::Bool(true)));
    // What worked is asked first from now on.
    let started = std::time::Instant::now();
    let steps = tried(collector.as_ref()).await;
    assert!(started.elapsed().as_millis() < 450, "{steps:?}");
    let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
    assert_eq!(names, ["resolve", "reach", "authenticate", "read"]);
    assert!(matches!(&steps[2].outcome, StepOutcome::Passed(by) if by.contains("2 of 2")));
    assert!(!format!("{steps:?}").contains("inventory"), "{steps:?}");
}

#[tokio::test]
async fn what_is_wrong_with_credentials_is_said() {
    const TEST: &str = "what_is_wrong_with_credentials_is_said";
    let Some(program) = needed("CADASTRE_LAB_SNMPD", TEST) else { return };
    let port = free_port();
    let _agent = snmpd(&program, port, &configuration(), "public").await;
    let wrong = [("users.0.auth_key", "not this passphrase"), ("users.0.priv_key", PRIV)];
    for (user, secrets) in [
        (("mon", "sha", "aes"), &wrong),
        (("nobody", "sha", "aes"), &KEYS),
        (("mon", "sha256", "aes"), &KEYS),
    ] {
        let collector = built(&settings(port, Some(user)), secrets, Mode::Live);
        let said = collected(collector.as_ref()).await;
        let (enumeration, reason) = said.coverage("127.0.0.1");
        assert_eq!(enumeration, Enumeration::Failed);
        assert!(reason.contains("refused the credentials"), "{user:?}: {reason}");
        assert!(!reason.contains("passphrase of"), "{reason}");
        let steps = tried(collector.as_ref()).await;
        let last = steps.last().unwrap();
        assert_eq!(last.name, "authenticate", "{steps:?}");
        assert!(matches!(&last.outcome,
            StepOutcome::Failed(error) if error.class == ErrorClass::Credentials));
    }
    // A wrong community is a silence, and says that it may be either.
    let mut alone = settings(port, None);
    alone["timeout"] = json!("300ms");
    let said = collected(built(&alone, &[("communities", "no")], Mode::Live).as_ref()).await;
    let (enumeration, reason) = said.coverage("127.0.0.1");
    assert_eq!(enumeration, Enumeration::Failed);
    assert!(reason.contains("did not answer") && reason.contains("wrong community"), "{reason}");
    // Nobody of a range at all is an error of the whole run.
    let mut range = alone.clone();
    range["targets"] = json!(["127.0.0.2-127.0.0.4"]);
    let said = collected(built(&range, &[("communities", "public")], Mode::Live).as_ref()).await;
    assert_eq!(said.error().class, ErrorClass::Unreachable);
    assert!(said.scopes.is_empty());
}
