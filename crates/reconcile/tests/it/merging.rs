//! Whose value wins, and how the asset is put together.

use crate::register::{DAY, NOW, Register};
use crate::things::{Also, Parts, UUID_A, computer, guid, has, instance, mac, server, vm};
use cadastre_model::policy::Authority;
use cadastre_model::{
    Attr, Identifier, Kind, Lifecycle, Lock, Losing, Observation, Power, Scheme, Sighting,
    SourceId, SourceKind, Tag, Value, Witness,
};
use std::collections::BTreeSet;

const NAME: &str = "web01.corp.example";

fn lock(attr: Attr, value: Option<&str>) -> Lock {
    Lock {
        attr,
        value: value.map(Value::text),
        actor: "ann".to_owned(),
        set_at: NOW,
        effective_from: NOW,
    }
}

fn guest() -> Observation {
    server("10.0.0.5", "web01").also(|one| one.identify(Identifier::smbios_uuid(UUID_A)))
}

/// One machine that a vCenter (source 1), an agent (2) and a directory (3) know.
fn known_three_ways(
    by_vcenter: Observation,
    by_agent: Observation,
    by_directory: Observation,
) -> (Register, [SourceId; 3]) {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let agents = register.source("agents", SourceKind::Snmp);
    let domain = register.source("corp", SourceKind::Directory);
    register.run(domain, &[by_directory]);
    register.run(agents, &[by_agent.fqdn(NAME)]);
    register.run(vcenter, &[by_vcenter]);
    assert_eq!(register.assets.len(), 1);
    (register, [vcenter, agents, domain])
}

fn os(one: Observation, os: &str) -> Observation {
    one.text(Attr::Os, os)
}

fn machine() -> Observation {
    vm("vc/1", "web01", UUID_A)
}

fn account() -> Observation {
    computer(&guid(1), "WEB01", "corp.example")
}

#[test]
fn the_first_source_in_order_wins_and_the_losers_are_kept() {
    let (register, [vcenter, agents, domain]) = known_three_ways(
        os(machine(), "Linux"),
        os(guest(), "Linux"),
        os(account(), "Debian GNU/Linux 13"),
    );
    let doc = &register.assets.values().next().unwrap().doc;
    assert_eq!(doc.witness, Some(vcenter));
    assert_eq!(doc.attributes[&Attr::Os], Value::text("Linux"));
    let why = &doc.provenance[&Attr::Os];
    assert_eq!(why.winner, Witness::Source(vcenter));
    // The agent says the same, so it has not lost.
    let lost =
        Losing { witness: Witness::Source(domain), value: Value::text("Debian GNU/Linux 13") };
    assert_eq!(why.losers, [lost]);
    // Where somebody else stands behind a value, it says so; else it says nothing.
    assert_eq!(doc.provenance[&Attr::DnsName].winner, Witness::Source(agents));
    assert!(!doc.attributes.contains_key(&Attr::Name));
    assert_eq!(doc.name, "web01");
    assert_eq!(doc.sources, BTreeSet::from(["agents", "corp", "vc"].map(str::to_owned)));
    assert_eq!(doc.kind, Kind::Vm);
}

#[test]
fn policy_orders_sources_by_kind_and_attribute() {
    let (mut register, [.., domain]) =
        known_three_ways(os(machine(), "Linux"), guest(), os(account(), "Debian GNU/Linux 13"));
    let rule = Authority {
        kind: Some(Kind::Vm),
        attr: Some(Attr::Os),
        order: vec![SourceKind::Directory],
        max_age_days: None,
    };
    register.policy.authority.insert(0, rule);
    let id = *register.assets.keys().next().unwrap();
    register.remerge(id);
    let doc = &register.assets[&id].doc;
    assert_eq!(doc.attributes[&Attr::Os], Value::text("Debian GNU/Linux 13"));
    assert_eq!(doc.provenance[&Attr::Os].winner, Witness::Source(domain));
    assert_eq!(doc.name, "web01", "the rule is for one attribute");
}

