//! What is written comes back as it was, on both databases: odd characters, empty and very long
//! texts, the ends of numbers.

use crate::support::{Estate, Lab, T0, Thing, at, intent, write};
use cadastre_model::query::{Glob, Query};
use cadastre_model::{
    AssetId, Attr, Change, Claim, ConflictKind, ConflictWrite, Digest, Identifier, Interface, Kind,
    Lock, Observation, Plan, RecordKey, RelationType, Scheme, Target, Timestamp, Value,
};
use cadastre_store::{AssetPage, Party, RunError, Visibility};
use std::collections::{BTreeMap, BTreeSet};

on_both! {
    every_odd_character_comes_back
    empty_is_not_nothing
    the_ends_of_numbers
    texts_of_any_length
    things_told_apart_only_at_their_end
    nul_never_fails_a_batch
    numbers_are_found_beside_odd_texts
    what_looks_like_sql_is_text
}

/// Control characters, what is no character, both ends of planes, quotes, wildcards, placeholders.
fn odd() -> String {
    let controls = (1..0x20_u8).map(char::from);
    let others = "\u{7f}\u{85}\u{a0}\u{ad}é\u{301}ß\u{200b}\u{200f}\u{2028}\u{feff}\u{fffd}\u{fffe}\u{ffff}\
                  \u{10000}💾\u{10ffff} '\"`\\/%_*?$1:x;--{}[]<>&=";
    controls.chain(others.chars()).collect()
}

/// Letters that no compression makes shorter, so that limits of rows are met.
fn noise(length: usize, seed: u64) -> String {
    let mut state = seed;
    let mut letter = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b"abcdefghijklmnopqrstuvwxyz234567"[(state >> 59) as usize])
    };
    (0..length).map(|_| letter()).collect()
}

/// A thing that holds a text wherever a source's words go, and one that relates to it.
fn things(text: &str) -> [Thing; 2] {
    let mut thing = Thing::new(1, text).tag(text, text).tag("key", text);
    thing.native_id = text.to_owned();
    thing.doc.sources = [text.to_owned()].into();
    thing.doc.attributes = BTreeMap::from([
        (Attr::Os, Value::text(text)),
        (Attr::Cidr, Value::List(vec![text.to_owned(), String::new(), text.to_owned()])),
    ]);
    for scheme in [Scheme::Serial, Scheme::LldpChassis, Scheme::Mac, Scheme::Ip, Scheme::Native] {
        let value = text.to_owned();
        thing.doc.identifiers.insert(Identifier { scheme, value });
    }
    thing.doc.interfaces.push(Interface {
        native_id: text.to_owned(),
        name: Some(text.to_owned()),
        ..Interface::default()
    });
    let mut other = Thing::new(2, "other");
    let chassis = Identifier { scheme: Scheme::LldpChassis, value: text.to_owned() };
    other.claims = BTreeSet::from([
        Claim::new(RelationType::RunsOn, Target::Native(text.to_owned())),
        Claim::new(RelationType::ConnectedTo, Target::Identifier(chassis)),
    ]);
    [thing, other]
}

async fn fetch(lab: &Lab, id: i64) -> AssetPage {
    let now = lab.store.now(at(100)).await.unwrap();
    lab.store.asset_fetch(AssetId(id), now, &Visibility::all()).await.unwrap().unwrap()
}

