//! Versions of a database: empty, older, current, newer; and the way up.

use crate::support::{Estate, Lab, T0, Thing, at, raw, rows_of};
use cadastre_model::{Claim, RelationType, Target};
use cadastre_store::{SchemaState, Store, StoreError};
use std::collections::BTreeMap;

on_both! {
    an_empty_database_is_missing
    an_older_database_is_backed_up_and_migrated
    old_runs_show_what_they_changed
    a_newer_database_is_refused
    a_migration_that_fails_changes_nothing
    two_processes_migrate_at_once
}

/// How many migrations there are from the fourth on.
const LATER: usize = 7;

/// As if the last migrations were not there yet.
const WITHOUT_RUN_PROGRESS: &str = "DROP TABLE held_port; DROP TABLE scope_mark; \
     ALTER TABLE run_scope DROP COLUMN is_increment; DROP TABLE sighting; DROP INDEX rev_run; ALTER TABLE run DROP COLUMN progress; \
     ALTER TABLE run DROP COLUMN stop_by; ALTER TABLE run DROP COLUMN stop_at; \
     ALTER TABLE job DROP COLUMN asked_by; \
     DELETE FROM seaql_migrations WHERE version >= 'm0007_run_progress'";

/// As if the others from the fourth on were not there yet either.
const WITHOUT_FOLLOWED: &str = "DROP TABLE held_tag; DROP TABLE api_token; \
     DROP TABLE touched; \
     DROP INDEX claim_target; ALTER TABLE claim DROP COLUMN source_id; \
     CREATE INDEX claim_target ON claim (relation, scheme, target, record_key, rev_from, rev_to); \
     CREATE INDEX asset_version_rev ON asset_version (rev_from); \
     DELETE FROM seaql_migrations WHERE version >= 'm0004_followed'";

async fn an_empty_database_is_missing(lab: Lab) {
    let (url, _database) = lab.empty();
    if lab.is_sqlite() {
        let error = Store::open(&url).await.err().unwrap();
        assert!(matches!(error, StoreError::Missing { .. }), "{error}");
        assert!(!lab.path("empty.db").exists(), "asking does not make a file");
    }
    let made = Store::open_or_create(&url).await.unwrap();
    assert_eq!(made.schema_state().await.unwrap(), SchemaState::Empty);
    let error = Store::open(&url).await.err().unwrap();
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
    assert!(error.to_string().contains("cadastre migrate"), "{error}");

    assert_eq!(made.migrate(lab.folder()).await.unwrap(), None, "there is nothing to back up");
    assert_eq!(made.schema_state().await.unwrap(), SchemaState::Current);
    assert_eq!(made.migrate(lab.folder()).await.unwrap(), None, "there is nothing to do");
    Store::open(&url).await.unwrap().ping().await.unwrap();
}

async fn an_older_database_is_backed_up_and_migrated(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let mut thing = Thing::new(1, "web01");
    let target = Target::Native("host-1".to_owned());
    thing.claims = [Claim::new(RelationType::RunsOn, target)].into();
    estate.make(&lab.store, T0, &[thing]).await;
    lab.raw(WITHOUT_RUN_PROGRESS).await;
    lab.raw(WITHOUT_FOLLOWED).await;
    let before = lab.rows();
    let error = Store::open(lab.url()).await.err().unwrap();
    assert!(matches!(error, StoreError::Older { .. }), "{error}");
    assert_eq!(lab.store.schema_state().await.unwrap(), SchemaState::Older(LATER));

    let backup = lab.store.migrate(lab.folder()).await.unwrap().unwrap();
    assert_eq!(lab.store.schema_state().await.unwrap(), SchemaState::Current);
    let store = Store::open(lab.url()).await.unwrap();
    assert_eq!(store.now(at(1)).await.unwrap().rev.0, 2, "what was there is there");
    let sources = lab.texts("SELECT CAST(source_id AS TEXT) AS one FROM claim").await;
    assert_eq!(sources, [estate.source.id.to_string()], "a claim knows whose it is");

    // The backup holds what was there, in the old version.
    let (url, _database) = lab.empty();
    let restored = Store::restore(&url, &backup).await.unwrap();
    assert_eq!(restored.schema_state().await.unwrap(), SchemaState::Older(LATER));
    assert_eq!(rows_of(&url).count("asset_version"), before.count("asset_version"));

    // Again, with the same folder: the first backup stays.
    lab.raw(WITHOUT_RUN_PROGRESS).await;
    lab.raw(WITHOUT_FOLLOWED).await;
    let another = lab.store.migrate(lab.folder()).await.unwrap().unwrap();
    assert!(another != backup && another.exists() && backup.exists());
}

