//! Backup and restore: all of it comes back, or nothing is touched.

use crate::support::{Estate, Lab, T0, Thing, at, intent, raw, rows_of, write};
use cadastre_model::query::Query;
use cadastre_model::{
    AssetId, Attr, ConflictKind, ConflictWrite, Identifier, Lock, Plan, Policy, RecordKey, Role,
    TagLock,
};
use cadastre_store::{Party, RunError, SchemaState, Store, StoreError, Visibility};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

on_both! {
    everything_comes_back
    new_rows_get_new_numbers
    a_damaged_file_is_refused
    a_file_of_another_sort_is_refused
    a_database_that_holds_something_is_refused
    a_backup_of_a_newer_version_is_refused
    a_backup_is_of_one_moment
    a_backup_that_cannot_be_written_leaves_nothing
}

/// A register with something in every table that the store writes.
async fn register(lab: &Lab) -> Estate {
    let estate = Estate::begin(&lab.store).await;
    let odd = "it's \"odd\" \u{0} \\ 💾 \t\n %";
    let things: Vec<Thing> = (1..=30)
        .map(|n| {
            Thing::new(n, &format!("web{n} {odd}"))
                .identify(Identifier::mac(&format!("02:00:00:00:00:{n:02x}")))
                .identify(Identifier::ip(&format!("10.0.0.{n}")))
                .tag("team", odd)
                .interface(&format!("eth{n}"), "02:00:00:00:00:01")
        })
        .collect();
    estate.make(&lab.store, T0, &things).await;
    estate.change(&lab.store, at(1), &things[0], &things[0].clone().gone(T0)).await;
    let conflict = ConflictWrite {
        kind: ConflictKind::Suggestion {
            record: RecordKey(1),
            candidates: vec![AssetId(2)],
            evidence: Vec::new(),
        },
        reason: odd.to_owned(),
    };
    estate.apply(&lab.store, at(2), &Plan { conflicts: vec![conflict], ..Plan::default() }).await;
    let lock = Lock {
        attr: Attr::Owner,
        value: None,
        actor: "user:zoe".to_owned(),
        set_at: at(3),
        effective_from: at(3),
    };
    let tag = TagLock {
        key: odd.to_owned(),
        value: Some(odd.to_owned()),
        actor: "user:zoe".to_owned(),
        set_at: at(3),
        effective_from: at(3),
    };
    let zoe =
        Party { handle: "zoe".to_owned(), is_team: false, name: odd.to_owned(), active: true };
    write(&lab.store, at(3), async |tx| {
        tx.lock_set(AssetId(1), &lock).await?;
        tx.tag_lock_set(AssetId(1), &tag, &Policy::default()).await?;
        tx.party_put(&zoe).await?;
        tx.account_add("zoe", Role::Admin, None).await?;
        let run = tx.run_start(estate.source.id, "cloud", T0).await?;
        let error = RunError { scope: "eu".into(), subject: odd.into(), message: odd.into() };
        tx.run_errors_add(run, 0, &[error]).await?;
        tx.job_put("discover", "cloud", T0).await?;
        tx.audit("source.add", odd, Some(&serde_json::json!({ "odd": odd }))).await
    })
    .await;
    estate
}

async fn backup(lab: &Lab) -> PathBuf {
    let file = lab.path("register.backup");
    lab.store.backup(&file).await.unwrap();
    assert!(!lab.path("register.backup.part").exists());
    file
}

