//! What the tests share: a register with a clock moved by hand, accounts with tokens, assets.

use crate::config::Server;
use crate::web::router;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Request, StatusCode};
use cadastre_model::{
    Actor, AssetDoc, AssetId, AssetWrite, Attr, Change, Counts, Digest, Enumeration, Freshness,
    Kind, Lifecycle, LinkWrite, Plan, Policy, Power, Reason, RecordDoc, RecordKey, RecordState,
    RecordWrite, Role, Rule, RunId, RunStatus, ScopeReport, SourceId, SourceKind, Tag, Timestamp,
    Value,
};
use cadastre_service::secrets::{Environment, Secrets};
use cadastre_service::store::{Intent, Party, RunError, Site, Store, Urgency};
use cadastre_service::zone::Zone;
use cadastre_service::{Clock, RunSettings, Service, SetUpLink, TokenAdd};
use http_body_util::BodyExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// When the tests begin: a Saturday noon.
pub const NOON: Timestamp = Timestamp(1_795_262_400_000);

struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// What was answered.
pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Json,
}

/// A request in the making.
#[derive(Clone, Default)]
pub struct Asking<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub headers: Vec<(&'a str, &'a str)>,
    pub body: Option<String>,
    pub from: Option<IpAddr>,
}

pub struct Desk {
    pub service: Service,
    pub store: Store,
    router: Router,
    clock: Arc<HandClock>,
    /// A token that may read everything, another that may write assets.
    pub reader: String,
    pub editor: String,
    _folder: TempDir,
}

