//! How many statements are sent: none for each row, each asset or each record.

use crate::support::{Estate, Lab, T0, Thing, at, intent};
use cadastre_model::query::{Glob, Query, Test};
use cadastre_model::{
    AssetId, Attr, Claim, Identifier, Kind, Lock, Observation, RelationType, TagLock, Target,
};
use cadastre_store::{ListRequest, Sort, SortKey, Visibility};
use std::collections::BTreeMap;

on_both! {
    a_list_of_any_length
    the_overview_of_any_estate
    an_asset_of_any_size
    a_batch_grows_by_its_chunks
    a_snapshot_of_any_batch
}

fn thing(number: i64) -> Thing {
    let mut thing = Thing::new(number, &format!("web{number}"))
        .identify(Identifier::mac(&format!(
            "02:00:00:00:{:02x}:{:02x}",
            number / 256,
            number % 256
        )))
        .identify(Identifier::ip(&format!("10.0.{}.{}", number / 256, number % 256)))
        .tag("team", "red")
        .interface("eth0", "02:00:00:00:00:01");
    let target = Target::Native(format!("vm-{}", number / 2));
    thing.claims = [Claim::new(RelationType::RunsOn, target)].into();
    thing
}

async fn sent(lab: &Lab, work: impl Future<Output = ()>) -> u64 {
    let before = lab.store.statements();
    work.await;
    lab.store.statements() - before
}

async fn a_list_of_any_length(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &(1..=60).map(thing).collect::<Vec<_>>()).await;
    let (now, all) = (lab.store.now(at(1)).await.unwrap(), Visibility::all());
    let text = Query::Text(Glob { parts: vec!["web".to_owned()] });
    let tag = Query::Tag { key: "team".to_owned(), test: Test::Is("red".to_owned()) };
    let related = Query::Related {
        relation: RelationType::RunsOn,
        reverse: true,
        other: Box::new(Query::Kind(Kind::Vm)),
    };
    let some = Query::all_of(vec![text.clone(), tag, related]);
    for query in [&Query::All, &text, &some] {
        for key in [SortKey::Name, SortKey::Attr(Attr::Owner)] {
            let mut counts = Vec::new();
            for limit in [1, 50] {
                let sort = Sort { key, descending: false };
                let visibility = &all;
                let request = ListRequest { query, at: now, visibility, sort, after: None, limit };
                counts.push(
                    sent(&lab, async {
                        let _ = lab.store.asset_list(&request).await.unwrap();
                    })
                    .await,
                );
            }
            assert_eq!(counts[0], counts[1], "{query}");
            assert!(counts[0] <= 4, "{query}: {counts:?}");
        }
    }
}

async fn the_overview_of_any_estate(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &(1..=60).map(thing).collect::<Vec<_>>()).await;
    let (now, all) = (lab.store.now(at(1)).await.unwrap(), Visibility::all());
    for limit in [1, 50] {
        let newest = sent(&lab, async {
            let news = lab.store.changes_newest(now, &all, limit).await.unwrap();
            assert_eq!(news.len(), limit as usize);
        });
        assert_eq!(newest.await, 1, "{limit}");
    }
    let activity = sent(&lab, async {
        lab.store.activity(T0).await.unwrap();
    });
    assert_eq!(activity.await, 1);
}

