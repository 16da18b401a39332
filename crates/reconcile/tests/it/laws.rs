//! Laws, over random estates and random runs.
//!
//! Those that hold for every plan (twice is once, a run touches only what is linked to it, each
//! asset is what its records make it) are asserted by the register on every single run, so every
//! test here proves them too.

use crate::register::{DAY, NOW, Register};
use crate::things::{Also, Parts, computer, guid, mac, server, uuid, vm};
use cadastre_model::identifier::uuid_swapped;
use cadastre_model::{
    AssetDoc, Attr, Decision, Identifier, Kind, Lock, Observation, Power, RecordState, SourceId,
    SourceKind, Value, Witness,
};
use cadastre_reconcile::reconcile;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The sources of every register here, in order of their ids.
pub const SOURCES: [(&str, SourceKind); 5] = [
    ("vc-paris", SourceKind::Vsphere),
    ("vc-oslo", SourceKind::Vsphere),
    ("agents", SourceKind::Snmp),
    ("corp", SourceKind::Directory),
    ("aws", SourceKind::Aws),
];

pub fn register() -> Register {
    let mut register = Register::new();
    for (name, kind) in SOURCES {
        register.source(name, kind);
    }
    register
}

pub fn source(index: usize) -> SourceId {
    SourceId(i64::try_from(index).unwrap() + 1)
}

/// A thing of a tiny world, in which nearly everything collides with something.
pub fn thing() -> impl Strategy<Value = Observation> {
    let numbers = (0_u32..5, 0_u32..4, 0_u32..3, 0_u32..4, 0_u32..3);
    let flags = (0_u32..8, any::<bool>(), 0_u32..10, 0_usize..5);
    (numbers, flags).prop_map(|((native, id, serial, name, nic), (parts, swapped, end, kind))| {
        let kind = [Kind::Vm, Kind::Server, Kind::Computer, Kind::Vm, Kind::Volume][kind];
        let mut one = Observation::new(format!("n{native}"), kind, format!("scope{}", native % 2));
        one.state_text(Attr::Name, Some(format!("thing{name}")));
        one.power = [Some(Power::On), Some(Power::Off), None][nic as usize];
        if parts & 1 == 1 {
            let value = uuid(id);
            let value = if swapped { uuid_swapped(&value).unwrap() } else { value };
            one.identify(Identifier::smbios_uuid(&value));
        }
        if parts & 2 == 2 {
            one = one.serial("Dell", ["ABC123", "XYZ789", "Default string"][serial as usize]);
        }
        if parts & 4 == 4 {
            one = one.fqdn(&format!("thing{name}.corp.example"));
        } else {
            one.not_read(Attr::DnsName, "not asked");
        }
        if kind == Kind::Computer {
            one.identify(Identifier::ad_guid(&guid(id)));
        }
        for n in 0..nic {
            one = one.nic(&format!("{n}"), &mac(id * 4 + n), &["10.0.0.5"]);
        }
        if end == 0 {
            one = one.ended("deleted", Some(NOW.plus_ms(-DAY)));
        }
        if end == 1 {
            one.tags.insert(cadastre_model::Tag::new("env", format!("{name}")));
        }
        one
    })
}

/// A run: whose, what it sees, whether to the end, and how long after the one before.
fn run() -> impl Strategy<Value = (usize, Vec<Observation>, bool, i64)> {
    (0..SOURCES.len(), prop::collection::vec(thing(), 0..6), any::<bool>(), 0_i64..10)
}

fn carry_out(
    register: &mut Register,
    (of, things, complete, days): &(usize, Vec<Observation>, bool, i64),
) {
    register.now = register.now.plus_ms(days * DAY);
    if *complete {
        register.run(source(*of), things);
    } else {
        register.partial_run(source(*of), things);
    }
}