impl Desk {
    pub async fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("register.db").display());
        let store = Store::open_or_create(&url).await.unwrap();
        store.migrate(folder.path()).await.unwrap();
        let secrets = Secrets::new(None, None, Environment::fixed(BTreeMap::new()));
        let clock = Arc::new(HandClock(AtomicI64::new(NOON.0)));
        let runs = RunSettings::default();
        let service =
            Service::new(store.clone(), Vec::new(), secrets, Zone::UTC, clock.clone(), runs);
        let (link, _) = SetUpLink::make(&service).await.unwrap();
        let listen = "127.0.0.1:8080".parse().unwrap();
        let server = Server { listen, tls: None, public_url: None, trusted_proxies: Vec::new() };
        let router = router(service.clone(), link, &server);
        let mut desk = Desk {
            service,
            store,
            router,
            clock,
            reader: String::new(),
            editor: String::new(),
            _folder: folder,
        };
        desk.reader = desk.token(Role::Reader, TokenAdd::default()).await;
        desk.editor =
            desk.token(Role::Editor, TokenAdd { write: true, ..TokenAdd::default() }).await;
        desk
    }

    /// A token of an account of a role, both named after it.
    pub async fn token(&self, role: Role, add: TokenAdd) -> String {
        let (admin, account) = (Actor::cli("test"), role.to_string());
        let password = SecretString::from("correct horse battery");
        let accounts = self.service.account_list(&admin).await.unwrap();
        if !accounts.iter().any(|one| one.name == account) {
            self.service.account_add(&admin, &account, role, password).await.unwrap();
        }
        let number = self.service.token_list(&admin, 0, 99).await.unwrap().len();
        let add = TokenAdd { account, name: format!("token {number}"), ..add };
        let made = self.service.token_add(&admin, &add).await.unwrap();
        made.token.expose_secret().to_owned()
    }

    pub fn advance(&self, millis: i64) {
        self.clock.0.fetch_add(millis, Ordering::SeqCst);
    }

    pub async fn send(&self, asking: Asking<'_>) -> Answered {
        let mut request = Request::builder().method(asking.method).uri(asking.path);
        for (name, value) in &asking.headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(asking.body.unwrap_or_default())).unwrap();
        if let Some(from) = asking.from {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(from, 4711)));
        }
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|error| {
            panic!("{} {}: {error}: {bytes:?}", asking.method, asking.path)
        });
        Answered { status: parts.status, headers: parts.headers, body }
    }

    /// As somebody who may read.
    pub async fn ask(&self, path: &str) -> Answered {
        let bearer = format!("Bearer {}", self.reader);
        let headers = vec![("authorization", bearer.as_str()), ("host", "cadastre.test")];
        self.send(Asking { method: "GET", path, headers, ..Asking::default() }).await
    }

    /// What is there; it must be.
    pub async fn get(&self, path: &str) -> Json {
        let answer = self.ask(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.body
    }

    /// The names that a list of assets gives, and how many it says there are.
    pub async fn names(&self, parameters: &str) -> (Vec<String>, u64) {
        let path = format!("/api/inventory/assets/?{parameters}");
        let list = self.get(&path).await;
        let names = list["results"].as_array().unwrap().iter();
        let names = names.map(|row| row["name"].as_str().unwrap().to_owned()).collect();
        (names, list["count"].as_u64().unwrap())
    }

    /// A change, as somebody who may.
    pub async fn patch(&self, path: &str, body: &Json, more: &[(&str, &str)]) -> Answered {
        let token = format!("Token {}", self.editor);
        let mut headers = vec![
            (AUTHORIZATION.as_str(), token.as_str()),
            (CONTENT_TYPE.as_str(), "application/json"),
        ];
        headers.extend(more);
        let body = Some(body.to_string());
        self.send(Asking { method: "PATCH", path, headers, body, from: None }).await
    }

    fn intent(&self) -> Intent {
        Intent {
            actor: "worker".to_owned(),
            now: self.service.now(),
            reason: "a test".to_owned(),
            run: None,
            urgency: Urgency::Batch,
        }
    }

    /// Adds a source, and the assets that it has.
    pub async fn stock(&self, source: &str, things: impl IntoIterator<Item = Thing>) -> SourceId {
        let mut tx = self.store.begin_write(self.intent()).await.unwrap();
        let settings = json!({ "table": { "regions": ["eu"] }, "secrets": {}, "recording": null });
        let id = tx.source_add(source, SourceKind::Aws, None, &settings).await.unwrap();
        let scopes = tx.scopes_ensure(id, &BTreeSet::from(["eu".to_owned()])).await.unwrap();
        let mut plan = Plan::default();
        for thing in things {
            thing.write(&mut plan, id, source, scopes["eu"]);
        }
        tx.apply(&plan, &Policy::default()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A run that ended, with so many scopes and as many errors.
    pub async fn ran(&self, source: SourceId, name: &str, lines: usize) -> RunId {
        let mut tx = self.store.begin_write(self.intent()).await.unwrap();
        let run = tx.run_start(source, name, Timestamp(0)).await.unwrap();
        let names: BTreeSet<String> = (0..lines).map(|number| format!("eu {number:04}")).collect();
        let scopes = tx.scopes_ensure(source, &names).await.unwrap();
        for scope in names {
            let report = ScopeReport {
                scope: scope.clone(),
                coverage: Enumeration::Partial,
                seen: 3,
                error: Some("half of it".to_owned()),
                is_increment: false,
            };
            tx.run_scope(run, scopes[&scope], &report).await.unwrap();
        }
        let errors: Vec<RunError> = (0..lines)
            .map(|number| RunError {
                scope: "eu 0000".to_owned(),
                subject: format!("i-{number}"),
                message: "no answer".to_owned(),
            })
            .collect();
        tx.run_errors_add(run, 0, &errors).await.unwrap();
        tx.commit().await.unwrap();
        self.advance(1000);
        let mut tx = self.store.begin_write(self.intent()).await.unwrap();
        let counts = Counts { seen: 3, ..Counts::default() };
        tx.run_finish(run, RunStatus::Partial, &counts, None).await.unwrap();
        tx.commit().await.unwrap();
        run
    }

    /// A team and a site that assets may belong to.
    pub async fn with_people(&self) {
        let admin = Actor::cli("test");
        let party = Party {
            handle: "payments".to_owned(),
            name: "Payments".to_owned(),
            is_team: true,
            active: true,
        };
        self.service.party_put(&admin, &party).await.unwrap();
        let site = Site { slug: "paris".to_owned(), name: "Paris".to_owned(), parent: None };
        self.service.site_put(&admin, &site).await.unwrap();
    }
}

/// An asset with the one record that says what it is.
#[derive(Clone)]
pub struct Thing {
    number: i64,
    name: String,
    kind: Kind,
    values: BTreeMap<Attr, Value>,
    tags: BTreeSet<Tag>,
}

impl Thing {
    pub fn new(number: i64, kind: Kind, name: &str) -> Thing {
        let values = BTreeMap::from([(Attr::Name, Value::text(name))]);
        Thing { number, name: name.to_owned(), kind, values, tags: BTreeSet::new() }
    }

    pub fn with(mut self, attr: Attr, value: Value) -> Thing {
        self.values.insert(attr, value);
        self
    }

    pub fn tag(mut self, key: &str, value: &str) -> Thing {
        self.tags.insert(Tag::new(key, value));
        self
    }

    fn write(
        self,
        plan: &mut Plan,
        source: SourceId,
        source_name: &str,
        scope: cadastre_model::ScopeId,
    ) {
        let reason = || Reason::new(Rule::KnownRecord, "a test");
        let (key, id) = (RecordKey(self.number), AssetId(self.number));
        let mut attributes = self.values.clone();
        attributes.remove(&Attr::Name);
        plan.records.push(RecordWrite {
            key,
            source,
            native_id: format!("i-{}", self.number),
            scope,
            asset: id,
            before: None,
            state: RecordState::Live,
            doc: RecordDoc {
                kind: self.kind,
                values: self.values,
                tags: self.tags.clone(),
                identifiers: BTreeSet::new(),
                interfaces: Vec::new(),
                claims: BTreeSet::new(),
                power: Some(Power::On),
                tombstone: None,
            },
            digest: Some(Digest { versioned: self.number, latest: 0 }),
            latest: BTreeMap::new(),
            sighted: cadastre_model::Sighted::default(),
            last_seen: None,
            reason: reason(),
        });
        plan.links.push(LinkWrite { record: key, asset: id, from: None, reason: reason() });
        plan.assets.push(AssetWrite {
            id,
            before: None,
            after: AssetDoc {
                kind: self.kind,
                name: self.name,
                lifecycle: Lifecycle::Active,
                power: Power::On,
                freshness: Freshness::Live,
                hidden: None,
                conflicted: false,
                witness: Some(source),
                sources: BTreeSet::from([source_name.to_owned()]),
                attributes,
                provenance: BTreeMap::new(),
                tags: self.tags,
                tag_provenance: BTreeMap::new(),
                identifiers: BTreeSet::new(),
                interfaces: Vec::new(),
            },
            changes: vec![Change { subject: "created".to_owned(), before: None, after: None }],
            reason: reason(),
        });
    }
}

/// A few assets, different in all that tests ask for.
pub fn few() -> Vec<Thing> {
    vec![
        Thing::new(1, Kind::Vm, "web01")
            .with(Attr::Vcpu, Value::Int(4))
            .with(Attr::Environment, Value::text("prod"))
            .with(Attr::Encrypted, Value::Bool(true))
            .tag("team", "payments")
            .tag("backup", ""),
        Thing::new(2, Kind::Vm, "web02")
            .with(Attr::Vcpu, Value::Int(8))
            .with(Attr::Environment, Value::text("test"))
            .tag("team", "search"),
        Thing::new(3, Kind::Instance, "db*01")
            .with(Attr::Vcpu, Value::Int(16))
            .with(Attr::Os, Value::text("Say \"hi\" \\ there")),
        Thing::new(4, Kind::Volume, "Zürich disk"),
    ]
}
