//! How the stand-in answers.

use super::super::server::{Asked, Handler, Reply, Server};
use super::store::{PASSWORD, SESSION, Store, VCENTER, array, moref, store};
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex};

/// Answers as a vCenter 8.0 U3 would.
struct Standin {
    store: Store,
    /// Pages that are left of each retrieval, by token.
    left: Mutex<Vec<Vec<Json>>>,
}

impl Standin {
    fn answer(&self, asked: &Asked) -> Reply {
        let base = "/sdk/vim25/8.0.3.0";
        if asked.path == "/api/vcenter/system?action=hello" {
            return Reply::ok(json!({"api_release": "8.0.3.0"}).to_string());
        }
        if asked.path.starts_with("/api/") {
            return rest(asked);
        }
        let path = asked.path.strip_prefix(base).unwrap_or_else(|| panic!("{}", asked.path));
        if path.ends_with("/content") {
            return Reply::ok(content().to_string());
        }
        if path.ends_with("/Login") {
            let body: Json = serde_json::from_str(&asked.body).unwrap();
            if body["password"] != PASSWORD {
                let fault = json!({"_typeName": "InvalidLogin", "faultMessage": []});
                return Reply::status(500, fault.to_string());
            }
            let session = json!({"_typeName": "UserSession", "key": "52", "userName": "reader"});
            return Reply::ok(session.to_string()).with("vmware-api-session-id", SESSION);
        }
        assert_eq!(asked.header("vmware-api-session-id"), Some(SESSION), "{path}");
        let body: Json = serde_json::from_str(&asked.body).unwrap_or(Json::Null);
        match path.rsplit('/').next().unwrap() {
            "CreateContainerView" => {
                let kinds: Vec<&str> = strings(&body["type"]);
                Reply::ok(moref("ContainerView", &kinds.join("+")).to_string())
            }
            "RetrievePropertiesEx" => self.retrieve(&body["specSet"][0]),
            "ContinueRetrievePropertiesEx" => {
                let token: usize = body["token"].as_str().unwrap().parse().unwrap();
                Reply::ok(self.page(token).to_string())
            }
            "DestroyView" | "Logout" => Reply::status(204, ""),
            other => panic!("{other}"),
        }
    }

    fn retrieve(&self, spec: &Json) -> Reply {
        let kind = spec["propSet"][0]["type"].as_str().unwrap();
        let paths = strings(&spec["propSet"][0]["pathSet"]);
        if let Some(unknown) = paths.iter().find(|path| **path == "config.ftEncryptionMode") {
            let fault = json!({"_typeName": "InvalidProperty", "name": unknown});
            return Reply::status(500, fault.to_string());
        }
        let ids: Vec<String> = spec["objectSet"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["obj"]["value"].as_str().unwrap().to_owned())
            .collect();
        let objects: Vec<Json> = ids.iter().map(|id| self.object(kind, id, &paths)).collect();
        let mut left = self.left.lock().unwrap();
        left.push(objects);
        let token = left.len() - 1;
        drop(left);
        Reply::ok(self.page(token).to_string())
    }

    fn object(&self, kind: &str, id: &str, paths: &[&str]) -> Json {
        if kind == "ContainerView" {
            let of: Vec<&str> = id.split('+').collect();
            let listed = self.store.keys().filter(|(kind, _)| of.contains(kind));
            let listed = listed.map(|(kind, id)| moref(kind, id)).collect();
            let view = json!({"name": "view", "val": array("ManagedObjectReference", listed)});
            return json!({"obj": moref(kind, id), "propSet": [view]});
        }
        let held = self.store.iter().find(|((_, other), _)| *other == id).unwrap().1;
        let set: Vec<Json> = held
            .iter()
            .filter(|(path, _)| paths.contains(path))
            .map(
                |(path, value)| json!({"_typeName": "DynamicProperty", "name": path, "val": value}),
            )
            .collect();
        let mut object =
            json!({"_typeName": "ObjectContent", "obj": moref(kind, id), "propSet": set});
        if paths.contains(&"config.annotation") && id == "vm-2" {
            let fault = json!({"_typeName": "NoPermission", "privilegeId": "System.Read"});
            let missing = json!({"path": "config.annotation", "fault": {"fault": fault}});
            object["missingSet"] = json!([missing]);
        }
        object
    }

    /// One object, and a token if there are more.
    fn page(&self, token: usize) -> Json {
        let mut left = self.left.lock().unwrap();
        let first = left[token].remove(0);
        let mut page = json!({"_typeName": "RetrieveResult", "objects": [first]});
        if !left[token].is_empty() {
            page["token"] = json!(token.to_string());
        }
        page
    }
}

/// The tagging service.
fn rest(asked: &Asked) -> Reply {
    if asked.path == "/api/session" && asked.verb == "POST" {
        let ok = asked.header("authorization").is_some_and(|held| held.starts_with("Basic "));
        assert!(ok, "no login");
        return Reply::status(201, json!("rest-session-0123456789").to_string());
    }
    assert_eq!(asked.header("vmware-api-session-id"), Some("rest-session-0123456789"));
    let answer = match asked.path.as_str() {
        "/api/session" => return Reply::status(204, ""),
        "/api/cis/tagging/category" => json!(["urn:c:1"]),
        "/api/cis/tagging/category/urn:c:1" => json!({"id": "urn:c:1", "name": "env"}),
        "/api/cis/tagging/tag" => json!(["urn:t:1", "urn:t:gone", "../not/plain"]),
        "/api/cis/tagging/tag/urn:t:1" => {
            json!({"id": "urn:t:1", "name": "prod", "category_id": "urn:c:1"})
        }
        "/api/cis/tagging/tag-association?action=list-attached-tags-on-objects" => json!([
            {"object_id": {"id": "vm-1", "type": "VirtualMachine"}, "tag_ids": ["urn:t:1"]},
        ]),
        _ => return Reply::status(404, ""),
    };
    Reply::ok(answer.to_string())
}

fn content() -> Json {
    json!({
        "_typeName": "ServiceContent",
        "rootFolder": moref("Folder", "group-d1"),
        "propertyCollector": moref("PropertyCollector", "propertyCollector"),
        "viewManager": moref("ViewManager", "ViewManager"),
        "about": {
            "_typeName": "AboutInfo", "name": "VMware vCenter Server",
            "fullName": "VMware vCenter Server 8.0.3 build-24022515", "vendor": "VMware, Inc.",
            "version": "8.0.3", "build": "24022515", "osType": "linux-x64", "productLineId": "vpx",
            "apiType": "VirtualCenter", "apiVersion": "8.0.3.0", "instanceUuid": VCENTER,
        },
        "sessionManager": moref("SessionManager", "SessionManager"),
    })
}

fn strings(value: &Json) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

pub(super) async fn standin() -> Server {
    let standin = Arc::new(Standin { store: store(), left: Mutex::default() });
    let handler: Handler = Arc::new(move |asked| {
        let standin = Arc::clone(&standin);
        Box::pin(async move { standin.answer(&asked) })
    });
    Server::start("127.0.0.1", handler).await
}