/// Writes a text everywhere and reads it again.
async fn round_trip(lab: &Lab, text: &str) {
    lab.reset().await;
    let estate = Estate::begin(&lab.store).await;
    let [thing, other] = things(text);
    let mut plan = estate.plan(&[(None, &thing), (None, &other)]);
    plan.assets[0].changes = vec![Change {
        subject: format!("tag:{text}"),
        before: Some(text.to_owned()),
        after: Some(text.to_owned()),
    }];
    plan.assets[0].reason.text = text.to_owned();
    plan.records[0].latest = BTreeMap::from([(Attr::FreeAddresses, Value::text(text))]);
    estate.apply(&lab.store, T0, &plan).await;

    let page = fetch(lab, 1).await;
    assert_eq!(page.doc, thing.doc);
    assert_eq!(page.reason.text, text);
    assert_eq!(page.records[0].native_id, text);
    assert_eq!(page.records[0].doc, thing.record());
    assert_eq!(page.records[0].latest, plan.records[0].latest);
    let related: Vec<_> = page.relations.iter().map(|line| line.other).collect();
    assert_eq!(related, [AssetId(2), AssetId(2)], "by native id and by identifier");
    assert_eq!(fetch(lab, 2).await.relations.len(), 2);

    // The source says the same again: it is known.
    let known = lab.store.scope_known(estate.scope).await.unwrap();
    assert_eq!(known[text].key, RecordKey(1));
    let seen = Observation::new(text, Kind::Vm, "eu");
    let tx = lab.store.begin_write(intent(at(1))).await.unwrap();
    let found = tx.snapshot_for(&estate.source, &BTreeMap::new(), &[seen], 3).await.unwrap();
    assert_eq!(found.natives, BTreeMap::from([(text.to_owned(), RecordKey(1))]));
    drop(tx);

    // And something else: what changed is closed, nothing is left over.
    let renamed = Thing { native_id: text.to_owned(), ..Thing::new(1, "plain") };
    estate.change(&lab.store, at(2), &thing, &renamed).await;
    let page = fetch(lab, 1).await;
    assert_eq!((&page.doc, page.records[0].native_id.as_str()), (&renamed.doc, text));
    let open = "SELECT count(*) AS one FROM interface WHERE rev_to > 1000";
    assert_eq!(lab.texts(open).await, ["0"]);
}

async fn every_odd_character_comes_back(lab: Lab) {
    round_trip(&lab, &odd()).await;
    for c in odd().chars() {
        let text = format!("a{c}b");
        let party = Party { handle: text.clone(), is_team: false, name: text, active: true };
        write(&lab.store, at(5), async |tx| tx.party_put(&party).await).await;
    }
    let now = lab.store.now(at(9)).await.unwrap();
    let parties = lab.store.party_list(now).await.unwrap();
    assert_eq!(parties.len(), odd().chars().collect::<BTreeSet<_>>().len());
    assert!(parties.iter().all(|party| party.handle == party.name));
    assert!(parties.is_sorted_by(|a, b| a.handle.as_bytes() < b.handle.as_bytes()), "bytewise");
}

async fn empty_is_not_nothing(lab: Lab) {
    round_trip(&lab, "").await;
    let estate = Estate::named(&lab.store, "another").await;
    let change = |subject: &str, before: Option<&str>, after: Option<&str>| Change {
        subject: subject.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    };
    let mut plan = estate.plan(&[(None, &Thing::new(3, ""))]);
    plan.assets[0].changes =
        vec![change("a", None, Some("")), change("b", Some(""), None), change("c", None, None)];
    estate.apply(&lab.store, at(9), &plan).await;
    let now = lab.store.now(at(10)).await.unwrap();
    let lines = lab.store.asset_changes(AssetId(3), now, None, 9).await.unwrap();
    let read: Vec<Change> = lines
        .into_iter()
        .map(|line| Change { subject: line.subject, before: line.before, after: line.after })
        .collect();
    assert_eq!(read, plan.assets[0].changes);
}

async fn the_ends_of_numbers(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let ends = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX];
    let things: Vec<Thing> = (1..)
        .zip(ends)
        .map(|(number, end)| {
            let mut thing = Thing::new(number, &format!("n{number}"));
            thing.doc.attributes =
                [Attr::Memory, Attr::CreatedAt].map(|a| (a, Value::Int(end))).into();
            thing.doc.interfaces.push(Interface { speed: Some(end), ..Interface::default() });
            thing
        })
        .collect();
    let mut plan = estate.plan(&things.iter().map(|thing| (None, thing)).collect::<Vec<_>>());
    for (record, end) in plan.records.iter_mut().zip(ends) {
        record.digest = Some(Digest { versioned: end, latest: end });
        record.last_seen = Some(Timestamp(end));
    }
    estate.apply(&lab.store, T0, &plan).await;
    let known = lab.store.scope_known(estate.scope).await.unwrap();
    for (thing, end) in things.iter().zip(ends) {
        let page = fetch(&lab, thing.number).await;
        assert_eq!((&page.doc, page.last_seen), (&thing.doc, Timestamp(end)));
        assert_eq!(known[thing.native_id.as_str()].digest, Digest { versioned: end, latest: end });
        for attr in [Attr::Memory, Attr::CreatedAt] {
            let lock = Lock {
                attr,
                value: Some(Value::Int(end)),
                actor: String::new(),
                set_at: Timestamp(end),
                effective_from: Timestamp(end),
            };
            write(&lab.store, at(1), async |tx| tx.lock_set(thing.id(), &lock).await).await;
            assert!(fetch(&lab, thing.number).await.locks.contains(&lock));
        }
    }
}

