//! One asset whole: its witnesses, its neighbours and its past, as of any day.

use crate::support::{Estate, Lab, T0, Thing, at, intent, write};
use cadastre_model::query::{Query, UtcDays, parse};
use cadastre_model::{
    AssetId, Attr, Change, Claim, Identifier, Interface, Kind, Lock, Losing, Policy, Provenance,
    Reason, RecordKey, RecordState, RelationType, Rule, Scheme, TagLock, Target, Timestamp, Value,
    Witness,
};
use cadastre_store::{ChangeLine, RelationLine, Visibility};
use std::collections::BTreeMap;

on_both! {
    everything_is_there_and_comes_back
    the_past_stays_what_it_was
    relations_are_seen_from_both_ends
    of_very_many_relations_the_first_are_told
    an_identifier_of_two_assets_relates_to_none
    changes_come_page_by_page
    a_merged_asset_leads_to_the_one_that_stays
    what_a_reader_may_not_see_is_not_there
    last_seen_is_when_a_record_was_last_seen
}

fn tag_lock(key: &str, value: Option<&str>) -> TagLock {
    TagLock {
        key: key.to_owned(),
        value: value.map(str::to_owned),
        actor: "user:zoe".to_owned(),
        set_at: at(1),
        effective_from: at(-1000),
    }
}

fn all() -> Visibility {
    Visibility::all()
}

async fn everything_is_there_and_comes_back(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let mut thing = Thing::new(1, "Web01")
        .identify(Identifier::mac("00:50:56:ab:cd:ef"))
        .identify(Identifier::ip("10.2.3.4"))
        .tag("Team", "Payments");
    thing.doc.attributes.insert(Attr::Vcpu, Value::Int(4));
    thing.doc.attributes.insert(Attr::Cidr, Value::List(vec!["a".into(), "b".into()]));
    thing.doc.attributes.insert(Attr::Encrypted, Value::Bool(true));
    thing.doc.witness = Some(estate.source.id);
    thing.doc.sources = ["cloud".to_owned()].into();
    let losing = Losing { witness: Witness::Source(estate.source.id), value: Value::Int(2) };
    let provenance = Provenance { winner: Witness::Lock, losers: vec![losing] };
    thing.doc.provenance = BTreeMap::from([(Attr::Vcpu, provenance)]);
    thing.doc.interfaces = vec![
        Interface {
            native_id: "eth0".to_owned(),
            name: Some("eth0".to_owned()),
            description: Some("to the wall".to_owned()),
            sort: Some("ethernet".to_owned()),
            mac: Some("00:50:56:ab:cd:ef".to_owned()),
            addresses: vec!["10.2.3.4".to_owned()],
            vlan: Some(4094),
            vlans: vec![1, 4094],
            lag: Some("po1".to_owned()),
            speed: Some(i64::MAX),
            state: Some("up".to_owned()),
            network: Some("net-1".to_owned()),
        },
        Interface { native_id: "eth1".to_owned(), ..Interface::default() },
    ];
    let mut plan = estate.plan(&[(None, &thing)]);
    plan.links[0].reason = Reason {
        rule: Rule::StrongIdentifier,
        text: "same MAC".to_owned(),
        evidence: thing.doc.identifiers.iter().cloned().collect(),
    };
    plan.records[0].latest = BTreeMap::from([(Attr::FreeAddresses, Value::Int(7))]);
    estate.apply(&lab.store, T0, &plan).await;
    let lock = Lock {
        attr: Attr::Vcpu,
        value: Some(Value::Int(4)),
        actor: "user:zoe".to_owned(),
        set_at: at(1),
        effective_from: at(-1000),
    };
    let empty = Lock { attr: Attr::Owner, value: None, ..lock.clone() };
    let odd = "it's \"odd\" \u{0} 💾 \t\n %";
    let long = format!("z{}", "é".repeat(400));
    let tags = [tag_lock(odd, Some(odd)), tag_lock("team", Some("")), tag_lock(&long, None)];
    write(&lab.store, at(1), async |tx| {
        tx.lock_set(AssetId(1), &empty).await?;
        tx.lock_set(AssetId(1), &lock).await?;
        for tag in tags.iter().rev() {
            tx.tag_lock_set(AssetId(1), tag, &Policy::default()).await?;
        }
        Ok(())
    })
    .await;

    let now = lab.store.now(at(2)).await.unwrap();
    let page = lab.store.asset_fetch(AssetId(1), now, &all()).await.unwrap().unwrap();
    assert_eq!(page.id, AssetId(1));
    assert_eq!(page.doc, thing.doc);
    assert_eq!(page.reason, plan.assets[0].reason);
    assert_eq!((page.first_seen, page.last_seen), (T0, T0));
    assert_eq!(page.locks, [empty, lock]);
    assert_eq!(page.tag_locks, tags);
    assert!(page.relations.is_empty());
    let [record] = page.records.as_slice() else { panic!("one record") };
    assert_eq!(record.key, RecordKey(1));
    assert_eq!((record.source.as_str(), record.native_id.as_str()), ("cloud", "vm-1"));
    assert_eq!((record.scope.as_str(), record.state), ("eu", RecordState::Live));
    assert_eq!(record.doc, thing.record());
    assert_eq!(record.latest, plan.records[0].latest);
    assert_eq!(record.link, plan.links[0].reason);
    assert_eq!(lab.store.asset_fetch(AssetId(2), now, &all()).await.unwrap(), None);
}

