//! Missing is not gone: stale, then gone, and the brake before both.

use crate::register::{DAY, HOUR, Register};
use crate::things::{Parts, UUID_A, computer, guid, instance, vm, volume};
use cadastre_model::{
    Attr, Freshness, Kind, Observation, Policy, RecordState, Rule, ScopeId, SourceId, SourceKind,
};
use cadastre_reconcile::{KindTally, Missing, brake};
use std::collections::BTreeMap;

const NATIVE: &str = "111122223333/eu-west-1/i-1";

fn others() -> Vec<Observation> {
    (2..9).map(|n| instance(&format!("i-{n}"), "other")).collect()
}

fn with_web01() -> Vec<Observation> {
    [others(), vec![instance("i-1", "web01")]].concat()
}

fn aws() -> (Register, SourceId) {
    let mut register = Register::new();
    let aws = register.source("aws-prod", SourceKind::Aws);
    register.run(aws, &with_web01());
    (register, aws)
}

#[test]
fn a_missed_record_is_stale_at_once_with_its_last_seen() {
    let (mut register, aws) = aws();
    let seen = register.now;
    register.run(aws, &others());
    let record = register.record(aws, NATIVE);
    assert_eq!((record.state, record.last_seen), (RecordState::Stale, seen));
    let (id, asset) = register.asset_of(aws, NATIVE);
    assert_eq!(asset.doc.freshness, Freshness::Stale);
    let (_, _, reason) = register.history.iter().rfind(|(of, ..)| *of == id).unwrap();
    assert_eq!(reason.rule, Rule::Missed);
    let text = format!(
        "web01 (i-1) was not in the complete list of 111122223333/eu-west-1 that aws-prod gave; \
         last seen {seen}"
    );
    assert_eq!(reason.text, text);
}

#[test]
fn gone_takes_the_runs_and_the_days() {
    let (mut register, aws) = aws();
    let state_after = |register: &mut Register, wait: i64| {
        register.now = register.now.plus_ms(wait);
        register.run(aws, &others());
        register.record(aws, NATIVE).state
    };
    let seen = register.now;
    for _ in 0..5 {
        assert_eq!(state_after(&mut register, HOUR), RecordState::Stale, "runs, but no days");
    }
    assert_eq!(state_after(&mut register, 13 * DAY), RecordState::Stale);
    assert_eq!(state_after(&mut register, DAY), RecordState::Gone);
    assert_eq!(register.record(aws, NATIVE).last_seen, seen);
    let (_, _, reason) = register.history.last().unwrap();
    assert_eq!(reason.rule, Rule::Expired);
    assert!(
        reason.text.starts_with("web01 (i-1) was missed by 7 complete runs"),
        "{}",
        reason.text
    );

    let (mut register, aws) = self::aws();
    let days_but_no_runs = |register: &mut Register| {
        register.now = register.now.plus_ms(30 * DAY);
        register.run(aws, &others());
        register.record(aws, NATIVE).state
    };
    assert_eq!(days_but_no_runs(&mut register), RecordState::Stale);
    assert_eq!(days_but_no_runs(&mut register), RecordState::Stale);
    assert_eq!(days_but_no_runs(&mut register), RecordState::Gone);
}

#[test]
fn what_comes_back_revives_the_same_asset() {
    let (mut register, aws) = aws();
    let id = register.asset_of(aws, NATIVE).0;
    for _ in 0..3 {
        register.now = register.now.plus_ms(30 * DAY);
        register.run(aws, &others());
    }
    assert_eq!(register.record(aws, NATIVE).state, RecordState::Gone);
    let plan = register.run(aws, &with_web01());
    assert_eq!(plan.records[0].reason.rule, Rule::Revived);
    assert_eq!(plan.records[0].last_seen, None);
    let (again, asset) = register.asset_of(aws, NATIVE);
    assert_eq!((again, asset.doc.freshness), (id, Freshness::Live));
    assert_eq!(
        register.history_of(id),
        [
            "created: - -> cloud instance web01",
            "freshness: live -> stale",
            "freshness: stale -> gone",
            "freshness: gone -> live"
        ]
    );
}

#[test]
fn a_partial_run_ages_nothing() {
    let (mut register, aws) = aws();
    assert!(register.partial_run(aws, &others()).is_empty());
    assert_eq!(register.record(aws, NATIVE).state, RecordState::Live);
}

