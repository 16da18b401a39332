//! Recordings written by hand, collectors run to their end, and what they said.

use crate::DirectoryFactory;
use crate::entry::Entry;
use crate::page::{End, Page, pieces};
use cadastre_collect::{
    CollectError, Collector, Event, Exchange, Factory, Memory, Mode, Outcome, Recorder, Recording,
    RunContext, TimeBase,
};
use cadastre_model::{
    Attr, Coverage, DetailError, Enumeration, Fact, Observation, SourceKind, Target, Timestamp,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// When all recordings here were recorded.
pub(super) const RECORDED_AT: Timestamp = Timestamp(1_795_000_000_000);

/// The domain of all recordings here.
pub(super) const DOMAIN: &str = "DC=corp,DC=example,DC=test";
const CONFIGURATION: &str = "CN=Configuration,DC=corp,DC=example,DC=test";
const SCHEMA: &str = "CN=Schema,CN=Configuration,DC=corp,DC=example,DC=test";

/// What a run said, sorted out.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub seen: BTreeMap<String, Observation>,
    pub scopes: BTreeMap<String, Coverage>,
    pub details: Vec<DetailError>,
    pub started: Vec<String>,
    pub observations: usize,
    pub result: Option<Result<(), CollectError>>,
}

impl Said {
    /// What has this name.
    pub(super) fn named(&self, name: &str) -> &Observation {
        let found: Vec<&Observation> =
            self.seen.values().filter(|seen| text_of(seen, Attr::Name) == name).collect();
        match found.as_slice() {
            [one] => one,
            other => panic!("{} things are named {name}", other.len()),
        }
    }

    pub(super) fn coverage(&self, scope: &str) -> (Enumeration, String) {
        let coverage = self
            .scopes
            .get(scope)
            .unwrap_or_else(|| panic!("no scope {scope}, only {:?}", self.scopes));
        (coverage.enumeration, coverage.error.clone().unwrap_or_default())
    }

    pub(super) fn error(&self) -> &CollectError {
        match &self.result {
            Some(Err(error)) => error,
            other => panic!("expected an error, not {other:?}; {:?}", self.scopes),
        }
    }

    pub(super) fn assert_ok(&self) {
        assert_eq!(self.result, Some(Ok(())));
    }

    pub(super) fn assert_complete(&self) {
        self.assert_ok();
        let is_whole = |it: &Coverage| {
            let plain = Coverage { mark: None, ..it.clone() };
            plain == Coverage::complete()
        };
        assert!(self.scopes.values().all(is_whole), "{:?}", self.scopes);
    }
}

pub(super) fn text_of(seen: &Observation, attr: Attr) -> String {
    match seen.facts.get(&attr) {
        Some(Fact::Value(value)) => attr.def().value_type.to_display(value),
        Some(Fact::NotRead(why)) => format!("not read: {why}"),
        Some(Fact::Absent) | None => String::new(),
    }
}

/// What a thing says, attribute by attribute, in the words of a table.
pub(super) fn values(seen: &Observation) -> BTreeMap<&'static str, String> {
    let stated = seen.facts.keys().map(|attr| (attr.name(), text_of(seen, *attr)));
    stated.filter(|(_, text)| !text.is_empty()).collect()
}

/// What it claims: the relation and the id or SID at the other end.
pub(super) fn claims(seen: &Observation) -> Vec<(&'static str, String)> {
    let end = |target: &Target| match target {
        Target::Native(id) => id.clone(),
        Target::Identifier(one) => one.value.clone(),
    };
    seen.claims.iter().map(|claim| (claim.relation.word(), end(&claim.target))).collect()
}

pub(super) async fn collected(collector: &dyn Collector) -> Said {
    collected_until(collector, TimeBase::live(), |_, _| {}).await
}

/// Runs a collector that is given what an earlier run left.
pub(super) async fn collected_after(collector: &dyn Collector, memory: Memory) -> Said {
    heard(collector, TimeBase::live(), memory, |_, _| {}).await
}

/// Runs a collector; `on_event` may cancel it.
pub(super) async fn collected_until(
    collector: &dyn Collector,
    time: TimeBase,
    on_event: impl FnMut(&Event, &CancellationToken),
) -> Said {
    heard(collector, time, Memory::default(), on_event).await
}