async fn old_runs_show_what_they_changed(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let things = [Thing::new(1, "web01"), Thing::new(2, "web02")];
    estate.make(&lab.store, T0, &things).await;
    estate.change(&lab.store, at(1), &things[1], &Thing::new(2, "web02b")).await;
    let touched = "SELECT CAST(rev AS TEXT) || '.' || CAST(asset_id AS TEXT) AS one FROM touched \
                   ORDER BY rev, asset_id";
    let before = lab.texts(touched).await;
    assert_eq!(before.len(), 3);
    lab.raw("DELETE FROM touched").await;
    lab.raw(WITHOUT_RUN_PROGRESS).await;
    lab.store.migrate(lab.folder()).await.unwrap();
    assert_eq!(lab.texts(touched).await, before);
}

async fn a_newer_database_is_refused(lab: Lab) {
    lab.raw("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_dreams', 0)").await;
    let before = lab.rows();
    for error in [
        Store::open(lab.url()).await.err().unwrap(),
        lab.store.migrate(lab.folder()).await.unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Newer { .. }), "{error}");
        assert!(error.to_string().contains("m9999_dreams"), "{error}");
    }
    assert_eq!(lab.rows().since(&before), BTreeMap::new());
}

async fn a_migration_that_fails_changes_nothing(lab: Lab) {
    lab.raw(WITHOUT_FOLLOWED).await;
    lab.raw("CREATE TABLE touched (id INTEGER)").await;
    let before = lab.rows();
    let error = lab.store.migrate(lab.folder()).await.unwrap_err();
    assert!(error.to_string().starts_with("migrating: "), "{error}");
    let after = lab.rows();
    assert_eq!(after.since(&before), BTreeMap::new());
    let indexes = lab.texts(INDEXES_OF[usize::from(lab.is_sqlite())]).await;
    assert!(indexes.contains(&"asset_version_rev".to_owned()), "dropped before the failure");
    assert_eq!(lab.store.schema_state().await.unwrap(), SchemaState::Older(LATER));
}

const INDEXES_OF: [&str; 2] = [
    "SELECT indexname AS one FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT name AS one FROM sqlite_master WHERE type = 'index'",
];

async fn two_processes_migrate_at_once(lab: Lab) {
    let (url, _database) = lab.empty();
    let one = Store::open_or_create(&url).await.unwrap();
    let other = Store::open_or_create(&url).await.unwrap();
    let (one, other) = tokio::join!(one.migrate(lab.folder()), other.migrate(lab.folder()));
    assert_eq!((one.unwrap(), other.unwrap()), (None, None));
    let store = Store::open(&url).await.unwrap();
    assert_eq!(store.schema_state().await.unwrap(), SchemaState::Current);
}

#[tokio::test]
async fn addresses_that_are_none_are_refused() {
    let error = Store::open("mysql://u:secret@h/db").await.err().unwrap().to_string();
    assert!(error.contains("mysql://u:***@h/db") && error.contains("sqlite:///"), "{error}");
    let error = Store::open_or_create("sqlite:///nowhere/at/all/x.db").await.err().unwrap();
    assert!(error.to_string().contains("/nowhere/at/all/x.db"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("notes.txt");
    let notes = "remember the milk\n".repeat(100);
    std::fs::write(&file, &notes).unwrap();
    let error = Store::open(&format!("sqlite://{}", file.display())).await.err().unwrap();
    assert!(error.to_string().contains("notes.txt"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), notes);
}

#[cfg(unix)]
#[tokio::test]
async fn the_database_and_its_backups_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let lab = Lab::sqlite().await;
    let backup = lab.path("register.backup");
    lab.store.backup(&backup).await.unwrap();
    let copy = lab.path("copy.db");
    Store::restore(&format!("sqlite://{}", copy.display()), &backup).await.unwrap();
    for file in [lab.path("register.db"), lab.path("register.db-wal"), backup, copy] {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn a_path_may_hold_any_character() {
    let folder = tempfile::TempDir::new().unwrap();
    for name in ["a b.db", "100%25.db", "#1.db", "zoë.db"] {
        let file = folder.path().join(name);
        let url = format!("sqlite://{}", file.display());
        let store = Store::open_or_create(&url).await.unwrap();
        store.migrate(folder.path()).await.unwrap();
        assert!(file.exists(), "{name}");
        raw(&url, "SELECT 1").await;
    }
}
