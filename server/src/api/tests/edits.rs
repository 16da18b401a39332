//! Changes by hand: one with a version, many all or none, and everything wrong at once.

use super::desk::{Asking, Desk, few};
use axum::http::StatusCode;
use cadastre_model::Actor;
use serde_json::{Value as Json, json};

const ASSETS: &str = "/api/inventory/assets/";
const ONE: &str = "/api/inventory/assets/1/";

async fn desk() -> Desk {
    let desk = Desk::new().await;
    desk.with_people().await;
    desk.stock("cloud", few()).await;
    desk
}

/// Lines of the audit log, of any kind.
async fn audited(desk: &Desk) -> usize {
    desk.service.audit_list(&Actor::cli("test"), None, 1000).await.unwrap().len()
}

#[tokio::test]
async fn a_value_is_held_until_it_is_released() {
    let desk = desk().await;
    let edit =
        json!({ "owner": "payments", "site": "paris", "env": "", "attributes": { "vcpu": 2 } });
    let answer = desk.patch(ONE, &edit, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let asset = answer.body;
    assert_eq!(
        (&asset["owner"], &asset["site"], &asset["env"], &asset["attributes"]["vcpu"]),
        (&"payments".into(), &"paris".into(), &Json::Null, &2.into())
    );
    let lock = &asset["provenance"]["env"]["lock"]["actor"];
    assert_eq!(lock, "token:token 1@editor", "held deliberately empty");
    let answer = desk.patch(ONE, &json!({ "release": ["vcpu", "env", "owner"] }), &[]).await;
    let asset = answer.body;
    assert_eq!(
        (&asset["owner"], &asset["env"], &asset["attributes"]["vcpu"]),
        (&Json::Null, &"prod".into(), &4.into())
    );
    assert_eq!(asset["site"], "paris");
}

#[tokio::test]
async fn a_tag_is_held_or_held_away_until_it_is_released() {
    let desk = desk().await;
    let tags = |asset: &Json| -> Vec<String> {
        let tags = asset["tags"].as_array().unwrap().iter();
        tags.map(|tag| tag["display"].as_str().unwrap().to_owned()).collect()
    };
    let before = tags(&desk.get(ONE).await);
    let answer = desk.patch(ONE, &json!({ "tags": { "team": "payments" } }), &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(tags(&answer.body).contains(&"team=payments".to_owned()), "{}", answer.body);
    let answer = desk.patch(ONE, &json!({ "tags": { "team": null } }), &[]).await;
    assert!(!tags(&answer.body).iter().any(|tag| tag.starts_with("team")), "{}", answer.body);
    let answer = desk.patch(ONE, &json!({ "release_tags": ["team"] }), &[]).await;
    assert_eq!(tags(&answer.body), before);
}

#[tokio::test]
async fn another_version_is_not_overwritten() {
    let desk = desk().await;
    let first = desk.ask(ONE).await.headers["etag"].to_str().unwrap().to_owned();
    let edit = |text: &str| json!({ "description": text });
    let done = desk.patch(ONE, &edit("a"), &[("if-match", &first)]).await;
    assert_eq!(done.status, StatusCode::OK);
    let second = done.headers["etag"].to_str().unwrap().to_owned();
    assert_ne!(first, second);
    assert_eq!(second, desk.ask(ONE).await.headers["etag"].to_str().unwrap());
    let weak = format!("W/{second}");
    for stale in [first.as_str(), "\"2-1\"", &weak, "nonsense", ""] {
        let refused = desk.patch(ONE, &edit("b"), &[("if-match", stale)]).await;
        assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED, "{stale}");
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(detail.contains("changed meanwhile"), "{detail}");
    }
    assert_eq!(desk.get(ONE).await["attributes"]["description"], "a");
    let several = format!("{first}, {second}");
    for good in [several.as_str(), "*"] {
        let done = desk.patch(ONE, &edit("c"), &[("if-match", good)]).await;
        assert_eq!(done.status, StatusCode::OK, "{good}");
    }
}

#[tokio::test]
async fn many_are_changed_in_one_revision_and_come_back_in_order() {
    let desk = desk().await;
    let before = desk.get("/api/status/").await["revision"].as_i64().unwrap();
    let edits = json!([
        { "id": 3, "owner": "payments" },
        { "id": 1, "owner": "payments", "env": "stage" },
        { "id": 2, "description": "the second" },
    ]);
    let answer = desk.patch(ASSETS, &edits, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let ids: Vec<&Json> = answer.body.as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [3, 1, 2]);
    assert_eq!(answer.body[1]["env"], "stage");
    let after = desk.get("/api/status/").await["revision"].as_i64().unwrap();
    assert_eq!(after, before + 1);
    assert_eq!(desk.names("owner=payments").await.0, ["db*01", "web01"]);
}

#[tokio::test]
async fn of_many_none_is_changed_if_one_cannot_be() {
    let desk = desk().await;
    let (lines, revision) =
        (audited(&desk).await, desk.get("/api/status/").await["revision"].clone());
    let edits = json!([
        { "id": 1, "owner": "payments" },
        { "id": 2, "owner": "paymnets", "vcpu": "many" },
        { "id": 99, "env": "x" },
        { "id": 1, "env": "x" },
    ]);
    let answer = desk.patch(ASSETS, &edits, &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    insta::assert_json_snapshot!("bulk_refused_by_the_register", answer.body);
    let malformed = json!([
        { "id": 1, "owner": "payments" },
        { "owner": null, "colour": "red" },
        { "id": 3, "tags": [], "url": "x" },
        7,
    ]);
    let answer = desk.patch(ASSETS, &malformed, &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    insta::assert_json_snapshot!("bulk_refused_for_its_form", answer.body);
    assert_eq!(desk.get("/api/status/").await["revision"], revision);
    assert_eq!(audited(&desk).await, lines);
    assert_eq!(desk.names("owner=payments").await.1, 0);
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_field() {
    let desk = desk().await;
    for (edit, name, said) in [
        (json!({ "owner": "paymnets" }), "owner", "did you mean `payments`?"),
        (json!({ "site": "rome" }), "site", "`cadastre site add` makes one"),
        (json!({ "name": "" }), "name", "cannot be without a name"),
        (json!({ "owner": null }), "owner", "\"release\": [\"owner\"]"),
        (json!({ "vcpu": "x" }), "vcpu", "is not a whole number"),
        (json!({ "vcpu": { "value": 1 } }), "vcpu", "a plain value"),
        (json!({ "vcpu": 1, "attributes": { "vcpu": 2 } }), "vcpu", "given twice"),
        (json!({ "vcpu": 1, "release": ["vcpu"] }), "vcpu", "given twice"),
        (json!({ "ownr": "x" }), "ownr", "did you mean `owner`?"),
        (json!({ "last_seen": "x" }), "last_seen", "cannot be set by hand"),
        (json!({ "free_addresses": 1 }), "free_addresses", "cannot be set"),
        (json!({ "tags": [] }), "tags", "expected an object of keys and values"),
        (json!({ "tags": { "team": 7 } }), "tags", "expected a text"),
        (json!({ "tags": { " ": "x" } }), "tags", "a tag has a key"),
        (json!({ "tags": { "team": "x" }, "release_tags": ["Team"] }), "tags", "same tag"),
        (json!({ "release_tags": "team" }), "release_tags", "expected an array of keys"),
        (json!({ "release": "owner" }), "release", "expected an array"),
        (json!({ "release": ["ownr"] }), "release", "did you mean `owner`?"),
        (json!({ "effective_from": "soon" }), "effective_from", "is not a moment"),
        (json!({ "id": 2 }), "id", "not the asset of this address"),
        (json!({ "cidr": ["10.0.0.0/8,1"] }), "cidr", "without commas"),
    ] {
        let answer = desk.patch(ONE, &edit, &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{edit}: {}", answer.body);
        let problem = answer.body["errors"][name][0].as_str();
        let problem = problem.unwrap_or_else(|| panic!("{edit}: {}", answer.body));
        assert!(problem.contains(said), "{edit}: {problem}");
        assert!(!problem.starts_with(&format!("{name}: ")), "{problem}");
    }
    let both = desk.patch(ONE, &json!({ "owner": "x", "site": "y", "vcpu": "z" }), &[]).await;
    assert_eq!(both.body["errors"].as_object().unwrap().len(), 3, "{}", both.body);
    let nobody = desk.patch("/api/inventory/assets/99/", &json!({ "env": "x" }), &[]).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    for (path, body) in [(ONE, json!([])), (ASSETS, json!({})), (ASSETS, json!([]))] {
        assert_eq!(desk.patch(path, &body, &[]).await.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let marked = desk.patch(ASSETS, &json!([{ "id": 1 }]), &[("if-match", "*")]).await;
    assert!(marked.body["detail"].as_str().unwrap().contains("one by one"));
}

#[tokio::test]
async fn a_body_is_json_and_not_too_long() {
    let desk = desk().await;
    let token = format!("Token {}", desk.editor);
    let send = async |content_type: Option<&str>, body: &str| {
        let mut headers = vec![("authorization", token.as_str())];
        headers.extend(content_type.map(|one| ("content-type", one)));
        let body = Some(body.to_owned());
        let asking = Asking { method: "PATCH", path: ONE, headers, body, from: None };
        let answer = desk.send(asking).await;
        (answer.status, answer.body["detail"].as_str().unwrap_or_default().to_owned())
    };
    let form = Some("application/x-www-form-urlencoded");
    for content_type in [None, form, Some("text/json")] {
        let (status, detail) = send(content_type, "{}").await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert!(detail.contains("Content-Type: application/json"), "{detail}");
    }
    let json = Some("application/json; charset=utf-8");
    assert_eq!(send(json, "{}").await.0, StatusCode::OK);
    let (status, detail) = send(json, "{\n  \"owner\" \"x\"\n}").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(detail.contains("line 2 column 11"), "{detail}");
    let (status, detail) = send(json, "").await;
    assert_eq!(
        (status, detail.as_str()),
        (StatusCode::BAD_REQUEST, "the body is empty; expected JSON")
    );
    let long = format!("{{\"description\":\"{}\"}}", "x".repeat(1024 * 1024));
    let (status, detail) = send(json, &long).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(detail.contains("at most 1048576 bytes"), "{detail}");
}