async fn heard(
    collector: &dyn Collector,
    time: TimeBase,
    memory: Memory,
    mut on_event: impl FnMut(&Event, &CancellationToken),
) -> Said {
    let (sender, mut receiver) = mpsc::channel(16);
    let cancel = CancellationToken::new();
    let run = RunContext::new(sender, cancel.clone(), time).remembering(memory);
    let collecting = async move {
        let result = collector.collect(&run).await;
        drop(run);
        result
    };
    let listening = async {
        let mut said = Said::default();
        while let Some(event) = receiver.recv().await {
            on_event(&event, &cancel);
            match event {
                Event::ScopeStarted { scope } => said.started.push(scope),
                Event::Seen(seen) => {
                    said.observations += 1;
                    assert_fits(&seen);
                    said.seen.insert(seen.native_id.clone(), *seen);
                }
                Event::ScopeFinished { scope, coverage } => {
                    assert!(said.scopes.insert(scope, coverage).is_none(), "closed twice");
                }
                Event::DetailError { error, .. } => said.details.push(error),
                Event::Progress { .. } => {}
            }
        }
        said
    };
    let (result, mut said) = tokio::join!(collecting, listening);
    said.result = Some(result);
    said.started.sort();
    assert_eq!(said.started, said.scopes.keys().cloned().collect::<Vec<_>>(), "left open");
    said
}

/// Nothing is said of a thing that its kind does not have.
fn assert_fits(seen: &Observation) {
    for attr in seen.facts.keys() {
        let kinds = attr.def().kinds;
        assert!(kinds.is_empty() || kinds.contains(&seen.kind), "{attr} of {}", seen.kind);
    }
}