async fn the_past_stays_what_it_was(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let before = Thing::new(1, "old").interface("eth0", "02:00:00:00:00:01").tag("a", "b");
    let mut plan = estate.plan(&[(None, &before)]);
    plan.records[0].latest = BTreeMap::from([(Attr::FreeAddresses, Value::Int(1))]);
    estate.apply(&lab.store, T0, &plan).await;
    let lock = |attr| Lock {
        attr,
        value: None,
        actor: "user:zoe".to_owned(),
        set_at: at(1),
        effective_from: at(1),
    };
    let policy = Policy::default();
    write(&lab.store, at(1), async |tx| {
        tx.tag_lock_set(AssetId(1), &tag_lock("Env", Some("prod")), &policy).await?;
        tx.lock_set(AssetId(1), &lock(Attr::Owner)).await
    })
    .await;
    let after = Thing::new(1, "new").interface("eth1", "02:00:00:00:00:02").gone(at(9));
    estate.change(&lab.store, at(10), &before, &after).await;
    write(&lab.store, at(11), async |tx| {
        assert!(tx.lock_release(AssetId(1), Attr::Owner).await?);
        assert!(!tx.lock_release(AssetId(1), Attr::Owner).await?);
        // The policy takes the two keys for one.
        assert!(tx.tag_lock_release(AssetId(1), "environment", &policy).await?);
        assert!(!tx.tag_lock_release(AssetId(1), "Env", &policy).await?);
        tx.tag_lock_set(AssetId(1), &tag_lock("team", None), &policy).await?;
        tx.lock_set(AssetId(1), &lock(Attr::Site)).await
    })
    .await;

    let fetch = async |moment: Timestamp| {
        let point = lab.store.as_of(moment, at(20)).await.unwrap();
        lab.store.asset_fetch(AssetId(1), point, &all()).await.unwrap()
    };
    assert_eq!(fetch(at(-1)).await, None);
    let old = fetch(at(9)).await.unwrap();
    assert_eq!(old.doc, before.doc);
    assert_eq!(old.locks, [lock(Attr::Owner)]);
    assert_eq!(old.tag_locks, [tag_lock("Env", Some("prod"))]);
    assert_eq!(old.records[0].doc, before.record());
    assert_eq!(old.records[0].state, RecordState::Live);
    assert!(old.records[0].latest.is_empty(), "the newest values are of no past day");
    let first = fetch(T0).await.unwrap();
    assert_eq!((first.locks, first.tag_locks), (Vec::new(), Vec::new()));
    let new = fetch(at(20)).await.unwrap();
    assert_eq!(new.doc, after.doc);
    assert_eq!(new.locks, [lock(Attr::Site)]);
    assert_eq!(new.tag_locks, [tag_lock("team", None)]);
    assert_eq!(new.records[0].state, RecordState::Gone);
    assert_eq!((new.first_seen, new.last_seen), (T0, at(9)));
}

