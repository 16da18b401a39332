//! An estate of 800 machines, read whole; recorded and replayed.

use super::super::support::{Said, built, collected, tried, values};
use super::{PASSWORD, Vcsim};
use cadastre_collect::{Mode, Recorder, Recording, StepOutcome};
use cadastre_model::{
    Attr, Claim, Fact, Kind, Power, RelationType, Scheme, SourceKind, Tag, Target, Timestamp,
};
use serde_json::json;
use std::collections::BTreeMap;

/// Two datacenters with two clusters of 200 machines each.
const LARGE: [&str; 8] = ["-datacenters", "2", "-clusters", "2", "-hosts", "4", "-machines", "200"];

/// How many of each kind the server lists.
async fn counted(vcsim: &Vcsim) -> BTreeMap<Kind, usize> {
    let mut counts = BTreeMap::new();
    for (kind, of) in [
        (Kind::Vm, "VirtualMachine"),
        (Kind::Server, "HostSystem"),
        (Kind::Cluster, "ClusterComputeResource"),
        (Kind::Datastore, "Datastore"),
        // Port groups of distributed switches are networks and listed with them.
        (Kind::Network, "Network"),
        (Kind::VirtualSwitch, "DistributedVirtualSwitch"),
    ] {
        *counts.entry(kind).or_default() += vcsim.ids(of).await.len();
    }
    // Each host has one switch of its own.
    for host in vcsim.ids("HostSystem").await {
        let switches = vcsim.property("HostSystem", &host, "config.network.vswitch").await;
        *counts.entry(Kind::VirtualSwitch).or_default() +=
            switches.matches("<HostVirtualSwitch>").count();
    }
    counts.retain(|_, count| *count > 0);
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estate_is_read_whole_and_replayed_alike() {
    let Some(vcsim) = Vcsim::start(&LARGE).await else { return };
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("vsphere.jsonl");
    let recorder = Recorder::create(&path, SourceKind::Vsphere, Timestamp(0)).unwrap();
    let live = vcsim.collected(json!({}), Mode::Record(recorder.clone())).await;
    live.assert_complete();
    assert_eq!(live.scopes.keys().collect::<Vec<_>>(), ["DC0", "DC1"]);
    assert_eq!(live.counts(), counted(&vcsim).await);
    assert_eq!(live.counts()[&Kind::Vm], 800);
    let flaws: Vec<_> = live.details.iter().take(3).collect();
    assert!(flaws.is_empty(), "{} flaws: {flaws:?}", live.details.len());
    hangs_together(&live);

    recorder.finish().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains(PASSWORD), "the password was kept");
    assert!(!text.contains("extraConfig"), "it was asked for what it must not");
    let cookie = vcsim.cookie.split('=').nth(1).unwrap();
    assert!(!text.contains(cookie), "a session was kept");
    let sessions = text.matches("session[").count();
    assert!(sessions > 0 && sessions == text.matches("session[-]").count(), "a session was kept");
    drop(vcsim);

    let recording = Recording::open(&path).unwrap();
    for concurrency in [1, 8] {
        let settings = json!({ "concurrency": concurrency });
        let collector = built(&settings, None, Mode::Replay(recording.clone()));
        let replayed = collected(collector.as_ref()).await;
        replayed.assert_complete();
        assert_eq!(replayed.seen, live.seen);
        assert_eq!(replayed.scopes, live.scopes);
    }
    let steps = tried(built(&json!({}), None, Mode::Replay(recording)).as_ref()).await;
    assert!(steps.iter().all(|step| !step.outcome.is_failed()), "{steps:?}");
}