/// Asset 1 with so many records, all else in proportion.
async fn large(lab: &Lab, records: i64) {
    lab.reset().await;
    let estate = Estate::begin(&lab.store).await;
    let mut plan = estate.plan(&[(None, &thing(1))]);
    for number in 2..=records {
        let mut one = estate.plan(&[(None, &thing(number))]);
        one.links[0].asset = AssetId(1);
        plan.records.append(&mut one.records);
        plan.links.append(&mut one.links);
        let asset = &mut plan.assets[0].after;
        asset.interfaces.append(&mut one.assets[0].after.interfaces);
        asset.identifiers.append(&mut one.assets[0].after.identifiers);
    }
    for (number, interface) in plan.assets[0].after.interfaces.iter_mut().enumerate() {
        interface.native_id = format!("eth{number}");
    }
    let attrs = Attr::ALL.iter().take(usize::try_from(records).unwrap());
    let mut tx = lab.store.begin_write(intent(T0)).await.unwrap();
    tx.apply(&plan, &cadastre_model::Policy::default()).await.unwrap();
    for attr in attrs {
        let lock =
            Lock { attr: *attr, value: None, actor: String::new(), set_at: T0, effective_from: T0 };
        tx.lock_set(AssetId(1), &lock).await.unwrap();
        let tag = TagLock {
            key: attr.name().to_owned(),
            value: None,
            actor: String::new(),
            set_at: T0,
            effective_from: T0,
        };
        tx.tag_lock_set(AssetId(1), &tag, &cadastre_model::Policy::default()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn an_asset_of_any_size(lab: Lab) {
    let mut counts = Vec::new();
    for records in [1, 20] {
        large(&lab, records).await;
        let now = lab.store.now(at(1)).await.unwrap();
        counts.push(
            sent(&lab, async {
                let page = lab.store.asset_fetch(AssetId(1), now, &Visibility::all()).await;
                let page = page.unwrap().unwrap();
                assert_eq!(page.records.len() as i64, records);
                assert_eq!(page.locks.len() as i64, records);
                assert_eq!(page.tag_locks.len() as i64, records);
            })
            .await,
        );
    }
    assert_eq!(counts[0], counts[1]);
    // Of them one for the ports that its addresses were seen on, and one for the ports that people hold.
    assert!(counts[0] <= 9, "{counts:?}");
}

/// Statements that so many rows of one table take.
fn chunks(rows: u64) -> u64 {
    rows / 256 + rows % 256 / 64 + rows % 64 / 8 + rows % 8
}

async fn a_batch_grows_by_its_chunks(lab: Lab) {
    // A row in each of eleven tables, and terms: kind, name, tag, address, one more when changed.
    let rows_of_an_asset = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5];
    let fixed = 6;
    for count in [1, 8, 500, 1000] {
        lab.reset().await;
        let estate = Estate::begin(&lab.store).await;
        let things: Vec<Thing> = (1..=count).map(thing).collect();
        let made = sent(&lab, async {
            estate.make(&lab.store, T0, &things).await;
        })
        .await;
        let count = u64::try_from(count).unwrap();
        let most: u64 = rows_of_an_asset.iter().map(|rows| chunks(rows * count)).sum();
        assert!(
            made <= most + fixed,
            "{made} statements to make {count}, at most {most} + {fixed}"
        );

        let changed: Vec<Thing> =
            things.iter().map(|one| one.clone().tag("new", "tag").gone(T0)).collect();
        let pairs: Vec<(Option<&Thing>, &Thing)> =
            things.iter().zip(&changed).map(|(before, after)| (Some(before), after)).collect();
        let plan = estate.plan(&pairs);
        let sent = sent(&lab, async {
            estate.apply(&lab.store, at(1), &plan).await;
        })
        .await;
        let closing = 10 * (count / 100 + 1);
        assert!(sent <= most + closing + fixed, "{sent} statements to change {count}");
    }
}

async fn a_snapshot_of_any_batch(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let things: Vec<Thing> = (1..=900).map(thing).collect();
    estate.make(&lab.store, T0, &things).await;
    let mut counts = Vec::new();
    for count in [1, 900] {
        let seen: Vec<Observation> = things[..count].iter().map(Thing::observed).collect();
        counts.push(
            sent(&lab, async {
                let tx = lab.store.begin_write(intent(at(1))).await.unwrap();
                let scopes = BTreeMap::new();
                let found = tx.snapshot_for(&estate.source, &scopes, &seen, 3).await.unwrap();
                assert_eq!(found.records.len(), count);
                assert_eq!(found.assets.len(), count);
            })
            .await,
        );
    }
    assert_eq!(counts[0], counts[1]);
    assert!(counts[0] <= 14, "{counts:?}");
}
