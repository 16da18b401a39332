//! What people decided holds: accepted links are made, rejected ones never again.

use crate::register::Register;
use crate::things::{Also, Parts, UUID_A, computer, guid, server, vm};
use cadastre_model::{
    Attr, Decision, Freshness, Identifier, Lock, Observation, Rule, SourceKind, Value,
};

const NAME: &str = "web01.corp.example";

fn guest() -> Observation {
    server("10.0.0.5", "web01").also(|one| one.identify(Identifier::smbios_uuid(UUID_A)))
}

#[test]
fn an_accepted_link_is_made_and_the_asset_left_behind_is_empty() {
    let mut register = Register::new();
    let paris = register.source("vc-paris", SourceKind::Vsphere);
    let oslo = register.source("vc-oslo", SourceKind::Vsphere);
    register.run(paris, &[vm("p/1", "web01", UUID_A)]);
    register.run(oslo, &[vm("o/1", "web01", UUID_A)]);
    let (first, _) = register.asset_of(paris, "p/1");
    let (provisional, _) = register.asset_of(oslo, "o/1");
    let key = register.record(oslo, "o/1").key;
    register.decisions.insert((key, first), Decision::Accept);
    let plan = register.run(oslo, &[vm("o/1", "web01", UUID_A)]);
    assert_eq!(plan.links[0].from, Some(provisional));
    assert_eq!(plan.links[0].reason.rule, Rule::Person);
    assert_eq!(register.asset_of(oslo, "o/1").0, first);
    let left = &register.assets[&provisional].doc;
    assert_eq!(left.freshness, Freshness::Gone);
    assert!(!left.conflicted && left.sources.is_empty() && left.identifiers.is_empty());
}

#[test]
fn a_rejected_link_is_undone_and_not_made_again() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let domain = register.source("corp", SourceKind::Directory);
    register.run(vcenter, &[vm("vc/1", "web01", UUID_A).fqdn(NAME)]);
    let account = computer(&guid(1), "web01", "corp.example");
    register.run(domain, std::slice::from_ref(&account));
    let (machine, _) = register.asset_of(vcenter, "vc/1");
    assert_eq!(register.asset_of(domain, &guid(1)).0, machine);
    let key = register.record(domain, &guid(1)).key;
    register.decisions.insert((key, machine), Decision::Reject);
    register.run(domain, std::slice::from_ref(&account));
    let (own, asset) = register.asset_of(domain, &guid(1));
    assert_ne!(own, machine);
    assert!(!asset.doc.conflicted);
    assert!(register.conflicts.is_empty(), "decided once and for good");
    let account = account.text(Attr::Description, "the web server");
    assert!(register.run(domain, &[account]).links.is_empty());
}

#[test]
fn a_rejected_candidate_is_no_candidate() {
    let mut register = Register::new();
    let agents = register.source("agents", SourceKind::Snmp);
    let domain = register.source("corp", SourceKind::Directory);
    let vcenter = register.source("vc", SourceKind::Vsphere);
    register.run(agents, &[guest()]);
    register.run(domain, &[computer(&guid(1), "web01", "corp.example")]);
    register.run(vcenter, &[vm("vc/1", "web01", UUID_A)]);
    let key = register.record(vcenter, "vc/1").key;
    let account = register.asset_of(domain, &guid(1)).0;
    register.decisions.insert((key, account), Decision::Reject);
    register.run(vcenter, &[vm("vc/1", "web01", UUID_A).fqdn(NAME)]);
    assert!(register.conflicts.is_empty(), "{:#?}", register.conflicts);
}

#[test]
fn a_provisional_asset_accepted_as_its_own_waits_no_longer() {
    let mut register = Register::new();
    let paris = register.source("vc-paris", SourceKind::Vsphere);
    let oslo = register.source("vc-oslo", SourceKind::Vsphere);
    register.run(paris, &[vm("p/1", "web01", UUID_A)]);
    register.run(oslo, &[vm("o/1", "web01", UUID_A)]);
    let (own, _) = register.asset_of(oslo, "o/1");
    let key = register.record(oslo, "o/1").key;
    register.decisions.insert((key, own), Decision::Accept);
    register.remerge(own);
    assert!(!register.assets[&own].doc.conflicted);
    assert!(register.history_of(own).contains(&"conflicted: yes -> -".to_owned()));
    assert!(register.run(oslo, &[vm("o/1", "web01", UUID_A)]).is_empty());
}

#[test]
fn a_decision_is_enacted_at_once_without_a_run() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let domain = register.source("corp", SourceKind::Directory);
    register.run(vcenter, &[vm("vc/1", "web01", UUID_A).fqdn(NAME)]);
    let account = computer(&guid(1), "web01", "corp.example");
    register.run(domain, std::slice::from_ref(&account));
    let key = register.record(domain, &guid(1)).key;
    let (machine, _) = register.asset_of(vcenter, "vc/1");
    assert!(register.decide(key).is_empty(), "nothing is decided");

    register.decisions.insert((key, machine), Decision::Reject);
    let plan = register.decide(key);
    let (own, _) = register.asset_of(domain, &guid(1));
    assert_ne!(own, machine);
    assert_eq!(plan.links[0].reason.rule, Rule::Person);
    assert_eq!(
        plan.links[0].reason.text,
        "a person decided that web01 (a3f1c2d4-5b6e-4f70-8192-000000000001) is not asset 1 (web01)"
    );

    register.decisions.insert((key, machine), Decision::Accept);
    register.decide(key);
    assert_eq!(register.asset_of(domain, &guid(1)).0, machine);
    assert_eq!(register.assets[&own].doc.freshness, Freshness::Gone);
    assert!(register.decide(key).is_empty());
}

#[test]
fn a_split_after_a_merge_restores_both() {
    let mut register = Register::new();
    register.policy.weak_pairs.clear();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let domain = register.source("corp", SourceKind::Directory);
    register.run(vcenter, &[vm("vc/1", "web01", UUID_A).fqdn(NAME).text(Attr::Os, "Linux")]);
    register.run(domain, &[computer(&guid(1), "WEB01", "corp.example").text(Attr::Os, "Debian")]);
    let (machine, account) =
        (register.asset_of(vcenter, "vc/1").0, register.asset_of(domain, &guid(1)).0);
    for (asset, owner) in [(machine, "ann"), (account, "bob")] {
        register.lock(
            asset,
            Lock {
                attr: Attr::Owner,
                value: Some(Value::text(owner)),
                actor: "ann".to_owned(),
                set_at: register.now,
                effective_from: register.now,
            },
        );
    }
    let docs =
        |register: &Register| [machine, account].map(|asset| register.assets[&asset].doc.clone());
    let before = docs(&register);
    let key = register.record(domain, &guid(1)).key;
    register.decisions.insert((key, machine), Decision::Accept);
    register.decide(key);
    assert_eq!(register.assets[&machine].doc.attributes[&Attr::Owner], Value::text("ann"));
    assert_eq!(register.assets[&machine].doc.sources.len(), 2);
    assert_ne!(docs(&register), before);

    register.decisions.insert((key, machine), Decision::Reject);
    register.decisions.insert((key, account), Decision::Accept);
    register.decide(key);
    assert_eq!(docs(&register), before);
}
