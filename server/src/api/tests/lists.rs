//! Lists: the envelope, paging to the end, what is shown of an object, an earlier day.

use super::desk::{Desk, Thing, few};
use axum::http::StatusCode;
use cadastre_model::Kind;

const ASSETS: &str = "/api/inventory/assets/";

fn many(count: i64) -> impl Iterator<Item = Thing> {
    (1..=count).map(|number| Thing::new(number, Kind::Vm, &format!("vm{number}")))
}

/// The ids of all pages, following `next` as clients do.
async fn followed(desk: &Desk, first: &str) -> (Vec<u64>, usize) {
    let (mut ids, mut pages, mut path) = (Vec::new(), 0, first.to_owned());
    loop {
        let page = desk.get(&path).await;
        pages += 1;
        let rows = page["results"].as_array().unwrap();
        ids.extend(rows.iter().map(|row| row["id"].as_u64().unwrap()));
        let Some(next) = page["next"].as_str() else { return (ids, pages) };
        assert!(next.contains("start=") && !next.contains("offset="), "by its mark: {next}");
        path = next.strip_prefix("http://cadastre.test").unwrap().to_owned();
    }
}

#[tokio::test]
async fn pages_lead_to_the_end_by_marks() {
    let desk = Desk::new().await;
    desk.stock("cloud", many(1234)).await;
    for (parameters, pages) in [
        ("?limit=500", 3),
        ("?limit=0", 2),
        ("?limit=500&offset=200", 3),
        ("?ordering=-id&limit=1000", 2),
    ] {
        let (mut ids, seen) = followed(&desk, &format!("{ASSETS}{parameters}")).await;
        assert_eq!(seen, pages, "{parameters}");
        if parameters.contains("-id") {
            ids.reverse();
        }
        let first = if parameters.contains("offset") { 201 } else { 1 };
        assert_eq!(ids, (first..=1234).collect::<Vec<u64>>(), "{parameters}");
    }
    let page = desk.get(&format!("{ASSETS}?limit=100&offset=150")).await;
    assert_eq!(page["count"], 1234);
    assert_eq!(page["previous"], format!("http://cadastre.test{ASSETS}?limit=100&offset=50"));
    let page = desk.get(&format!("{ASSETS}?limit=100&offset=50")).await;
    assert_eq!(page["previous"], format!("http://cadastre.test{ASSETS}?limit=100"));
    let page = desk.get(&format!("{ASSETS}?offset=2000")).await;
    assert_eq!((page["results"].as_array().unwrap().len(), &page["next"]), (0, &().into()));
    let wrong = desk.ask(&format!("{ASSETS}?start=abc")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.body["detail"].as_str().unwrap().contains("begin at the first page"));
}

#[tokio::test]
async fn a_list_sends_as_many_statements_for_one_row_as_for_a_thousand() {
    let desk = Desk::new().await;
    let source = desk.stock("cloud", many(1000)).await;
    desk.ran(source, "cloud", 0).await;
    for number in 0..5 {
        let name = format!("other{number}");
        let source = desk.stock(&name, []).await;
        desk.ran(source, &name, 0).await;
    }
    for path in [ASSETS, "/api/discovery/sources/", "/api/discovery/runs/"] {
        let mut sent = Vec::new();
        for limit in [1, 1000] {
            desk.get(&format!("{path}?limit={limit}")).await;
            let before = desk.store.statements();
            desk.get(&format!("{path}?limit={limit}")).await;
            sent.push(desk.store.statements() - before);
        }
        assert_eq!(sent[0], sent[1], "{path}");
        assert!(sent[0] <= 10, "{path}: {sent:?}");
    }
}

#[tokio::test]
async fn an_object_shows_what_was_wished_for() {
    let desk = Desk::new().await;
    desk.stock("cloud", few()).await;
    let keys = async |parameters: &str| {
        let list = desk.get(&format!("{ASSETS}?kind=volume&{parameters}")).await;
        let row = list["results"][0].as_object().unwrap();
        row.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(keys("brief=true").await, "display id kind name url");
    assert_eq!(keys("fields=name,id").await, "id name");
    assert_eq!(keys("fields=name&fields=id&omit=id").await, "name");
    let all = keys("").await;
    for field in ["id", "url", "display", "created", "last_updated", "tags", "custom_fields"] {
        assert!(all.split(' ').any(|key| key == field), "{field}: {all}");
    }
    assert!(!keys("omit=tags").await.contains("tags"));
}

#[tokio::test]
async fn an_asset_in_its_shape() {
    let desk = Desk::new().await;
    desk.stock("cloud", few()).await;
    let list = desk.get(&format!("{ASSETS}?id=1")).await;
    insta::assert_json_snapshot!("asset", list);
    let whole = desk.ask(&format!("{ASSETS}1/")).await;
    assert_eq!(whole.headers["etag"], "\"1-1\"");
    insta::assert_json_snapshot!("asset_whole", whole.body);
}

#[tokio::test]
async fn an_earlier_day_is_as_it_was() {
    let desk = Desk::new().await;
    desk.stock("cloud", few()).await;
    desk.advance(3_600_000);
    let edit = serde_json::json!({ "name": "renamed" });
    assert_eq!(desk.patch(&format!("{ASSETS}1/"), &edit, &[]).await.status, StatusCode::OK);
    let now = desk.get(&format!("{ASSETS}1/")).await;
    assert_eq!(now["name"], "renamed");
    assert_eq!(now["last_updated"], "2026-11-21T13:00:00Z");
    assert_eq!(now["created"], "2026-11-21T12:00:00Z");
    let then = desk.get(&format!("{ASSETS}1/?as_of=2026-11-21T12:30:00Z")).await;
    assert_eq!((&then["name"], &then["last_updated"]), (&"web01".into(), &now["created"]));
    let (names, _) = desk.names("as_of=2026-11-21T12:30:00Z&name=web01").await;
    assert_eq!(names, ["web01"]);
    let before = desk.ask(&format!("{ASSETS}1/?as_of=2026-11-20")).await;
    assert_eq!(before.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.names("as_of=2026-11-20").await.1, 0);
}

#[tokio::test]
async fn a_list_comes_in_the_order_asked_for() {
    let desk = Desk::new().await;
    desk.stock("cloud", few()).await;
    for (ordering, expected) in [
        ("name", "db*01 web01 web02 Zürich disk"),
        ("-name", "Zürich disk web02 web01 db*01"),
        ("id", "web01 web02 db*01 Zürich disk"),
        ("-vcpu", "db*01 web02 web01 Zürich disk"),
    ] {
        let (names, _) = desk.names(&format!("ordering={ordering}")).await;
        assert_eq!(names.join(" "), expected, "{ordering}");
    }
}
