//! Sources and runs.

use super::desk::{Asking, Desk};
use axum::http::StatusCode;
use cadastre_model::Role;
use cadastre_service::TokenAdd;
use serde_json::Value as Json;

const SOURCES: &str = "/api/discovery/sources/";
const RUNS: &str = "/api/discovery/runs/";

#[tokio::test]
async fn sources_tell_how_they_do_and_to_admins_how_they_are_set() {
    let desk = Desk::new().await;
    let cloud = desk.stock("cloud", []).await;
    desk.stock("other", []).await;
    desk.ran(cloud, "cloud", 0).await;
    let list = desk.get(SOURCES).await;
    assert_eq!(list["count"], 2);
    insta::assert_json_snapshot!("source", list["results"][0]);
    let one = desk.get(&format!("{SOURCES}{cloud}/")).await;
    assert_eq!(one, list["results"][0]);
    let admin = format!("Token {}", desk.token(Role::Admin, TokenAdd::default()).await);
    // Reading only, it does not manage sources.
    for (token, is_shown) in [
        (admin, false),
        (
            format!(
                "Token {}",
                desk.token(Role::Admin, TokenAdd { write: true, ..TokenAdd::default() }).await
            ),
            true,
        ),
    ] {
        let headers = vec![("authorization", token.as_str())];
        let asking = Asking { method: "GET", path: SOURCES, headers, ..Asking::default() };
        let list = desk.send(asking).await.body;
        assert_eq!(list["results"][0]["settings"]["regions"][0] == "eu", is_shown, "{list}");
    }
    let names = async |parameters: &str| {
        let list = desk.get(&format!("{SOURCES}?{parameters}")).await;
        let rows = list["results"].as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("name=other").await, "other");
    assert_eq!(names("kind=aws&enabled=true&ordering=-id").await, "other cloud");
    assert_eq!(names("kind=snmp").await, "");
    let first = desk.get(&format!("{SOURCES}?limit=1&ordering=-id")).await;
    let next = first["next"].as_str().unwrap().strip_prefix("http://cadastre.test").unwrap();
    let second = desk.get(next).await;
    assert_eq!((&second["results"][0]["name"], &second["next"]), (&"cloud".into(), &Json::Null));
    assert_eq!(desk.get(&format!("{SOURCES}?as_of=2026-11-20")).await["count"], 0);
    assert_eq!(desk.ask(&format!("{SOURCES}99/")).await.status, StatusCode::NOT_FOUND);
    let wrong = desk.ask(&format!("{SOURCES}?enabled=x&ordering=name&start=x&colour=red")).await;
    assert_eq!(wrong.body["errors"].as_object().unwrap().len(), 4, "{}", wrong.body);
}

#[tokio::test]
async fn runs_come_newest_first_and_one_has_its_scopes_and_errors() {
    let desk = Desk::new().await;
    let (cloud, other) = (desk.stock("cloud", []).await, desk.stock("other", []).await);
    let mut runs = Vec::new();
    for number in 0..5 {
        desk.advance(60_000);
        let (source, name) = if number % 2 == 0 { (cloud, "cloud") } else { (other, "other") };
        runs.push(desk.ran(source, name, if number == 4 { 1100 } else { 2 }).await.0);
    }
    runs.reverse();
    let ids = |list: &Json| -> Vec<i64> {
        list["results"].as_array().unwrap().iter().map(|run| run["id"].as_i64().unwrap()).collect()
    };
    let first = desk.get(&format!("{RUNS}?limit=2")).await;
    assert_eq!((ids(&first), &first["count"]), (runs[..2].to_vec(), &5.into()));
    let next = first["next"].as_str().unwrap().strip_prefix("http://cadastre.test").unwrap();
    assert_eq!(ids(&desk.get(next).await), runs[2..4]);
    assert_eq!(ids(&desk.get(&format!("{RUNS}?offset=3")).await), runs[3..]);
    assert_eq!(ids(&desk.get(&format!("{RUNS}?source=other")).await), [runs[1], runs[3]]);

    let mut one = desk.get(&format!("{RUNS}{}/", runs[4])).await;
    insta::assert_json_snapshot!("run", one);
    one = desk.get(&format!("{RUNS}{}/", runs[0])).await;
    for (lines, next) in [("errors", "errors_next"), ("scopes", "scopes_next")] {
        assert_eq!(one[lines].as_array().unwrap().len(), 1000, "{lines}");
        let next = one[next].as_str().unwrap().strip_prefix("http://cadastre.test").unwrap();
        assert_eq!(desk.get(next).await[lines].as_array().unwrap().len(), 100, "{next}");
    }
    let next = one["scopes_next"].as_str().unwrap().strip_prefix("http://cadastre.test").unwrap();
    let rest = desk.get(next).await;
    assert_eq!(
        (&rest["scopes"][0]["scope"], &rest["scopes_next"]),
        (&"eu 1000".into(), &Json::Null)
    );
    let next = one["errors_next"].as_str().unwrap().strip_prefix("http://cadastre.test").unwrap();
    let rest = desk.get(next).await;
    assert_eq!(
        (&rest["errors"][0]["subject"], &rest["errors_next"]),
        (&"i-1000".into(), &Json::Null)
    );

    // It began a minute after noon and took a second.
    let path = format!("{RUNS}{}/?as_of=2026-11-21T12:01:00.500Z", runs[4]);
    let under_way = desk.get(&path).await;
    assert_eq!(under_way["status"]["value"], "running");
    for empty in ["ended", "counts", "error"] {
        assert_eq!(under_way[empty], Json::Null, "{empty}");
    }
    assert_eq!(desk.get(&format!("{RUNS}?as_of=2026-11-21T12:01:00.500Z")).await["count"], 1);
    let wrong = desk.ask(&format!("{RUNS}?ordering=id&start=x&status=x")).await;
    assert_eq!(wrong.body["errors"].as_object().unwrap().len(), 3, "{}", wrong.body);
    for nothing in ["99", "x", "0"] {
        let answer = desk.ask(&format!("{RUNS}{nothing}/")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
    }
}
