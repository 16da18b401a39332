//! Plans carried out: what is written, what is closed, and what is left alone.

use crate::support::{Estate, Lab, T0, Thing, at, doc, intent, reason};
use cadastre_model::query::{Lookup, Query};
use cadastre_model::{
    AssetId, Attr, Claim, Digest, Identifier, Kind, LatestWrite, LinkWrite, Plan, Policy,
    RecordKey, RecordState, RelationType, Rev, RunId, Sighted, Target, Value,
};
use cadastre_store::{Intent, Visibility};
use std::collections::BTreeMap;

on_both! {
    an_empty_plan_writes_nothing
    what_changed_is_closed_and_opened
    what_did_not_change_is_left_alone
    going_and_coming_back
    newest_values_make_no_revision
    ageing_touches_the_record_only
    a_moved_record_is_linked_anew
    two_plans_in_one_transaction
    a_batch_is_audited_with_its_digest
    many_rows_of_every_chunk_size
}

async fn an_empty_plan_writes_nothing(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let before = lab.rows();
    assert_eq!(estate.apply(&lab.store, at(1), &Plan::default()).await, None);
    assert_eq!(lab.rows().since(&before), BTreeMap::new());
}

fn claim(native: &str) -> Claim {
    Claim::new(RelationType::RunsOn, Target::Native(native.to_owned()))
}

/// `FROM-TO` of the rows of a table that have this text, the open end as `now`.
async fn spans(lab: &Lab, table: &str, column: &str, like: &str) -> Vec<String> {
    let text = format!(
        "SELECT rev_from || '-' || CASE WHEN rev_to > 1000 THEN 'now' ELSE CAST(rev_to AS TEXT) END \
         AS one FROM {table} WHERE {column} LIKE '{like}' ORDER BY rev_from"
    );
    lab.texts(&text).await
}

async fn what_changed_is_closed_and_opened(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let mut before = Thing::new(1, "Alpha")
        .identify(Identifier::mac("02:00:00:00:00:01"))
        .identify(Identifier::ip("10.0.0.1"))
        .tag("team", "red")
        .interface("eth0", "02:00:00:00:00:01");
    before.claims = [claim("host-1")].into();
    let mut after = Thing::new(1, "Beta")
        .identify(Identifier::mac("02:00:00:00:00:02"))
        .identify(Identifier::ip("10.0.0.2"))
        .tag("team", "blue")
        .interface("eth0", "02:00:00:00:00:02");
    after.claims = [claim("host-2")].into();
    estate.make(&lab.store, T0, std::slice::from_ref(&before)).await;
    assert_eq!(estate.change(&lab.store, at(1), &before, &after).await, Rev(3));
    // The source was added at 1, the thing made at 2, changed at 3, and changed back at 4.
    assert_eq!(estate.change(&lab.store, at(2), &after, &before).await, Rev(4));
    for (table, column, old, new) in [
        ("identifier", "value", "02:00:00:00:00:01", "02:00:00:00:00:02"),
        ("identifier", "tail", "10:00:00:00:00:20", "20:00:00:00:00:20"),
        ("term", "value", "40a000001", "40a000002"),
        ("term", "value", "alpha", "beta"),
        ("term", "value", "team_red", "team_blue"),
        ("claim", "target", "host-1", "host-2"),
        ("interface", "doc", "%00:01%", "%00:02%"),
        ("search_text", "body", "alpha%", "beta%"),
        ("asset_version", "sort_name", "alpha", "beta"),
        ("record_version", "doc", "%host-1%", "%host-2%"),
    ] {
        assert_eq!(spans(&lab, table, column, old).await, ["2-3", "4-now"], "{table} {old}");
        assert_eq!(spans(&lab, table, column, new).await, ["3-4"], "{table} {new}");
    }
    assert_eq!(spans(&lab, "link", "reason", "%").await, ["2-now"]);
}

async fn what_did_not_change_is_left_alone(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let mut before = Thing::new(1, "web01")
        .identify(Identifier::mac("02:00:00:00:00:01"))
        .tag("team", "red")
        .interface("eth0", "02:00:00:00:00:01");
    before.claims = [claim("host-1")].into();
    estate.make(&lab.store, T0, std::slice::from_ref(&before)).await;
    let rows = lab.rows();
    let mut after = before.clone();
    after.doc.attributes.insert(Attr::Vcpu, Value::Int(2));
    estate.change(&lab.store, at(1), &before, &after).await;
    let changed = lab.rows().since(&rows);
    let counts = |table: &str| changed.get(table).map(|one| (one.added.len(), one.removed.len()));
    assert_eq!(counts("asset_version"), Some((2, 1)), "one closed, one opened");
    assert_eq!(counts("record_version"), Some((2, 1)));
    assert_eq!(counts("term"), Some((1, 0)));
    for table in ["identifier", "claim", "link", "interface", "search_text", "asset"] {
        assert_eq!(counts(table), None, "{table}");
    }
}

