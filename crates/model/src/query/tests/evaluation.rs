//! The evaluator on an estate that people can read.

use super::read;
use crate::asset::{Asset, AssetDoc, Freshness, Lifecycle, Power};
use crate::fact::Value;
use crate::identifier::{Identifier, Scheme};
use crate::ids::AssetId;
use crate::policy::Policy;
use crate::query::Shown;
use crate::registry::{Attr, Kind};
use crate::relation::RelationType;
use crate::tag::Tag;
use crate::testing::{MemoryEstate, NOW};
use crate::time::DAY_MS;

fn doc(kind: Kind, name: &str) -> AssetDoc {
    AssetDoc {
        kind,
        name: name.to_owned(),
        lifecycle: Lifecycle::Active,
        power: Power::On,
        freshness: Freshness::Live,
        hidden: None,
        conflicted: false,
        witness: None,
        sources: ["vc-paris".to_owned()].into(),
        attributes: Default::default(),
        provenance: Default::default(),
        tags: Default::default(),
        tag_provenance: Default::default(),
        identifiers: Default::default(),
        interfaces: Vec::new(),
    }
}

/// 1 a VM, 2 the server it runs on, 3 a volume, 4 a VM that is gone, 5 one hidden, 6 a server
/// disposed of.
fn estate() -> MemoryEstate {
    let mut vm = doc(Kind::Vm, "Web01");
    vm.attributes.insert(Attr::Os, Value::text("Windows Server 2012 R2"));
    vm.attributes.insert(Attr::Vcpu, Value::Int(4));
    vm.attributes.insert(Attr::Memory, Value::Int(16 << 30));
    vm.attributes.insert(Attr::Owner, Value::text("Zoë"));
    vm.attributes.insert(Attr::CreatedAt, Value::Int(NOW.0 - 10 * DAY_MS));
    vm.tags.insert(Tag::new("Env", "Prod"));
    vm.tags.insert(Tag::new("marker", ""));
    vm.identifiers.extend(
        [
            Identifier::mac("00:50:56:AB:CD:EF"),
            Identifier::ip("10.2.3.4"),
            Identifier::smbios_uuid("423A5F10-9C77-11EE-8B2D-0242AC120002"),
            Identifier::plain(Scheme::Native, "vm-42"),
        ]
        .into_iter()
        .flatten(),
    );
    vm.conflicted = true;
    let mut server = doc(Kind::Server, "esx1");
    server.attributes.insert(Attr::Site, Value::text("paris"));
    let mut volume = doc(Kind::Volume, "data");
    volume.attributes.insert(Attr::Encrypted, Value::Bool(false));
    volume.attributes.insert(Attr::AttachedAs, Value::List(vec!["Web01:sda".to_owned()]));
    volume.sources = ["aws-main".to_owned()].into();
    let mut gone = doc(Kind::Vm, "old");
    gone.freshness = Freshness::Gone;
    let mut hidden = doc(Kind::Vm, "secret");
    hidden.hidden = Some("a test".to_owned());
    let mut disposed = doc(Kind::Server, "scrap");
    disposed.lifecycle = Lifecycle::Disposed;

    let mut estate = MemoryEstate::default();
    for (id, doc) in (1..).zip([vm, server, volume, gone, hidden, disposed]) {
        let asset = Asset {
            id: AssetId(id),
            doc,
            first_seen: NOW.plus_ms(-100 * DAY_MS),
            last_seen: NOW.plus_ms(-30 * DAY_MS),
        };
        estate.insert(asset, id == 1, &Policy::default());
    }
    let on = |vm, server| (AssetId(vm), RelationType::RunsOn, AssetId(server));
    estate.relations = [on(1, 2), on(4, 2), on(5, 6)].into();
    estate
}