async fn everything_comes_back(lab: Lab) {
    register(&lab).await;
    let file = backup(&lab).await;
    let before = lab.rows();
    let (url, _database) = lab.empty();
    let restored = Store::restore(&url, &file).await.unwrap();
    assert_eq!(restored.schema_state().await.unwrap(), SchemaState::Current);
    let mut differences = rows_of(&url).since(&before);
    // When a migration was applied, what SQLite knows of its tables, and how an index is laid out
    // are no part of the register.
    differences.retain(|table, _| {
        let is_ours = !table.starts_with("sqlite_") && !table.starts_with("search_index");
        is_ours && table != "seaql_migrations"
    });
    assert_eq!(differences, BTreeMap::new());

    let (then, all) = (lab.store.now(at(9)).await.unwrap(), Visibility::all());
    assert_eq!(restored.now(at(9)).await.unwrap(), then);
    let text = Query::Text(cadastre_model::query::Glob { parts: vec!["web2".to_owned()] });
    let names = crate::support::names(&lab.store, &text, then).await;
    assert_eq!(names.len(), 11, "found by the restored index");
    assert_eq!(crate::support::names(&restored, &text, then).await, names);
    for id in [1, 17] {
        let page = lab.store.asset_fetch(AssetId(id), then, &all).await.unwrap();
        assert!(page.is_some());
        assert_eq!(restored.asset_fetch(AssetId(id), then, &all).await.unwrap(), page);
    }
    let check = restored.audit_check().await.unwrap();
    assert_eq!(check, lab.store.audit_check().await.unwrap());
    assert_eq!(check.broken, None);
}

async fn new_rows_get_new_numbers(lab: Lab) {
    let mut estate = register(&lab).await;
    // Numbers of rows that are there no more are not handed out again.
    lab.raw("DELETE FROM job").await;
    let last_job = lab.texts("SELECT max(id) AS one FROM job").await;
    assert_eq!(last_job, [""]);
    let file = backup(&lab).await;
    let (url, _database) = lab.empty();
    let restored = Store::restore(&url, &file).await.unwrap();
    let known: Vec<i64> =
        restored.conflict_list(true, 0, 99).await.unwrap().iter().map(|one| one.id).collect();
    let other = Estate::named(&restored, "other").await;
    assert!(other.source.id > estate.source.id && other.scope > estate.scope);
    estate.source = other.source.clone();
    let tx = restored.begin_write(intent(at(10))).await.unwrap();
    let next = tx.snapshot_of(&estate.source, []).await.unwrap();
    assert_eq!((next.next_record, next.next_asset), (RecordKey(31), AssetId(31)));
    drop(tx);
    other.make(&restored, at(11), &[Thing::new(31, "new")]).await;
    let held = ConflictKind::AgeingHeld { scope: other.scope, missing: 1, known: 1 };
    let conflict = ConflictWrite { kind: held, reason: String::new() };
    other.apply(&restored, at(12), &Plan { conflicts: vec![conflict], ..Plan::default() }).await;
    let all = restored.conflict_list(true, 0, 99).await.unwrap();
    assert_eq!(all.len(), known.len() + 1);
    assert!(known.iter().all(|id| *id < all.last().unwrap().id));
    assert_eq!(restored.audit_check().await.unwrap().broken, None);
}

/// Nothing is at the address, and no half of a file beside it.
async fn nothing_at(lab: &Lab, url: &str) {
    match cadastre_store::sqlite_path(url) {
        Some(file) => {
            let beside: Vec<_> = std::fs::read_dir(lab.folder())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .filter(|name| name.starts_with("empty.db"))
                .collect();
            assert_eq!(beside, Vec::<String>::new(), "{}", file.display());
        }
        None => {
            let store = Store::open_or_create(url).await.unwrap();
            assert_eq!(store.schema_state().await.unwrap(), SchemaState::Empty);
            store.close().await;
        }
    }
}

