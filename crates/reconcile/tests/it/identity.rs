//! Rules 1 to 4: strong and weak identifiers, ambiguity, and what never matches.

use crate::register::Register;
use crate::things::{
    Also, Parts, UUID_A, UUID_B, computer, guid, instance, mac, server, uuid, vm, volume,
};
use cadastre_model::{
    AssetId, Attr, ConflictKind, Identifier, Kind, Observation, Plan, Reason, Rule, SourceId,
    SourceKind,
};

const NAME: &str = "web01.corp.example";

fn link_of(plan: &Plan) -> &Reason {
    &plan.links[0].reason
}

fn guest(uuid: &str) -> Observation {
    server("10.0.0.5", "web01").also(|one| one.identify(Identifier::smbios_uuid(uuid)))
}

/// A register with a vCenter and agents; the vCenter has seen these.
fn seen_by_vcenter(things: &[Observation]) -> (Register, SourceId, SourceId) {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let agents = register.source("agents", SourceKind::Snmp);
    register.run(vcenter, things);
    (register, vcenter, agents)
}

#[test]
fn two_ethernet_addresses_in_common_are_strong() {
    let nics = |one: Observation, macs: &[u32]| {
        macs.iter().fold(one, |one, n| one.nic(&format!("nic{n}"), &mac(*n), &[]))
    };
    let (mut register, _, agents) =
        seen_by_vcenter(&[nics(vm("vc/1", "web01", UUID_A), &[1, 2, 3])]);
    let plan = register.run(agents, &[nics(server("10.0.0.5", "x"), &[1, 3])]);
    assert_eq!(link_of(&plan).rule, Rule::StrongIdentifier);
    assert_eq!(link_of(&plan).evidence.len(), 2);
    assert_eq!(register.assets.len(), 1);
}

#[test]
fn one_ethernet_address_in_common_only_suggests() {
    let one = vm("vc/1", "web01", UUID_A).nic("4000", &mac(1), &[]);
    let (mut register, _, agents) = seen_by_vcenter(&[one]);
    let plan = register.run(agents, &[server("10.0.0.5", "x").nic("1", &mac(1), &[])]);
    assert_eq!(link_of(&plan).rule, Rule::NothingMatches);
    assert_eq!(register.questions(), ["suggestion"]);
    assert!(!plan.assets[0].after.conflicted, "a suggestion leaves an ordinary asset");
}

#[test]
fn locally_administered_and_virtual_addresses_match_nothing() {
    let nics = |one: Observation| {
        ["02:42:ac:11:00:02", "00:50:56:c0:00:08", "00:00:5e:00:01:07"]
            .iter()
            .fold(one, |one, mac| one.nic(mac, mac, &[]))
    };
    let (mut register, _, agents) = seen_by_vcenter(&[nics(vm("vc/1", "web01", UUID_A))]);
    register.run(agents, &[nics(server("10.0.0.5", "x"))]);
    assert_eq!(register.assets.len(), 2);
    assert!(register.conflicts.is_empty());
}

#[test]
fn an_agents_name_and_one_address_together_link_it_to_its_platform() {
    let one = vm("vc/1", "web01", UUID_A).nic("4000", &mac(1), &[]).fqdn(NAME);
    let agent = server("10.0.0.5", "web01").nic("1", &mac(1), &[]).fqdn(NAME);
    let (mut register, vcenter, agents) = seen_by_vcenter(std::slice::from_ref(&one));
    let plan = register.run(agents, std::slice::from_ref(&agent));
    assert_eq!(link_of(&plan).rule, Rule::WeakIdentifier);
    assert_eq!(register.assets.len(), 1);

    let mut other_way = Register::new();
    assert_eq!(other_way.source("vc", SourceKind::Vsphere), vcenter);
    assert_eq!(other_way.source("agents", SourceKind::Snmp), agents);
    other_way.run(agents, &[agent]);
    other_way.run(vcenter, &[one]);
    assert_eq!(other_way.partition(), register.partition());
}

#[test]
fn a_name_alone_does_not_link_an_agent_to_its_platform() {
    let (mut register, _, agents) = seen_by_vcenter(&[vm("vc/1", "web01", UUID_A).fqdn(NAME)]);
    register.run(agents, &[server("10.0.0.5", "web01").fqdn(NAME)]);
    assert_eq!(register.assets.len(), 2);
    assert_eq!(register.questions(), ["suggestion"]);
}

