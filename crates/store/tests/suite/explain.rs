//! On SQLite the usual lookups go by the indexes made for them: what is selective reads no table
//! from end to end, and a list without a selective part is walked in its order. What the overview asks
//! goes by indexes on PostgreSQL too, which plans by how much there is: there, of a large register.
//!
//! The plans are those of the very statements that the store sends, with and without statistics.

use crate::support::{Estate, Lab, T0, Thing, at, intent, write};
use cadastre_model::query::{UtcDays, parse};
use cadastre_model::{
    AssetId, Attr, Claim, Identifier, Kind, Observation, Policy, RelationType, RunId, Target, Value,
};
use cadastre_store::{Intent, ListRequest, Sort, Visibility};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Row};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tracing_subscriber::layer::{Context, SubscriberExt};

/// Shapes of lookups, and a step that the plan of the list must have.
const SHAPES: [(&str, &str); 14] = [
    ("web0123", "VIRTUAL TABLE INDEX"),
    ("10.0.1.7", "SEARCH t USING PRIMARY KEY (key=? AND value=?)"),
    ("10.0.1.0/28", "SEARCH t USING PRIMARY KEY (key=? AND value>? AND value<?)"),
    ("02:00:00:00:01:07", "SEARCH i USING PRIMARY KEY (scheme=? AND value=?)"),
    ("01:07", "SEARCH i USING INDEX identifier_tail (tail>? AND tail<?)"),
    ("02:00:00:00:01", "SEARCH i USING PRIMARY KEY (scheme=? AND value>? AND value<?)"),
    ("423a5f10-9c77-11ee-8b2d-000000000107", "SEARCH i USING PRIMARY KEY (scheme=? AND value=?)"),
    ("arn:aws:ec2:eu-1:1:instance/i-263", "SEARCH i USING PRIMARY KEY (scheme=? AND value=?)"),
    ("name:web0123", "SEARCH t USING PRIMARY KEY (key=? AND value=?)"),
    ("name:web012*", "SEARCH t USING PRIMARY KEY (key=? AND value>? AND value<?)"),
    ("kind:vm tag:team=team7", "SEARCH t USING PRIMARY KEY (key=? AND value=?)"),
    ("id:42", "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)"),
    ("runs-on:name:esx3", "SEARCH c USING COVERING INDEX claim_target"),
    ("~runs-on:name:web0123", "SEARCH c USING PRIMARY KEY (record_key=? AND relation=?"),
];

/// Tables that grow with the estate, by the names they have in statements.
const LARGE: [&str; 16] =
    ["a", "c", "h", "i", "l", "o", "ol", "r", "rv", "s", "sl", "t", "v", "v1", "w", "i2"];

async fn estate(lab: &Lab) -> (Estate, Vec<Thing>) {
    let estate = Estate::begin(&lab.store).await;
    let thing = |number: i64| {
        let (high, low) = (number / 256, number % 256);
        let hex = format!("{high:02x}:{low:02x}");
        let mut thing = Thing::new(number, &format!("web{number:04}"))
            .identify(Identifier::mac(&format!("02:00:00:00:{hex}")))
            .identify(Identifier::ip(&format!("10.0.{high}.{low}")))
            .identify(Identifier::smbios_uuid(&format!("423a5f10-9c77-11ee-8b2d-{number:012x}")))
            .identify(Identifier::aws_arn(&format!("arn:aws:ec2:eu-1:1:instance/i-{number}")))
            .tag("team", &format!("team{}", number % 40));
        thing.doc.attributes.insert(Attr::Memory, Value::Int(number << 20));
        let target = Target::Native(format!("vm-{}", 1000 + number % 10));
        thing.claims = [Claim::new(RelationType::RunsOn, target)].into();
        thing
    };
    let mut things: Vec<Thing> = (1..=600).map(thing).collect();
    things.extend((0..10).map(|number| {
        let mut host = Thing::new(1000 + number, &format!("esx{number}"));
        host.doc.kind = Kind::Server;
        host
    }));
    estate.make(&lab.store, T0, &things).await;
    (estate, things)
}

/// Keeps the text of every statement that the store sends.
#[derive(Clone, Default)]
struct Sent(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Sent {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        struct Text(Option<String>);
        impl tracing::field::Visit for Text {
            fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
                if field.name() == "sql" {
                    self.0 = Some(value.to_owned());
                }
            }
            fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
        }
        if event.metadata().target() == "cadastre_store::sql" {
            let mut text = Text(None);
            event.record(&mut text);
            self.0.lock().unwrap().extend(text.0);
        }
    }
}

