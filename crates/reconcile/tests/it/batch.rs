//! What of a batch cannot be used, and how fast a full one is.

use crate::register::Register;
use crate::things::{Also, Parts, guid, instance, mac, uuid, vm};
use cadastre_model::{Attr, Observation, SourceKind};
use cadastre_reconcile::{objections, reconcile};

#[test]
fn of_a_thing_listed_twice_the_fullest_statement_is_kept_and_it_is_told() {
    let mut register = Register::new();
    let aws = register.source("aws", SourceKind::Aws);
    let poor = instance("i-1", "web01");
    let full = instance("i-1", "web01").text(Attr::Zone, "eu-west-1a");
    let ended = instance("i-1", "web01").ended("terminated", None);
    for (batch, zone, gone) in [
        ([poor.clone(), full.clone()], true, false),
        ([full.clone(), poor.clone()], true, false),
        ([full.clone(), ended.clone()], false, true),
        ([ended, full.clone()], false, true),
    ] {
        let snapshot = register.snapshot(aws, &batch);
        let plan = reconcile(&snapshot, &batch, &register.policy, register.now);
        assert_eq!(plan.records.len(), 1);
        let doc = &plan.records[0].doc;
        assert_eq!(doc.values.contains_key(&Attr::Zone), zone);
        assert_eq!(doc.tombstone.is_some(), gone);
        let told = objections(&snapshot, &batch);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].subject, "111122223333/eu-west-1/i-1");
    }
    let same = [full.clone(), full];
    assert!(objections(&register.snapshot(aws, &same), &same).is_empty());
}

#[test]
fn an_observation_of_an_unannounced_scope_is_left_out_and_told() {
    let mut register = Register::new();
    let aws = register.source("aws", SourceKind::Aws);
    let stray = instance("i-2", "web02").also(|one| one.scope = "eu-north-1".to_owned());
    let known = [instance("i-1", "web01")];
    let snapshot = register.snapshot(aws, &known);
    let batch = [known[0].clone(), stray];
    let plan = reconcile(&snapshot, &batch, &register.policy, register.now);
    assert_eq!((plan.records.len(), plan.counts.created), (1, 1));
    let told = objections(&snapshot, &batch);
    assert!(told[0].message.contains("scope `eu-north-1`"), "{}", told[0].message);
}

fn estate(count: u32, os: &str) -> Vec<Observation> {
    (0..count)
        .map(|n| {
            let mut one = vm(&format!("vc/{}", guid(n)), &format!("web{n:04}"), &uuid(n))
                .fqdn(&format!("web{n:04}.corp.example"))
                .nic("4000", &mac(2 * n), &[&format!("10.0.{}.{}", n >> 8, n & 255)])
                .nic("4001", &mac(2 * n + 1), &[])
                .text(Attr::Os, os);
            for tag in ["env", "team", "service", "cost-center", "owner"] {
                one = one.tag(tag, "payments");
            }
            one
        })
        .collect()
}

/// How long it takes is for the benchmarks; here, that a whole batch comes out whole.
#[test]
fn a_full_batch_comes_out_whole() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let agents = register.source("agents", SourceKind::Snmp);
    let (first, second) = (estate(1000, "Linux"), estate(1000, "Debian"));
    let cold = register.snapshot(vcenter, &first);
    register.now = register.now.plus_ms(1);
    let (policy, now) = (register.policy.clone(), register.now);
    let plan = reconcile(&cold, &first, &policy, now);
    register.load(vcenter, &plan);
    let known = register.snapshot(vcenter, &first);
    let matched = register.snapshot(agents, &second);
    let sizes = [
        plan.assets.len(),
        reconcile(&known, &first, &policy, now).assets.len(),
        reconcile(&known, &second, &policy, now).assets.len(),
        reconcile(&matched, &second, &policy, now).links.len(),
    ];
    assert_eq!(sizes, [1000, 0, 1000, 1000]);
}
