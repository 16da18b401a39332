//! Recorder and recording together: what is written is read, and damage is noticed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use super::*;
use crate::exchange::{Cause, Outcome};
use crate::recorder::Recorder;
use secrecy::SecretString;
use serde_json::json;
use std::fs;
use tempfile::TempDir;

const RECORDED_AT: Timestamp = Timestamp(1_795_000_000_000);

fn exchange(key: &str, body: &str) -> Exchange {
    Exchange {
        key: key.to_owned(),
        request: format!("Action={key}"),
        outcome: Outcome::Answer { status: 200, headers: BTreeMap::new(), body: body.to_owned() },
    }
}

fn body(exchange: &Exchange) -> &str {
    match &exchange.outcome {
        Outcome::Answer { body, .. } => body,
        Outcome::Failure { failure, .. } => failure,
    }
}

fn recorded(folder: &TempDir, exchanges: &[Exchange]) -> PathBuf {
    let path = folder.path().join("estate.jsonl");
    let recorder = Recorder::create(&path, SourceKind::Aws, RECORDED_AT).unwrap();
    recorder.note_settings(json!({"home": "eu-west-1"}));
    for exchange in exchanges {
        recorder.append(exchange);
    }
    assert_eq!(recorder.finish().unwrap().exchanges, exchanges.len() as u64);
    path
}

fn files(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_written_is_read_in_order_by_key() {
    let folder = TempDir::new().unwrap();
    let failure = Exchange {
        key: "b".to_owned(),
        request: "Action=b".to_owned(),
        outcome: Outcome::Failure { failure: "dropped".to_owned(), cause: Cause::TimedOut },
    };
    let path = recorded(
        &folder,
        &[exchange("a", "1"), failure.clone(), exchange("a", "2\n\"ä\""), exchange("b", "3")],
    );
    assert_eq!(files(&folder), ["estate.jsonl"]);

    let recording = Recording::open(&path).unwrap();
    assert_eq!(recording.kind(), SourceKind::Aws);
    assert_eq!(recording.recorded_at(), RECORDED_AT);
    assert_eq!(recording.settings(), &json!({"home": "eu-west-1"}));
    assert_eq!(recording.exchanges(), 4);

    for _ in 0..2 {
        let player = recording.player();
        assert_eq!(body(&player.answer("a").unwrap()), "1");
        assert_eq!(player.answer("b").unwrap(), failure);
        assert_eq!(body(&player.answer("b").unwrap()), "3");
        assert_eq!(body(&player.answer("a").unwrap()), "2\n\"ä\"");
        let error = player.answer("a").unwrap_err().to_string();
        assert!(error.contains("`a` was recorded 2 times"), "{error}");
        assert!(player.answer("c").unwrap_err().to_string().contains("`c` was recorded 0 times"));
    }
}

#[test]
fn secrets_do_not_reach_the_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("estate.jsonl");
    let recorder = Recorder::create(&path, SourceKind::Aws, RECORDED_AT).unwrap();
    recorder.hide(&SecretString::from("wJalrXUtnFEMI/K7MDENG"));
    recorder.hide(&SecretString::from("short"));
    recorder.append(&Exchange {
        key: "k wJalrXUtnFEMI/K7MDENG".to_owned(),
        request: "Action=A&UserData=topsecret1&Tag.1=short".to_owned(),
        outcome: Outcome::Answer {
            status: 403,
            headers: BTreeMap::from([
                ("Authorization".to_owned(), "AWS4 topsecret2".to_owned()),
                ("X-Amz-Security-Token".to_owned(), "topsecret3".to_owned()),
                ("Content-Type".to_owned(), "text/xml".to_owned()),
            ]),
            body: "<a><SessionToken>topsecret4</SessionToken>\
                   <m>wJalrXUtnFEMI/K7MDENG</m><m>x-amz-security-token:topsecret5\n</m></a>"
                .to_owned(),
        },
    });
    recorder.finish().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains("topsecret"), "{text}");
    assert!(!text.contains("wJalr"), "{text}");
    assert!(text.contains("text/xml") && text.contains("Tag.1=short"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_run_that_is_cut_leaves_no_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("estate.jsonl");
    fs::write(&path, "what was there before").unwrap();
    let recorder = Recorder::create(&path, SourceKind::Aws, RECORDED_AT).unwrap();
    recorder.append(&exchange("a", "1"));
    drop(recorder);
    assert_eq!(files(&folder), ["estate.jsonl"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "what was there before");
}

#[test]
fn an_answer_that_is_too_long_spoils_the_recording_not_the_run() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("estate.jsonl");
    let recorder = Recorder::create(&path, SourceKind::Aws, RECORDED_AT).unwrap();
    recorder.append(&exchange("a", &"x".repeat(LINE_MAX_BYTES)));
    recorder.append(&exchange("a", "2"));
    let error = recorder.finish().unwrap_err().to_string();
    assert!(error.contains("cannot be written"), "{error}");
    drop(recorder);
    assert!(files(&folder).is_empty());
}

#[test]
fn a_place_that_cannot_be_written() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("not there").join("estate.jsonl");
    assert!(matches!(
        Recorder::create(&path, SourceKind::Aws, RECORDED_AT),
        Err(RecordingError::Unwritable { .. })
    ));
}

#[test]
fn damage_is_noticed_wherever_it_is() {
    let folder = TempDir::new().unwrap();
    let path = recorded(&folder, &[exchange("a", "one"), exchange("b", "two")]);
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(Recording::open(&path).is_err(), "cut at {length} of {}", whole.len());
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x01;
        fs::write(&path, &changed).unwrap();
        // A changed letter of an ignored word in the end line is no damage; anything before is.
        let end_line = whole.iter().rposition(|b| *b == b'{').unwrap();
        assert!(at >= end_line || Recording::open(&path).is_err(), "changed at {at}");
    }
}

#[test]
fn what_is_no_recording_is_said_with_its_line() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x");
    let said = |content: &[u8]| {
        fs::write(&path, content).unwrap();
        let error = Recording::open(&path).unwrap_err().to_string();
        error.replace(&path.display().to_string(), "FILE")
    };
    let header =
        "{\"cadastre_recording\":1,\"kind\":\"aws\",\"recorded_at\":\"2026-11-21T00:00:00Z\"}\n";
    assert!(said(b"").starts_with("FILE line 1: the file is empty; expected a recording"));
    assert!(said(b"\x7fELF\x02\x01").starts_with("FILE line 1: it is something else; expected"));
    assert!(said(b"name = \"x\"\n").starts_with("FILE line 1: it is something else (expected"));
    assert!(
        said(header.replace(":1,", ":2,").as_bytes()).contains("format is 2; expected format 1")
    );
    assert!(said(format!("{header}[1]\n").as_bytes()).starts_with("FILE line 2: "));
    let missing = said(format!("{header}{{\"key\":\"a\"}}\n").as_bytes());
    assert!(missing.starts_with("FILE line 2: something is missing; expected"), "{missing}");
    assert!(said(header.as_bytes()).contains("breaks off after line 1"));
    assert!(matches!(
        Recording::open(&folder.path().join("nothing here")),
        Err(RecordingError::Unreadable { .. })
    ));
}

#[test]
fn nothing_may_follow_the_end() {
    let folder = TempDir::new().unwrap();
    let path = recorded(&folder, &[exchange("a", "one")]);
    let mut content = fs::read(&path).unwrap();
    content.extend_from_slice(b"x");
    fs::write(&path, &content).unwrap();
    let error = Recording::open(&path).unwrap_err().to_string();
    assert!(error.contains("something follows the end line"), "{error}");
}