/// What the store sends while it does some work.
async fn listened(work: impl Future<Output = ()>) -> Vec<String> {
    let sent = Sent::default();
    let layers = tracing_subscriber::registry().with(sent.clone());
    let listening = tracing::subscriber::set_default(layers);
    work.await;
    drop(listening);
    std::mem::take(&mut *sent.0.lock().unwrap())
}

/// A step of a plan: what is done, and within which other step.
struct Step {
    within: i64,
    told: String,
}

/// The steps by which SQLite carries a statement out.
async fn plan(lab: &Lab, sql: &str) -> Vec<Step> {
    let mut connection =
        SqliteConnectOptions::new().filename(lab.path("register.db")).connect().await.unwrap();
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = sqlx::query(explain).fetch_all(&mut connection).await.unwrap();
    rows.iter().map(|row| Step { within: row.get("parent"), told: row.get("detail") }).collect()
}

fn told(plan: &[Step]) -> String {
    plan.iter().map(|step| step.told.as_str()).collect::<Vec<_>>().join("\n")
}

/// The plans of what the store sends for a query's first page and its count.
async fn plans(lab: &Lab, text: &str) -> Vec<Vec<Step>> {
    let query = &parse(text, &UtcDays).unwrap();
    let (at, all) = (lab.store.now(at(1)).await.unwrap(), Visibility::all());
    let sort = Sort::default();
    let request = ListRequest { query, at, visibility: &all, sort, after: None, limit: 50 };
    let sent = listened(async {
        lab.store.asset_list(&request).await.unwrap();
        lab.store.asset_count(query, at, &all, Some(10_000)).await.unwrap();
    })
    .await;
    assert!(sent.iter().any(|sql| sql.contains("ORDER BY")), "the list was listened to");
    let mut plans = Vec::new();
    for sql in sent {
        plans.push(plan(lab, &sql).await);
    }
    plans
}

/// Steps that read one of these tables from end to end; a part of the statement that goes by the
/// same name is none.
fn scans<'a>(plan: &'a [Step], tables: &[&str]) -> Vec<&'a str> {
    let is_part = |name: &str| {
        let parts = ["CO-ROUTINE", "MATERIALIZE"].map(|word| format!("{word} {name}"));
        plan.iter().any(|step| parts.contains(&step.told))
    };
    let is_scan = |step: &&str| {
        let name = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
        name.is_some_and(|name| tables.contains(&name) && !is_part(name))
    };
    plan.iter().map(|step| step.told.as_str()).filter(is_scan).collect()
}

async fn selective(lab: &Lab, with: &str) {
    for (query, step) in SHAPES {
        let plans = plans(lab, query).await;
        for plan in &plans {
            let told = told(plan);
            assert_eq!(scans(plan, &LARGE), Vec::<&str>::new(), "{query} {with}:\n{told}");
        }
        let told = plans.iter().map(|plan| told(plan)).collect::<Vec<_>>().join("\n");
        assert!(told.contains(step), "{query} {with}: no `{step}` in\n{told}");
    }
}

#[tokio::test]
async fn selective_lookups_go_by_their_index() {
    let lab = Lab::sqlite().await;
    estate(&lab).await;
    selective(&lab, "without statistics").await;
    lab.raw("ANALYZE").await;
    // A statement that is prepared already keeps its plan; so does a connection what it knows.
    let lab = lab.reopened().await;
    selective(&lab, "with statistics").await;
}

#[tokio::test]
async fn broad_lists_are_walked_in_their_order() {
    let lab = Lab::sqlite().await;
    estate(&lab).await;
    for query in ["", "-owner:*", "is:on", "seen<30d -tag:team=team7", "-runs-on:*"] {
        let plans = plans(&lab, query).await;
        let walk = plans.iter().find_map(|plan| {
            let is_walk = |step: &&Step| {
                step.told.starts_with("SCAN v USING") && step.told.ends_with("asset_version_name")
            };
            Some((plan, plan.iter().find(is_walk)?))
        });
        let Some((plan, walk)) = walk else { panic!("{query} is not walked") };
        // Sorting the page that was found is no matter; sorting what is walked would be.
        let is_sorted = plan.iter().any(|step| {
            step.within == walk.within && step.told.contains("TEMP B-TREE FOR ORDER BY")
        });
        assert!(!is_sorted, "{query}:\n{}", told(plan));
    }
}