#[test]
fn an_asset_is_as_fresh_as_its_freshest_record() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let domain = register.source("corp", SourceKind::Directory);
    let others: Vec<Observation> =
        (2..9).map(|n| vm(&format!("vc/{n}"), "other", &crate::things::uuid(n))).collect();
    let machine = vm("vc/1", "web01", UUID_A).fqdn("web01.corp.example");
    register.run(vcenter, &[others.clone(), vec![machine]].concat());
    register.run(domain, &[computer(&guid(1), "web01", "corp.example")]);
    register.run(vcenter, &others);
    let (_, asset) = register.asset_of(vcenter, "vc/1");
    assert_eq!(register.record(vcenter, "vc/1").state, RecordState::Stale);
    assert_eq!(asset.doc.freshness, Freshness::Live);
}

#[test]
fn a_lock_survives_stale_and_gone() {
    let (mut register, aws) = aws();
    let id = register.asset_of(aws, NATIVE).0;
    let now = register.now;
    let value = cadastre_model::Value::text("ann");
    register.lock(
        id,
        cadastre_model::Lock {
            attr: Attr::Owner,
            value: Some(value.clone()),
            actor: "ann".to_owned(),
            set_at: now,
            effective_from: now,
        },
    );
    for _ in 0..4 {
        register.now = register.now.plus_ms(30 * DAY);
        register.run(aws, &others());
        assert_eq!(register.assets[&id].doc.attributes[&Attr::Owner], value);
    }
}

#[test]
fn a_source_ages_only_its_own() {
    let (mut register, aws) = aws();
    let other = register.source("aws-test", SourceKind::Aws);
    register.run(other, &[volume("vol-1")]);
    let foreign = Missing {
        record: register.record(aws, NATIVE).key,
        missed_runs: 9,
        last_seen: register.now,
    };
    assert!(register.age(other, &[foreign]).is_empty());
}

#[test]
fn waiting_out_a_held_ageing_leads_straight_to_gone() {
    let (mut register, aws) = aws();
    let record = register.record(aws, NATIVE).key;
    let last_seen = register.now;
    register.now = register.now.plus_ms(20 * DAY);
    let plan = register.age(aws, &[Missing { record, missed_runs: 4, last_seen }]);
    assert_eq!(plan.records[0].state, RecordState::Gone);
    assert_eq!((plan.counts.stale, plan.counts.gone), (0, 1));
}

#[test]
fn the_brake() {
    let policy = Policy::default();
    let tally = |known, missing| KindTally { known, missing };
    let volumes = |known, missing| BTreeMap::from([(Kind::Volume, tally(known, missing))]);
    let held = |known, missing, kinds: &BTreeMap<Kind, KindTally>| {
        brake(known, known - missing, missing, kinds, &policy, ScopeId(1)).is_some()
    };
    let none = BTreeMap::new();
    for (known, missing, expected) in [
        (0, 0, false),
        (1, 0, false),
        (1, 1, true),
        (2, 1, true),
        (3, 1, false),
        (40, 20, true),
        (41, 20, false),
        // Ten in the hundred and more than twenty, both.
        (200, 20, false),
        (200, 21, true),
        (210, 21, false),
        (1000, 100, false),
        (1000, 101, true),
    ] {
        assert_eq!(held(known, missing, &none), expected, "{missing} of {known}");
    }
    for (known, missing, expected) in
        [(20, 10, true), (20, 9, false), (19, 19, false), (25, 25, true), (20, 0, false)]
    {
        let kinds = volumes(known, missing);
        assert_eq!(held(1000, missing, &kinds), expected, "{missing} of {known} volumes");
    }
}

#[test]
fn a_held_ageing_says_what_is_missing() {
    let kinds = BTreeMap::from([
        (Kind::Instance, KindTally { known: 60, missing: 2 }),
        (Kind::Volume, KindTally { known: 30, missing: 30 }),
    ]);
    let conflict = brake(400, 370, 32, &kinds, &Policy::default(), ScopeId(7)).unwrap();
    assert_eq!(conflict.kind.question(), "ageing:7");
    assert!(
        conflict.reason.starts_with("missing at once: 30 of 30 volumes; this run saw 370."),
        "{}",
        conflict.reason
    );
}
