//! The traps of real estates, by the numbers of the catalogue.

use crate::register::{DAY, NOW, Register};
use crate::things::{
    Also, Parts, UUID_A, UUID_A_SWAPPED, UUID_B, computer, guid, has, instance, mac, server, uuid,
    vm,
};
use cadastre_model::{
    Attr, ConflictKind, Freshness, Identifier, Observation, Power, RecordState, Rule, Scheme,
    SourceKind, Value,
};

#[test]
fn trap_01_clones_in_two_clusters_of_one_vcenter_are_two_assets_without_a_card() {
    let mut register = Register::new();
    let paris = register.source("vc-paris", SourceKind::Vsphere);
    let one = vm("vc/50-1", "web01", UUID_A).nic("4000", &mac(1), &[]).nic("4001", &mac(2), &[]);
    let clone =
        vm("vc/50-2", "web01-clone", UUID_A).nic("4000", &mac(1), &[]).nic("4001", &mac(2), &[]);
    register.run(paris, &[one.clone(), clone.clone()]);
    assert_eq!(register.assets.len(), 2);

    let mut later = Register::new();
    let paris = later.source("vc-paris", SourceKind::Vsphere);
    later.run(paris, std::slice::from_ref(&one));
    let plan = later.run(paris, &[one, clone]);
    assert_eq!(later.assets.len(), 2);
    assert!(plan.links[0].reason.text.contains("beside asset 1 (web01)"), "{plan:#?}");
    assert!(register.conflicts.is_empty() && later.conflicts.is_empty());
}

#[test]
fn trap_01_clones_in_two_vcenters_are_two_assets_and_a_card() {
    let mut register = Register::new();
    let paris = register.source("vc-paris", SourceKind::Vsphere);
    let oslo = register.source("vc-oslo", SourceKind::Vsphere);
    register.run(paris, &[vm("p/50-1", "web01", UUID_A).nic("4000", &mac(1), &[])]);
    register.run(oslo, &[vm("o/50-9", "web01", UUID_A).nic("4000", &mac(1), &[])]);
    assert_eq!(register.assets.len(), 2);
    assert_eq!(register.questions(), ["identity"]);
    let (_, provisional) = register.asset_of(oslo, "o/50-9");
    assert!(provisional.doc.conflicted);
    let (original, first) = register.asset_of(paris, "p/50-1");
    assert!(!first.doc.conflicted);
    assert_eq!(register.history_of(original), ["created: - -> virtual machine web01"]);
}

#[test]
fn trap_01_a_machine_that_left_one_vcenter_for_another_is_one_asset() {
    let mut register = Register::new();
    let paris = register.source("vc-paris", SourceKind::Vsphere);
    let oslo = register.source("vc-oslo", SourceKind::Vsphere);
    let stays: Vec<Observation> =
        (10..15).map(|n| vm(&format!("p/{n}"), &format!("other{n}"), &uuid(n))).collect();
    let mut all = stays.clone();
    all.push(vm("p/50-1", "web01", UUID_A));
    register.run(paris, &all);
    register.run(paris, &stays);
    register.run(oslo, &[vm("o/50-1", "web01", UUID_A)]);
    assert_eq!(register.asset_of(paris, "p/50-1").0, register.asset_of(oslo, "o/50-1").0);
    assert!(register.conflicts.is_empty());
}

#[test]
fn trap_02_swapped_byte_order_of_the_smbios_uuid_is_one_asset() {
    for (first, second) in [(UUID_A, UUID_A_SWAPPED), (UUID_A_SWAPPED, UUID_A)] {
        let mut register = Register::new();
        let vcenter = register.source("vc", SourceKind::Vsphere);
        let agents = register.source("agents", SourceKind::Snmp);
        register.run(vcenter, &[vm("vc/50-1", "web01", first)]);
        let guest =
            server("10.0.0.5", "web01").also(|one| one.identify(Identifier::smbios_uuid(second)));
        let plan = register.run(agents, &[guest]);
        assert_eq!(register.assets.len(), 1);
        assert_eq!(plan.links[0].reason.rule, Rule::StrongIdentifier);
        assert_eq!(plan.links[0].reason.evidence, [Identifier::smbios_uuid(second).unwrap()]);
    }
}

#[test]
fn trap_03_a_fault_tolerance_pair_is_two_assets_without_a_card() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let primary = vm("vc/50-1", "db01", UUID_A);
    register.run(vcenter, std::slice::from_ref(&primary));
    register.run(vcenter, &[primary, vm("vc/50-2", "db01", UUID_A)]);
    assert_eq!(register.assets.len(), 2);
    assert!(register.conflicts.is_empty());
}

