//! What the history says of two states.

use crate::register::Register;
use crate::things::{Also, Parts, instance, mac};
use cadastre_model::{AssetDoc, Attr, Freshness, Power, SourceKind, Tag, Value, Witness};
use cadastre_reconcile::changes_between;

fn doc() -> AssetDoc {
    let mut register = Register::new();
    let aws = register.source("aws", SourceKind::Aws);
    let one = instance("i-1", "web01")
        .nic("eni-1", &mac(1), &["10.0.0.5"])
        .tag("team", "payments")
        .also(|one| one.state_int(Attr::Memory, Some(8 << 30)));
    register.run(aws, &[one]);
    register.assets.into_values().next().unwrap().doc
}

fn lines(before: Option<&AssetDoc>, after: &AssetDoc) -> Vec<String> {
    changes_between(before, after)
        .into_iter()
        .map(|change| format!("{}: {:?} -> {:?}", change.subject, change.before, change.after))
        .collect()
}

#[test]
fn nothing_differs_between_equal_states() {
    assert!(changes_between(Some(&doc()), &doc()).is_empty());
}

#[test]
fn a_new_asset_is_one_change() {
    assert_eq!(lines(None, &doc()), [r#"created: None -> Some("cloud instance web01")"#]);
}

#[test]
fn everything_that_differs_is_told_as_people_read_it() {
    let before = doc();
    let mut after = doc();
    after.name = "web02".to_owned();
    after.power = Power::Off;
    after.freshness = Freshness::Stale;
    after.hidden = Some("not ours".to_owned());
    after.conflicted = true;
    after.sources.insert("vc".to_owned());
    after.attributes.insert(Attr::Memory, Value::Int(16 << 30));
    after.attributes.insert(Attr::CreatedAt, Value::Int(1_795_262_400_000));
    after.tags = [Tag::new("Team", "payments"), Tag::new("rack", "")].into();
    after.interfaces[0].addresses.clear();
    assert_eq!(
        lines(Some(&before), &after),
        [
            r#"name: Some("web01") -> Some("web02")"#,
            r#"power: Some("on") -> Some("off")"#,
            r#"freshness: Some("live") -> Some("stale")"#,
            r#"hidden: None -> Some("not ours")"#,
            r#"conflicted: None -> Some("yes")"#,
            r#"sources: Some("aws") -> Some("aws, vc")"#,
            r#"created: None -> Some("2026-11-21T12:00:00Z")"#,
            r#"memory: Some("8 GiB") -> Some("16 GiB")"#,
            r#"tag:Team: None -> Some("payments")"#,
            r#"tag:rack: None -> Some("")"#,
            r#"tag:team: Some("payments") -> None"#,
            r#"interface:eni-1: Some("00:50:56:9a:00:01 10.0.0.5") -> Some("00:50:56:9a:00:01")"#,
        ]
    );
}

#[test]
fn identifiers_and_losers_are_told_only_when_nothing_else_changed() {
    let before = doc();
    let mut after = doc();
    after.identifiers.clear();
    let told = lines(Some(&before), &after);
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("identifiers: Some(\"ARN arn:aws:ec2"), "{}", told[0]);

    let mut after = doc();
    let losing = cadastre_model::Losing {
        witness: Witness::Derived("tag:mem".to_owned()),
        value: Value::Int(4 << 30),
    };
    after.provenance.insert(
        Attr::Memory,
        cadastre_model::Provenance { winner: Witness::Lock, losers: vec![losing] },
    );
    assert_eq!(
        lines(Some(&before), &after),
        [r#"provenance:memory: None -> Some("a person before tag:mem (4 GiB)")"#]
    );
}