fn runs_on(native: &str) -> Claim {
    Claim::new(RelationType::RunsOn, Target::Native(native.to_owned()))
}

fn connected_to(chassis: &str) -> Claim {
    let chassis = Identifier::plain(Scheme::LldpChassis, chassis).unwrap();
    Claim::new(RelationType::ConnectedTo, Target::Identifier(chassis))
}

fn line(relation: RelationType, reverse: bool, other: &Thing, since: Timestamp) -> RelationLine {
    RelationLine {
        relation,
        reverse,
        other: other.id(),
        kind: other.doc.kind,
        name: other.doc.name.clone(),
        since,
    }
}

async fn of_very_many_relations_the_first_are_told(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let mut host = Thing::new(1, "esx1");
    host.doc.kind = Kind::Server;
    let machines: Vec<Thing> = (2..=103)
        .map(|number| Thing {
            claims: [runs_on("vm-1")].into(),
            ..Thing::new(number, &format!("web{number}"))
        })
        .collect();
    estate.make(&lab.store, T0, std::slice::from_ref(&host)).await;
    estate.make(&lab.store, at(1), &machines[..100]).await;
    let fetch = async |moment| {
        let point = lab.store.as_of(moment, at(100)).await.unwrap();
        lab.store.asset_fetch(host.id(), point, &all()).await.unwrap().unwrap()
    };
    estate.make(&lab.store, at(2), &machines[100..]).await;
    let before = fetch(at(1)).await;
    assert_eq!((before.relations.len(), before.more_relations.len()), (100, 0), "all are told");
    let page = fetch(at(2)).await;
    let told: Vec<AssetId> = page.relations.iter().map(|line| line.other).collect();
    assert_eq!(told, (2..=101).map(AssetId).collect::<Vec<_>>(), "the first by name, numbers too");
    let [more] = page.more_relations[..] else { panic!("{:?}", page.more_relations) };
    assert_eq!((more.relation, more.reverse, more.count), (RelationType::RunsOn, true, 102));
    let query = parse(&more.query(host.id()), &UtcDays).unwrap();
    let now = lab.store.now(at(100)).await.unwrap();
    let found = lab.store.asset_count(&query, now, &all(), None).await.unwrap();
    assert_eq!(found.count, 102, "the query finds them all");
}

async fn relations_are_seen_from_both_ends(lab: Lab) {
    use RelationType::{ConnectedTo, RunsOn};
    let estate = Estate::begin(&lab.store).await;
    let mut host = Thing::new(1, "esx1").identify(Identifier::plain(Scheme::LldpChassis, "c1"));
    host.doc.kind = Kind::Server;
    let mut vm = Thing::new(2, "web10");
    vm.claims = [runs_on("vm-1"), connected_to("c1"), runs_on("vm-99")].into();
    let mut other = Thing::new(3, "web9");
    other.claims = [runs_on("vm-1")].into();
    estate.make(&lab.store, T0, &[host.clone(), vm.clone()]).await;
    estate.make(&lab.store, at(5), std::slice::from_ref(&other)).await;
    // The same native id in another source is another thing.
    let elsewhere = Estate::named(&lab.store, "elsewhere").await;
    let stranger = Thing { native_id: "vm-1".to_owned(), ..Thing::new(4, "stranger") };
    elsewhere.make(&lab.store, at(6), std::slice::from_ref(&stranger)).await;

    let relations = async |thing: &Thing, moment| {
        let point = lab.store.as_of(moment, at(100)).await.unwrap();
        lab.store.asset_fetch(thing.id(), point, &all()).await.unwrap().unwrap().relations
    };
    let from_host = [
        line(RunsOn, true, &other, at(5)),
        line(RunsOn, true, &vm, T0),
        line(ConnectedTo, true, &vm, T0),
    ];
    assert_eq!(relations(&host, at(50)).await, from_host);
    assert_eq!(relations(&host, at(4)).await, from_host[1..]);
    let from_vm = [line(RunsOn, false, &host, T0), line(ConnectedTo, false, &host, T0)];
    assert_eq!(relations(&vm, at(50)).await, from_vm);
    assert_eq!(relations(&stranger, at(50)).await, []);

    // The claim is withdrawn; the past keeps it.
    let free = Thing { claims: [connected_to("c1")].into(), ..vm.clone() };
    estate.change(&lab.store, at(60), &vm, &free).await;
    assert_eq!(relations(&vm, at(61)).await, from_vm[1..]);
    assert_eq!(relations(&vm, at(59)).await, from_vm);
}