#[test]
fn trap_04_two_machines_of_one_name_are_two_assets_without_a_card() {
    let mut register = Register::new();
    let paris = register.source("vc-paris", SourceKind::Vsphere);
    let oslo = register.source("vc-oslo", SourceKind::Vsphere);
    let name = "web01.corp.example";
    register.run(
        paris,
        &[vm("p/1", "web01", UUID_A).fqdn(name), vm("p/2", "web01", UUID_B).fqdn(name)],
    );
    register.run(oslo, &[vm("o/1", "web01", &uuid(7)).fqdn(name)]);
    assert_eq!(register.assets.len(), 3);
    assert!(register.conflicts.is_empty(), "{:#?}", register.conflicts);
}

#[test]
fn trap_05_a_renamed_and_moved_machine_is_the_same_asset_with_its_history() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    register.run(vcenter, &[vm("vc/50-1", "web01", UUID_A)]);
    let moved = vm("vc/50-1", "web01-old", UUID_B).also(|one| one.scope = "dc2".to_owned());
    let plan = register.run(vcenter, &[moved]);
    let (id, asset) = register.asset_of(vcenter, "vc/50-1");
    assert_eq!(register.assets.len(), 1);
    assert_eq!(asset.doc.freshness, Freshness::Live);
    assert_eq!(plan.records[0].scope, register.scopes[&(vcenter, "dc2".to_owned())]);
    assert_eq!(
        register.history_of(id),
        ["created: - -> virtual machine web01", "name: web01 -> web01-old"]
    );
}

#[test]
fn trap_05_a_machine_registered_anew_after_it_was_missed_is_the_same_asset() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let others: Vec<Observation> =
        (10..15).map(|n| vm(&format!("vc/{n}"), &format!("other{n}"), &uuid(n))).collect();
    let with = |one: Observation| [others.clone(), vec![one]].concat();
    register.run(vcenter, &with(vm("vc/vm-17", "web01", UUID_A)));
    register.run(vcenter, &others);
    register.run(vcenter, &with(vm("vc/vm-99", "web01", UUID_A)));
    let (id, asset) = register.asset_of(vcenter, "vc/vm-99");
    assert_eq!(register.record(vcenter, "vc/vm-17").asset, id);
    assert_eq!(asset.doc.freshness, Freshness::Live);
    assert!(register.conflicts.is_empty());
}

#[test]
fn trap_09_fifty_boards_with_a_placeholder_for_a_serial_are_fifty_assets() {
    let placeholder = |maker: &str, serial: &str| {
        let boards = |source: &str| -> Vec<Observation> {
            (0..50)
                .map(|n| {
                    server(&format!("{source}/{n}"), &format!("board{n}")).serial(maker, serial)
                })
                .collect()
        };
        let mut register = Register::new();
        let agents = register.source("agents", SourceKind::Snmp);
        let vcenter = register.source("vc", SourceKind::Vsphere);
        let plan = register.run(agents, &boards("agents"));
        assert_eq!(register.assets.len(), 50);
        assert!(plan.links[0].reason.text.contains("is not used"), "{}", plan.links[0].reason.text);
        register.run(vcenter, &boards("vc"));
        assert_eq!(register.assets.len(), 100);
        assert!(register.conflicts.is_empty());
        let (_, asset) = register.asset_of(agents, "agents/7");
        let kept = Identifier::serial(maker, serial).unwrap();
        assert!(asset.doc.identifiers.contains(&kept), "junk stays findable");
    };
    placeholder("Supermicro", "Default string");
    // Not on the list, but shared by far too many to mean anything.
    placeholder("Supermicro", "QWERTY-1");
}

#[test]
fn trap_10_a_rejoined_computer_is_the_same_asset_if_the_old_account_is_a_tombstone() {
    let mut register = Register::new();
    let domain = register.source("corp", SourceKind::Directory);
    let old = computer(&guid(1), "web01", "corp.example");
    register.run(domain, std::slice::from_ref(&old));
    // A deleted object is stripped of nearly everything, its name in the DNS included.
    let stripped = Observation::new(guid(1), old.kind, "corp.example").ended("deleted", None);
    let plan = register.run(domain, &[stripped, computer(&guid(2), "web01", "corp.example")]);
    assert_eq!(register.assets.len(), 1);
    assert_eq!(plan.links[0].reason.rule, Rule::WeakIdentifier);
    assert!(register.conflicts.is_empty());
    let (_, asset) = register.asset_of(domain, &guid(2));
    assert_eq!(asset.doc.freshness, Freshness::Live);
}

