//! People's tags: they win over every run, and released they leave no trace.

use crate::laws::{SOURCES, register, source, thing};
use crate::register::{NOW, Register};
use crate::things::{Also, Parts, UUID_A, instance, server, vm};
use cadastre_model::{
    AssetDoc, AssetId, Attr, Identifier, LosingTag, Observation, SourceId, SourceKind, Tag,
    TagLock, TagProvenance, Value, Witness,
};
use cadastre_reconcile::reconcile;
use proptest::prelude::*;

fn held(key: &str, value: Option<&str>) -> TagLock {
    TagLock {
        key: key.to_owned(),
        value: value.map(str::to_owned),
        actor: "ann".to_owned(),
        set_at: NOW,
        effective_from: NOW,
    }
}

fn losing(source: SourceId, key: &str, value: &str) -> LosingTag {
    LosingTag { witness: Witness::Source(source), tag: Tag::new(key, value) }
}

/// One machine that a vCenter and an agent know.
fn known_twice(
    by_vcenter: Observation,
    by_agent: Observation,
) -> (Register, AssetId, [SourceId; 2]) {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    let agents = register.source("agents", SourceKind::Snmp);
    register.run(vcenter, &[by_vcenter]);
    register.run(agents, &[by_agent]);
    assert_eq!(register.assets.len(), 1);
    let id = *register.assets.keys().next().unwrap();
    (register, id, [vcenter, agents])
}

fn machine() -> Observation {
    vm("vc/1", "web01", UUID_A)
}

fn guest() -> Observation {
    server("10.0.0.5", "web01").also(|one| one.identify(Identifier::smbios_uuid(UUID_A)))
}

#[test]
fn tags_that_lost_are_kept_as_they_were_written() {
    let (register, id, [vcenter, agents]) = known_twice(
        machine().tag("Env", "prod").tag("team", "payments").tag("CostCentre", "42"),
        guest()
            .tag("environment", "test")
            .tag("team", "payments")
            .tag("rack", "12")
            .tag("cost-centre", "42"),
    );
    let doc = &register.assets[&id].doc;
    let tags = [("CostCentre", "42"), ("Env", "prod"), ("rack", "12"), ("team", "payments")];
    assert_eq!(doc.tags, tags.map(|(key, value)| Tag::new(key, value)).into());
    let winner = |source| Witness::Source(source);
    let lost = vec![losing(agents, "environment", "test")];
    // The same value, but not as it was written.
    let unlike = vec![losing(agents, "cost-centre", "42")];
    assert_eq!(
        doc.tag_provenance,
        [
            ("CostCentre".to_owned(), TagProvenance { winner: winner(vcenter), losers: unlike },),
            ("Env".to_owned(), TagProvenance { winner: winner(vcenter), losers: lost }),
            // Somebody else than the first witness says so.
            ("rack".to_owned(), TagProvenance { winner: winner(agents), losers: Vec::new() }),
        ]
        .into(),
        "who wrote the very same has not lost, and what is plain is not told"
    );
}

#[test]
fn a_lock_meets_every_spelling_that_the_policy_takes_for_the_same() {
    let (mut register, id, [vcenter, agents]) = known_twice(
        machine().tag("Environment", "test").tag("Stage", "qa"),
        guest().tag("env", "dev").tag("team", "payments"),
    );
    register.hold_tag(id, held("env", Some("prod")));
    let doc = &register.assets[&id].doc;
    let tags = [("env", "prod"), ("team", "payments")];
    assert_eq!(doc.tags, tags.map(|(key, value)| Tag::new(key, value)).into());
    let why = &doc.tag_provenance["env"];
    assert_eq!(why.winner, Witness::Lock);
    let lost = [
        losing(vcenter, "Environment", "test"),
        losing(vcenter, "Stage", "qa"),
        losing(agents, "env", "dev"),
    ];
    assert_eq!(why.losers, lost);

    // The attribute that this tag fills follows it.
    assert_eq!(doc.attributes[&Attr::Environment], Value::text("prod"));
    let derived = Witness::Derived("tag:env".to_owned());
    assert_eq!(doc.provenance[&Attr::Environment].winner, derived);
}

