//! Against a simulated vCenter that nobody here wrote. `CADASTRE_LAB_VCSIM` names it; without it
//! these are NOT RUN. What it holds is counted and changed by SOAP written by hand here.

mod change;
mod estate;
mod trouble;

use super::support::{Said, built, collected};
use crate::wire::{HttpSettings, client};
use cadastre_collect::{Collector, Mode, Trust};
use cadastre_tests::vcsim;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tempfile::TempDir;

const USER: &str = vcsim::Vcsim::USER;
const PASSWORD: &str = vcsim::Vcsim::PASSWORD;

/// A simulated vCenter of this test's own; it ends with the test.
struct Vcsim {
    _peer: vcsim::Vcsim,
    address: String,
    folder: TempDir,
    http: reqwest::Client,
    cookie: String,
}

impl Vcsim {
    /// Starts one with these flags, or notes that it cannot.
    async fn start(flags: &[&str]) -> Option<Vcsim> {
        let folder = TempDir::new().unwrap();
        let certificate = folder.path().join("ca.pem");
        let told = ["-certificate", certificate.to_str().unwrap()];
        let peer = vcsim::Vcsim::start(&[&told[..], flags].concat())?;
        let settings = HttpSettings {
            tls: Trust::Anything.client_config().unwrap(),
            proxy: None,
            timeout: Duration::from_secs(60),
        };
        let mut vcsim = Vcsim {
            address: peer.address.clone(),
            _peer: peer,
            folder,
            http: client(settings).unwrap(),
            cookie: String::new(),
        };
        // The tests of a single host change nothing in it.
        if !flags.contains(&"-esx") {
            vcsim.log_in().await;
        }
        Some(vcsim)
    }

    fn settings(&self, more: Json) -> Json {
        let mut settings = json!({
            "url": format!("https://{}", self.address),
            "username": USER,
            "ca_file": self.folder.path().join("ca.pem"),
        });
        for (key, value) in more.as_object().unwrap() {
            settings[key] = value.clone();
        }
        settings
    }

    fn collector(&self, more: Json, mode: Mode) -> Box<dyn Collector> {
        built(&self.settings(more), Some(PASSWORD), mode)
    }

    async fn collected(&self, more: Json, mode: Mode) -> Said {
        collected(self.collector(more, mode).as_ref()).await
    }

    async fn log_in(&mut self) {
        let body = format!(
            "<Login xmlns=\"urn:vim25\"><_this type=\"SessionManager\">SessionManager</_this>\
             <userName>{USER}</userName><password>{PASSWORD}</password></Login>"
        );
        let response = self.post(&body).await;
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        self.cookie = cookie.split(';').next().unwrap().to_owned();
        response.text().await.unwrap();
    }

    async fn post(&self, body: &str) -> reqwest::Response {
        let envelope = format!(
            "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><e:Body>{body}</e:Body></e:Envelope>"
        );
        self.http
            .post(format!("https://{}/sdk", self.address))
            .header("cookie", &self.cookie)
            .header("soapaction", "urn:vim25/6.5")
            .body(envelope)
            .send()
            .await
            .unwrap()
    }

    /// Calls a method, with its parameters as XML, and gives the answer's text.
    async fn soap(&self, method: &str, kind: &str, id: &str, params: &str) -> String {
        let body = format!(
            "<{method} xmlns=\"urn:vim25\"><_this type=\"{kind}\">{id}</_this>{params}</{method}>"
        );
        let response = self.post(&body).await;
        let status = response.status();
        let answer = response.text().await.unwrap();
        assert!(status.is_success(), "{method}: {answer}");
        answer
    }

    /// Calls a method that begins a task, and waits for it to be done.
    async fn task(&self, method: &str, kind: &str, id: &str, params: &str) -> String {
        let answer = self.soap(method, kind, id, params).await;
        let task = inside(&answer, "returnval").remove(0);
        for _ in 0..100 {
            let state = self.property("Task", &task, "info").await;
            if state.contains("<state>success</state>") {
                return state;
            }
            assert!(!state.contains("<state>error</state>"), "{method}: {state}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{method} does not end");
    }

    async fn property(&self, kind: &str, id: &str, path: &str) -> String {
        let params = format!(
            "<specSet><propSet><type>{kind}</type><pathSet>{path}</pathSet></propSet><objectSet>\
             <obj type=\"{kind}\">{id}</obj></objectSet></specSet><options/>"
        );
        let collector = "PropertyCollector";
        self.soap("RetrievePropertiesEx", collector, "propertyCollector", &params).await
    }

    /// The ids of all objects of a kind.
    async fn ids(&self, kind: &str) -> Vec<String> {
        let params = format!(
            "<container type=\"Folder\">group-d1</container><type>{kind}</type>\
             <recursive>true</recursive>"
        );
        let made = self.soap("CreateContainerView", "ViewManager", "ViewManager", &params).await;
        let view = inside(&made, "returnval").remove(0);
        inside(&self.property("ContainerView", &view, "view").await, "ManagedObjectReference")
    }

    /// The names of all objects of a kind, by their ids.
    async fn names(&self, kind: &str) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        for id in self.ids(kind).await {
            let name = inside(&self.property(kind, &id, "name").await, "val").remove(0);
            names.insert(id, name);
        }
        names
    }

    /// The id of the object of this kind and name.
    async fn id(&self, kind: &str, name: &str) -> String {
        let names = self.names(kind).await;
        let found = names.iter().find(|(_, other)| *other == name);
        found.unwrap_or_else(|| panic!("no {kind} {name} in {names:?}")).0.clone()
    }

    /// Sets what the guest of a machine reports.
    async fn set_guest(&self, id: &str, values: &[(&str, &str)]) {
        let values: String = values
            .iter()
            .map(|(key, value)| {
                format!(
                    "<extraConfig xsi:type=\"OptionValue\"><key>SET.{key}</key>\
                     <value xsi:type=\"xsd:string\">{value}</value></extraConfig>"
                )
            })
            .collect();
        self.reconfigure(id, &values).await;
    }

    async fn reconfigure(&self, id: &str, spec: &str) {
        let spec = format!("<spec>{spec}</spec>");
        self.task("ReconfigVM_Task", "VirtualMachine", id, &spec).await;
    }

    /// Calls the tagging service.
    async fn rest(&self, session: Option<&str>, path: &str, body: Json) -> Json {
        let url = format!("https://{}/rest/com/vmware/cis/{path}", self.address);
        let mut request = self.http.post(url).body(body.to_string());
        request = match session {
            Some(session) => request.header("vmware-api-session-id", session),
            None => request.header("authorization", "Basic cmVhZGVyOng="),
        };
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{path}: {text}");
        let answer: Json = serde_json::from_str(&text).unwrap_or(Json::Null);
        answer["value"].clone()
    }
}

/// The plain contents of all elements of this name.
fn inside(answer: &str, name: &str) -> Vec<String> {
    answer
        .split(&format!("<{name}"))
        .skip(1)
        .filter_map(|rest| {
            let (head, rest) = rest.split_once('>')?;
            (head.is_empty() || head.starts_with(' ')).then_some(rest)
        })
        .filter_map(|rest| rest.split('<').next())
        .map(str::to_owned)
        .collect()
}