#[test]
fn trap_10_a_rejoined_computer_whose_old_account_stands_is_a_card() {
    let old = computer(&guid(1), "web01", "corp.example");
    let new = computer(&guid(2), "web01", "corp.example");
    let mut later = Register::new();
    let domain = later.source("corp", SourceKind::Directory);
    later.run(domain, std::slice::from_ref(&old));
    later.run(domain, &[old.clone(), new.clone()]);
    let mut at_once = Register::new();
    let domain = at_once.source("corp", SourceKind::Directory);
    at_once.run(domain, &[old, new]);
    for register in [later, at_once] {
        assert_eq!(register.assets.len(), 2);
        assert_eq!(register.questions(), ["suggestion"]);
        assert_eq!(register.in_conflict().len(), 2);
    }
}

#[test]
fn trap_11_a_computer_whose_machine_is_gone_stays() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let domain = register.source("corp", SourceKind::Directory);
    let account = computer(&guid(1), "web01", "corp.example");
    register.run(vcenter, &[vm("vc/1", "web01", UUID_A).fqdn("web01.corp.example")]);
    register.run(domain, std::slice::from_ref(&account));
    register.run(vcenter, &[vm("vc/1", "web01", UUID_A).ended("deleted", None)]);
    let (_, asset) = register.asset_of(domain, &guid(1));
    assert_eq!(register.assets.len(), 1);
    assert_eq!(asset.doc.freshness, Freshness::Live);
    assert_eq!(asset.doc.kind, cadastre_model::Kind::Computer, "which is how a check finds it");
}

#[test]
fn trap_12_an_instance_stopped_and_started_is_the_same_asset_with_a_new_public_address() {
    let mut register = Register::new();
    let aws = register.source("aws-prod", SourceKind::Aws);
    let at = |address: &str| {
        instance("i-1", "web01").text(Attr::PublicIp, address).nic(
            "eni-1",
            &mac(1),
            &["10.0.0.5", address],
        )
    };
    register.run(aws, &[at("203.0.113.7")]);
    let stopped = instance("i-1", "web01")
        .nic("eni-1", &mac(1), &["10.0.0.5"])
        .also(|one| one.power = Some(Power::Off));
    register.run(aws, &[stopped]);
    register.run(aws, &[at("203.0.113.99")]);
    let (id, asset) = register.asset_of(aws, "111122223333/eu-west-1/i-1");
    assert_eq!(register.assets.len(), 1);
    assert!(has(&asset.doc.identifiers, Scheme::Ip, "203.0.113.99"));
    assert!(!has(&asset.doc.identifiers, Scheme::Ip, "203.0.113.7"));
    let history = register.history_of(id);
    assert!(history.contains(&"public_ip: 203.0.113.7 -> -".to_owned()), "{history:#?}");
    assert!(history.contains(&"public_ip: - -> 203.0.113.99".to_owned()), "{history:#?}");
    assert!(history.contains(&"power: on -> off".to_owned()), "{history:#?}");
}

#[test]
fn trap_13_a_terminated_instance_still_listed_is_gone_with_its_date() {
    let mut register = Register::new();
    let aws = register.source("aws-prod", SourceKind::Aws);
    let native = "111122223333/eu-west-1/i-1";
    register.run(aws, &[instance("i-1", "web01"), instance("i-2", "web02")]);
    let ended_at = NOW.plus_ms(-3 * DAY);
    let terminated = instance("i-1", "web01").ended("terminated", Some(ended_at));
    let listed = [terminated, instance("i-2", "web02")];
    let plan = register.run(aws, &listed);
    assert_eq!((plan.counts.gone, plan.counts.updated), (1, 1));
    assert_eq!(plan.records[0].reason.rule, Rule::Tombstone);
    assert_eq!(plan.records[0].last_seen, Some(ended_at));
    assert_eq!(register.asset_of(aws, native).1.doc.freshness, Freshness::Gone);
    // Still listed for an hour, then no more: nothing is left to say.
    assert!(register.run(aws, &listed).is_empty());
    register.run(aws, &[instance("i-2", "web02")]);
    let record = register.record(aws, native);
    assert_eq!((record.state, record.last_seen), (RecordState::Gone, ended_at));
    assert!(register.conflicts.is_empty());
}

