//! A real controller behind somebody who cuts the connection, or lets it hang.

use super::lab::Controller;
use super::support::{Said, built, collected};
use cadastre_collect::{ErrorClass, Mode, Recorder, Recording};
use cadastre_model::{Enumeration, SourceKind, Timestamp};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CORP: &str = "corp.example.test";

/// What becomes of a connection after so many octets from the controller.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Cut(usize),
    Hang(usize),
    Whole,
}

/// Passes octets on.
struct Middleman {
    address: SocketAddr,
    passed: Arc<AtomicUsize>,
}

impl Middleman {
    /// At an address that the controller's certificate has, unless `strange`.
    async fn start(controller: &Controller, fate: Fate, strange: bool) -> Middleman {
        let host = if strange { "127.0.0.1:0" } else { "127.77.0.50:0" };
        let listener = TcpListener::bind(host).await.unwrap();
        let address = listener.local_addr().unwrap();
        let passed = Arc::new(AtomicUsize::new(0));
        let target = format!("{}:636", controller.address);
        tokio::spawn({
            let passed = Arc::clone(&passed);
            async move {
                loop {
                    let (near, _) = listener.accept().await.unwrap();
                    let far = TcpStream::connect(&target).await.unwrap();
                    tokio::spawn(pass_on(near, far, fate, Arc::clone(&passed)));
                }
            }
        });
        Middleman { address, passed }
    }

    fn settings(&self, controller: &Controller, timeout: &str) -> Value {
        let base = controller.base;
        let url = format!("ldaps://{}/{base}", self.address);
        controller.settings(json!({"url": url, "timeout": timeout, "page_size": 200}))
    }

    async fn collected(&self, controller: &Controller, timeout: &str, mode: Mode) -> Said {
        let secrets = [("password", super::lab::PASSWORD)];
        collected(built(self.settings(controller, timeout), &secrets, mode).as_ref()).await
    }
}

async fn pass_on(near: TcpStream, far: TcpStream, fate: Fate, passed: Arc<AtomicUsize>) {
    let (mut from_near, mut to_near) = near.into_split();
    let (mut from_far, mut to_far) = far.into_split();
    let outward = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_near, &mut to_far).await;
    });
    let limit = match fate {
        Fate::Cut(limit) | Fate::Hang(limit) => limit,
        Fate::Whole => usize::MAX,
    };
    let mut own = 0;
    let mut chunk = vec![0; 16 << 10];
    while own < limit {
        let room = chunk.len().min(limit - own);
        let Ok(count) = from_far.read(&mut chunk[..room]).await else { break };
        if count == 0 || to_near.write_all(&chunk[..count]).await.is_err() {
            break;
        }
        own += count;
        passed.fetch_add(count, Ordering::Relaxed);
    }
    if let Fate::Hang(_) = fate {
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    }
    outward.abort();
}

#[tokio::test]
async fn a_cut_run_is_partial_what_was_read_stands_and_the_next_heals() {
    let test = "a_cut_run_is_partial_what_was_read_stands_and_the_next_heals";
    let Some(corp) = Controller::corp(test) else { return };
    let honest = Middleman::start(&corp, Fate::Whole, false).await;
    let whole = honest.collected(&corp, "20s", Mode::Live).await;
    whole.assert_complete();
    let octets = honest.passed.load(Ordering::Relaxed);
    assert!(octets > 1_000_000, "{octets}");

    for part in [3, 5, 8] {
        let cut = Middleman::start(&corp, Fate::Cut(octets * part / 10), false).await;
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("directory.jsonl");
        let recorder = Recorder::create(&path, SourceKind::Directory, Timestamp(0)).unwrap();
        let said = cut.collected(&corp, "20s", Mode::Record(recorder.clone())).await;
        said.assert_ok();
        let (enumeration, reason) = said.coverage(CORP);
        assert_eq!(enumeration, Enumeration::Partial, "{reason}");
        assert!(reason.contains("the connection ended while"), "{reason}");
        assert!(!said.seen.is_empty() && said.seen.len() < whole.seen.len());
        for (id, seen) in &said.seen {
            assert_eq!(seen, &whole.seen[id], "what was read stands");
        }
        // The forest's sites were not to be had on that connection either.
        assert_eq!(said.coverage("corp.example.test/sites").0, Enumeration::Failed);

        recorder.finish().unwrap();
        let recording = Recording::open(&path).unwrap();
        let replay = built(json!({}), &[], Mode::Replay(recording));
        let replayed = collected(replay.as_ref()).await;
        assert_eq!(replayed.seen, said.seen);
        assert_eq!(replayed.scopes, said.scopes);
    }

    let healed = honest.collected(&corp, "20s", Mode::Live).await;
    healed.assert_complete();
    assert_eq!(healed.seen, whole.seen);
}

#[tokio::test]
async fn a_controller_that_falls_silent_is_waited_for_as_long_as_allowed() {
    let test = "a_controller_that_falls_silent_is_waited_for_as_long_as_allowed";
    let Some(corp) = Controller::corp(test) else { return };
    let hanging = Middleman::start(&corp, Fate::Hang(400_000), false).await;
    let said = hanging.collected(&corp, "2s", Mode::Live).await;
    said.assert_ok();
    let (enumeration, reason) = said.coverage(CORP);
    assert_eq!(enumeration, Enumeration::Partial, "{reason}");
    assert!(reason.contains("no answer in time") && reason.contains("timeout"), "{reason}");
    assert!(!said.seen.is_empty());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_taken() {
    let test = "a_certificate_for_another_name_is_not_taken";
    let Some(corp) = Controller::corp(test) else { return };
    let strange = Middleman::start(&corp, Fate::Whole, true).await;
    let said = strange.collected(&corp, "5s", Mode::Live).await;
    assert_eq!(said.error().class, ErrorClass::Tls, "{}", said.error());
    assert!(said.error().what.contains("not for the name 127.0.0.1"), "{}", said.error());
    assert!(said.error().what.contains("dc1.corp.example.test"), "{}", said.error());

    let mut table = strange.settings(&corp, "5s");
    table["ca_file"] = Value::Null;
    table["insecure_tls"] = true.into();
    table["include"] = json!(["reader"]);
    let anyhow = built(table, &[("password", super::lab::PASSWORD)], Mode::Live);
    collected(anyhow.as_ref()).await.assert_complete();
}

#[tokio::test]
async fn a_connection_that_is_cut_in_its_greeting_is_told_as_one() {
    let test = "a_connection_that_is_cut_in_its_greeting_is_told_as_one";
    let Some(corp) = Controller::corp(test) else { return };
    let cut = Middleman::start(&corp, Fate::Cut(100), false).await;
    let said = cut.collected(&corp, "5s", Mode::Live).await;
    assert_eq!(said.error().class, ErrorClass::Tls, "{}", said.error());
    assert!(said.error().hint.contains("certificate"), "{}", said.error());
}