pub(super) fn built(settings: Value, secrets: &[(&str, &str)], mode: Mode) -> Box<dyn Collector> {
    let secrets = secrets
        .iter()
        .map(|(key, secret)| ((*key).to_owned(), SecretString::from(*secret)))
        .collect();
    DirectoryFactory.build(&settings, &secrets, mode).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// An entry of a recording: its name, and texts by attribute.
pub(super) fn entry(dn: &str, texts: &[(&str, &[&str])]) -> Entry {
    let attributes = texts.iter().map(|(key, values)| {
        let values = values.iter().map(|value| value.as_bytes().to_vec()).collect();
        (key.to_ascii_lowercase(), values)
    });
    Entry { dn: dn.as_bytes().to_vec(), attributes: attributes.collect() }
}

/// With an objectGUID that ends in this number.
pub(super) fn with_id(mut entry: Entry, number: u8) -> Entry {
    let mut id = vec![0; 16];
    id[15] = number;
    entry.attributes.insert("objectguid".to_owned(), vec![id]);
    entry
}

/// The text form of such an objectGUID.
pub(super) fn id(number: u8) -> String {
    format!("00000000-0000-0000-0000-{number:012x}")
}

/// With an objectSid of the domain 21-1-2-3.
pub(super) fn with_sid(mut entry: Entry, rid: u32) -> Entry {
    let mut sid = vec![1, 5, 0, 0, 0, 0, 0, 5];
    for part in [21, 1, 2, 3, rid] {
        sid.extend(u32::to_le_bytes(part));
    }
    entry.attributes.insert("objectsid".to_owned(), vec![sid]);
    entry
}

/// A reference as the directory gives it.
pub(super) fn reference(number: u8, dn: &str) -> String {
    format!("<GUID={}>;{dn}", id(number))
}

/// A recording being written: of one domain, with nothing in it but what is added.
pub(super) struct Tape {
    folder: TempDir,
    recorder: Recorder,
    taken: std::cell::RefCell<Vec<String>>,
    whom: &'static str,
}

pub(super) const WELL: End = End::Result { code: 0, text: String::new() };

impl Tape {
    /// By these settings; the controller let us in.
    pub(super) fn of(asked: Value) -> Tape {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("directory.jsonl");
        let recorder = Recorder::create(&path, SourceKind::Directory, RECORDED_AT).unwrap();
        recorder.note_settings(asked);
        let tape =
            Tape { folder, recorder, taken: Default::default(), whom: "1:dc1.corp.example.test" };
        tape.exchange("log-on", 0, String::new());
        tape
    }

    pub(super) fn new() -> Tape {
        Tape::of(asked())
    }

    fn exchange(&self, key: &str, status: u16, body: String) {
        self.recorder.append(&Exchange {
            key: format!("{}/{key}", self.whom),
            request: "by hand".to_owned(),
            outcome: Outcome::Answer { status, headers: BTreeMap::new(), body },
        });
    }

    /// A page of a question.
    pub(super) fn page(&self, key: &str, entries: Vec<Entry>, end: End, more: bool) {
        self.page_with(key, Page { entries, referrals: Vec::new(), end, more, mark: None });
    }

    pub(super) fn page_with(&self, key: &str, page: Page) {
        self.taken.borrow_mut().push(key.split("&page=").next().unwrap_or_default().to_owned());
        for piece in pieces(&page, <[u8]>::to_vec) {
            self.exchange(key, page.end.status(), serde_json::to_string(&piece).unwrap());
        }
    }

    /// The only page of a question, that ended well.
    pub(super) fn all(&self, key: &str, entries: Vec<Entry>) {
        self.page(&format!("{key}&page=0"), entries, WELL, false);
    }

    /// Closes the tape, with empty answers to all that was not answered, and plays it.
    pub(super) async fn played(self) -> Said {
        let (collector, _folder) = self.collector(json!({}));
        collected(collector.as_ref()).await
    }

    pub(super) fn collector(self, settings: Value) -> (Box<dyn Collector>, TempDir) {
        self.fill();
        let recorded = self.recorder.finish().unwrap();
        let recording = Recording::open(&recorded.path).unwrap();
        (built(settings, &[], Mode::Replay(recording)), self.folder)
    }

    fn fill(&self) {
        let taken = self.taken.borrow().clone();
        for (key, entries) in defaults() {
            if !taken.contains(&key) {
                self.all(&key, entries);
            }
        }
    }
}

/// What the settings of all recordings here are.
pub(super) fn asked() -> Value {
    json!({
        "addresses": [
            {"ldaps": true, "host": "dc1.corp.example.test", "port": 636, "base": null},
        ],
        "base_dn": null, "mail": false, "page_size": 1000,
    })
}

/// The key of a question.
pub(super) fn key(name: &str, base: &str) -> String {
    format!("{name}/{base}?")
}

/// Groups are asked for their members too.
pub(super) fn groups_key() -> String {
    format!("groups/{DOMAIN}?member;range=0-1499")
}

fn defaults() -> Vec<(String, Vec<Entry>)> {
    let root = entry(
        "",
        &[
            ("defaultNamingContext", &[DOMAIN]),
            ("configurationNamingContext", &[CONFIGURATION]),
            ("schemaNamingContext", &[SCHEMA]),
            ("rootDomainNamingContext", &[DOMAIN]),
            ("namingContexts", &[DOMAIN, CONFIGURATION, SCHEMA]),
            ("supportedCapabilities", &["1.2.840.113556.1.4.800"]),
            ("currentTime", &["20261126194235.0Z"]),
            ("domainFunctionality", &["7"]),
            ("forestFunctionality", &["7"]),
        ],
    );
    let domain = with_id(with_sid(entry(DOMAIN, &[]), 0), 1);
    let sites = format!("CN=Sites,{CONFIGURATION}");
    let controllers = "domain controllers";
    vec![
        (key("the root of the directory", ""), vec![root]),
        (key(controllers, &sites), vec![]),
        (key(controllers, SCHEMA), vec![]),
        (key(controllers, &format!("CN=Partitions,{CONFIGURATION}")), vec![]),
        (key(controllers, DOMAIN), vec![]),
        (key(controllers, &format!("CN=RID Manager$,CN=System,{DOMAIN}")), vec![]),
        (key(controllers, &format!("CN=Infrastructure,{DOMAIN}")), vec![]),
        (key("the domain", DOMAIN), vec![domain]),
        (key("the list of domains", &format!("CN=Partitions,{CONFIGURATION}")), vec![]),
        (key("the Kerberos account", DOMAIN), vec![]),
        (key("the schema", SCHEMA), vec![]),
        (key("the schema", SCHEMA), vec![]),
        (groups_key(), vec![]),
        (key("organisational units", DOMAIN), vec![]),
        (key("computers", DOMAIN), vec![]),
        (key("accounts", DOMAIN), vec![]),
        (key("deleted objects", &format!("CN=Deleted Objects,{DOMAIN}")), vec![]),
        (key("sites", &sites), vec![]),
        (key("subnets", &sites), vec![]),
    ]
}