#[test]
fn a_directory_computer_joins_its_machine_by_name_in_either_order() {
    for machine in [
        vm("vc/1", "web01", UUID_A).fqdn(NAME),
        instance("i-1", "web01").fqdn(NAME),
        server("esx/1", "web01").fqdn(NAME),
    ] {
        for machine_first in [true, false] {
            let mut register = Register::new();
            let place = register.source("place", SourceKind::Vsphere);
            let domain = register.source("corp", SourceKind::Directory);
            let account = computer(&guid(1), "web01", "corp.example");
            if machine_first {
                register.run(place, std::slice::from_ref(&machine));
            }
            register.run(domain, &[account]);
            if !machine_first {
                register.run(place, std::slice::from_ref(&machine));
            }
            assert_eq!(register.assets.len(), 1, "{} {machine_first}", machine.kind);
            let asset = register.assets.values().next().unwrap();
            assert_eq!(asset.doc.kind, machine.kind);
            assert!(register.conflicts.is_empty());
        }
    }
}

#[test]
fn a_name_that_two_machines_have_is_asked() {
    let (mut register, ..) = seen_by_vcenter(&[
        vm("vc/1", "web01", UUID_A).fqdn(NAME),
        vm("vc/2", "web01", UUID_B).fqdn(NAME),
    ]);
    let domain = register.source("corp", SourceKind::Directory);
    let plan = register.run(domain, &[computer(&guid(1), "web01", "corp.example")]);
    assert_eq!(register.assets.len(), 3);
    let ConflictKind::Suggestion { candidates, evidence, .. } = &plan.conflicts[0].kind else {
        panic!("{:#?}", plan.conflicts)
    };
    assert_eq!(candidates, &[AssetId(1), AssetId(2)]);
    assert_eq!(evidence, &[Identifier::fqdn(NAME).unwrap()]);
}

#[test]
fn two_computers_of_one_name_do_not_race_for_the_machine() {
    let (mut register, ..) = seen_by_vcenter(&[vm("vc/1", "web01", UUID_A).fqdn(NAME)]);
    let domain = register.source("corp", SourceKind::Directory);
    let accounts =
        [computer(&guid(1), "web01", "corp.example"), computer(&guid(2), "web01", "corp.example")];
    register.run(domain, &accounts);
    assert_eq!(register.assets.len(), 3);
    assert_eq!(register.questions(), ["suggestion", "suggestion"]);
    assert_eq!(register.in_conflict().len(), 3);
}

#[test]
fn policy_decides_which_kinds_a_name_may_link() {
    let (mut register, ..) = seen_by_vcenter(&[vm("vc/1", "web01", UUID_A).fqdn(NAME)]);
    register.policy.weak_pairs.clear();
    let domain = register.source("corp", SourceKind::Directory);
    register.run(domain, &[computer(&guid(1), "web01", "corp.example")]);
    assert_eq!(register.assets.len(), 2);
    let reason = &register.conflicts.values().next().unwrap().reason;
    assert!(reason.contains("policy does not let this alone decide"), "{reason}");
}

#[test]
fn a_name_does_not_link_where_a_strong_identifier_disagrees() {
    let account = |serial: &str| computer(&guid(1), "web01", "corp.example").serial("Dell", serial);
    for (serial, assets) in [("ABC123", 1), ("XYZ789", 2), ("None", 1)] {
        let machine = server("esx/1", "web01").fqdn(NAME).serial("Dell", "ABC123");
        let (mut register, ..) = seen_by_vcenter(&[machine]);
        let domain = register.source("corp", SourceKind::Directory);
        register.run(domain, &[account(serial)]);
        assert_eq!(register.assets.len(), assets, "{serial}");
        assert_eq!(register.conflicts.len(), assets - 1, "{serial}");
    }
}

#[test]
fn two_strong_candidates_are_ambiguous_and_nothing_is_written_to_them() {
    let (mut register, _, agents) = seen_by_vcenter(&[
        vm("vc/1", "web01", UUID_A),
        vm("vc/2", "web02", UUID_B).serial("Dell", "ABC123"),
    ]);
    let plan = register.run(agents, &[guest(UUID_A).serial("Dell", "ABC123")]);
    assert_eq!(plan.assets.len(), 1);
    let (id, asset) = register.asset_of(agents, "10.0.0.5");
    assert_eq!((plan.assets[0].id, plan.assets[0].before.is_none()), (id, true));
    assert!(asset.doc.conflicted);
    assert_eq!(link_of(&plan).rule, Rule::Ambiguous);
    let ConflictKind::Identity { provisional, candidates, evidence, .. } = &plan.conflicts[0].kind
    else {
        panic!("{:#?}", plan.conflicts)
    };
    assert_eq!((*provisional, candidates.as_slice()), (id, [AssetId(1), AssetId(2)].as_slice()));
    assert_eq!(evidence.len(), 3, "both in common and the one at odds: {evidence:#?}");
    // It is an asset like any other from then on, and stays marked.
    let plan =
        register.run(agents, &[guest(UUID_A).serial("Dell", "ABC123").text(Attr::Os, "Linux")]);
    assert!(plan.assets[0].after.conflicted && plan.conflicts.is_empty());
}