async fn going_and_coming_back(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let live = Thing::new(1, "web01").identify(Identifier::ip("10.0.0.1"));
    let gone = live.clone().gone(T0);
    estate.make(&lab.store, T0, std::slice::from_ref(&live)).await;
    estate.change(&lab.store, at(1), &live, &gone).await;
    estate.change(&lab.store, at(2), &gone, &live).await;
    let listed = "SELECT listed AS one FROM term WHERE value = 'web01' ORDER BY rev_from";
    assert_eq!(lab.texts(listed).await, ["1", "0", "1"]);
    let name = Query::Term {
        key: cadastre_model::terms::TermKey::Attr(Attr::Name),
        test: cadastre_model::query::Test::Is("web01".to_owned()),
    };
    let address = Query::Lookup(Lookup::Whole(Identifier::ip("10.0.0.1").unwrap()));
    let text = Query::Text(cadastre_model::query::Glob { parts: vec!["web".to_owned()] });
    for query in [name, address, text, Query::Kind(Kind::Vm), Query::All] {
        for (seconds, found) in [(0, 1), (1, 0), (2, 1)] {
            let point = lab.store.as_of(at(seconds), at(9)).await.unwrap();
            let names = crate::support::names(&lab.store, &query, point).await;
            assert_eq!(names.len(), found, "{query} at {seconds}");
            let count = lab.store.asset_count(&query, point, &Visibility::all(), None).await;
            assert_eq!(count.unwrap().count, found as u64, "{query} at {seconds}");
        }
    }
}

async fn newest_values_make_no_revision(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let things: Vec<Thing> = (1..=600).map(|n| Thing::new(n, &format!("web{n}"))).collect();
    estate.make(&lab.store, T0, &things).await;
    let before = lab.rows();
    let latest = (1..=600)
        .map(|number| LatestWrite {
            key: RecordKey(number),
            digest: Digest { versioned: i64::MIN, latest: -number },
            latest: BTreeMap::from([(Attr::FreeAddresses, Value::Int(number))]),
            sighted: Sighted::default(),
        })
        .collect();
    let plan = Plan { latest, ..Plan::default() };
    assert_eq!(estate.apply(&lab.store, at(1), &plan).await, None);
    let changed = lab.rows().since(&before);
    assert_eq!(changed.keys().collect::<Vec<_>>(), ["record"]);
    let known = lab.store.scope_known(estate.scope).await.unwrap();
    assert_eq!(known["vm-77"].digest, Digest { versioned: i64::MIN, latest: -77 });
    let now = lab.store.now(at(2)).await.unwrap();
    let page = lab.store.asset_fetch(AssetId(77), now, &Visibility::all()).await.unwrap().unwrap();
    assert_eq!(page.records[0].latest[&Attr::FreeAddresses], Value::Int(77));
}

async fn ageing_touches_the_record_only(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let things: Vec<Thing> = (1..=3).map(|n| Thing::new(n, &format!("web{n}"))).collect();
    estate.make(&lab.store, T0, &things).await;
    let mut plan = Plan::default();
    for (number, last_seen) in [(1, T0), (2, at(1))] {
        let thing = &things[number - 1];
        let stale =
            Thing { state: RecordState::Stale, last_seen: Some(last_seen), ..thing.clone() };
        let mut one = estate.plan(&[(Some(thing), &stale)]);
        one.records[0].digest = None;
        plan.records.append(&mut one.records);
    }
    estate.apply(&lab.store, at(5), &plan).await;
    let known = lab.store.scope_known(estate.scope).await.unwrap();
    let states = [known["vm-1"].state, known["vm-2"].state, known["vm-3"].state];
    assert_eq!(states, [RecordState::Stale, RecordState::Stale, RecordState::Live]);
    assert_eq!(known["vm-1"].digest, Digest { versioned: 1, latest: 0 }, "of what it last said");
    let overdue = lab.store.scope_overdue(estate.scope, T0).await.unwrap();
    assert_eq!(
        overdue.iter().map(|one| (one.key, one.last_seen)).collect::<Vec<_>>(),
        [(RecordKey(1), T0)]
    );
}

async fn a_moved_record_is_linked_anew(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let things = [Thing::new(1, "one"), Thing::new(2, "two")];
    estate.make(&lab.store, T0, &things).await;
    let link = LinkWrite {
        record: RecordKey(2),
        asset: AssetId(1),
        from: Some(AssetId(2)),
        reason: reason(),
    };
    let plan = Plan { links: vec![link], ..Plan::default() };
    estate.apply(&lab.store, at(1), &plan).await.unwrap();
    for (seconds, one, two) in [(0, 1, 1), (1, 2, 0)] {
        let point = lab.store.as_of(at(seconds), at(9)).await.unwrap();
        for (id, records) in [(1, one), (2, two)] {
            let page = lab.store.asset_fetch(AssetId(id), point, &Visibility::all()).await.unwrap();
            assert_eq!(page.unwrap().records.len(), records, "asset {id} at {seconds}");
        }
    }
}