#[test]
fn a_source_not_heard_of_for_too_long_steps_behind() {
    let (mut register, _) =
        known_three_ways(os(machine(), "Linux"), guest(), os(account(), "Debian GNU/Linux 13"));
    let vsphere_for_a_week = Authority {
        kind: None,
        attr: Some(Attr::Os),
        order: vec![SourceKind::Vsphere, SourceKind::Directory],
        max_age_days: Some(7),
    };
    register.policy.authority.insert(0, vsphere_for_a_week);
    let id = *register.assets.keys().next().unwrap();
    let os_after = |register: &mut Register, days: i64| {
        register.now = register.now.plus_ms(days * DAY);
        for record in register.records.values_mut().filter(|one| one.doc.kind == Kind::Computer) {
            record.last_seen = register.now;
        }
        register.remerge(id);
        register.assets[&id].doc.attributes[&Attr::Os].to_string()
    };
    assert_eq!(os_after(&mut register, 0), "Linux");
    assert_eq!(os_after(&mut register, 6), "Linux");
    assert_eq!(os_after(&mut register, 2), "Debian GNU/Linux 13");
}

#[test]
fn what_is_stale_speaks_only_where_nothing_live_does() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let domain = register.source("corp", SourceKind::Directory);
    let others: Vec<Observation> =
        (2..9).map(|n| vm(&format!("vc/{n}"), "other", &crate::things::uuid(n))).collect();
    let full = os(machine(), "Linux").fqdn(NAME).text(Attr::Model, "VMware20,1");
    register.run(vcenter, &[others.clone(), vec![full]].concat());
    register.run(domain, &[os(account(), "Debian GNU/Linux 13")]);
    register.run(vcenter, &others);
    let doc = &register.asset_of(domain, &guid(1)).1.doc;
    assert_eq!(doc.attributes[&Attr::Os], Value::text("Debian GNU/Linux 13"));
    assert!(!doc.provenance.contains_key(&Attr::Os), "who has no say has not lost");
    assert_eq!(doc.attributes[&Attr::Model], Value::text("VMware20,1"));
    assert_eq!(doc.provenance[&Attr::Model].winner, Witness::Source(vcenter));
    assert_eq!(doc.witness, Some(domain));
    assert_eq!(doc.kind, Kind::Vm);
    assert_eq!(doc.name, "WEB01");
}

#[test]
fn a_lock_wins_and_sleeps_in_nobodys_way() {
    let mut register = Register::new();
    let aws = register.source("aws", SourceKind::Aws);
    register.run(aws, &[os(instance("i-1", "web01"), "Linux").tag("env", "test")]);
    let id = *register.assets.keys().next().unwrap();
    register.lock(id, lock(Attr::Os, Some("Debian 13")));
    register.lock(id, lock(Attr::Owner, Some("ann")));
    register.lock(id, lock(Attr::Environment, None));
    register.run(aws, &[os(instance("i-1", "web01"), "Linux 6").tag("env", "prod")]);
    let doc = &register.assets[&id].doc;
    assert_eq!(doc.attributes[&Attr::Os], Value::text("Debian 13"));
    assert_eq!(doc.provenance[&Attr::Os].winner, Witness::Lock);
    let lost = Losing { witness: Witness::Source(aws), value: Value::text("Linux 6") };
    assert_eq!(doc.provenance[&Attr::Os].losers, [lost]);
    assert_eq!(doc.attributes[&Attr::Owner], Value::text("ann"));
    // Deliberately empty, and it says what would stand there.
    assert!(!doc.attributes.contains_key(&Attr::Environment));
    let why = &doc.provenance[&Attr::Environment];
    assert_eq!(why.winner, Witness::Lock);
    let tag = Witness::Derived("tag:env".to_owned());
    assert_eq!(why.losers, [Losing { witness: tag, value: Value::text("prod") }]);

    register.assets.get_mut(&id).unwrap().locks.clear();
    register.remerge(id);
    let doc = &register.assets[&id].doc;
    assert_eq!(doc.attributes[&Attr::Os], Value::text("Linux 6"));
    assert!(!doc.provenance.contains_key(&Attr::Os));
    assert_eq!(doc.attributes[&Attr::Environment], Value::text("prod"));
}

#[test]
fn a_locked_name_is_the_name() {
    let mut register = Register::new();
    let aws = register.source("aws", SourceKind::Aws);
    register.run(aws, &[instance("i-1", "web01")]);
    let id = *register.assets.keys().next().unwrap();
    register.lock(id, lock(Attr::Name, Some("shop")));
    assert_eq!(register.assets[&id].doc.name, "shop");
    assert_eq!(register.assets[&id].doc.provenance[&Attr::Name].winner, Witness::Lock);
    register.lock(id, lock(Attr::Name, None));
    assert_eq!(register.assets[&id].doc.name, "i-1", "the last part of the native id");
}