async fn texts_of_any_length(lab: Lab) {
    for length in [511, 512, 513, 3_000, 100_000] {
        round_trip(&lab, &noise(length, length as u64)).await;
    }
    // Cut in the middle of a character, digits that double in the sort key, letters that grow.
    for text in ["é".repeat(2000), "a1".repeat(2000), "ﷺ".repeat(500), "\u{1F1E6}".repeat(700)] {
        round_trip(&lab, &text).await;
    }
    // What is searched for is the whole text, not what fits an index row.
    let estate = Estate::named(&lab.store, "another").await;
    let long = noise(50_000, 7);
    estate.make(&lab.store, at(9), &[Thing::new(9, &long)]).await;
    let end = Query::Text(Glob { parts: vec![long[49_980..].to_owned()] });
    let now = lab.store.now(at(10)).await.unwrap();
    assert_eq!(crate::support::names(&lab.store, &end, now).await, [long]);
}

async fn things_told_apart_only_at_their_end(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let start = noise(1000, 1);
    let mut things: Vec<Thing> = ["a", "b", "\u{0}", ""]
        .iter()
        .zip(1..)
        .map(|(end, number)| Thing {
            native_id: format!("{start}{end}"),
            ..Thing::new(number, &format!("web{number}"))
        })
        .collect();
    things[0].claims =
        [Claim::new(RelationType::RunsOn, Target::Native(format!("{start}\u{0}")))].into();
    for end in ["a", "b"] {
        let native_id = format!("{start}{end}");
        things[0].doc.interfaces.push(Interface { native_id, ..Interface::default() });
    }
    estate.make(&lab.store, T0, &things).await;
    let known = lab.store.scope_known(estate.scope).await.unwrap();
    for thing in &things {
        assert_eq!(known[thing.native_id.as_str()].key, thing.key());
        assert_eq!(fetch(&lab, thing.number).await.records[0].native_id, thing.native_id);
    }
    let page = fetch(&lab, 1).await;
    assert_eq!(page.doc.interfaces.len(), 2);
    assert_eq!(page.relations.iter().map(|line| line.other).collect::<Vec<_>>(), [AssetId(3)]);
}

async fn nul_never_fails_a_batch(lab: Lab) {
    round_trip(&lab, "a\u{0}b").await;
    round_trip(&lab, "\u{0}").await;
    // Where text is kept as text and not as a document, NUL is shown as what cannot be shown.
    let estate = Estate::named(&lab.store, "another").await;
    let nul = "a\u{0}b".to_owned();
    let conflict = ConflictWrite {
        kind: ConflictKind::AgeingHeld { scope: estate.scope, missing: 1, known: 1 },
        reason: nul.clone(),
    };
    let plan = Plan { conflicts: vec![conflict], ..Plan::default() };
    estate.apply(&lab.store, at(9), &plan).await;
    let error = RunError { scope: nul.clone(), subject: nul.clone(), message: nul.clone() };
    let run = write(&lab.store, at(9), async |tx| {
        let run = tx.run_start(estate.source.id, &nul, T0).await?;
        tx.run_errors_add(run, 0, &[error]).await?;
        tx.audit("run", &nul, Some(&serde_json::json!({ &nul: &nul }))).await?;
        tx.job_put(&nul, &nul, T0).await?;
        Ok(run)
    })
    .await;
    let errors = lab.store.run_errors(run, 0, 9).await.unwrap();
    assert_eq!(errors[0].message, "a\u{fffd}b");
    assert_eq!(lab.store.conflict_list(false, 0, 9).await.unwrap()[0].reason, "a\u{fffd}b");
    let entry = lab.store.audit_list(None, 1).await.unwrap().remove(0);
    assert_eq!(entry.detail, Some(serde_json::json!({ &nul: &nul })), "a document keeps it");
    assert_eq!(lab.store.audit_check().await.unwrap().broken, None);
    let changes = lab.store.asset_changes(AssetId(1), lab.store.now(at(9)).await.unwrap(), None, 9);
    assert!(changes.await.unwrap().iter().any(|line| line.before.as_deref() == Some("\u{fffd}")));
}

