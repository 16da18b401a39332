//! Kill -9 in the middle of a run, ten times: each time the run is marked broken and repeated, and in
//! the end everything is there once.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cadastre_tests::recording::Recording;

use super::stand::{CURRENT, Stand, wait_until};

on_both!(killed_ten_times);

const KILLS: usize = 10;

/// As long as a run of this estate takes, about: a kill comes at any moment of it.
const SPAN: Duration = Duration::from_millis(1500);

fn estate(edition: usize) -> Recording {
    Recording::of(&[("eu-west-1", 600), ("us-east-1", 400)]).edition(edition)
}

fn killed_ten_times(stand: Stand) {
    let stand = stand.migrated();
    let mut moments = Moments::new();
    let mut killed: Vec<i64> = Vec::new();
    let mut edition = 0;
    let mut by_hand = true;
    stand.put_recording(&estate(edition));
    while killed.len() < KILLS {
        // Every instance is different each time, so that every run writes from its start to its end.
        estate(edition).write(&stand.cadastre.home().join("account.recording"));
        let last = last_run(&stand);
        let running = if by_hand {
            stand.cadastre.start(&["discover", "account"])
        } else {
            stand.serve(&[]).running
        };
        wait_until("a run begins", || last_run(&stand) > last);
        std::thread::sleep(moments.next());
        let ran = running.kill();
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        match open_run(&stand) {
            Some(run) => killed.push(run),
            None => assert_eq!(stand.runs().last(), Some(&COMPLETE), "it was done before the kill"),
        }
        // Nothing repeats a run that came to its end: begin another by hand. Its recording has
        // changed, so it has as much to write.
        by_hand = open_run(&stand).is_none();
        edition += 1;
    }

    edition += 1;
    estate(edition).write(&stand.cadastre.home().join("account.recording"));
    let serving = stand.serve(&[]);
    wait_until("the last run is complete and nothing is left to do", || {
        stand.runs().last() == Some(&COMPLETE) && stand.jobs() == 0
    });
    let last = serving.running.terminate().expect_status(0);
    assert!(!last.stderr.contains("panicked"), "{}", last.stderr);

    every_killed_run_is_broken(&stand, &killed);
    everything_is_there_once(&stand, edition);
}

const COMPLETE: i64 = 2;
const BROKEN: i64 = 5;

fn last_run(stand: &Stand) -> i64 {
    stand.sql().number("SELECT coalesce(max(id), 0) FROM run")
}

fn open_run(stand: &Stand) -> Option<i64> {
    stand.sql().numbers("SELECT id FROM run WHERE ended_at IS NULL").first().copied()
}

fn every_killed_run_is_broken(stand: &Stand, killed: &[i64]) {
    let broken = format!("SELECT id FROM run WHERE status = {BROKEN} ORDER BY id");
    assert_eq!(stand.sql().numbers(&broken), killed);
    let others = format!("SELECT count(*) FROM run WHERE status NOT IN ({COMPLETE}, {BROKEN})");
    assert_eq!(stand.sql().number(&others), 0);
    let why = stand.sql().texts(&format!("SELECT error FROM run WHERE status = {BROKEN}"));
    assert!(why.iter().all(|why| why.contains("its process ended in the middle")), "{why:?}");
    let sources = stand.json(&["source", "list"]);
    assert_eq!(sources[0]["last_run"]["status"], "complete", "{sources}");
}

fn everything_is_there_once(stand: &Stand, edition: usize) {
    let (estate, sql) = (estate(edition), stand.sql());
    let things = estate.things();
    assert_eq!((stand.count("is:any"), stand.count("")), (things, things));
    assert_eq!(stand.count("kind:instance"), estate.instances());
    for (what, query) in [
        ("records", "SELECT count(*) FROM record"),
        ("native ids", "SELECT count(DISTINCT native_id) FROM record"),
        ("links", "SELECT count(*) FROM link WHERE rev_to = MAX"),
        ("linked records", "SELECT count(DISTINCT record_key) FROM link WHERE rev_to = MAX"),
        ("linked assets", "SELECT count(DISTINCT asset_id) FROM link WHERE rev_to = MAX"),
        ("assets", "SELECT count(*) FROM asset"),
        ("states of records", "SELECT count(*) FROM record_version WHERE rev_to = MAX"),
        ("states of assets", "SELECT count(*) FROM asset_version WHERE rev_to = MAX"),
        ("search texts", "SELECT count(*) FROM search_text WHERE rev_to = MAX"),
    ] {
        let count = sql.number(&query.replace("MAX", &CURRENT.to_string()));
        assert_eq!(usize::try_from(count).unwrap(), things, "{what}");
    }
    // What was read last is what holds, and nothing aged on the way.
    assert_eq!(stand.count(&format!("tag:edition={edition}")), estate.instances());
    assert_eq!(stand.count("is:stale"), 0);
    assert_eq!(stand.json(&["conflicts"]), serde_json::json!([]));
    stand.audit_fits();
    let again = stand.complete();
    assert_eq!(again["counts"]["unchanged"], things, "{again}");
    if stand.address.starts_with("sqlite") {
        assert_eq!(sql.texts("PRAGMA integrity_check"), ["ok"]);
        // The index agrees with the texts that it is of.
        sql.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)");
    }
}

/// Moments of a run, at random; the seed is printed with a failure.
struct Moments(u64);

impl Moments {
    fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
        let seed = now.as_nanos() as u64 ^ u64::from(std::process::id());
        eprintln!("kill moments are drawn from seed {seed}");
        Self(seed)
    }

    /// A linear congruential generator (Knuth's MMIX): good enough to hit different moments.
    fn next(&mut self) -> Duration {
        let times = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = times.wrapping_add(1_442_695_040_888_963_407);
        SPAN.mul_f64((self.0 >> 33) as f64 / f64::from(1_u32 << 31))
    }
}
