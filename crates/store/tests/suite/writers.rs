//! Transactions: one after the other, dated, all or nothing.

use crate::support::{Estate, Lab, T0, Thing, at, intent};
use cadastre_model::{Policy, Rev};
use cadastre_store::{Intent, Party, Store, StoreError, Urgency};
use std::collections::BTreeMap;

on_both! {
    writers_take_consecutive_revisions
    revisions_are_never_dated_before_the_last
    as_of_is_the_last_revision_by_then
    a_dropped_transaction_leaves_nothing
    a_failed_statement_leaves_nothing
    a_writer_cut_off_leaves_nothing
    a_transaction_that_changes_nothing_takes_no_revision
    people_go_before_batches
}

fn party(handle: &str) -> Party {
    let name = handle.to_uppercase();
    Party { handle: handle.to_owned(), is_team: false, name, active: true }
}

async fn writers_take_consecutive_revisions(lab: Lab) {
    // Two tasks of one process, and one of another.
    let another = Store::open(lab.url()).await.unwrap();
    let mut tasks = Vec::new();
    for (writer, store) in [&lab.store, &lab.store, &another].into_iter().enumerate() {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            let mut revs = Vec::new();
            for number in 0..10 {
                let mut tx = store.begin_write(intent(T0)).await.unwrap();
                tx.party_put(&party(&format!("p{writer}-{number}"))).await.unwrap();
                tokio::task::yield_now().await;
                revs.push(tx.commit().await.unwrap().unwrap().0);
            }
            revs
        }));
    }
    let mut revs = Vec::new();
    for task in tasks {
        revs.extend(task.await.unwrap());
    }
    revs.sort_unstable();
    assert_eq!(revs, (1..=30).collect::<Vec<i64>>());
    assert_eq!(lab.store.now(T0).await.unwrap().rev, Rev(30));
}

/// A request whose client has gone is dropped wherever it waits.
async fn a_writer_cut_off_leaves_nothing(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let things: Vec<Thing> = (1..=400).map(|n| Thing::new(n, &format!("web{n}"))).collect();
    let before = lab.rows();
    for patience in [0, 1, 3, 10, 30] {
        let (estate, things, store) = (estate.clone(), things.clone(), lab.store.clone());
        let writing = tokio::spawn(async move {
            let mut tx = store.begin_write(intent(T0)).await.unwrap();
            loop {
                let plan = estate.plan(&things.iter().map(|one| (None, one)).collect::<Vec<_>>());
                tx.apply(&plan, &Policy::default()).await.unwrap();
                tx.party_put(&party("zoe")).await.unwrap();
                tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            }
        });
        tokio::time::sleep(std::time::Duration::from_millis(patience)).await;
        writing.abort();
        assert!(writing.await.unwrap_err().is_cancelled());
        let tx = lab.store.begin_write(intent(T0)).await.unwrap();
        assert_eq!(tx.rev(), Rev(2));
        drop(tx);
    }
    estate.apply(&lab.store, T0, &cadastre_model::Plan::default()).await;
    assert_eq!(lab.rows().since(&before), BTreeMap::new());
}

async fn revisions_are_never_dated_before_the_last(lab: Lab) {
    for (number, seconds) in [10, 5, 10, 20, 0].into_iter().enumerate() {
        let mut tx = lab.store.begin_write(intent(at(seconds))).await.unwrap();
        assert_eq!(tx.moment(), at(seconds.max([10, 10, 10, 20, 20][number])));
        tx.party_put(&party(&format!("p{number}"))).await.unwrap();
        tx.commit().await.unwrap();
    }
    let dates = lab.texts("SELECT committed_at AS one FROM rev ORDER BY rev").await;
    assert!(dates.is_sorted(), "{dates:?}");
}

async fn as_of_is_the_last_revision_by_then(lab: Lab) {
    for (number, seconds) in [10, 10, 20].into_iter().enumerate() {
        let mut tx = lab.store.begin_write(intent(at(seconds))).await.unwrap();
        tx.party_put(&party(&format!("p{number}"))).await.unwrap();
        tx.commit().await.unwrap();
    }
    for (moment, rev) in [(9, 0), (10, 2), (19, 2), (20, 3), (30, 3)] {
        let point = lab.store.as_of(at(moment), at(30)).await.unwrap();
        assert_eq!((point.rev, point.moment), (Rev(rev), at(moment)));
        let parties = lab.store.party_list(point).await.unwrap();
        assert_eq!(parties.len(), usize::try_from(rev).unwrap());
    }
    let error = lab.store.as_of(at(31), at(30)).await.unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "{error}");
    assert!(error.to_string().contains("has not come yet"), "{error}");
}

async fn a_dropped_transaction_leaves_nothing(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let before = lab.rows();
    let mut tx = lab.store.begin_write(intent(T0)).await.unwrap();
    let plan = estate.plan(&[(None, &Thing::new(1, "web01"))]);
    tx.apply(&plan, &Policy::default()).await.unwrap();
    tx.party_put(&party("zoe")).await.unwrap();
    drop(tx);
    // The next writer gets its turn, and the numbers that were not taken.
    assert_eq!(estate.make(&lab.store, T0, &[Thing::new(1, "web01")]).await, Rev(2));
    let tables: Vec<String> = lab.rows().since(&before).into_keys().collect();
    assert!(!tables.contains(&"party".to_owned()), "{tables:?}");
}

async fn a_failed_statement_leaves_nothing(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &[Thing::new(1, "web01")]).await;
    let before = lab.rows();
    let mut tx = lab.store.begin_write(intent(at(1))).await.unwrap();
    tx.party_put(&party("zoe")).await.unwrap();
    // The asset is there already, so it cannot be made.
    let plan = estate.plan(&[(None, &Thing::new(2, "new")), (None, &Thing::new(1, "web01"))]);
    assert!(tx.apply(&plan, &Policy::default()).await.is_err());
    drop(tx);
    estate.apply(&lab.store, at(2), &cadastre_model::Plan::default()).await;
    assert_eq!(lab.rows().since(&before), BTreeMap::new());
}

async fn a_transaction_that_changes_nothing_takes_no_revision(lab: Lab) {
    let before = lab.rows();
    let tx = lab.store.begin_write(intent(at(1))).await.unwrap();
    assert_eq!(tx.rev(), Rev(1));
    assert_eq!(tx.commit().await.unwrap(), None);
    assert_eq!(lab.rows().since(&before), BTreeMap::new());
}

async fn people_go_before_batches(lab: Lab) {
    let first = lab.store.begin_write(intent(T0)).await.unwrap();
    let mut tasks = Vec::new();
    for (handle, urgency) in [("run", Urgency::Batch), ("zoe", Urgency::Interactive)] {
        let store = lab.store.clone();
        tasks.push(tokio::spawn(async move {
            let wish = Intent { urgency, ..intent(T0) };
            let mut tx = store.begin_write(wish).await.unwrap();
            tx.party_put(&party(handle)).await.unwrap();
            (handle, tx.commit().await.unwrap().unwrap())
        }));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    drop(first);
    let mut order = Vec::new();
    for task in tasks {
        order.push(task.await.unwrap());
    }
    order.sort_by_key(|(_, rev)| *rev);
    let handles: Vec<&str> = order.iter().map(|(handle, _)| *handle).collect();
    assert_eq!(handles, ["zoe", "run"], "the batch waited first, the person goes first");
}