#[test]
fn a_strong_identifier_in_common_and_another_at_odds_is_ambiguous() {
    let (mut register, _, agents) =
        seen_by_vcenter(&[vm("vc/1", "web01", UUID_A).serial("Dell", "ABC123")]);
    let plan = register.run(agents, &[guest(UUID_B).serial("Dell", "ABC123")]);
    assert_eq!(register.assets.len(), 2);
    assert_eq!(register.questions(), ["identity"]);
    let reason = &plan.conflicts[0].reason;
    assert!(
        reason.contains(&format!("its SMBIOS UUID is {UUID_B}, there it is {UUID_A}")),
        "{reason}"
    );
}

#[test]
fn two_things_of_one_run_that_claim_one_asset_are_both_asked() {
    let mut register = Register::new();
    let agents = register.source("agents", SourceKind::Snmp);
    let vcenter = register.source("vc", SourceKind::Vsphere);
    register.run(agents, &[guest(UUID_A)]);
    register.run(vcenter, &[vm("vc/1", "web01", UUID_A), vm("vc/2", "web01", UUID_A)]);
    assert_eq!(register.assets.len(), 3);
    assert_eq!(register.questions(), ["identity", "identity"]);
    assert_eq!(register.in_conflict().len(), 3);
}

#[test]
fn kinds_that_only_their_source_can_identify_match_nobody() {
    let mut register = Register::new();
    let one = register.source("aws-one", SourceKind::Aws);
    let two = register.source("aws-two", SourceKind::Aws);
    let disk = volume("vol-1").serial("Amazon", "VOL1").fqdn("disk.corp.example");
    register.run(one, std::slice::from_ref(&disk));
    register.run(two, &[disk]);
    assert_eq!(register.assets.len(), 2);
    assert!(register.conflicts.is_empty());
}

#[test]
fn kinds_of_two_families_never_match() {
    let mut register = Register::new();
    let agents = register.source("agents", SourceKind::Snmp);
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let gear = Observation::new("10.0.0.1", Kind::Switch, "net").serial("Cisco", "FOC1");
    register.run(agents, &[gear]);
    register.run(vcenter, &[server("esx/1", "esx1").serial("Cisco Systems, Inc.", "FOC1")]);
    assert_eq!(register.assets.len(), 2);
}

#[test]
fn two_accounts_that_show_one_instance_are_one_asset() {
    let mut register = Register::new();
    let one = register.source("aws-one", SourceKind::Aws);
    let two = register.source("aws-two", SourceKind::Aws);
    register.run(one, &[instance("i-1", "web01")]);
    register.run(two, &[instance("i-1", "web01")]);
    assert_eq!(register.assets.len(), 1);
}

#[test]
fn a_physical_host_in_two_vcenters_is_one_asset() {
    let mut register = Register::new();
    let paris = register.source("vc-paris", SourceKind::Vsphere);
    let oslo = register.source("vc-oslo", SourceKind::Vsphere);
    register.run(paris, &[server("p/host-1", "esx1").serial("Dell", "ABC123")]);
    register.run(oslo, &[server("o/host-1", "esx1").serial("Dell Inc.", "abc123 ")]);
    assert_eq!(register.assets.len(), 1);
}

#[test]
fn what_a_known_record_newly_says_is_asked_and_moves_nothing() {
    let (mut register, vcenter, _) = seen_by_vcenter(&[vm("vc/1", "web01", UUID_A)]);
    let domain = register.source("corp", SourceKind::Directory);
    register.run(domain, &[computer(&guid(1), "web01", "corp.example")]);
    assert_eq!(register.assets.len(), 2);
    // Switched on, its tools tell its name.
    let plan = register.run(vcenter, &[vm("vc/1", "web01", UUID_A).fqdn(NAME)]);
    assert!(plan.links.is_empty());
    assert_eq!(register.questions(), ["suggestion"]);
    let reason = &plan.conflicts[0].reason;
    assert!(reason.contains("asset 2 (web01) has its DNS name web01.corp.example"), "{reason}");
}

