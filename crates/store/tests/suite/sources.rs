//! Sources: their settings with a past, removal, the same name again, their scopes.

use crate::support::{Estate, Lab, T0, Thing, at, intent, write};
use cadastre_model::query::Query;
use cadastre_model::{SourceKind, Timestamp};
use cadastre_store::{StoreError, WriteTx};
use std::collections::BTreeSet;

on_both! {
    settings_are_versions
    a_name_is_taken_once
    a_removed_source_leaves_its_records
    scopes_keep_their_ids
    the_last_settings_of_a_transaction_stand
    what_was_changed_meanwhile_no_longer_stands
}

async fn what_was_changed_meanwhile_no_longer_stands(lab: Lab) {
    let empty = serde_json::json!({});
    let add =
        async |tx: &mut WriteTx<'_>| tx.source_add("cloud", SourceKind::Aws, None, &empty).await;
    let id = write(&lab.store, T0, add).await;
    let read = lab.store.source_fetch("cloud").await.unwrap();
    write(&lab.store, at(1), async |tx| tx.source_stands(&read).await).await;
    write(&lab.store, at(2), async |tx| tx.source_change(id, false, None, &empty).await).await;
    let again = lab.store.source_fetch("cloud").await.unwrap();
    write(&lab.store, at(3), async |tx| tx.source_stands(&again).await).await;
    for (row, now) in [(read, 4), (again, 6)] {
        let mut tx = lab.store.begin_write(intent(at(now))).await.unwrap();
        let error = tx.source_stands(&row).await.unwrap_err();
        assert!(matches!(error, StoreError::Changed { .. }), "{error}");
        if now == 4 {
            tx.source_remove(id).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
}

async fn settings_are_versions(lab: Lab) {
    let settings = serde_json::json!({ "regions": ["eu-1"], "odd": "it's \u{0} \"§\" 💾" });
    let id = write(&lab.store, T0, async |tx| {
        tx.source_add("cloud", SourceKind::Aws, Some("0 3 * * *"), &settings).await
    })
    .await;
    let source = lab.store.source_fetch("cloud").await.unwrap();
    assert_eq!((source.id, source.name.as_str(), source.kind), (id, "cloud", SourceKind::Aws));
    assert_eq!((source.enabled, source.schedule.as_deref()), (true, Some("0 3 * * *")));
    assert_eq!(source.settings, settings);
    assert_eq!(source.reference().name, "cloud");
    let other = serde_json::json!({});
    write(&lab.store, at(1), async |tx| tx.source_change(id, false, None, &other).await).await;
    let source = lab.store.source_fetch("cloud").await.unwrap();
    assert_eq!((source.enabled, source.schedule, source.settings), (false, None, other));
    let versions = "SELECT rev_from AS one FROM source_version ORDER BY rev_from";
    assert_eq!(lab.texts(versions).await, ["1", "2"], "the old settings are kept");
    let error = lab.store.source_fetch("clod").await.unwrap_err();
    assert!(matches!(error, StoreError::Unknown { .. }), "{error}");
}

async fn a_name_is_taken_once(lab: Lab) {
    let one = Estate::begin(&lab.store).await;
    let empty = serde_json::json!({});
    let mut tx = lab.store.begin_write(intent(at(1))).await.unwrap();
    let error = tx.source_add("cloud", SourceKind::Snmp, None, &empty).await.unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }), "{error}");
    drop(tx);
    let mut ids = vec![one.source.id];
    for round in 0..2 {
        let now = at(10 + round);
        write(&lab.store, now, async |tx| tx.source_remove(*ids.last().unwrap()).await).await;
        assert!(lab.store.source_fetch("cloud").await.is_err());
        assert_eq!(lab.store.source_list().await.unwrap(), []);
        ids.push(Estate::begin(&lab.store).await.source.id);
    }
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 3, "the same name, another source");
    Estate::named(&lab.store, "Aws").await;
    let names: Vec<String> =
        lab.store.source_list().await.unwrap().into_iter().map(|source| source.name).collect();
    assert_eq!(names, ["Aws", "cloud"]);
}

async fn a_removed_source_leaves_its_records(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &[Thing::new(1, "web01")]).await;
    write(&lab.store, at(1), async |tx| tx.source_remove(estate.source.id).await).await;
    // A source of the same name later may speak of the same native id.
    let again = Estate::begin(&lab.store).await;
    let thing = Thing { native_id: "vm-1".to_owned(), ..Thing::new(2, "web02") };
    again.make(&lab.store, at(3), &[thing]).await;
    let now = lab.store.now(at(9)).await.unwrap();
    assert_eq!(crate::support::names(&lab.store, &Query::All, now).await, ["web01", "web02"]);
    let page = lab
        .store
        .asset_fetch(cadastre_model::AssetId(1), now, &cadastre_store::Visibility::all())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(page.records[0].source, "cloud");
}

async fn scopes_keep_their_ids(lab: Lab) {
    let (one, other) = (Estate::begin(&lab.store).await, Estate::named(&lab.store, "other").await);
    let ensure = async |source, names: &[&str]| {
        let names: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
        write(&lab.store, at(1), async |tx| tx.scopes_ensure(source, &names).await).await
    };
    let scopes = ensure(one.source.id, &["eu", "us"]).await;
    assert_eq!(scopes["eu"], one.scope);
    assert_eq!(ensure(one.source.id, &["us"]).await, scopes, "all of them, the same");
    assert_ne!(ensure(other.source.id, &["us"]).await["us"], scopes["us"]);
    let (long, odd) = ("dc=".repeat(2000), "a\u{0}b");
    let first = ensure(one.source.id, &[&long, odd]).await;
    let second = ensure(one.source.id, &[&long, odd]).await;
    assert_eq!((first[&long], first[odd]), (second[&long], second[odd]));
    assert_ne!(first[&long], first[odd]);
}

async fn the_last_settings_of_a_transaction_stand(lab: Lab) {
    let [first, last] = [1, 2].map(|number| serde_json::json!({ "number": number }));
    let id = write(&lab.store, Timestamp(1), async |tx| {
        let id = tx.source_add("cloud", SourceKind::Aws, None, &first).await?;
        tx.source_change(id, true, None, &last).await?;
        Ok(id)
    })
    .await;
    assert_eq!(lab.store.source_fetch("cloud").await.unwrap().settings, last);
    write(&lab.store, Timestamp(2), async |tx| {
        tx.source_change(id, true, None, &first).await?;
        tx.source_change(id, false, None, &first).await
    })
    .await;
    assert!(!lab.store.source_fetch("cloud").await.unwrap().enabled);
}
