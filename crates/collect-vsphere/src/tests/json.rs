//! A vCenter that speaks VI JSON, by a stand-in: no such vCenter is to be had. It holds a few objects
//! in the shapes of the published API (8.0.3.0), gives them out one on a page, refuses a property
//! that it does not know, and leaves one device half filled in.

mod standin;
mod store;

use super::support::{Said, built, collected, tried, values};
use cadastre_collect::{ErrorClass, Mode, Recorder, Recording, StepOutcome};
use cadastre_model::{Attr, Fact, Kind, Power, SourceKind, Tag, Timestamp};
use serde_json::json;
use standin::standin;
use store::{PASSWORD, SESSION, VCENTER};

fn check(said: &Said) {
    said.assert_complete();
    assert_eq!(said.scopes.keys().collect::<Vec<_>>(), ["Paris/Nord"]);
    let machine = said.named(Kind::Vm, "web01");
    let uuid = "502f1ec2-7a5b-4e4b-8b1c-0a0b0c0d0e0f";
    assert_eq!(machine.native_id, format!("{VCENTER}/vm/{uuid}"));
    assert_eq!(machine.power, Some(Power::Suspended));
    assert_eq!(machine.tags, [Tag::new("env", "prod")].into());
    let stated = values(machine);
    for (name, value) in [
        ("folder", "Shop"),
        ("description", "front[0m\nof the shop"),
        ("vcpu", "4"),
        ("memory", "8 GiB"),
        ("disks", "Hard disk 1: 40 GiB on ssd-01, thin"),
        ("disk_capacity", "40 GiB"),
        ("vmotion_encryption", "opportunistic"),
        ("ft_role", "secondary"),
        ("snapshots", "2"),
        ("oldest_snapshot", "2026-01-01T00:00:00Z"),
        ("private_ip", "10.1.2.3"),
    ] {
        assert_eq!(stated.get(name).map(String::as_str), Some(value), "{name} of {stated:?}");
    }
    assert_eq!(machine.facts[&Attr::CreatedAt], Fact::Absent, "a date that was never set");
    assert!(
        matches!(&machine.facts[&Attr::FtEncryption], Fact::NotRead(why) if why.contains("version"))
    );
    let interface = &machine.interfaces[0];
    assert_eq!(interface.addresses, ["10.1.2.3", "fe80::1"]);
    assert_eq!(interface.network, Some(format!("{VCENTER}/dvportgroup-1")));
    // The half device is left out, and that is said.
    let told: Vec<_> = said.details.iter().map(|one| (&one.subject, &one.message)).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].0 == &machine.native_id && told[0].1.contains("config.hardware.device"));

    let other = said.named(Kind::Vm, "web02");
    assert_eq!(other.native_id, format!("{VCENTER}/vm-2"), "without a UUID, by its id");
    assert!(
        matches!(&other.facts[&Attr::Description], Fact::NotRead(why) if why.contains("may not"))
    );

    let host = values(said.named(Kind::Server, "esx1.corp.example"));
    for (name, value) in [
        ("smbios_uuid", "4c4c4544-0034-4710-8052-b4c04f363633"),
        ("serial", "4GR46C3"),
        ("lockdown", "strict"),
        ("syslog_target", "tcp://log.example:514"),
        ("advanced_settings", "Net.BlockGuestBPDU=1"),
        ("secure_boot", "yes"),
        ("os_build", "24022510"),
        ("dns_name", "esx1.corp.example"),
    ] {
        assert_eq!(host.get(name).map(String::as_str), Some(value), "{name} of {host:?}");
    }
    let network = values(said.named(Kind::Network, "shop"));
    assert_eq!((network["vlans"].as_str(), network["promiscuous"].as_str()), ("10-20, 30", "yes"));
    assert_eq!(values(said.named(Kind::Cluster, "prod"))["drs"], "off");
}

#[tokio::test]
async fn vi_json_is_read_and_replayed_alike() {
    let server = standin().await;
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("vsphere.jsonl");
    let recorder = Recorder::create(&path, SourceKind::Vsphere, Timestamp(0)).unwrap();
    let mode = Mode::Record(recorder.clone());
    let live = collected(built(&server.settings(json!({})), Some(PASSWORD), mode).as_ref()).await;
    check(&live);
    assert!(server.times("ContinueRetrievePropertiesEx") > 0, "no second page was asked for");
    assert_eq!(server.times("Logout"), 1);
    recorder.finish().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    for secret in [PASSWORD, SESSION, "rest-session-0123456789"] {
        assert!(!text.contains(secret), "{secret} was kept");
    }
    let recording = Recording::open(&path).unwrap();
    let replayed = collected(built(&json!({}), None, Mode::Replay(recording)).as_ref()).await;
    check(&replayed);
    assert_eq!(replayed.seen, live.seen);
}

#[tokio::test]
async fn vi_json_is_tried_step_by_step() {
    let server = standin().await;
    let steps =
        tried(built(&server.settings(json!({})), Some(PASSWORD), Mode::Live).as_ref()).await;
    assert!(steps.iter().all(|step| !step.outcome.is_failed()), "{steps:?}");
    let found = &steps.iter().find(|step| step.name == "authenticate").unwrap().outcome;
    assert!(matches!(found, StepOutcome::Passed(found) if found.contains("VI JSON 8.0.3.0")));
    let wrong = built(&server.settings(json!({})), Some("something else"), Mode::Live);
    let said = collected(wrong.as_ref()).await;
    assert_eq!(said.error().class, ErrorClass::Credentials, "{}", said.error());
}