#[test]
fn a_lifecycle_that_a_person_set_stays() {
    let mut register = Register::new();
    let aws = register.source("aws", SourceKind::Aws);
    register.run(aws, &[instance("i-1", "web01")]);
    let id = *register.assets.keys().next().unwrap();
    register.assets.get_mut(&id).unwrap().lifecycle = Some(Lifecycle::Retired);
    register.run(aws, &[instance("i-1", "web02")]);
    assert_eq!(register.assets[&id].doc.lifecycle, Lifecycle::Retired);
}

#[test]
fn tags_merge_by_canonical_key_and_keep_the_winners_spelling() {
    let (register, _) = known_three_ways(
        machine().tag("Env", "prod").tag("team", "payments"),
        guest().tag("environment", "test").tag("Team", "billing").tag("rack", "12"),
        account(),
    );
    let doc = &register.assets.values().next().unwrap().doc;
    let tags = [("Env", "prod"), ("rack", "12"), ("team", "payments")];
    assert_eq!(doc.tags, tags.map(|(key, value)| Tag::new(key, value)).into());
    assert_eq!(doc.attributes[&Attr::Environment], Value::text("prod"));
    let why = &doc.provenance[&Attr::Environment];
    assert_eq!(why.winner, Witness::Derived("tag:Env".to_owned()));
    assert!(why.losers.is_empty());
}

#[test]
fn a_source_that_states_the_attribute_counts_before_a_tag() {
    let mut register = Register::new();
    let people = register.source("people", SourceKind::People);
    let one = server("1", "web01").tag("cost-centre", "42").text(Attr::CostCentre, "4711");
    register.run(people, &[one.tag("environment", "")]);
    let doc = &register.assets.values().next().unwrap().doc;
    assert_eq!(doc.attributes[&Attr::CostCentre], Value::text("4711"));
    assert!(!doc.attributes.contains_key(&Attr::Environment), "an empty tag says nothing");
}

#[test]
fn of_two_spellings_in_one_source_the_canonical_one_counts() {
    let mut register = Register::new();
    let aws = register.source("aws", SourceKind::Aws);
    let one = instance("i-1", "web01").tag("Env", "test").tag("Environment", "prod");
    register.run(aws, &[one]);
    let doc = &register.assets.values().next().unwrap().doc;
    assert_eq!(doc.attributes[&Attr::Environment], Value::text("prod"));
    assert_eq!(doc.tags.len(), 2, "both stay findable");
}

#[test]
fn interfaces_of_two_sources_meet_by_their_ethernet_address() {
    let by_vcenter = machine().nic("4000", &mac(1), &[]).nic("4001", &mac(2), &["10.1.0.5"]);
    let by_agent = guest().nic("2", &mac(1), &["10.0.0.5"]).nic("4001", &mac(3), &[]).also(|one| {
        one.interfaces[0].name = Some("eth0".to_owned());
        one.interfaces[0].speed = Some(10_000_000_000);
    });
    let (register, _) = known_three_ways(by_vcenter, by_agent, account());
    let doc = &register.assets.values().next().unwrap().doc;
    let ids: Vec<&str> = doc.interfaces.iter().map(|one| one.native_id.as_str()).collect();
    assert_eq!(ids, ["4000", "4001", "agents/4001"]);
    assert_eq!(doc.interfaces[0].name.as_deref(), Some("eth0"));
    assert_eq!(doc.interfaces[0].speed, Some(10_000_000_000));
    assert_eq!(doc.interfaces[0].addresses, ["10.0.0.5"]);
    assert_eq!(doc.interfaces[2].mac.as_deref(), Some(mac(3).as_str()));
}

#[test]
fn power_comes_from_whoever_knows_it() {
    let (register, _) = known_three_ways(
        machine().also(|one| one.power = Some(Power::Unknown)),
        guest().also(|one| one.power = Some(Power::On)),
        account(),
    );
    assert_eq!(register.assets.values().next().unwrap().doc.power, Power::On);
    let mut nobody = Register::new();
    let domain = nobody.source("corp", SourceKind::Directory);
    nobody.run(domain, &[account()]);
    assert_eq!(nobody.assets.values().next().unwrap().doc.power, Power::Unknown);
}

