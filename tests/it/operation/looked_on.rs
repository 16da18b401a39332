//! A large run that another process carries out: a browser sees how far it is while it goes on, stops
//! it, and reads afterwards what it did; the next run puts right what was left.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use cadastre_tests::http;
use cadastre_tests::recording::Recording;
use serde_json::Value;

use super::pages::Person;
use super::stand::{SOURCE, Serving, Stand, wait_until};

/// Both databases carry the small one; the large one is as large as promised.
const SMALL: [(&str, usize); 2] = [("eu-west-1", 1500), ("us-east-1", 1500)];
const LARGE: [(&str, usize); 4] =
    [("eu-west-1", 5000), ("us-east-1", 5000), ("us-west-2", 5000), ("eu-central-1", 5000)];

on_both!(a_run_is_seen_stopped_and_healed);

fn a_run_is_seen_stopped_and_healed(stand: Stand) {
    seen_stopped_and_healed(&stand.migrated(), &Recording::of(&SMALL));
}

#[test]
fn a_run_of_twenty_thousand_instances_is_seen_stopped_and_healed() {
    let recording = Recording::of(&LARGE);
    assert_eq!(recording.instances(), 20_000);
    seen_stopped_and_healed(&Stand::on_sqlite().migrated(), &recording);
}

fn seen_stopped_and_healed(stand: &Stand, recording: &Recording) {
    stand.put_recording(recording);
    let serving = stand.serve(&["--no-workers"]);
    let alice = Person::sets_up(&serving);
    let worker = stand.worker();
    let answer = alice.sends(&format!("/sources/{SOURCE}/run"), "");
    assert_eq!(answer.status, 303, "{}", answer.body);
    wait_until("a worker has begun", || !stand.runs().is_empty());

    let mut stream = Stream::open(&serving, &alice, "/runs/1/events");
    // At once, then as it goes on.
    let first = stream.next().expect("an event at once").now();
    assert_eq!((&first["run"], &first["status"]), (&1.into(), &"running".into()), "{first}");
    let (mut seen, mut grown) = (seen_in(&first), 0);
    while grown < 3 {
        let now = stream.next().expect("events while it goes on").now();
        assert_eq!(now["status"], "running", "it was to be stopped before its end: {now}");
        assert!(seen_in(&now) >= seen, "{now}");
        grown += usize::from(seen_in(&now) > seen);
        seen = seen_in(&now);
    }
    assert!(seen > 0 && seen < recording.things() as u64, "{seen}");
    let page = alice.sees("/runs/1");
    assert!(page.contains("<progress") && page.contains("being read"), "{page}");
    let again = alice.sends(&format!("/sources/{SOURCE}/run"), "");
    assert!(again.head.contains("location: /runs/1?busy=1"), "{}", again.head);
    let asked = Instant::now();
    pages_answer_meanwhile(&alice);

    assert_eq!(alice.sends("/runs/1/stop", "").status, 303);
    let mut last = Value::Null;
    let ended = loop {
        match stream.next().expect("the stream is open until the end") {
            Event::Now(now) => last = now,
            Event::End(status) => break status,
        }
    };
    assert!(asked.elapsed() < Duration::from_secs(60), "{:?}", asked.elapsed());
    assert_eq!((ended.as_str(), &last["status"]), ("partial", &"partial".into()), "{last}");
    assert!(stream.next().is_none(), "and then it closes");

    // What it came to, for a script; nothing aged, and nobody tries again.
    let shown = stand.json(&["run", "show", "1"]);
    let error = shown["error"].as_str().unwrap();
    assert!(error.starts_with("stopped by user:alice; what was read stands"), "{error}");
    assert!(seen_in(&shown) >= seen && shown["counts"]["stale"] == 0, "{shown}");
    assert_eq!(stand.count("is:stale"), 0);
    assert_eq!(stand.count(""), shown["counts"]["created"].as_u64().unwrap() as usize);
    wait_until("the job is done", || stand.jobs() == 0);
    assert_eq!(stand.runs().len(), 1);
    let refused = stand.cadastre.run(&["run", "stop", "1"]).expect_status(1);
    assert!(refused.stderr.contains("run 1 has ended already (partial)"), "{}", refused.stderr);
    stand.cadastre.run(&["run", "show", "99"]).expect_status(1);
    worker.terminate().expect_status(0);

    let report = stand.complete();
    assert_eq!(report["counts"]["seen"], recording.things(), "{report}");
    assert_eq!(report["counts"]["stale"], 0, "{report}");
    assert_eq!(stand.count("is:live"), recording.things());
    let listed = stand.json(&["run", "list", "--source", SOURCE]);
    let listed: Vec<_> = listed.as_array().unwrap().iter().map(|run| &run["status"]).collect();
    assert_eq!(listed, ["complete", "partial"]);
    what_it_did(&alice);
    stand.audit_fits();
    serving.running.terminate().expect_status(0);
}

/// Pages are answered while the run goes on.
fn pages_answer_meanwhile(alice: &Person<'_>) {
    for path in ["/", "/assets", "/runs", "/runs/1", "/sources"] {
        let asked = Instant::now();
        alice.sees(path);
        assert!(asked.elapsed() < Duration::from_secs(2), "{path}: {:?}", asked.elapsed());
    }
}

/// The list, and the run's page with its plan, page by page.
fn what_it_did(alice: &Person<'_>) {
    let list = alice.sees("/runs?source=account");
    assert!(list.contains("href=\"/runs/1\"") && list.contains("href=\"/runs/2\""), "{list}");
    let page = alice.sees("/runs/2");
    assert!(
        page.contains("What it changed, and why") && page.contains("nothing-matches"),
        "{page}"
    );
    let next = page.split("href=\"").find(|link| link.contains("changes=")).expect("more pages");
    let link = next.split('"').next().unwrap().replace("&amp;", "&");
    let link = link.split('#').next().unwrap();
    let second = alice.sees(link);
    assert!(second.contains("First page") && second.contains("nothing-matches"), "{second}");
}

fn seen_in(now: &Value) -> u64 {
    now["counts"]["seen"].as_u64().unwrap_or_else(|| panic!("{now}"))
}

/// Server-Sent Events as they come.
struct Stream(BufReader<TcpStream>);

enum Event {
    Now(Value),
    End(String),
}

impl Event {
    fn now(self) -> Value {
        match self {
            Event::Now(now) => now,
            Event::End(status) => panic!("it has ended: {status}"),
        }
    }
}

impl Stream {
    fn open(serving: &Serving, alice: &Person<'_>, path: &str) -> Stream {
        let refused = http::get(serving.address, path).unwrap();
        assert_eq!(refused.status, 303, "nobody looks on without having logged in");
        let mut stream = TcpStream::connect(serving.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let cookie = &alice.cookie;
        // HTTP/1.0, so that what comes is not cut into chunks.
        write!(stream, "GET {path} HTTP/1.0\r\nCookie: {cookie}\r\n\r\n").unwrap();
        let mut stream = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(stream.read_line(&mut head).unwrap() > 0, "{head}");
        }
        assert!(head.contains("200 OK") && head.contains("text/event-stream"), "{head}");
        Stream(stream)
    }

    /// The next event; `None` when the stream is at its end.
    fn next(&mut self) -> Option<Event> {
        let mut name = String::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            let line = line.trim_end();
            if let Some(event) = line.strip_prefix("event: ") {
                event.clone_into(&mut name);
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return Some(match name.as_str() {
                    "end" => Event::End(data.to_owned()),
                    "" => Event::Now(serde_json::from_str(data).unwrap()),
                    other => panic!("an event `{other}`"),
                });
            }
        }
    }
}
