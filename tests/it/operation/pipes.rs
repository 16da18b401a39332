//! Answers that nobody reads to the end, or that cannot be written: no panic, no noise.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use cadastre_tests::recording::Recording;

use super::stand::{SOURCE, Stand};

const ANSWERS: [&[&str]; 10] = [
    &["assets"],
    &["assets", "", "--format", "json"],
    &["assets", "", "--format", "csv"],
    &["asset", "1"],
    &["source", "list"],
    &["check-config"],
    &["audit", "verify"],
    &["discover", SOURCE, "--dry-run"],
    &["completions", "bash"],
    &["--help"],
];

fn stand(instances: usize) -> Stand {
    let stand = Stand::on_sqlite().migrated();
    stand.put_recording(&Recording::of(&[("eu-west-1", instances)]));
    stand.complete();
    stand
}

#[test]
fn who_reads_one_line_is_not_shown_a_panic() {
    // More than a pipe takes in at once.
    let stand = stand(800);
    for arguments in ANSWERS {
        let mut child = stand
            .cadastre
            .command(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        // The pipe is closed now, as `head -1` closes it.
        let status = child.wait().unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(!line.is_empty(), "{arguments:?}: {said}");
        assert_eq!(said, "", "{arguments:?} has nothing to complain about");
        assert!(matches!(status.code(), Some(0 | 1)), "{arguments:?}: {status}");
    }
}

#[test]
fn an_answer_that_cannot_be_written_fails_in_words() {
    let stand = stand(2);
    for arguments in &ANSWERS[..ANSWERS.len() - 1] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = stand
            .cadastre
            .command(arguments)
            .stdin(Stdio::null())
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("the answer could not be written"), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    }
}

#[test]
fn where_nobody_can_be_told_nothing_panics_either() {
    let stand = stand(2);
    for arguments in [&["assets", "colour:("][..], &["discover", SOURCE], &["asset", "99999"]] {
        let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
        let status = stand
            .cadastre
            .command(arguments)
            .env("CADASTRE_LOG__LEVEL", "trace")
            .stdin(Stdio::null())
            .stdout(full())
            .stderr(full())
            .status()
            .unwrap();
        assert!(matches!(status.code(), Some(1 | 2)), "{arguments:?}: {status}");
    }
}