/// Every relation leads to something that was seen too.
fn hangs_together(said: &Said) {
    let mut by_type: BTreeMap<(Kind, RelationType), usize> = BTreeMap::new();
    for seen in said.seen.values() {
        for Claim { relation, target, .. } in &seen.claims {
            let Target::Native(native) = target else { panic!("{target:?}") };
            assert!(said.seen.contains_key(native), "{} {relation:?} {native}", seen.native_id);
            *by_type.entry((seen.kind, *relation)).or_default() += 1;
        }
    }
    let machines = said.counts()[&Kind::Vm];
    for relation in
        [RelationType::RunsOn, RelationType::MemberOf, RelationType::Uses, RelationType::InNetwork]
    {
        assert_eq!(by_type[&(Kind::Vm, relation)], machines, "{relation:?}");
    }
    let hosts = said.counts()[&Kind::Server];
    // Of its cluster, and of the distributed switch, as far as the simulator tells it.
    assert!(by_type[&(Kind::Server, RelationType::MemberOf)] >= hosts);
    assert!(by_type[&(Kind::Network, RelationType::MemberOf)] >= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_tags_and_attributes_are_read() {
    let flags = ["-machines", "3", "-alone", "1"];
    let Some(vcsim) = Vcsim::start(&flags).await else { return };
    let web = vcsim.id("VirtualMachine", "DC0_C0_RP0_VM0").await;
    let guest = [
        ("guest.ipAddress", "10.0.0.7"),
        ("guest.hostName", "web01.corp.example"),
        ("guest.guestFullName", "Debian GNU/Linux 12 (64-bit)"),
        ("guest.toolsVersionStatus2", "guestToolsCurrent"),
        ("guest.toolsRunningStatus", "guestToolsRunning"),
        ("guest.toolsVersion", "12352"),
        ("config.guestFullName", "Debian GNU/Linux 11 (64-bit)"),
    ];
    vcsim.set_guest(&web, &guest).await;
    vcsim.reconfigure(&web, "<annotation>front of the shop</annotation>").await;
    let snapshot = "<name>before</name><memory>false</memory><quiesce>false</quiesce>";
    vcsim.task("CreateSnapshot_Task", "VirtualMachine", &web, snapshot).await;
    vcsim.task("CreateSnapshot_Task", "VirtualMachine", &web, snapshot).await;
    let off = vcsim.id("VirtualMachine", "DC0_C0_RP0_VM1").await;
    vcsim.task("PowerOffVM_Task", "VirtualMachine", &off, "").await;
    // A tag of a category, and a custom attribute.
    let session = vcsim.rest(None, "session", json!({})).await;
    let session = session.as_str();
    let category = json!({"create_spec": {
        "name": "team", "description": "", "cardinality": "MULTIPLE", "associable_types": [],
    }});
    let category = vcsim.rest(session, "tagging/category", category).await;
    for name in ["web", "shop"] {
        let tag = json!({"create_spec": {
            "name": name, "description": "", "category_id": category,
        }});
        let tag = vcsim.rest(session, "tagging/tag", tag).await;
        let path = format!("tagging/tag-association/id:{}?~action=attach", tag.as_str().unwrap());
        let object = json!({"object_id": {"id": web, "type": "VirtualMachine"}});
        vcsim.rest(session, &path, object).await;
    }
    let fields = ("CustomFieldsManager", "CustomFieldsManager");
    let named = "<name>cost-centre</name><moType>VirtualMachine</moType>";
    let made = vcsim.soap("AddCustomFieldDef", fields.0, fields.1, named).await;
    let value = format!(
        "<entity type=\"VirtualMachine\">{web}</entity><key>{}</key><value>4711</value>",
        super::inside(&made, "key")[0]
    );
    vcsim.soap("SetField", fields.0, fields.1, &value).await;

    let said = vcsim.collected(json!({}), Mode::Live).await;
    said.assert_complete();
    let seen = said.named(Kind::Vm, "DC0_C0_RP0_VM0");
    let tags = [Tag::new("cost-centre", "4711"), Tag::new("team", "shop, web")];
    assert_eq!(seen.tags, tags.into());
    assert_eq!(seen.power, Some(Power::On));
    let stated = values(seen);
    for (name, value) in [
        ("private_ip", "10.0.0.7"),
        ("dns_name", "web01.corp.example"),
        ("os", "Debian GNU/Linux 12 (64-bit)"),
        ("os_configured", "Debian GNU/Linux 11 (64-bit)"),
        ("tools_status", "guestToolsCurrent"),
        ("tools_version", "12352"),
        ("description", "front of the shop"),
        ("snapshots", "2"),
        ("datacenter", "DC0"),
        ("hardware_version", "vmx-13"),
        ("memory", "32 MiB"),
        ("vcpu", "1"),
        ("template", "no"),
    ] {
        assert_eq!(stated.get(name).map(String::as_str), Some(value), "{name} of {stated:?}");
    }
    assert!(stated.contains_key("oldest_snapshot") && stated["disks"].contains("LocalDS_0"));
    for (scheme, value) in [(Scheme::Fqdn, "web01.corp.example"), (Scheme::Ip, "10.0.0.7")] {
        let held = seen.identifiers.iter().any(|one| one.scheme == scheme && one.value == value);
        assert!(held, "{scheme:?} among {:?}", seen.identifiers);
    }
    let interface = &seen.interfaces[0];
    let network = interface.network.as_deref().expect("it hangs in a network");
    assert_eq!(said.seen[network].kind, Kind::Network);
    assert!(interface.mac.is_some() && interface.native_id == "4000", "{interface:?}");

    // What only a guest can say stays as it was while it does not.
    let off = said.named(Kind::Vm, "DC0_C0_RP0_VM1");
    assert_eq!(off.power, Some(Power::Off));
    for attr in [Attr::PrivateIp, Attr::DnsName] {
        assert!(matches!(off.facts[&attr], Fact::NotRead(_)), "{attr} {:?}", off.facts[&attr]);
    }

    let alone = said.named(Kind::Server, "DC0_H0");
    assert!(!alone.claims.iter().any(|one| {
        one.relation == RelationType::MemberOf
            && matches!(&one.target, Target::Native(id) if said.seen[id].kind == Kind::Cluster)
    }));
    let stated = values(alone);
    for (name, value) in [
        ("vendor", "VMware, Inc."),
        ("os", "VMware ESXi"),
        ("lockdown", "disabled"),
        ("ssh_running", "no"),
        ("shell_running", "no"),
        ("ntp_running", "no"),
        ("maintenance_mode", "no"),
        ("private_ip", "127.0.0.1"),
        ("bios_version", "6.00"),
    ] {
        assert_eq!(stated.get(name).map(String::as_str), Some(value), "{name} of {stated:?}");
    }
    let cards: Vec<_> = alone.interfaces.iter().map(|one| one.native_id.as_str()).collect();
    assert_eq!(cards, ["vmk0", "vmnic0", "vmnic1"]);

    let network = values(said.named(Kind::Network, "VM Network"));
    assert_eq!(network.get("network_type").map(String::as_str), Some("standard"));
    assert_eq!(network.get("promiscuous").map(String::as_str), Some("no"), "{network:?}");
    let cluster = values(said.named(Kind::Cluster, "DC0_C0"));
    assert_eq!(cluster.get("drs").map(String::as_str), Some("on"), "{cluster:?}");
    let store = values(said.named(Kind::Datastore, "LocalDS_0"));
    assert!(store.contains_key("size") && store.contains_key("free_space"), "{store:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_stands_alone_is_a_source_too() {
    let Some(vcsim) = Vcsim::start(&["-esx", "-machines", "2"]).await else { return };
    let said = vcsim.collected(json!({}), Mode::Live).await;
    said.assert_complete();
    assert_eq!(said.scopes.keys().collect::<Vec<_>>(), ["ha-datacenter"]);
    assert_eq!(said.counts()[&Kind::Vm], 2);
    assert_eq!(said.counts()[&Kind::Server], 1);
    let steps = tried(vcsim.collector(json!({}), Mode::Live).as_ref()).await;
    let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
    assert_eq!(names, ["resolve", "connect", "tls", "authenticate", "read"]);
    assert!(steps.iter().all(|step| !step.outcome.is_failed()), "{steps:?}");
    let told = |name: &str| {
        let step = steps.iter().find(|step| step.name == name).unwrap();
        matches!(&step.outcome, StepOutcome::Passed(found) if found.contains("ESXi"))
    };
    assert!(told("authenticate"), "{steps:?}");
}