#[test]
fn an_asset_gives_up_the_address_of_its_gone_machine_and_keeps_the_rest() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let agents = register.source("agents", SourceKind::Snmp);
    let on = machine().nic("4000", &mac(1), &["10.0.0.5"]);
    register.run(vcenter, std::slice::from_ref(&on));
    register.run(agents, &[guest().nic("1", &mac(1), &["10.0.0.9"])]);
    register.run(vcenter, &[on.ended("deleted", None)]);
    let doc = &register.assets.values().next().unwrap().doc;
    assert!(!has(&doc.identifiers, Scheme::Ip, "10.0.0.5"));
    assert!(has(&doc.identifiers, Scheme::Ip, "10.0.0.9"));
    assert!(has(&doc.identifiers, Scheme::SmbiosUuid, UUID_A));
}

#[test]
fn what_is_kept_only_as_latest_is_no_part_of_the_asset() {
    let mut register = Register::new();
    let aws = register.source("aws", SourceKind::Aws);
    let subnet = |free: i64| {
        Observation::new("subnet-1", Kind::Subnet, "eu-west-1")
            .also(|one| one.state_int(Attr::FreeAddresses, Some(free)))
    };
    register.run(aws, &[subnet(250)]);
    let plan = register.run(aws, &[subnet(249)]);
    assert_eq!(plan.latest.len(), 1);
    assert_eq!(plan.latest[0].latest[&Attr::FreeAddresses], Value::Int(249));
    assert!(plan.records.is_empty() && plan.assets.is_empty());
    assert_eq!(plan.counts.unchanged, 1);
    let doc = &register.assets.values().next().unwrap().doc;
    assert!(!doc.attributes.contains_key(&Attr::FreeAddresses));
    // Not read: what was known stays.
    let unread = Observation::new("subnet-1", Kind::Subnet, "eu-west-1")
        .also(|one| one.not_read(Attr::FreeAddresses, "no right to"));
    assert!(register.run(aws, &[unread]).is_empty());
    assert_eq!(register.record(aws, "subnet-1").latest[&Attr::FreeAddresses], Value::Int(249));
}

#[test]
fn a_value_that_is_absent_or_no_longer_stated_is_cleared() {
    let mut register = Register::new();
    let aws = register.source("aws", SourceKind::Aws);
    let full = instance("i-1", "web01").text(Attr::KeyPair, "ops").text(Attr::Zone, "eu-west-1a");
    register.run(aws, &[full]);
    let less = instance("i-1", "web01").also(|one| one.state(Attr::KeyPair, None));
    register.run(aws, &[less]);
    let (_, asset) = register.asset_of(aws, "111122223333/eu-west-1/i-1");
    assert!(!asset.doc.attributes.contains_key(&Attr::KeyPair));
    assert!(!asset.doc.attributes.contains_key(&Attr::Zone));
}

#[test]
fn what_a_device_sees_is_told_with_the_day_it_was_seen_last() {
    let mut register = Register::new();
    let snmp = register.source("snmp", SourceKind::Snmp);
    let switch = |macs: &[&str]| {
        let on_port = |mac: &&str| Sighting { mac: (*mac).to_owned(), ..Sighting::default() };
        Observation::new("sw", Kind::Switch, "lan")
            .also(|one| one.sightings = macs.iter().map(on_port).collect())
    };
    let first = register.run(snmp, &[switch(&["00:50:56:00:00:01"])]);
    assert_eq!((first.records[0].sighted.now.len(), first.records[0].sighted.before), (1, None));
    assert!(register.run(snmp, &[switch(&["00:50:56:00:00:01"])]).is_empty());
    let seen_again = register.record(snmp, "sw").last_seen;
    let gone = register.run(snmp, &[switch(&[])]);
    assert!(gone.records.is_empty() && gone.assets.is_empty(), "no part of the asset");
    assert!(gone.latest[0].sighted.now.is_empty());
    assert_eq!(gone.latest[0].sighted.before, Some(seen_again));
    assert!(register.run(snmp, &[switch(&[])]).is_empty());
}