#[tokio::test]
async fn an_asset_is_read_by_its_keys() {
    let lab = Lab::sqlite().await;
    estate(&lab).await;
    let sent = listened(async {
        lab.store.as_of(T0, at(1)).await.unwrap();
        let now = lab.store.now(at(1)).await.unwrap();
        let page = lab.store.asset_fetch(AssetId(1005), now, &Visibility::all()).await;
        assert_eq!(page.unwrap().unwrap().relations.len(), 60);
        lab.store.asset_changes(AssetId(1), now, None, 50).await.unwrap();
    })
    .await;
    assert!(sent.len() > 6);
    by_keys(&lab, &sent).await;
}

/// None of the statements reads a large table from end to end.
async fn by_keys(lab: &Lab, sent: &[String]) {
    for sql in sent {
        let plan = plan(lab, sql).await;
        assert_eq!(scans(&plan, &LARGE), Vec::<&str>::new(), "{sql}\n{}", told(&plan));
    }
}

#[tokio::test]
async fn what_a_run_changed_is_read_by_its_keys_in_its_order() {
    let lab = Lab::sqlite().await;
    let (estate, _) = estate(&lab).await;
    let run = write(&lab.store, at(1), async |tx| {
        tx.run_start(estate.source.id, &estate.source.name, T0).await
    })
    .await;
    let things: Vec<Thing> =
        (2001..=2100).map(|number| Thing::new(number, &format!("new{number}"))).collect();
    let plan_of_run = estate.plan(&things.iter().map(|thing| (None, thing)).collect::<Vec<_>>());
    let mut tx = lab.store.begin_write(Intent { run: Some(run), ..intent(at(1)) }).await.unwrap();
    tx.apply(&plan_of_run, &Policy::default()).await.unwrap();
    tx.commit().await.unwrap();
    plan_of(&lab, run).await;
    lab.raw("ANALYZE").await;
    plan_of(&lab.reopened().await, run).await;
}

/// Two pages of what a run changed: it walks the run's revisions, and sorts none of what it walks.
async fn plan_of(lab: &Lab, run: RunId) {
    let sent = listened(async {
        let page = lab.store.run_changes(run, None, 50).await.unwrap();
        let last = page.last().unwrap();
        let after = Some((last.rev, last.asset));
        assert_eq!(lab.store.run_changes(run, after, 50).await.unwrap().len(), 50);
    })
    .await;
    assert_eq!(sent.len(), 8);
    by_keys(lab, &sent).await;
    let of_run = sent.iter().find(|sql| sql.contains("run_id")).unwrap();
    let steps = told(&plan(lab, of_run).await);
    assert!(steps.contains("INDEX rev_run (run_id=?"), "{steps}");
    assert!(!steps.contains("TEMP B-TREE"), "{steps}");
}

#[tokio::test]
async fn a_batch_is_written_by_keys() {
    let lab = Lab::sqlite().await;
    let (estate, things) = estate(&lab).await;
    let changed: Vec<Thing> =
        things.iter().map(|thing| Thing::new(thing.number, "new").gone(T0)).collect();
    let pairs: Vec<(Option<&Thing>, &Thing)> =
        things.iter().zip(&changed).take(20).map(|(was, is)| (Some(was), is)).collect();
    let seen: Vec<Observation> = things[..20].iter().map(Thing::observed).collect();
    let sent = listened(async {
        let tx = lab.store.begin_write(intent(at(1))).await.unwrap();
        let found = tx.snapshot_for(&estate.source, &BTreeMap::new(), &seen, 3).await.unwrap();
        assert_eq!(found.records.len(), 20);
        drop(tx);
        estate.apply(&lab.store, at(1), &estate.plan(&pairs)).await;
    })
    .await;
    assert!(sent.iter().any(|sql| sql.starts_with("UPDATE term")));
    for sql in sent.iter().filter(|sql| !sql.starts_with("INSERT")) {
        let plan = plan(&lab, sql).await;
        for tables in [&WRITTEN[..], &LARGE[..]] {
            assert_eq!(scans(&plan, tables), Vec::<&str>::new(), "{sql}\n{}", told(&plan));
        }
    }
}

