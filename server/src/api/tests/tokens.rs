//! Who is let in, and with what.

use super::desk::{Asking, Desk, few};
use axum::http::StatusCode;
use cadastre_model::{Actor, Role};
use cadastre_service::TokenAdd;
use std::net::IpAddr;

const ASSETS: &str = "/api/inventory/assets/";

async fn with(desk: &Desk, authorization: &str, from: Option<&str>) -> (StatusCode, String) {
    let from = from.map(|text| text.parse::<IpAddr>().unwrap());
    let headers = vec![("authorization", authorization)];
    let asking = Asking { method: "GET", path: ASSETS, headers, from, ..Asking::default() };
    let answer = desk.send(asking).await;
    let is_challenged = answer.headers.contains_key("www-authenticate");
    assert_eq!(is_challenged, answer.status == StatusCode::UNAUTHORIZED, "{authorization}");
    (answer.status, answer.body["detail"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn both_words_before_a_token_are_understood_and_nothing_else() {
    let desk = Desk::new().await;
    let token = desk.reader.clone();
    for good in [format!("Token {token}"), format!("Bearer {token}"), format!("token  {token}")] {
        assert_eq!(with(&desk, &good, None).await.0, StatusCode::OK, "{good}");
    }
    for bad in ["", "Token", "Token ", &token, &format!("Basic {token}")] {
        let (status, detail) = with(&desk, bad, None).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{bad}");
        assert!(detail.contains("expected `Token cdst_...`"), "{detail}");
    }
    let (status, detail) = with(&desk, &format!("Token {token}0"), None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(detail.contains("there is no such token") && !detail.contains(&token), "{detail}");
    let nobody = Asking { method: "GET", path: ASSETS, ..Asking::default() };
    let answer = desk.send(nobody).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.body["detail"].as_str().unwrap().contains("cadastre token add"));
}

#[tokio::test]
async fn a_token_ends_when_it_should_and_comes_from_where_it_may() {
    let desk = Desk::new().await;
    let expires = Some("1d".to_owned());
    let short = desk.token(Role::Reader, TokenAdd { expires, ..TokenAdd::default() }).await;
    let allowed = vec!["10.0.0.0/8".to_owned()];
    let bound = desk.token(Role::Reader, TokenAdd { allowed, ..TokenAdd::default() }).await;
    let (short, bound) = (format!("Token {short}"), format!("Token {bound}"));

    assert_eq!(with(&desk, &short, None).await.0, StatusCode::OK);
    desk.advance(24 * 3_600_000);
    let (status, detail) = with(&desk, &short, None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(detail.contains("expired at 2026-11-22T12:00:00Z"), "{detail}");

    assert_eq!(with(&desk, &bound, Some("10.1.2.3")).await.0, StatusCode::OK);
    for elsewhere in [Some("192.0.2.1"), None] {
        let (status, detail) = with(&desk, &bound, elsewhere).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{detail}");
    }
    let admin = Actor::cli("test");
    let id = desk.service.token_list(&admin, 0, 9).await.unwrap().last().unwrap().id;
    desk.service.token_revoke(&admin, id).await.unwrap();
    let (status, detail) = with(&desk, &bound, Some("10.1.2.3")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(detail.contains("was revoked"), "{detail}");
}

#[tokio::test]
async fn a_token_writes_only_if_it_was_made_to_and_its_account_may() {
    let desk = Desk::new().await;
    desk.stock("cloud", few()).await;
    let reading_admin = desk.token(Role::Admin, TokenAdd::default()).await;
    let writing = TokenAdd { write: true, ..TokenAdd::default() };
    let writing_reader = desk.token(Role::Reader, writing).await;
    for (token, may, why) in [
        (&reading_admin, false, "reads only"),
        (&writing_reader, false, "has the role reader"),
        (&desk.editor, true, ""),
    ] {
        let bearer = format!("Bearer {token}");
        let headers =
            vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        let path = "/api/inventory/assets/1/";
        let body = Some("{\"description\":\"x\"}".to_owned());
        let answer = desk.send(Asking { method: "PATCH", path, headers, body, from: None }).await;
        let expected = if may { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(answer.status, expected, "{}", answer.body);
        let detail = answer.body["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(why), "{detail}");
    }
    let admin = Actor::cli("test");
    let log = desk.service.audit_list(&admin, None, 100).await.unwrap();
    let edit = log.iter().find(|line| line.action == "asset.edit").unwrap();
    assert_eq!(edit.actor, "token:token 1@editor");
    assert!(!serde_json::to_string(&log).unwrap().contains("cdst_"));
}

#[tokio::test]
async fn a_browser_writes_with_its_session_from_our_own_pages_only() {
    let desk = Desk::new().await;
    desk.stock("cloud", few()).await;
    let password = secrecy::SecretString::from("correct horse battery");
    let session = desk.service.log_in("editor", password, None).await.unwrap();
    let cookie =
        format!("cadastre_session={}", secrecy::ExposeSecret::expose_secret(&session.token));
    let site = async |site: &str| {
        let headers = vec![
            ("cookie", cookie.as_str()),
            ("sec-fetch-site", site),
            ("content-type", "application/json"),
        ];
        let path = "/api/inventory/assets/1/";
        let body = Some("{\"description\":\"x\"}".to_owned());
        desk.send(Asking { method: "PATCH", path, headers, body, from: None }).await
    };
    let refused = site("cross-site").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body["detail"].as_str().unwrap().contains("own pages"), "{}", refused.body);
    assert_eq!(site("same-origin").await.status, StatusCode::OK);
    // A token that does not hold is not made up for by a session.
    let headers = vec![("cookie", cookie.as_str()), ("authorization", "Token cdst_0")];
    let asking = Asking { method: "GET", path: ASSETS, headers, ..Asking::default() };
    assert_eq!(desk.send(asking).await.status, StatusCode::UNAUTHORIZED);
}
