//! The OpenAPI document: every route and nothing else, every field with a description, and the same
//! fields that answers have.

use super::desk::{Desk, few};
use crate::api::route::endpoints;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

fn document() -> Json {
    serde_json::to_value(crate::api::schema::document()).unwrap()
}

#[test]
fn every_route_is_in_the_document_and_every_path_of_it_is_a_route() {
    let document = document();
    let told: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let routes: BTreeSet<String> = endpoints()
        .iter()
        .map(|endpoint| format!("{} {}", endpoint.route.method, endpoint.route.path))
        .collect();
    assert_eq!(told, routes);
    assert!(routes.iter().all(|route| route.ends_with('/')), "{routes:?}");
    let ids: BTreeSet<&str> = endpoints().iter().map(|endpoint| endpoint.id).collect();
    assert_eq!(ids.len(), routes.len(), "each operation has a name of its own");
}

#[test]
fn everything_has_a_description_and_every_reference_leads_somewhere() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        assert!(schema["description"].is_string(), "{name}");
        for (field, property) in schema["properties"].as_object().unwrap() {
            assert!(
                property["description"].is_string() || property["$ref"].is_string(),
                "{name}.{field}: {property}"
            );
        }
    }
    for operations in document["paths"].as_object().unwrap().values() {
        for operation in operations.as_object().unwrap().values() {
            assert!(operation["summary"].is_string(), "{operation}");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(parameter["description"].is_string(), "{parameter}");
            }
        }
    }
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn answers_have_the_fields_that_the_document_says() {
    let desk = Desk::new().await;
    let source = desk.stock("cloud", few()).await;
    let run = desk.ran(source, "cloud", 1).await;
    let document = document();
    let first = |list: Json| list["results"][0].clone();
    for (name, answer) in [
        ("Areas", desk.get("/api/").await),
        ("Status", desk.get("/api/status/").await),
        ("Asset", first(desk.get("/api/inventory/assets/").await)),
        ("AssetPage", desk.get("/api/inventory/assets/").await),
        ("AssetWhole", desk.get("/api/inventory/assets/1/").await),
        ("Source", first(desk.get("/api/discovery/sources/").await)),
        ("Run", first(desk.get("/api/discovery/runs/").await)),
        ("RunWhole", desk.get(&format!("/api/discovery/runs/{run}/")).await),
        ("Refusal", desk.ask("/api/status/?x=1").await.body),
    ] {
        let names = |object: &Json| -> BTreeSet<String> {
            object.as_object().unwrap().keys().cloned().collect()
        };
        let told = names(&document["components"]["schemas"][name]["properties"]);
        assert_eq!(names(&answer), told, "{name}");
    }
}

#[tokio::test]
async fn the_document_as_it_is_read() {
    let desk = Desk::new().await;
    let mut document = desk.get("/api/schema/").await;
    assert_eq!(document["openapi"], "3.1.0");
    // Hundreds of filters, a line each.
    let list = &mut document["paths"]["/api/inventory/assets/"]["get"]["parameters"];
    let short: Map<String, Json> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap().to_owned(), one["description"].clone()))
        .collect();
    *list = json!(short);
    document["info"]["version"] = json!("[version]");
    insta::assert_json_snapshot!("schema", document);
}