#[test]
fn an_attribute_follows_the_tag_that_a_person_holds_until_it_is_released() {
    let mut register = Register::new();
    let aws = register.source("aws", SourceKind::Aws);
    register.run(aws, &[instance("i-1", "web01").tag("Environment", "test")]);
    let id = *register.assets.keys().next().unwrap();
    let plain = register.assets[&id].doc.clone();
    let environment =
        |register: &Register| register.assets[&id].doc.attributes.get(&Attr::Environment).cloned();

    register.hold_tag(id, held("env", Some("prod")));
    assert_eq!(environment(&register), Some(Value::text("prod")));
    register.run(aws, &[instance("i-1", "web01").tag("Environment", "dev")]);
    assert_eq!(environment(&register), Some(Value::text("prod")));
    register.hold_tag(id, held("Environment", None));
    assert_eq!(environment(&register), None, "deliberately without the tag");
    assert!(register.assets[&id].doc.tags.is_empty());
    let why = &register.assets[&id].doc.tag_provenance["Environment"];
    assert_eq!(
        (&why.winner, &why.losers),
        (&Witness::Lock, &vec![losing(aws, "Environment", "dev")])
    );
    register.hold_tag(id, held("stage", Some("")));
    assert_eq!(environment(&register), None, "an empty tag says nothing");
    assert_eq!(register.assets[&id].doc.tags, [Tag::new("stage", "")].into());

    register.run(aws, &[instance("i-1", "web01").tag("Environment", "test")]);
    register.release_tags(id);
    assert_eq!(register.assets[&id].doc, plain, "as if nobody had ever held it");
    assert_eq!(
        register.history_of(id)[1..5],
        [
            "env: test -> prod",
            "tag:Environment: test -> -",
            "tag:env: - -> prod",
            "provenance:tag:env: a person before source 1 (Environment=test) -> a person before \
             source 1 (Environment=dev)",
        ]
    );
}

#[test]
fn a_lock_that_says_what_the_source_says_is_told_and_holds() {
    let mut register = Register::new();
    let aws = register.source("aws", SourceKind::Aws);
    register.run(aws, &[instance("i-1", "web01").tag("team", "payments")]);
    let id = *register.assets.keys().next().unwrap();
    register.hold_tag(id, held("team", Some("payments")));
    let last = register.history_of(id).pop();
    assert_eq!(last.as_deref(), Some("provenance:tag:team: - -> a person"));
    register.run(aws, &[instance("i-1", "web01").tag("team", "billing")]);
    assert_eq!(register.assets[&id].doc.tags, [Tag::new("team", "payments")].into());
}

#[test]
fn of_two_locks_that_a_new_policy_makes_one_the_later_counts() {
    let mut register = Register::new();
    let aws = register.source("aws", SourceKind::Aws);
    register.run(aws, &[instance("i-1", "web01")]);
    let id = *register.assets.keys().next().unwrap();
    let later = TagLock { set_at: NOW.plus_ms(1), ..held("crew", Some("payments")) };
    register.hold_tag(id, later);
    register.hold_tag(id, held("team", Some("billing")));
    assert_eq!(register.assets[&id].doc.tags.len(), 2);
    register.policy.tag_aliases.insert("crew".to_owned(), "team".to_owned());
    register.remerge(id);
    assert_eq!(register.assets[&id].doc.tags, [Tag::new("crew", "payments")].into());
}

#[test]
fn two_values_of_one_key_are_both_in_the_history() {
    let mut register = Register::new();
    let vcenter = register.source("vc", SourceKind::Vsphere);
    register.run(vcenter, &[machine().tag("zone", "a").tag("zone", "b")]);
    register.run(vcenter, &[machine().tag("zone", "b").tag("zone", "c")]);
    let id = *register.assets.keys().next().unwrap();
    assert_eq!(register.history_of(id).pop().as_deref(), Some("tag:zone: a, b -> b, c"));
}

const KEYS: [&str; 7] =
    ["env", "Environment", "stage", "team", "Team", "cost-centre", "CostCentre"];