async fn an_identifier_of_two_assets_relates_to_none(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let chassis = || Identifier::plain(Scheme::LldpChassis, "c1");
    let one = Thing::new(1, "sw1").identify(chassis());
    let mut subject = Thing::new(2, "web");
    subject.claims = [connected_to("c1")].into();
    estate.make(&lab.store, T0, &[one.clone(), subject.clone()]).await;
    let twin = Thing::new(3, "sw2").identify(chassis());
    estate.make(&lab.store, at(5), std::slice::from_ref(&twin)).await;
    for (moment, related) in [(at(4), true), (at(5), false)] {
        let point = lab.store.as_of(moment, at(9)).await.unwrap();
        for thing in [&one, &subject] {
            let page = lab.store.asset_fetch(thing.id(), point, &all()).await.unwrap().unwrap();
            assert_eq!(!page.relations.is_empty(), related, "{} at {moment}", thing.doc.name);
        }
    }
}

async fn changes_come_page_by_page(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let mut thing = Thing::new(1, "web0");
    estate.make(&lab.store, T0, std::slice::from_ref(&thing)).await;
    let change = |subject: &str| Change {
        subject: subject.to_owned(),
        before: None,
        after: Some("x".to_owned()),
    };
    for number in 1..=4 {
        let next =
            Thing { doc: crate::support::doc(Kind::Vm, &format!("web{number}")), ..thing.clone() };
        let mut plan = estate.plan(&[(Some(&thing), &next)]);
        plan.assets[0].changes = ["os", "name", "tag:team"].map(change).to_vec();
        estate.apply(&lab.store, at(number), &plan).await;
        thing = next;
    }
    let now = lab.store.now(at(9)).await.unwrap();
    let key = |line: &ChangeLine| (-line.rev, line.subject.clone());
    for limit in [1, 2, 3, 5, 100] {
        let mut lines: Vec<ChangeLine> = Vec::new();
        loop {
            let before = lines.last().map(|line| (line.rev, line.subject.clone()));
            let before = before.as_ref().map(|(rev, subject)| (*rev, subject.as_str()));
            let page = lab.store.asset_changes(AssetId(1), now, before, limit).await.unwrap();
            let is_last = page.len() < limit as usize;
            lines.extend(page);
            if is_last {
                break;
            }
        }
        assert_eq!(lines.len(), 13, "{limit} a page");
        assert!(lines.is_sorted_by_key(key), "{limit} a page");
        let newest = &lines[0];
        assert_eq!((newest.at, newest.actor.as_str(), newest.run), (at(4), "user:test", None));
        assert_eq!((newest.subject.as_str(), newest.after.as_deref()), ("name", Some("x")));
        assert_eq!(lines[12].subject, "created");
    }
    let then = lab.store.as_of(at(2), at(9)).await.unwrap();
    let lines = lab.store.asset_changes(AssetId(1), then, None, 100).await.unwrap();
    assert_eq!(lines.len(), 7, "as of a day, what came later is not known");
}

async fn a_merged_asset_leads_to_the_one_that_stays(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let (kept, merged) = (Thing::new(1, "kept"), Thing::new(2, "merged"));
    estate.make(&lab.store, T0, &[kept.clone(), merged.clone(), Thing::new(3, "third")]).await;
    // Merging by hand is a later capability; its rows are these.
    lab.raw(
        "UPDATE asset SET redirect_to = 1 WHERE id = 2; UPDATE asset SET redirect_to = 2 WHERE id = 3; \
         UPDATE asset_version SET rev_to = 3 WHERE asset_id IN (2, 3); \
         UPDATE link SET rev_to = 3 WHERE asset_id IN (2, 3)",
    )
    .await;
    let mut tx = lab.store.begin_write(intent(at(5))).await.unwrap();
    let party = cadastre_store::Party {
        handle: "zoe".to_owned(),
        is_team: false,
        name: "Zoë".to_owned(),
        active: true,
    };
    tx.party_put(&party).await.unwrap();
    tx.commit().await.unwrap();
    let now = lab.store.now(at(9)).await.unwrap();
    let some = Visibility::only(Query::Kind(Kind::Vm));
    for id in [1, 2, 3] {
        for visibility in [&all(), &some] {
            let page = lab.store.asset_fetch(AssetId(id), now, visibility).await.unwrap().unwrap();
            assert_eq!((page.id, page.doc.name.as_str()), (AssetId(1), "kept"), "{id}");
        }
    }
    let then = lab.store.as_of(T0, at(9)).await.unwrap();
    let page = lab.store.asset_fetch(AssetId(2), then, &all()).await.unwrap().unwrap();
    assert_eq!((page.id, page.doc.name.as_str()), (AssetId(2), "merged"), "before the merge");
}

