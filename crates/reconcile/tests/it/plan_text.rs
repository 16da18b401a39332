//! A plan as people read it.

use crate::register::{DAY, NOW, Register};
use crate::things::{Also, Parts, UUID_A, UUID_B, computer, guid, instance, mac, server, vm};
use cadastre_model::{Attr, Identifier, Kind, Observation, Power, SourceKind};
use cadastre_reconcile::{Missing, describe, reconcile};

#[test]
fn a_run_of_a_cloud_source() {
    let mut register = Register::new();
    let aws = register.source("aws-prod", SourceKind::Aws);
    let subnet = |free: i64| {
        Observation::new("111122223333/eu-west-1/subnet-1", Kind::Subnet, "111122223333/eu-west-1")
            .also(|one| one.state_int(Attr::FreeAddresses, Some(free)))
    };
    register.run(
        aws,
        &[
            instance("i-1", "web01").tag("env", "test").nic("eni-1", &mac(1), &["10.0.0.5"]),
            instance("i-2", "web02"),
            subnet(250),
        ],
    );
    let next = [
        instance("i-1", "web01").tag("env", "prod").nic("eni-1", &mac(1), &[]).also(|one| {
            one.power = Some(Power::Off);
            one.state_int(Attr::Memory, Some(4 << 30));
        }),
        instance("i-2", "web02").ended("terminated", Some(NOW.plus_ms(-DAY))),
        instance("i-3", "web03"),
        subnet(249),
    ];
    let snapshot = register.snapshot(aws, &next);
    let plan = reconcile(&snapshot, &next, &register.policy, register.now);
    insta::assert_snapshot!(describe(&plan).join("\n"));
}

#[test]
fn a_run_that_leaves_questions() {
    let mut register = Register::new();
    let paris = register.source("vc-paris", SourceKind::Vsphere);
    let oslo = register.source("vc-oslo", SourceKind::Vsphere);
    let domain = register.source("corp", SourceKind::Directory);
    let name = "db01.corp.example";
    register.run(domain, &[computer(&guid(1), "db01", "corp.example")]);
    register.run(
        paris,
        &[
            vm("p/50-1", "web01", UUID_A),
            server("p/host-1", "esx1")
                .serial("Dell", "ABC123")
                .also(|one| one.scope = "dc1".into()),
        ],
    );
    let found = [
        vm("o/50-1", "web01", UUID_A),
        vm("o/50-2", "db01", UUID_B).fqdn(name),
        server("o/host-1", "esx1").serial("Dell", "ABC123"),
        server("o/host-2", "esx2").serial("Dell", "Default string"),
    ];
    let snapshot = register.snapshot(oslo, &found);
    let plan = reconcile(&snapshot, &found, &register.policy, register.now);
    insta::assert_snapshot!(describe(&plan).join("\n"));
}

#[test]
fn an_ageing() {
    let mut register = Register::new();
    let aws = register.source("aws-prod", SourceKind::Aws);
    register.run(aws, &[instance("i-1", "web01"), instance("i-2", "web02")]);
    let keys: Vec<_> = register.records.keys().copied().collect();
    let last_seen = register.now;
    register.now = register.now.plus_ms(20 * DAY);
    let plan = register.age(
        aws,
        &[
            Missing { record: keys[0], missed_runs: 1, last_seen },
            Missing { record: keys[1], missed_runs: 5, last_seen },
        ],
    );
    insta::assert_snapshot!(describe(&plan).join("\n"));
}

#[test]
fn nothing_to_do() {
    let mut register = Register::new();
    let aws = register.source("aws-prod", SourceKind::Aws);
    let all = [instance("i-1", "web01").also(|one| one.identify(Identifier::smbios_uuid(UUID_A)))];
    register.run(aws, &all);
    let plan = register.run(aws, &all);
    assert_eq!(
        describe(&plan),
        ["created 0, updated 0, unchanged 1, stale 0, gone 0, conflicts 0"]
    );
}