async fn refused(lab: &Lab, url: &str, file: &Path) -> String {
    let error = Store::restore(url, file).await.err().unwrap();
    assert!(matches!(error, StoreError::Backup { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains(file.to_str().unwrap()), "{text}");
    nothing_at(lab, url).await;
    text
}

async fn a_damaged_file_is_refused(lab: Lab) {
    register(&lab).await;
    let whole = std::fs::read(backup(&lab).await).unwrap();
    let (url, _database) = lab.empty();
    let file = lab.path("damaged.backup");
    for length in [0, 10, 100, whole.len() / 2, whole.len() - 100, whole.len() - 1] {
        std::fs::write(&file, &whole[..length]).unwrap();
        let why = refused(&lab, &url, &file).await;
        assert!(why.contains("backup"), "cut at {length}: {why}");
    }
    for at in [200, whole.len() / 3, whole.len() / 2, whole.len() - 200, whole.len() - 20] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(&file, &changed).unwrap();
        refused(&lab, &url, &file).await;
    }
    std::fs::write(&file, [&whole[..], b"\n"].concat()).unwrap();
    refused(&lab, &url, &file).await;
    // The very same file, whole.
    std::fs::write(&file, &whole).unwrap();
    Store::restore(&url, &file).await.unwrap();
}

async fn a_file_of_another_sort_is_refused(lab: Lab) {
    let (url, _database) = lab.empty();
    let file = lab.path("notes.txt");
    std::fs::write(&file, "remember the milk\n").unwrap();
    let why = refused(&lab, &url, &file).await;
    assert!(why.contains("expected a file that `cadastre backup` wrote"), "{why}");
    refused(&lab, &url, &lab.path("nowhere")).await;
    refused(&lab, &url, lab.folder()).await;
    let Some(other) = (match lab.is_sqlite() {
        true => Lab::postgres().await,
        false => Some(Lab::sqlite().await),
    }) else {
        return;
    };
    let why = refused(&lab, &url, &backup(&other).await).await;
    let sort = if lab.is_sqlite() { "SQLite" } else { "PostgreSQL" };
    assert!(why.contains(sort), "{why}");
}

async fn a_database_that_holds_something_is_refused(lab: Lab) {
    register(&lab).await;
    let file = backup(&lab).await;
    let before = lab.rows();
    let error = Store::restore(lab.url(), &file).await.err().unwrap();
    assert!(matches!(error, StoreError::Backup { .. }), "{error}");
    assert_eq!(lab.rows().since(&before), BTreeMap::new());
    if lab.is_sqlite() {
        // What is left of a database that was moved away would be taken for part of the new one.
        let (url, _) = lab.empty();
        std::fs::write(lab.path("empty.db-wal"), "old").unwrap();
        let error = Store::restore(&url, &file).await.err().unwrap().to_string();
        assert!(error.contains("empty.db-wal"), "{error}");
        assert!(!lab.path("empty.db").exists());
    }
}

async fn a_backup_of_a_newer_version_is_refused(lab: Lab) {
    raw(lab.url(), "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_dreams', 0)")
        .await;
    let file = backup(&lab).await;
    let (url, _database) = lab.empty();
    let error = Store::restore(&url, &file).await.err().unwrap();
    assert!(matches!(error, StoreError::Newer { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("m9999_dreams") && text.contains("register.backup"), "{text}");
    assert!(!text.contains(".part"), "{text}");
    nothing_at(&lab, &url).await;
}

async fn a_backup_is_of_one_moment(lab: Lab) {
    let estate = register(&lab).await;
    let store = lab.store.clone();
    let writing = tokio::spawn(async move {
        for number in 31..60 {
            estate.make(&store, at(number), &[Thing::new(number, "more")]).await;
        }
    });
    let file = backup(&lab).await;
    writing.await.unwrap();
    let (url, _database) = lab.empty();
    let restored = Store::restore(&url, &file).await.unwrap();
    let rows = rows_of(&url);
    let rev = restored.now(at(99)).await.unwrap().rev.0;
    assert_eq!(rows.count("rev"), usize::try_from(rev).unwrap());
    assert_eq!(rows.count("asset"), rows.count("record"));
    assert_eq!(rows.count("asset"), rows.count("link"));
    assert_eq!(restored.audit_check().await.unwrap().broken, None);
}

async fn a_backup_that_cannot_be_written_leaves_nothing(lab: Lab) {
    let file = backup(&lab).await;
    let before = std::fs::read(&file).unwrap();
    let error = lab.store.backup(&file).await.unwrap_err();
    assert!(error.to_string().contains("is there already"), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    let nowhere = lab.path("no/such/folder/x.backup");
    let error = lab.store.backup(&nowhere).await.unwrap_err();
    assert!(error.to_string().contains("no/such/folder"), "{error}");
    // What an earlier try left behind is no obstacle.
    let part = lab.path("again.backup.part");
    std::fs::write(part, "half").unwrap();
    lab.store.backup(&lab.path("again.backup")).await.unwrap();
    assert!(!lab.path("again.backup.part").exists());
}
