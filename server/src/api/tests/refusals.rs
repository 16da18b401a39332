//! Every refusal is JSON, wherever it was made.

use super::desk::{Asking, Desk};
use axum::http::StatusCode;
use axum::http::header::{ALLOW, CONTENT_SECURITY_POLICY, CONTENT_TYPE};

#[tokio::test]
async fn refusals_are_json_wherever_they_were_made() {
    let desk = Desk::new().await;
    let bearer = format!("Bearer {}", desk.reader);
    for (method, path, status, said) in [
        ("GET", "/api/nowhere/", StatusCode::NOT_FOUND, "/api/ lists"),
        ("GET", "/api", StatusCode::NOT_FOUND, "end with a slash here: /api/"),
        ("GET", "/api/inventory/assets", StatusCode::NOT_FOUND, "here: /api/inventory/assets/"),
        ("GET", "/api/inventory/assets/x/", StatusCode::NOT_FOUND, "no asset `x`"),
        ("GET", "/api/inventory/assets/7/", StatusCode::NOT_FOUND, "no asset 7"),
        ("DELETE", "/api/inventory/assets/", StatusCode::METHOD_NOT_ALLOWED, "/api/schema/"),
        ("POST", "/api/status/", StatusCode::METHOD_NOT_ALLOWED, "/api/schema/"),
        ("GET", "/api/?x=1", StatusCode::BAD_REQUEST, "x"),
        ("GET", "/api/inventory/assets/%FF/", StatusCode::BAD_REQUEST, "cannot be answered"),
    ] {
        let headers = vec![("authorization", bearer.as_str())];
        let answer = desk.send(Asking { method, path, headers, ..Asking::default() }).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains(said), "{method} {path}: {detail}");
        assert_eq!(answer.headers[CONTENT_TYPE], "application/json", "{method} {path}");
        assert!(answer.headers.contains_key(CONTENT_SECURITY_POLICY), "{method} {path}");
        let is_told = answer.headers.contains_key(ALLOW);
        assert_eq!(is_told, status == StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
    }
}

#[tokio::test]
async fn the_areas_lead_to_what_there_is() {
    let desk = Desk::new().await;
    let areas = desk.get("/api/").await;
    insta::assert_json_snapshot!("areas", areas);
    for address in [
        &areas["inventory"]["assets"],
        &areas["discovery"]["sources"],
        &areas["discovery"]["runs"],
        &areas["status"],
        &areas["schema"],
    ] {
        let address = address.as_str().unwrap();
        desk.get(address.strip_prefix("http://cadastre.test").unwrap()).await;
    }
    let status = desk.get("/api/status/").await;
    assert_eq!((&status["database"], &status["jobs"]["waiting"]), (&"sqlite".into(), &0.into()));
}