#[test]
fn trap_13_an_instance_first_seen_terminated_is_known_and_gone() {
    let mut register = Register::new();
    let aws = register.source("aws-prod", SourceKind::Aws);
    let plan = register.run(aws, &[instance("i-1", "web01").ended("terminated", None)]);
    assert_eq!((plan.counts.created, plan.counts.gone), (1, 1));
    assert_eq!(plan.assets[0].after.freshness, Freshness::Gone);
}

#[test]
fn trap_18_a_powered_off_machine_keeps_its_address() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let on = vm("vc/1", "web01", UUID_A)
        .text(Attr::PrivateIp, "10.0.0.5")
        .nic("4000", &mac(1), &["10.0.0.5", "fd00::5"])
        .fqdn("web01.corp.example");
    register.run(vcenter, &[on]);
    let off = vm("vc/1", "web01", UUID_A).nic("4000", &mac(1), &[]).also(|one| {
        one.power = Some(Power::Off);
        one.not_read(Attr::PrivateIp, "the machine is off, so its tools are silent");
        one.not_read(Attr::DnsName, "the machine is off, so its tools are silent");
    });
    register.run(vcenter, &[off]);
    let (_, asset) = register.asset_of(vcenter, "vc/1");
    assert_eq!(asset.doc.power, Power::Off);
    assert_eq!(asset.doc.attributes.get(&Attr::PrivateIp), Some(&Value::text("10.0.0.5")));
    assert_eq!(asset.doc.interfaces[0].addresses, ["10.0.0.5", "fd00::5"]);
    assert!(has(&asset.doc.identifiers, Scheme::Ip, "10.0.0.5"));
    assert!(has(&asset.doc.identifiers, Scheme::Ip, "fd00::5"));
    assert!(has(&asset.doc.identifiers, Scheme::Fqdn, "web01.corp.example"));
}

#[test]
fn trap_19_an_interface_moved_to_another_network_is_the_same_interface() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let on = |network: &str| {
        vm("vc/1", "web01", UUID_A).nic("4000", &mac(1), &["10.0.0.5"]).also(|one| {
            one.interfaces[0].network = Some(network.to_owned());
        })
    };
    register.run(vcenter, &[on("dvportgroup-1")]);
    register.run(vcenter, &[on("dvportgroup-2")]);
    let (id, asset) = register.asset_of(vcenter, "vc/1");
    assert_eq!(asset.doc.interfaces.len(), 1);
    assert_eq!(register.history_of(id).len(), 2);
    assert!(register.history_of(id)[1].starts_with("interface:4000: "));
}

#[test]
fn trap_20_an_address_taken_over_moves_and_both_histories_keep_it() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let at = |native: &str, uuid: &str, nic: &str, address: &[&str]| {
        let one = vm(native, native, uuid).nic("4000", nic, address);
        match address.first() {
            Some(address) => one.text(Attr::PrivateIp, address),
            None => one,
        }
    };
    register.run(
        vcenter,
        &[at("a", UUID_A, &mac(1), &["10.0.0.5"]), at("b", UUID_B, &mac(2), &["10.0.0.6"])],
    );
    register
        .run(vcenter, &[at("a", UUID_A, &mac(1), &[]), at("b", UUID_B, &mac(2), &["10.0.0.5"])]);
    let ((a, from), (b, to)) = (register.asset_of(vcenter, "a"), register.asset_of(vcenter, "b"));
    assert_ne!(a, b);
    assert!(!has(&from.doc.identifiers, Scheme::Ip, "10.0.0.5"));
    assert!(has(&to.doc.identifiers, Scheme::Ip, "10.0.0.5"));
    assert!(register.history_of(a).contains(&"private_ip: 10.0.0.5 -> -".to_owned()));
    assert!(register.history_of(b).contains(&"private_ip: 10.0.0.6 -> 10.0.0.5".to_owned()));
    assert!(register.conflicts.is_empty());
}

#[test]
fn trap_21_one_host_name_in_two_domains_is_two_assets() {
    let mut register = Register::new();
    let corp = register.source("corp", SourceKind::Directory);
    let lab = register.source("lab", SourceKind::Directory);
    register.run(corp, &[computer(&guid(1), "web01", "corp.example")]);
    register.run(lab, &[computer(&guid(2), "web01", "lab.example")]);
    assert_eq!(register.assets.len(), 2);
    assert!(register.conflicts.is_empty());
}