/// The statements of the overview that look at the whole estate and at all runs: the first of the one,
/// which nearly always is enough, and that of the other.
async fn overview(lab: &Lab) -> [String; 2] {
    let now = lab.store.now(at(1)).await.unwrap();
    let sent = listened(async {
        lab.store.changes_newest(now, &Visibility::all(), 20).await.unwrap();
        lab.store.activity(T0).await.unwrap();
    })
    .await;
    assert!(sent.len() >= 2);
    [sent.first().unwrap().clone(), sent.last().unwrap().clone()]
}

#[tokio::test]
async fn the_newest_changes_are_found_by_walking_back() {
    let lab = Lab::sqlite().await;
    estate(&lab).await;
    for with in ["without statistics", "with statistics"] {
        let [newest, activity] = overview(&lab).await;
        let newest = plan(&lab, &newest).await;
        let told_newest = told(&newest);
        assert_eq!(scans(&newest, &LARGE), Vec::<&str>::new(), "{with}:\n{told_newest}");
        let walk = newest.iter().find(|step| step.told == "SEARCH t USING PRIMARY KEY (rev<?)");
        let walk = walk.unwrap_or_else(|| panic!("{with}: no walk in\n{told_newest}"));
        let by_key = "SEARCH c USING PRIMARY KEY (asset_id=? AND rev=?)";
        assert!(told_newest.contains(by_key), "{with}:\n{told_newest}");
        // Sorting the twenty that were found is no matter; sorting what is walked would be.
        let is_sorted = newest.iter().any(|step| {
            step.within == walk.within && step.told.contains("TEMP B-TREE FOR ORDER BY")
        });
        assert!(!is_sorted, "{with}:\n{told_newest}");

        let activity = told(&plan(&lab, &activity).await);
        assert!(activity.contains("SEARCH r USING INTEGER PRIMARY KEY (rowid>?)"), "{activity}");
        lab.raw("ANALYZE").await;
    }
}

/// A register with 20,000 assets, changed once each, and 5,000 runs.
const LARGE_REGISTER: &str = "
    INSERT INTO rev SELECT n, n, 'worker', n, '' FROM generate_series(1, 5000) n;
    UPDATE register SET rev = 5000;
    INSERT INTO source (name, kind) VALUES ('cloud', 1);
    INSERT INTO run (source_id, status, actor, started_at, ended_at, beat_at)
        SELECT 1, 2, 'worker', n, n, n FROM generate_series(1, 5000) n;
    INSERT INTO asset SELECT n, n FROM generate_series(1, 20000) n;
    INSERT INTO asset_version
        SELECT n, 1, 9223372036854775807, 1, 'name' || n, 1, 1, 1, 0, 0, '{}', '{}'
        FROM generate_series(1, 20000) n;
    INSERT INTO touched SELECT n % 5000 + 1, n FROM generate_series(1, 20000) n;
    INSERT INTO change SELECT n, n % 5000 + 1, 'name', 'a', 'b', '{}'
        FROM generate_series(1, 20000) n;
    ANALYZE";

#[tokio::test]
async fn the_overview_reads_no_large_table_whole_on_postgres() {
    let Some(lab) = Lab::postgres().await else { return };
    // Listened to while the register is empty: the documents made up here are none.
    let sent = overview(&lab).await;
    lab.raw(LARGE_REGISTER).await;
    for (sql, given) in
        sent.iter().zip([&["5000", "20", "20", "5000", "5000"][..], &["4900", "4900"]])
    {
        let mut filled = sql.clone();
        for (number, value) in given.iter().enumerate().rev() {
            filled = filled.replace(&format!("${}", number + 1), value);
        }
        assert!(!filled.contains('$'), "{filled}");
        let plan = lab.plan_of(&filled).await;
        for table in ["touched", "change", "rev", "asset_version", "run"] {
            let scan = format!("Seq Scan on {table} ");
            assert!(!plan.contains(&scan), "{filled}\n{plan}");
        }
    }
}

/// Tables that a batch writes, by their own names.
const WRITTEN: [&str; 10] = [
    "asset",
    "asset_version",
    "claim",
    "identifier",
    "interface",
    "link",
    "record",
    "record_version",
    "search_text",
    "term",
];