#[test]
fn what_queries_find() {
    let estate = estate();
    for (text, expected) in [
        ("", &[1, 2, 3][..]),
        ("is:any", &[1, 2, 3, 4, 5, 6]),
        ("kind:vm", &[1]),
        ("kind:vm is:any", &[1, 4, 5]),
        ("kind:vm is:gone", &[4]),
        ("kind:vm (is:gone OR is:live)", &[1, 4]),
        ("-is:live", &[]),
        ("-is:gone", &[1, 2, 3]),
        ("-(-is:gone)", &[4]),
        ("is:hidden", &[5]),
        ("is:disposed", &[6]),
        ("lifecycle:disposed OR freshness:gone", &[4, 6]),
        // The server's VMs: the one that is gone counts, and is itself not listed.
        ("runs-on:kind:server", &[1]),
        ("~runs-on:old", &[2]),
        ("~runs-on:is:gone", &[2]),
        ("~runs-on:(name:web01 is:conflicted)", &[2]),
        ("runs-on:is:disposed is:any", &[5]),
        ("-runs-on:*", &[2, 3]),
        ("web01", &[1]),
        ("WEB", &[1]),
        ("w*1", &[1]),
        ("1*w", &[1]),
        ("vm-42", &[1]),
        ("\"server 2012\"", &[1]),
        ("zoë", &[]),
        ("name:web01", &[1]),
        ("name:web", &[]),
        ("name:web*", &[1]),
        ("os:*2012*", &[1]),
        ("os:*2012", &[]),
        ("owner:ZOE", &[1]),
        ("-owner:zoe", &[2, 3]),
        ("-owner:*", &[2, 3]),
        ("attached_as:web01*", &[3]),
        ("encrypted:no", &[3]),
        ("-encrypted:yes", &[1, 2, 3]),
        ("vcpu:4", &[1]),
        ("vcpu>4", &[]),
        ("vcpu:1..4", &[1]),
        ("-vcpu>4", &[1, 2, 3]),
        ("memory>=16GB", &[1]),
        ("memory>16GiB", &[]),
        ("created<10d", &[]),
        ("created<=10d", &[1]),
        ("created>=10d", &[1]),
        ("created:2026-06-20", &[1]),
        ("created<2026-06-20", &[]),
        ("seen<30d", &[]),
        ("seen<=30d", &[1, 2, 3]),
        ("seen>30d", &[]),
        ("first-seen>99d", &[1, 2, 3]),
        ("tag:env", &[1]),
        ("tag:environment=prod", &[1]),
        ("tag:env=pro*", &[1]),
        ("tag:en", &[]),
        ("tag:marker=\"\"", &[1]),
        ("tag:env=\"\"", &[]),
        ("-tag:*", &[2, 3]),
        ("source:vc-*", &[1, 2]),
        ("-source:vc-paris", &[3]),
        ("id:(1 OR 3 OR 4)", &[1, 3]),
        ("is:conflicted", &[1]),
        ("is:locked", &[1]),
        ("is:on", &[1, 2, 3]),
        ("10.2.3.4", &[1]),
        ("10.2.3.0/24", &[1]),
        ("10.2.4.0/24", &[]),
        ("10.2.3", &[]),
        ("::/0", &[]),
        ("00:50:56", &[1]),
        ("cd:ef", &[1]),
        ("50:56", &[]),
        ("005056abcdef", &[1]),
        ("423a5f10-9c77-11ee-8b2d-0242ac120002", &[1]),
        ("105f3a42-779c-ee11-8b2d-0242ac120002", &[1]),
    ] {
        let found: Vec<i64> = estate.found(&read(text), NOW).into_iter().map(|id| id.0).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_lists_show_depends_on_what_is_asked() {
    let shown = |gone, hidden, disposed| Shown { gone, hidden, disposed };
    for (text, expected) in [
        ("", shown(false, false, false)),
        ("is:gone", shown(true, false, false)),
        ("-is:gone", shown(false, false, false)),
        ("-(web -is:gone)", shown(true, false, false)),
        ("a OR is:hidden", shown(false, true, false)),
        ("is:disposed freshness:gone", shown(true, false, true)),
        ("is:any", Shown::EVERYTHING),
        ("-is:any", Shown::EVERYTHING),
        ("runs-on:is:any", shown(false, false, false)),
        ("runs-on:is:gone", shown(false, false, false)),
    ] {
        assert_eq!(read(text).shown(), expected, "{text}");
    }
}

#[test]
fn parts_of_a_pattern_do_not_overlap() {
    use crate::query::Glob;
    let glob = |text: &str| Glob { parts: text.split('*').map(str::to_owned).collect() };
    for (pattern, text, matches) in [
        ("ab*ba", "aba", false),
        ("ab*ba", "abba", true),
        ("a*a*a", "aa", false),
        ("a*a*a", "aaa", true),
        ("*a", "ba", true),
        ("a*", "ba", false),
        ("*b*", "abc", true),
        ("abc", "abc", true),
        ("abc", "abcd", false),
    ] {
        assert_eq!(glob(pattern).matches(text), matches, "{pattern} {text}");
    }
    assert!(glob("ab*ba").occurs_in("xabba"));
    assert!(!glob("ab*ba").occurs_in("xaba"));
    assert!(glob("a*b").occurs_in("a\nb"));
}