#[test]
fn a_name_that_ties_a_linked_record_to_yet_another_asset_is_asked() {
    let mut register = Register::new();
    let agents = register.source("agents", SourceKind::Snmp);
    let domain = register.source("corp", SourceKind::Directory);
    let vcenter = register.source("vc", SourceKind::Vsphere);
    register.run(agents, &[guest(UUID_A)]);
    register.run(domain, &[computer(&guid(1), "web01", "corp.example")]);
    let plan = register.run(vcenter, &[vm("vc/1", "web01", UUID_A).fqdn(NAME)]);
    assert_eq!(link_of(&plan).rule, Rule::StrongIdentifier);
    assert_eq!(register.asset_of(vcenter, "vc/1").0, register.asset_of(agents, "10.0.0.5").0);
    assert_eq!(register.questions(), ["suggestion"]);
}

#[test]
fn a_record_that_comes_back_to_a_taken_place_is_asked() {
    let others: Vec<Observation> =
        (10..15).map(|n| vm(&format!("vc/{n}"), &format!("other{n}"), &uuid(n))).collect();
    let with = |more: &[Observation]| [others.clone(), more.to_vec()].concat();
    let (original, copy) = (vm("vc/1", "web01", UUID_A), vm("vc/2", "web01", UUID_A));
    let (mut register, vcenter, _) = seen_by_vcenter(&with(std::slice::from_ref(&original)));
    register.run(vcenter, &others);
    register.run(vcenter, &with(std::slice::from_ref(&copy)));
    let shared = register.asset_of(vcenter, "vc/2").0;
    assert_eq!(register.asset_of(vcenter, "vc/1").0, shared);
    register.run(vcenter, &with(&[original, copy]));
    assert_eq!(register.asset_of(vcenter, "vc/2").0, shared);
    let (id, asset) = register.asset_of(vcenter, "vc/1");
    assert_ne!(id, shared);
    assert!(asset.doc.conflicted);
    assert_eq!(register.questions(), ["identity"]);
}

#[test]
fn what_has_ended_ties_nothing_by_name() {
    let mut register = Register::new();
    let domain = register.source("corp", SourceKind::Directory);
    let aws = register.source("aws", SourceKind::Aws);
    register.run(domain, &[computer(&guid(1), "web01", "corp.example")]);
    register.run(aws, &[instance("i-1", "web01").fqdn(NAME).ended("terminated", None)]);
    assert_eq!(register.assets.len(), 2);
    assert!(register.conflicts.is_empty());
}

#[test]
fn what_is_gone_is_suggested_to_nobody_by_its_name() {
    let ended = vm("vc/1", "web01", UUID_A).fqdn(NAME).ended("deleted", None);
    let (mut register, ..) = seen_by_vcenter(&[ended]);
    let domain = register.source("corp", SourceKind::Directory);
    register.run(domain, &[computer(&guid(1), "web01", "corp.example")]);
    assert_eq!(register.assets.len(), 2);
    assert!(register.conflicts.is_empty());
}

#[test]
fn a_clone_of_a_machine_that_another_source_knows_too_is_asked() {
    let original = vm("vc/1", "web01", UUID_A);
    let (mut register, vcenter, agents) = seen_by_vcenter(std::slice::from_ref(&original));
    register.run(agents, &[guest(UUID_A)]);
    assert_eq!(register.assets.len(), 1);
    let plan = register.run(vcenter, &[original, vm("vc/2", "web01-clone", UUID_A)]);
    // The agent may run on either: were the clone known first, it could not have been linked.
    assert_eq!(register.questions(), ["identity"]);
    let reason = &plan.conflicts[0].reason;
    assert!(reason.contains("vc already sees web01 (1) there"), "{reason}");
}

#[test]
fn a_name_that_its_former_owner_gave_up_in_the_same_run_ties_nothing() {
    let mut register = Register::new();
    let domain = register.source("corp", SourceKind::Directory);
    register.run(domain, &[computer(&guid(1), "web01", "corp.example")]);
    let renamed = computer(&guid(1), "web02", "corp.example");
    register.run(domain, &[renamed, computer(&guid(2), "web01", "corp.example")]);
    assert_eq!(register.assets.len(), 2);
    assert!(register.conflicts.is_empty(), "{:#?}", register.conflicts);
}