async fn what_a_reader_may_not_see_is_not_there(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let ours = Thing::new(1, "ours").tag("team", "us");
    let theirs = Thing::new(2, "theirs").tag("team", "them");
    let gone = ours.clone().gone(T0);
    estate.make(&lab.store, T0, &[ours.clone(), theirs]).await;
    estate.change(&lab.store, at(1), &ours, &gone).await;
    let only = Visibility::only(Query::Tag {
        key: "team".to_owned(),
        test: cadastre_model::query::Test::Is("us".to_owned()),
    });
    let now = lab.store.now(at(2)).await.unwrap();
    assert!(
        lab.store.asset_fetch(AssetId(1), now, &only).await.unwrap().is_some(),
        "gone, but ours"
    );
    assert_eq!(lab.store.asset_fetch(AssetId(2), now, &only).await.unwrap(), None);
    assert!(crate::support::names(&lab.store, &Query::All, now).await == ["theirs"]);
}

async fn last_seen_is_when_a_record_was_last_seen(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let thing = Thing::new(1, "web01");
    estate.make(&lab.store, at(100), std::slice::from_ref(&thing)).await;
    let beat = async |seconds: i64, coverage| {
        let report = cadastre_model::ScopeReport {
            scope: "eu".to_owned(),
            coverage,
            seen: 1,
            error: None,
            is_increment: false,
        };
        write(&lab.store, at(seconds), async |tx| {
            let run = tx.run_start(estate.source.id, "cloud", T0).await?;
            tx.run_scope(run, estate.scope, &report).await?;
            let status = cadastre_model::RunStatus::Complete;
            tx.run_finish(run, status, &cadastre_model::Counts::default(), None).await
        })
        .await;
    };
    let last_seen = async |seconds: i64| {
        let point = lab.store.as_of(at(seconds), at(9_999)).await.unwrap();
        let page = lab.store.asset_fetch(AssetId(1), point, &all()).await.unwrap().unwrap();
        assert_eq!(page.records[0].last_seen, page.last_seen);
        page.last_seen
    };
    use cadastre_model::Enumeration::{Complete, Partial};
    beat(200, Complete).await;
    beat(300, Partial).await;
    assert_eq!(last_seen(150).await, at(100), "before the first enumeration");
    assert_eq!(last_seen(250).await, at(200));
    assert_eq!(last_seen(350).await, at(200), "a partial enumeration proves nothing");
    // Restated in a run that did not read the scope to its end.
    let mut renamed = thing.clone();
    renamed.doc.name = "web02".to_owned();
    estate.change(&lab.store, at(400), &thing, &renamed).await;
    assert_eq!(last_seen(450).await, at(400), "it was seen when its version was written");
    beat(500, Complete).await;
    assert_eq!(last_seen(550).await, at(500));
    // Missed: the record says itself when it was last seen, whatever its scope does later.
    let stale = Thing { state: RecordState::Stale, last_seen: Some(at(500)), ..renamed.clone() };
    estate.change(&lab.store, at(600), &renamed, &stale).await;
    beat(700, Complete).await;
    assert_eq!(last_seen(750).await, at(500));
    // Seen again by a partial run: not before that.
    estate.change(&lab.store, at(800), &stale, &renamed).await;
    assert_eq!(last_seen(850).await, at(800), "the enumeration at 700 had missed it");
}
