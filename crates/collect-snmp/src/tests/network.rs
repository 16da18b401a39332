//! A network of sixty switches, simulated: all of it agrees with what the network consists of, with what
//! Net-SNMP's own tool reads, and with its recording.

use super::agents::{bulkwalk, needed};
use super::support::{Said, built, collected, collected_until, list, text};
use cadastre_collect::{Event, Mode, Recorder, Recording};
use cadastre_model::{Attr, Enumeration, Fact, Kind, SourceKind, Target, Timestamp, Value};
use cadastre_tests::snmpsim::Switches;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

const SWITCHES: usize = 60;

fn settings(network: &Switches, last: usize) -> Json {
    let first = network.host(0);
    json!({
        "targets": [format!("{first}-{}", network.host(last - 1))],
        "port": network.port, "timeout": "10s", "retries": 1, "concurrency": 16,
    })
}

const SECRETS: [(&str, &str); 1] = [("communities", "inventory")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_switches_are_read_as_they_are() {
    const TEST: &str = "sixty_switches_are_read_as_they_are";
    let Some(walker) = needed("CADASTRE_LAB_SNMPBULKWALK", TEST) else { return };
    let Some(network) = Switches::start_with_closed(81, SWITCHES, &[7, 8]) else { return };
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("snmp.jsonl");
    let recorder = Recorder::create(&path, SourceKind::Snmp, Timestamp(0)).unwrap();
    // One address more than there are switches: silence in a range is nobody's fault.
    let mut asked = settings(&network, SWITCHES + 1);
    asked["exclude"] = json!([network.host(9)]);
    asked["timeout"] = json!("3s");
    asked["retries"] = json!(0);
    let live = collected(built(&asked, &SECRETS, Mode::Record(recorder.clone())).as_ref()).await;
    live.assert_ok();
    // Two are closed to us, one is left out.
    assert_eq!(live.scopes.len(), SWITCHES - 3, "{:?}", live.scopes.keys());
    assert_eq!(live.observations, SWITCHES - 3);
    let truth = network.truth["switches"].as_array().unwrap();
    for switch in truth {
        let number = usize::try_from(switch["number"].as_u64().unwrap()).unwrap();
        if switch["is_closed"] == json!(true) || number == 9 {
            continue;
        }
        compare(&live, &network, number, switch);
    }
    compare_links(&live, &network);
    compare_hosts(&live, &network);
    for number in [0, 1, 2, 3, 30] {
        compare_counts(&live, &network, number, &walker);
    }

    recorder.finish().unwrap();
    let recorded = std::fs::read_to_string(&path).unwrap();
    assert!(!recorded.contains("\"inventory"), "a secret was kept");
    drop(network);
    let recording = Recording::open(&path).unwrap();
    let replayed = collected(built(&json!({}), &[], Mode::Replay(recording)).as_ref()).await;
    replayed.assert_ok();
    assert_eq!(replayed.scopes, live.scopes);
    assert_eq!(replayed.seen, live.seen);
}

fn compare(said: &Said, network: &Switches, number: usize, truth: &Json) {
    let host = network.host(number);
    said.assert_complete(&host);
    let seen = said.device(&host);
    let is = |attr: Attr, key: &str| {
        assert_eq!(text(seen, attr), truth[key].as_str().unwrap(), "{host} {key}");
    };
    is(Attr::Name, "name");
    is(Attr::Vendor, "maker");
    is(Attr::Model, "model");
    is(Attr::OsVersion, "version");
    assert_eq!(seen.kind, Kind::Switch, "{host}");
    let serials: Vec<&str> =
        truth["serials"].as_array().unwrap().iter().filter_map(Json::as_str).collect();
    assert!(serials.contains(&text(seen, Attr::SerialNumber).as_str()));
    let native = format!("serial/{}/{}", truth["maker"].as_str().unwrap(), serials[0]);
    assert_eq!(seen.native_id.to_lowercase(), native.to_lowercase().replace("hpe/", "hp/"));
    let members = list(seen, Attr::StackMembers);
    assert_eq!(members.len(), if serials.len() > 1 { serials.len() } else { 0 }, "{members:?}");
    assert_eq!(json!(seen.interfaces.len()), truth["interfaces"], "{host}");
    assert_eq!(json!(seen.claims.len()), truth["neighbours"], "{host}");
    let vlans: BTreeSet<String> = list(seen, Attr::Vlans).into_iter().collect();
    let theirs: Vec<String> = serde_json::from_value(network.truth["vlans"].clone()).unwrap();
    assert_eq!(vlans, theirs.into_iter().collect(), "{host}");
    let trunks: BTreeSet<&str> = seen
        .interfaces
        .iter()
        .filter(|port| port.vlans == [10, 20, 30] && port.vlan == Some(99))
        .filter_map(|port| port.name.as_deref())
        .collect();
    let theirs = truth["trunks"].as_array().unwrap();
    assert_eq!(trunks, theirs.iter().filter_map(Json::as_str).collect(), "{host}");
    for (lag, ports) in truth["lags"].as_object().unwrap() {
        for port in ports.as_array().unwrap() {
            let port = port.as_str().unwrap();
            let found = seen.interfaces.iter().find(|it| it.native_id == port).unwrap();
            assert_eq!(found.lag.as_ref(), Some(lag), "{host} {port}");
        }
    }
    let forwarded = seen.sightings.iter().filter(|it| it.address.is_none()).count();
    assert_eq!(json!(forwarded), truth["forwarded"], "{host}");
    let root = &network.truth["switches"][0]["mac"];
    assert_eq!(json!(text(seen, Attr::SpanningTreeRoot)), *root);
    let is_root = Fact::Value(Value::Bool(number == 0));
    assert_eq!(seen.facts[&Attr::IsSpanningTreeRoot], is_root);
}

/// Every cable is claimed from both ends, by chassis and port.
fn compare_links(said: &Said, network: &Switches) {
    let switches = network.truth["switches"].as_array().unwrap();
    let mac = |number: &Json| {
        let number = usize::try_from(number.as_u64().unwrap()).unwrap();
        switches[number]["mac"].as_str().unwrap().to_owned()
    };
    let mut compared = 0;
    for link in network.truth["links"].as_array().unwrap() {
        for (own, port, far, far_port) in [(0, 1, 2, 3), (2, 3, 0, 1)] {
            let own = usize::try_from(link[own].as_u64().unwrap()).unwrap();
            let Some(seen) =
                said.seen.values().find(|it| it.scope == format!("device {}", network.host(own)))
            else {
                continue;
            };
            let claim =
                seen.claims.iter().find(|claim| claim.port.as_deref() == link[port].as_str());
            let claim = claim.unwrap_or_else(|| panic!("{link} is not claimed by {own}"));
            assert_eq!(claim.far_port.as_deref(), link[far_port].as_str());
            assert_eq!(claim.by.as_deref(), Some("lldp"));
            let Target::Identifier(target) = &claim.target else { panic!("{claim:?}") };
            assert_eq!(target.value, mac(&link[far]));
            compared += 1;
        }
    }
    assert!(compared > 110, "{compared}");
}

/// Every host stands at its access port, and the core knows its address.
fn compare_hosts(said: &Said, network: &Switches) {
    let core = said.device(&network.host(0));
    let mut compared = 0;
    for host in network.truth["hosts"].as_array().unwrap() {
        let number = usize::try_from(host["switch"].as_u64().unwrap()).unwrap();
        let scope = format!("device {}", network.host(number));
        let Some(seen) = said.seen.values().find(|it| it.scope == scope) else { continue };
        let at_port = seen.sightings.iter().any(|it| {
            json!(it.mac) == host["mac"]
                && it.port.as_deref() == host["port"].as_str()
                && json!(it.vlan) == host["vlan"]
        });
        assert!(at_port, "{host}");
        let by_address = core.sightings.iter().any(|it| {
            json!(it.mac) == host["mac"] && it.address.as_deref() == host["address"].as_str()
        });
        assert!(by_address, "{host}");
        compared += 1;
    }
    assert!(compared > 500, "{compared}");
}

/// As many as Net-SNMP's tool counts.
fn compare_counts(said: &Said, network: &Switches, number: usize, walker: &str) {
    let seen = said.device(&network.host(number));
    let address = network.socket(number).to_string();
    let count = |oid: &str| bulkwalk(walker, &address, oid, &["-v2c", "-c", "inventory"]).len();
    assert_eq!(seen.interfaces.len(), count(".1.3.6.1.2.1.2.2.1.2"));
    assert_eq!(seen.claims.len(), count(".1.0.8802.1.1.2.1.4.1.1.5"));
    let of =
        |is_arp: bool| seen.sightings.iter().filter(|it| it.address.is_some() == is_arp).count();
    assert_eq!(of(false), count(".1.3.6.1.2.1.17.7.1.2.2.1.2"));
    assert_eq!(of(true), count(".1.3.6.1.2.1.4.22.1.2"));
    assert_eq!(list(seen, Attr::Vlans).len(), count(".1.3.6.1.2.1.17.7.1.4.3.1.1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_at_several_addresses_is_one_and_a_stopped_run_closes_all() {
    let Some(network) = Switches::start(82, 4) else { return };
    // The first switch once more, through a proxy at another address.
    let second = super::proxy::Proxy::start(
        format!("127.82.1.1:{}", network.port).parse().unwrap(),
        network.socket(0),
        super::proxy::Rule::None,
    )
    .await;
    let mut asked = settings(&network, 4);
    asked["targets"] = json!([network.host(0), "127.82.1.1", network.host(1)]);
    let said = collected(built(&asked, &SECRETS, Mode::Live).as_ref()).await;
    said.assert_ok();
    let scopes: Vec<&String> = said.scopes.keys().collect();
    assert_eq!(
        scopes,
        [&format!("device {}", network.host(0)), &format!("device {}", network.host(1))]
    );
    assert!(second.seen() > 0);

    let asked = settings(&network, 4);
    let collector = built(&asked, &SECRETS, Mode::Live);
    let said = collected_until(collector.as_ref(), |event, cancel| {
        if matches!(event, Event::ScopeStarted { .. }) {
            cancel.cancel();
        }
    })
    .await;
    assert_eq!(said.error().class, cadastre_collect::ErrorClass::Cancelled);
    assert!(said.scopes.values().all(|it| it.enumeration == Enumeration::Partial));

    // What is not wanted is looked at and left.
    let mut asked = settings(&network, 4);
    asked["include"] = json!(["core-*"]);
    let said = collected(built(&asked, &SECRETS, Mode::Live).as_ref()).await;
    assert_eq!((said.scopes.len(), said.observations), (4, 1));
}