const VALUES: [&str; 4] = ["", "prod", "test", "42"];

fn any_tag() -> impl Strategy<Value = Tag> {
    (0..KEYS.len(), 0..VALUES.len()).prop_map(|(key, value)| Tag::new(KEYS[key], VALUES[value]))
}

fn any_lock() -> impl Strategy<Value = TagLock> {
    (any_tag(), any::<bool>())
        .prop_map(|(tag, away)| held(&tag.key, (!away).then_some(tag.value.as_str())))
}

/// A thing of the tiny world of the laws, with tags that collide.
fn tagged() -> impl Strategy<Value = Observation> {
    (thing(), prop::collection::btree_set(any_tag(), 0..4)).prop_map(|(mut one, tags)| {
        one.tags = tags;
        one
    })
}

type Run = (usize, Vec<Observation>);

fn any_run() -> impl Strategy<Value = Run> {
    (0..SOURCES.len(), prop::collection::vec(tagged(), 0..6))
}

/// What a lock says stands in the asset, and nothing else of that tag.
fn stands(register: &Register, doc: &AssetDoc, lock: &TagLock) -> Result<(), TestCaseError> {
    let canonical = |key: &str| register.policy.canonical_tag_key(key);
    let key = canonical(&lock.key);
    let of_key: Vec<Tag> =
        doc.tags.iter().filter(|tag| canonical(&tag.key) == key).cloned().collect();
    prop_assert_eq!(of_key, Vec::from_iter(lock.tag()));
    prop_assert_eq!(&doc.tag_provenance[&lock.key].winner, &Witness::Lock);
    if let Some(attr) = register.policy.tag_attributes.get(&key) {
        let value = lock.value.as_deref().filter(|value| !value.is_empty()).map(Value::text);
        prop_assert_eq!(doc.attributes.get(attr), value.as_ref());
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_tag_lock_survives_any_runs_and_released_leaves_no_trace(
        before in prop::collection::vec(any_run(), 1..4),
        after in prop::collection::vec(any_run(), 1..6),
        locks in prop::collection::vec(any_lock(), 1..4),
    ) {
        // The register asserts on every run that reconciling twice changes nothing.
        let (mut register, mut untouched) = (register(), register());
        for (of, things) in &before {
            register.run(source(*of), things);
            untouched.run(source(*of), things);
        }
        let ids: Vec<AssetId> = register.assets.keys().copied().collect();
        for (id, lock) in ids.iter().flat_map(|id| locks.iter().map(move |lock| (id, lock))) {
            register.hold_tag(*id, lock.clone());
        }
        for (of, things) in &after {
            register.run(source(*of), things);
            untouched.run(source(*of), things);
            for id in ids.iter().filter(|id| !register.assets[id].records.is_empty()) {
                let known = &register.assets[id];
                for lock in &known.tag_locks {
                    stands(&register, &known.doc, lock)?;
                }
            }
        }
        for id in ids {
            register.release_tags(id);
            if !register.assets[&id].records.is_empty() {
                prop_assert_eq!(&register.assets[&id].doc, &untouched.assets[&id].doc);
            }
        }
    }

    #[test]
    fn with_tags_held_the_order_of_observations_never_matters(
        before in prop::collection::vec(any_run(), 1..4),
        locks in prop::collection::vec(any_lock(), 1..4),
        (things, shuffled) in prop::collection::vec(tagged(), 0..9)
            .prop_flat_map(|things| (Just(things.clone()), Just(things).prop_shuffle())),
        of in 0..SOURCES.len(),
    ) {
        let mut register = register();
        for (of, things) in &before {
            register.run(source(*of), things);
        }
        let ids: Vec<AssetId> = register.assets.keys().copied().collect();
        for (id, lock) in ids.iter().zip(locks.iter().cycle()) {
            register.hold_tag(*id, lock.clone());
        }
        let snapshot = register.snapshot(source(of), &things);
        let one = reconcile(&snapshot, &things, &register.policy, register.now);
        let other = reconcile(&snapshot, &shuffled, &register.policy, register.now);
        prop_assert_eq!(one, other);
    }
}