/// Unless a person had a say in it, no asset has two live records of one source.
fn no_twins(register: &Register) -> Result<(), TestCaseError> {
    let mut seen = BTreeSet::new();
    for record in register.records.values().filter(|one| one.state == RecordState::Live) {
        if register.decisions.contains_key(&(record.key, record.asset)) {
            continue;
        }
        prop_assert!(seen.insert((record.source, record.asset)), "{record:#?}");
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_sequence_of_runs_merges_two_live_records_of_one_source(
        runs in prop::collection::vec(run(), 1..12),
    ) {
        let mut register = register();
        for run in &runs {
            carry_out(&mut register, run);
            no_twins(&register)?;
        }
    }

    #[test]
    fn decisions_hold_through_any_runs(
        runs in prop::collection::vec((run(), 0_i64..12, 0_i64..12, any::<bool>()), 1..12),
    ) {
        let mut register = register();
        for (run, record, asset, accept) in &runs {
            carry_out(&mut register, run);
            no_twins(&register)?;
            let known = register.records.keys().nth(usize::try_from(*record).unwrap()).copied();
            let asset = register.assets.keys().nth(usize::try_from(*asset).unwrap()).copied();
            if let (Some(record), Some(asset)) = (known, asset) {
                let decision = if *accept { Decision::Accept } else { Decision::Reject };
                register.decisions.insert((record, asset), decision);
                register.remerge(asset);
            }
        }
    }

    #[test]
    fn the_order_of_observations_never_matters(
        before in prop::collection::vec(run(), 0..6),
        (things, shuffled) in prop::collection::vec(thing(), 0..9)
            .prop_flat_map(|things| (Just(things.clone()), Just(things).prop_shuffle())),
        of in 0..SOURCES.len(),
    ) {
        let mut register = register();
        for run in &before {
            carry_out(&mut register, run);
        }
        let snapshot = register.snapshot(source(of), &things);
        let one = reconcile(&snapshot, &things, &register.policy, register.now);
        let other = reconcile(&snapshot, &shuffled, &register.policy, register.now);
        prop_assert_eq!(one, other);
    }

    #[test]
    fn a_lock_survives_any_runs(
        before in prop::collection::vec(run(), 1..4),
        after in prop::collection::vec(run(), 1..8),
        value in prop::option::of("[a-z]{1,8}"),
    ) {
        let mut register = register();
        for run in &before {
            carry_out(&mut register, run);
        }
        let ids: Vec<_> = register.assets.keys().copied().collect();
        let value = value.map(Value::text);
        for id in &ids {
            for attr in [Attr::Owner, Attr::DnsName, Attr::Environment] {
                let lock = Lock {
                    attr,
                    value: value.clone(),
                    actor: "ann".to_owned(),
                    set_at: NOW,
                    effective_from: NOW,
                };
                register.lock(*id, lock);
            }
        }
        for run in &after {
            carry_out(&mut register, run);
            for id in ids.iter().filter(|id| !register.assets[id].records.is_empty()) {
                let doc = &register.assets[id].doc;
                for attr in [Attr::Owner, Attr::DnsName, Attr::Environment] {
                    prop_assert_eq!(doc.attributes.get(&attr), value.as_ref());
                    prop_assert_eq!(&doc.provenance[&attr].winner, &Witness::Lock);
                }
            }
        }
    }
}

/// A machine that every source which sees it describes without contradiction: whichever two of its
/// records meet, they have something in common that may decide.
#[derive(Clone, Debug)]
struct Machine {
    number: u32,
    seen_by: [bool; 4],
    swapped: bool,
    os: [u8; 4],
}

fn machine() -> impl Strategy<Value = Machine> {
    (any::<[bool; 4]>(), any::<bool>(), prop::array::uniform4(0_u8..3))
        .prop_map(|(seen_by, swapped, os)| Machine { number: 0, seen_by, swapped, os })
}

fn describe_machine(machine: &Machine, by: usize) -> Observation {
    let number = machine.number;
    let name = format!("web{number}");
    let id = uuid(number);
    let id = if machine.swapped && by == 1 { uuid_swapped(&id).unwrap() } else { id };
    let one = match by {
        0 => vm(&format!("vc/{number}"), &name, &id),
        1 => server(&format!("10.0.0.{number}"), &name)
            .also(|one| one.identify(Identifier::smbios_uuid(&id))),
        2 => computer(&guid(number), &name, "corp.example"),
        _ => server(&format!("rack/{number}"), &name)
            .also(|one| one.identify(Identifier::smbios_uuid(&id))),
    };
    let one = one.fqdn(&format!("{name}.corp.example")).nic("1", &mac(number), &[]);
    one.text(Attr::Os, ["Linux", "Debian", "Debian 13"][usize::from(machine.os[by])])
}

type Thing = (SourceId, String);

proptest! {
    #[test]
    fn without_contradiction_the_order_of_sources_never_matters(
        mut machines in prop::collection::vec(machine(), 1..8),
        order in Just([0_usize, 1, 2, 3]).prop_shuffle(),
    ) {
        let kinds = [
            SourceKind::Vsphere, SourceKind::Snmp, SourceKind::Directory, SourceKind::People,
        ];
        for (number, machine) in machines.iter_mut().enumerate() {
            machine.number = u32::try_from(number).unwrap() + 1;
        }
        let in_order = |order: &[usize]| {
            let mut register = Register::new();
            let ids: Vec<SourceId> = kinds
                .iter()
                .enumerate()
                .map(|(index, kind)| register.source(&format!("source{index}"), *kind))
                .collect();
            for by in order {
                let seen = machines.iter().filter(|machine| machine.seen_by[*by]);
                let things: Vec<Observation> =
                    seen.map(|machine| describe_machine(machine, *by)).collect();
                register.run(ids[*by], &things);
            }
            assert!(register.conflicts.is_empty(), "{:#?}", register.conflicts);
            register
        };
        let docs = |register: &Register| -> BTreeMap<BTreeSet<Thing>, AssetDoc> {
            register
                .assets
                .values()
                .map(|asset| {
                    let things = asset.records.iter().map(|key| &register.records[key]);
                    let things = things.map(|one| (one.source, one.native_id.clone()));
                    (things.collect(), asset.doc.clone())
                })
                .collect()
        };
        let (one, other) = (in_order(&[0, 1, 2, 3]), in_order(&order));
        prop_assert_eq!(one.partition(), other.partition());
        let seen = machines.iter().filter(|machine| machine.seen_by.contains(&true)).count();
        prop_assert_eq!(one.assets.len(), seen);
        prop_assert_eq!(docs(&one), docs(&other));
    }

    /// One machine, and clones of it: in one vCenter, in another, with an agent and an account.
    #[test]
    fn with_contradictions_the_same_records_are_in_conflict_in_any_order_of_sources(
        counts in [0_u32..3, 0_u32..3, 0_u32..2, 0_u32..3],
        order in Just([0_usize, 1, 2, 3]).prop_shuffle(),
    ) {
        let name = "web01.corp.example";
        let things = |by: usize| -> Vec<Observation> {
            let one = |n: u32| match by {
                0 => vm(&format!("p/{n}"), "web01", &uuid(1)).fqdn(name),
                1 => vm(&format!("o/{n}"), "web01", &uuid(1)).fqdn(name),
                2 => server(&format!("10.0.0.{n}"), "web01")
                    .also(|one| one.identify(Identifier::smbios_uuid(&uuid(1))))
                    .fqdn(name),
                _ => computer(&guid(n), "web01", "corp.example"),
            };
            (0..counts[by]).map(one).collect()
        };
        let in_order = |order: &[usize]| {
            let mut register = register();
            for by in order {
                register.run(source(*by), &things(*by));
            }
            register
        };
        let (one, other) = (in_order(&[0, 1, 2, 3]), in_order(&order));
        prop_assert_eq!(one.in_conflict(), other.in_conflict());
    }
}