#[test]
fn trap_23_an_asset_hidden_by_hand_and_discovered_again_revives_and_says_so() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let others: Vec<Observation> =
        (10..15).map(|n| vm(&format!("vc/{n}"), &format!("other{n}"), &uuid(n))).collect();
    let all = |name: &str| [others.clone(), vec![vm("vc/1", name, UUID_A)]].concat();
    register.run(vcenter, &all("web01"));
    let id = register.asset_of(vcenter, "vc/1").0;
    register.hide(id, "not ours");
    // Still seen, even under another name: what somebody hid stays hidden.
    register.run(vcenter, &all("web01-new"));
    assert_eq!(register.assets[&id].doc.hidden.as_deref(), Some("not ours"));
    register.run(vcenter, &others);
    let plan = register.run(vcenter, &all("web01-new"));
    let write = plan.assets.iter().find(|write| write.id == id).unwrap();
    assert_eq!(write.after.hidden, None);
    assert_eq!(write.reason.rule, Rule::Revived);
    assert!(write.reason.text.contains("hidden by hand (not ours)"), "{}", write.reason.text);
    assert!(register.history_of(id).contains(&"hidden: not ours -> -".to_owned()));
}

#[test]
fn trap_23_a_new_record_of_a_hidden_asset_revives_it() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let agents = register.source("agents", SourceKind::Snmp);
    register.run(vcenter, &[vm("vc/1", "web01", UUID_A)]);
    let id = register.asset_of(vcenter, "vc/1").0;
    register.hide(id, "not ours");
    let guest =
        server("10.0.0.5", "web01").also(|one| one.identify(Identifier::smbios_uuid(UUID_A)));
    register.run(agents, &[guest]);
    assert_eq!(register.assets[&id].doc.hidden, None);
}

#[test]
fn trap_25_no_order_of_values_depends_on_a_sources_clock() {
    let mut docs = Vec::new();
    for ahead in [-3_600_000, 0, 3_600_000] {
        let mut register = Register::new();
        let aws = register.source("aws-prod", SourceKind::Aws);
        let agents = register.source("agents", SourceKind::Snmp);
        let arn = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1";
        let cloud = instance("i-1", "web01").text(Attr::Os, "Linux").also(|one| {
            one.state_time(Attr::CreatedAt, Some(NOW.plus_ms(ahead)));
        });
        let agent =
            server("10.0.0.5", "web01.corp.example").text(Attr::Os, "Debian 13").also(|one| {
                one.identify(Identifier::aws_arn(arn));
                one.state_time(Attr::CreatedAt, Some(NOW));
            });
        register.run(agents, &[agent]);
        register.run(aws, &[cloud]);
        let (_, asset) = register.asset_of(aws, "111122223333/eu-west-1/i-1");
        let mut doc = asset.doc.clone();
        assert_eq!(doc.attributes[&Attr::CreatedAt], Value::Int(NOW.plus_ms(ahead).0));
        assert_eq!(doc.attributes[&Attr::Os], Value::text("Linux"));
        doc.attributes.remove(&Attr::CreatedAt);
        doc.provenance.remove(&Attr::CreatedAt);
        docs.push(doc);
    }
    assert!(docs.windows(2).all(|pair| pair[0] == pair[1]), "{docs:#?}");
}

#[test]
fn trap_25_a_thing_ended_in_the_future_was_last_seen_now() {
    let mut register = Register::new();
    let aws = register.source("aws-prod", SourceKind::Aws);
    register.run(aws, &[instance("i-1", "web01"), instance("i-2", "web02")]);
    let ahead = register.now.plus_ms(DAY);
    let listed = [
        instance("i-1", "web01").ended("terminated", Some(ahead)),
        instance("i-2", "web02"),
        instance("i-3", "web03").ended("terminated", Some(ahead)),
    ];
    let plan = register.run(aws, &listed);
    assert!(plan.records.iter().all(|write| write.last_seen == Some(register.now)));
}

#[test]
fn trap_26_an_empty_successful_answer_is_held() {
    let mut register = Register::new();
    let aws = register.source("aws-prod", SourceKind::Aws);
    let all: Vec<Observation> =
        (0..30).map(|n| instance(&format!("i-{n}"), &format!("web{n}"))).collect();
    register.run(aws, &all);
    register.run(aws, &[]);
    assert!(register.records.values().all(|record| record.state == RecordState::Live));
    let held = register.conflicts.values().next().unwrap();
    assert!(matches!(held.kind, ConflictKind::AgeingHeld { missing: 30, known: 30, .. }));
    assert!(held.reason.starts_with("all 30 known things are missing at once"), "{}", held.reason);
    // Seen again: nothing happened.
    assert!(register.run(aws, &all).is_empty());
}