/// As a dry run does it: batch after batch in one transaction, the later over the earlier.
async fn two_plans_in_one_transaction(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let policy = Policy::default();
    let old = Thing::new(1, "old").tag("team", "red").interface("eth0", "02:00:00:00:00:01");
    let mut middle = Thing::new(1, "middle").tag("team", "blue");
    middle = middle.interface("eth0", "02:00:00:00:00:02").identify(Identifier::ip("10.0.0.1"));
    middle.claims = [claim("host-1")].into();
    let last = Thing::new(1, "new").tag("team", "red").interface("eth0", "02:00:00:00:00:01");
    let fresh = Thing::new(2, "fresh");
    let changed = Thing::new(2, "changed").gone(T0);
    estate.make(&lab.store, T0, std::slice::from_ref(&old)).await;

    let mut tx = lab.store.begin_write(intent(at(1))).await.unwrap();
    let first = estate.plan(&[(Some(&old), &middle), (None, &fresh)]);
    tx.apply(&first, &policy).await.unwrap();
    let second = estate.plan(&[(Some(&middle), &last), (Some(&fresh), &changed)]);
    tx.apply(&second, &policy).await.unwrap();
    let third = estate.plan(&[(Some(&last), &last)]);
    tx.apply(&third, &policy).await.unwrap();
    assert_eq!(tx.commit().await.unwrap(), Some(Rev(3)));

    let now = lab.store.now(at(2)).await.unwrap();
    for (id, thing) in [(1, &last), (2, &changed)] {
        let page = lab.store.asset_fetch(AssetId(id), now, &Visibility::all()).await.unwrap();
        let page = page.unwrap();
        assert_eq!(page.doc, thing.doc);
        assert_eq!(page.records[0].doc, thing.record());
    }
    assert_eq!(crate::support::names(&lab.store, &Query::All, now).await, ["new"]);
    assert_eq!(crate::support::names(&lab.store, &Query::Any, now).await, ["changed", "new"]);
    let middles = lab.rows().tables_with("middle").join(" ");
    assert_eq!(middles, "", "nobody has seen what came between");
    let changes = lab.store.asset_changes(AssetId(1), now, None, 10).await.unwrap();
    let name = changes.iter().find(|line| line.subject == "name").unwrap();
    assert_eq!((name.before.as_deref(), name.after.as_deref()), (Some("old"), Some("new")));
    let before = lab.store.as_of(T0, at(2)).await.unwrap();
    assert_eq!(crate::support::names(&lab.store, &Query::All, before).await, ["old"]);
    if lab.is_sqlite() {
        lab.raw("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")
            .await;
    }
}

async fn a_batch_is_audited_with_its_digest(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let mut plan = estate.plan(&[(None, &Thing::new(1, "web01"))]);
    plan.counts.created = 1;
    let run = Intent { run: Some(RunId(7)), actor: "worker".to_owned(), ..intent(T0) };
    let mut tx = lab.store.begin_write(run).await.unwrap();
    tx.apply(&plan, &Policy::default()).await.unwrap();
    tx.commit().await.unwrap();
    let entries = lab.store.audit_list(None, 10).await.unwrap();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.action.as_str(), entry.subject.as_str()), ("run.batch", "run:7"));
    let detail = entry.detail.as_ref().unwrap();
    assert_eq!((&detail["rev"], &detail["counts"]["created"]), (&2.into(), &1.into()));
    assert_eq!(detail["rows_sha256"].as_str().unwrap().len(), 64);
    assert_eq!(lab.texts("SELECT run_id AS one FROM rev WHERE rev = 2").await, ["7"]);
}

async fn many_rows_of_every_chunk_size(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    // 1337 = 5 x 256 + 6 x 8 + 9: the last chunk of each size is met, and more than one IN list.
    let things: Vec<Thing> =
        (1..=1337).map(|n| Thing::new(n, &format!("web{n}")).tag("n", &n.to_string())).collect();
    estate.make(&lab.store, T0, &things).await;
    let renamed: Vec<Thing> = things
        .iter()
        .map(|thing| Thing { doc: doc(Kind::Vm, &format!("db{}", thing.number)), ..thing.clone() })
        .collect();
    let pairs: Vec<(Option<&Thing>, &Thing)> =
        things.iter().zip(&renamed).map(|(before, after)| (Some(before), after)).collect();
    estate.apply(&lab.store, at(1), &estate.plan(&pairs)).await;
    let now = lab.store.now(at(2)).await.unwrap();
    let count = async |query: &Query, point| {
        lab.store.asset_count(query, point, &Visibility::all(), None).await.unwrap().count
    };
    let text =
        |part: &str| Query::Text(cadastre_model::query::Glob { parts: vec![part.to_owned()] });
    assert_eq!(count(&text("web"), now).await, 0);
    assert_eq!(count(&text("db1"), now).await, 1 + 10 + 100 + 338);
    let any_tag = Query::Term {
        key: cadastre_model::terms::TermKey::Tag,
        test: cadastre_model::query::Test::Any,
    };
    assert_eq!(count(&any_tag, now).await, 0);
    let then = lab.store.as_of(T0, at(2)).await.unwrap();
    assert_eq!(count(&any_tag, then).await, 1337);
    assert_eq!(count(&text("web"), then).await, 1337);
    let open = "SELECT count(*) AS one FROM record_version WHERE rev_to > 1000";
    assert_eq!(lab.texts(open).await, ["1337"]);
}
