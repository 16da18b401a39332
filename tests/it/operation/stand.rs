//! A home with a database of either sort, and what scenarios do with it again and again.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cadastre_tests::cadastre::{Cadastre, Ran, Running};
use cadastre_tests::http;
use cadastre_tests::postgres::Database;
use cadastre_tests::recording::Recording;
use cadastre_tests::sql::Sql;
use serde_json::Value;

/// The name of the source of most scenarios.
pub const SOURCE: &str = "account";

/// How long a run or job may be silent in scenarios that wait for it to be taken for dead.
pub const LEASE: &str = "3s";

/// What a current row's `rev_to` says.
pub const CURRENT: i64 = i64::MAX;

/// A home and an address of a database; nothing is in it yet.
pub struct Stand {
    pub cadastre: Cadastre,
    /// As configured.
    pub address: String,
    _database: Option<Database>,
}

impl Stand {
    /// With a file in the home.
    pub fn on_sqlite() -> Self {
        let cadastre = Cadastre::new();
        let address = format!("sqlite://{}", cadastre.home().join("register.db").display());
        Self::at(cadastre, address, None)
    }

    /// On the lab's server; `None`, noted as NOT RUN, if there is none.
    pub fn on_postgres() -> Option<Self> {
        let database = Database::create()?;
        let address = database.url();
        Some(Self::at(Cadastre::new(), address, Some(database)))
    }

    fn at(mut cadastre: Cadastre, address: String, database: Option<Database>) -> Self {
        cadastre.variable("CADASTRE_DATABASE", &address);
        cadastre.variable("CADASTRE_WORKERS__LEASE", LEASE);
        cadastre.variable("CADASTRE_WORKERS__POLL", "50ms");
        cadastre.variable("USER", "alice");
        Self { cadastre, address, _database: database }
    }

    /// The same with the database made.
    #[must_use]
    pub fn migrated(self) -> Self {
        self.cadastre.run(&["migrate"]).expect_status(0);
        self
    }

    /// The database, past the product.
    pub fn sql(&self) -> Sql {
        Sql::at(&self.address)
    }

    /// Adds or changes a source that replays a recording.
    pub fn put_recording(&self, recording: &Recording) {
        self.put_recording_as(SOURCE, recording, "");
    }

    /// The same under another name; `more` are more keys at the top of its file.
    pub fn put_recording_as(&self, name: &str, recording: &Recording, more: &str) {
        recording.write(&self.cadastre.home().join(format!("{name}.recording")));
        let table = recording.table();
        self.put_source(name, &format!("recording = \"{name}.recording\"\n{more}\n{table}"));
    }

    /// Adds or changes a source.
    pub fn put_source(&self, name: &str, text: &str) {
        let file = self.source_file(name, text);
        self.cadastre.run(&["source", "add", &file]).expect_status(0);
    }

    /// Writes a source's file and gives its path.
    pub fn source_file(&self, name: &str, text: &str) -> String {
        let text = format!("name = \"{name}\"\nkind = \"aws\"\n{text}");
        self.path(&format!("{name}.toml"), &text)
    }

    /// Writes a file into the home and gives its path as text.
    pub fn path(&self, name: &str, text: &str) -> String {
        let path = self.cadastre.file(name, text);
        path.to_str().expect("a path of ours is text").to_owned()
    }

    /// What a command prints as JSON; it must end well.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--json"]].concat();
        self.cadastre.run(&arguments).expect_status(0).json()
    }

    /// How many assets a query finds.
    #[track_caller]
    pub fn count(&self, query: &str) -> usize {
        let count = self.json(&["assets", query, "--count"])["count"].as_u64();
        usize::try_from(count.expect("a count")).expect("a count of ours is small")
    }

    /// Runs the source; it must be read whole.
    #[track_caller]
    pub fn complete(&self) -> Value {
        let report = self.json(&["discover", SOURCE])[0].clone();
        assert_eq!(report["status"], "complete", "{report}");
        report
    }

    /// Runs of all sources, oldest first: status.
    pub fn runs(&self) -> Vec<i64> {
        self.sql().numbers("SELECT CAST(status AS BIGINT) FROM run ORDER BY id")
    }

    /// Starts `serve` on a free port and waits until it says where.
    pub fn serve(&self, more: &[&str]) -> Serving {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"], more].concat();
        let mut running = self.cadastre.start(&arguments);
        let address = running.wait_until(|stdout, _| {
            let (_, rest) = stdout.split_once("http://")?;
            let end = rest.find([',', '"'])?;
            rest[..end].parse().ok()
        });
        Serving { running, address }
    }

    /// Starts `worker` and waits until it works.
    pub fn worker(&self) -> Running {
        let mut running = self.cadastre.start(&["worker"]);
        running.wait_until(|stdout, _| stdout.contains("working on").then_some(()));
        running
    }

    /// Puts a source on the queue, as its schedule would.
    pub fn queue(&self, source: &str) {
        self.sql().execute(&format!(
            "INSERT INTO job (kind, subject, state, due_at, attempts, created_at) \
             VALUES ('discover', '{source}', 1, 0, 0, 0)"
        ));
    }

    /// Jobs that wait or run.
    pub fn jobs(&self) -> i64 {
        self.sql().number("SELECT count(*) FROM job WHERE state < 3")
    }

    /// The audit log fits, entry by entry.
    #[track_caller]
    pub fn audit_fits(&self) -> Ran {
        self.cadastre.run(&["audit", "verify"]).expect_status(0)
    }
}

/// A `serve` that runs.
pub struct Serving {
    pub running: Running,
    pub address: SocketAddr,
}

impl Serving {
    /// What it answers; it must answer well.
    #[track_caller]
    pub fn get(&self, path: &str) -> String {
        let answer = http::get(self.address, path).expect("it answers");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }
}

/// Waits until something is so; panics with `what` if that takes more than a minute and a half.
#[track_caller]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