/// A text where a number is due (the attribute was a text once) and NUL in another text must not
/// fail a query for numbers: not when it leads, nor when each asset is asked.
async fn numbers_are_found_beside_odd_texts(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let lying = "\"vcpu\":7,\"vcpu\": 8";
    let values = [
        Value::Int(8),
        Value::Int(-8),
        Value::Int(i64::MIN),
        Value::Int(i64::MAX),
        Value::text("8"),
        Value::text(""),
        Value::Bool(true),
        Value::List(vec!["8".to_owned(), "9".to_owned()]),
    ];
    let things: Vec<Thing> = (1..)
        .zip(values)
        .map(|(number, value)| {
            let mut thing = Thing::new(number, &format!("web{number}")).tag("vcpu", "a\u{0}b");
            thing.doc.name = format!("web{number} {lying}");
            thing.doc.attributes = [(Attr::Vcpu, value), (Attr::Os, Value::text(lying))].into();
            thing
        })
        .collect();
    let nothing = Thing::new(99, lying).tag("vcpu", "8").tag(lying, lying);
    estate.make(&lab.store, T0, &[&things[..], &[nothing]].concat()).await;
    let now = lab.store.now(at(1)).await.unwrap();
    let key = cadastre_model::terms::TermKey::Attr(Attr::Vcpu);
    let bounds = |min, max| Query::Term {
        key,
        test: cadastre_model::query::Test::Number(cadastre_model::query::Bounds { min, max }),
    };
    let named = Query::Text(Glob { parts: vec!["web".to_owned()] });
    for (min, max, numbers) in [
        (Some(1), None, &[1, 4][..]),
        (None, Some(-1), &[2, 3]),
        (Some(i64::MAX), None, &[4]),
        (None, Some(i64::MIN), &[3]),
        (Some(-8), Some(8), &[1, 2]),
    ] {
        for query in [
            Query::all_of(vec![bounds(min, max), named.clone()]),
            Query::all_of(vec![Query::Id(1), bounds(min, max)]),
            Query::any_of(vec![bounds(min, max), Query::Hidden]),
        ] {
            let found = crate::support::names(&lab.store, &query, now).await;
            let counted = lab.store.asset_count(&query, now, &Visibility::all(), None).await;
            counted.unwrap();
            let only_first = matches!(&query, Query::And(parts) if parts[0] == Query::Id(1));
            for number in numbers.iter().filter(|number| !only_first || **number == 1) {
                let name = format!("web{number} {lying}");
                assert!(found.contains(&name), "{query}: {found:?}");
            }
        }
    }
}

async fn what_looks_like_sql_is_text(lab: Lab) {
    for text in ["'; DROP TABLE asset; --", "$1 ? ?1 :a @b", "%_\\", "\" OR \"\"=\"", "NULL"] {
        round_trip(&lab, text).await;
        let estate = Estate::named(&lab.store, "another").await;
        estate.make(&lab.store, at(9), &[Thing::new(3, text), Thing::new(4, "a plain one")]).await;
        let now = lab.store.now(at(10)).await.unwrap();
        let folded = cadastre_model::text::fold(text);
        for query in [
            Query::Text(Glob { parts: vec![folded.clone()] }),
            Query::Term {
                key: cadastre_model::terms::TermKey::Attr(Attr::Name),
                test: cadastre_model::query::Test::Like(Glob {
                    parts: vec![folded.clone(), String::new()],
                }),
            },
        ] {
            let names = crate::support::names(&lab.store, &query, now).await;
            assert_eq!(names, [text], "{query}");
        }
    }
}
