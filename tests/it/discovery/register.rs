//! A fresh register on one of the databases, and the commands that scenarios give it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use cadastre_tests::cadastre::{Cadastre, Ran, Running};
use cadastre_tests::postgres::Database;
use cadastre_tests::rows::Rows;
use serde_json::Value;

use super::report::Report;
use super::stage::Stage;

/// The name of every scenario's source.
pub const SOURCE: &str = "lab";

/// Where the source's secret access key is.
pub const SECRET: &str = "CADASTRE_SECRET_LAB";

/// A home with an empty, migrated database.
pub struct Register {
    pub cadastre: Cadastre,
    kept: Kept,
}

enum Kept {
    Sqlite(PathBuf),
    Postgres(Database),
}

impl Register {
    /// In a file.
    pub fn on_sqlite() -> Self {
        let cadastre = Cadastre::new();
        let file = cadastre.home().join("register.db");
        let address = format!("sqlite://{}", file.display());
        Self::made(cadastre, Kept::Sqlite(file), &address)
    }

    /// On the lab's server; `None`, noted as NOT RUN, if there is none.
    pub fn on_postgres() -> Option<Self> {
        let database = Database::create()?;
        let address = database.url();
        Some(Self::made(Cadastre::new(), Kept::Postgres(database), &address))
    }

    /// Another fresh one, on the same sort of database.
    pub fn another(&self) -> Self {
        match self.kept {
            Kept::Sqlite(_) => Self::on_sqlite(),
            Kept::Postgres(_) => Self::on_postgres().expect("it was there a moment ago"),
        }
    }

    fn made(mut cadastre: Cadastre, kept: Kept, address: &str) -> Self {
        cadastre.variable("CADASTRE_DATABASE", address);
        cadastre.variable("USER", "alice");
        cadastre.run(&["migrate"]).expect_status(0);
        Self { cadastre, kept }
    }

    /// Every row there is.
    pub fn rows(&self) -> Rows {
        match &self.kept {
            Kept::Sqlite(file) => Rows::of_sqlite(file),
            Kept::Postgres(database) => Rows::of_postgres(&database.url()),
        }
    }

    /// Adds the scenario's source: these regions of the stage's estate, through its proxy, by the
    /// reader's key. `more` is more of the `[aws]` table.
    pub fn add_source(&mut self, stage: &Stage, regions: &[&str], more: &str) {
        let key = stage.estate.reader.id.clone();
        self.cadastre.variable(SECRET, &stage.estate.reader.secret);
        let endpoint = stage.proxy.endpoint();
        self.put_source(&format!(
            "endpoint = \"{endpoint}\"\nregions = {regions:?}\naccess_key_id = \"{key}\"\n\
             secret_access_key_env = \"{SECRET}\"\n{more}"
        ));
    }

    /// Adds the scenario's source, or changes it, by its `[aws]` table.
    pub fn put_source(&self, table: &str) {
        self.put_source_of("aws", table);
    }

    /// The same of any kind.
    pub fn put_source_of(&self, kind: &str, table: &str) {
        let text = format!("name = \"{SOURCE}\"\nkind = \"{kind}\"\n\n[{kind}]\n{table}\n");
        let file = self.cadastre.file("source.toml", &text);
        let file = file.to_str().expect("a path of ours is text");
        self.cadastre.run(&["source", "add", file]).expect_status(0);
    }

    /// Runs the source; `more` are more arguments.
    pub fn discover(&self, more: &[&str]) -> Ran {
        self.start_discover(more).wait()
    }

    /// Starts a run of the source and leaves it running.
    pub fn start_discover(&self, more: &[&str]) -> Running {
        let arguments = [&["discover", SOURCE, "--json"], more].concat();
        self.cadastre.start(&arguments)
    }

    /// Runs the source to a complete end.
    pub fn complete(&self) -> Report {
        let report = Report::of(self.discover(&[]), 0);
        assert_eq!(report.status(), "complete", "{}", report.0);
        report
    }

    /// Runs the source to an end with gaps.
    pub fn partial(&self) -> Report {
        let report = Report::of(self.discover(&[]), 3);
        assert_eq!(report.status(), "partial", "{}", report.0);
        report
    }

    /// What a command prints as JSON; it must end well.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--json"]].concat();
        self.cadastre.run(&arguments).expect_status(0).json()
    }

    /// Assets that a query finds.
    pub fn assets(&self, query: &str) -> Vec<Value> {
        rows(self.json(&["assets", query]))
    }

    /// Assets that it found at a moment.
    pub fn assets_as_of(&self, query: &str, moment: &str) -> Vec<Value> {
        rows(self.json(&["assets", query, "--as-of", moment]))
    }

    /// How many assets a query finds.
    pub fn count(&self, query: &str) -> u64 {
        self.json(&["assets", query, "--count"])["count"].as_u64().expect("a count")
    }

    /// How many it found at a moment.
    pub fn count_as_of(&self, query: &str, moment: &str) -> u64 {
        let printed = self.json(&["assets", query, "--count", "--as-of", moment]);
        printed["count"].as_u64().expect("a count")
    }

    /// The one asset that a query finds.
    #[track_caller]
    pub fn one(&self, query: &str) -> Value {
        let found = self.assets(query);
        assert_eq!(found.len(), 1, "`{query}` found {found:?}");
        found[0].clone()
    }

    /// The whole page of the one asset that a query finds.
    #[track_caller]
    pub fn page_of(&self, query: &str) -> Value {
        self.page(&self.one(query))
    }

    /// The whole page of an asset found before.
    pub fn page(&self, asset: &Value) -> Value {
        self.json(&["asset", &asset["id"].to_string()])
    }

    /// Open conflicts, or with `--all` decided ones too.
    pub fn conflicts(&self, more: &[&str]) -> Vec<Value> {
        rows(self.json(&[&["conflicts"], more].concat()))
    }

    /// When the source's last run ended: all of it was committed by then.
    pub fn last_run_ended(&self) -> String {
        let sources = self.json(&["source", "list"]);
        let ended = &sources[0]["last_run"]["ended_at"];
        ended.as_str().unwrap_or_else(|| panic!("no run has ended: {sources}")).to_owned()
    }
}

/// A JSON array's elements.
pub fn rows(printed: Value) -> Vec<Value> {
    match printed {
        Value::Array(rows) => rows,
        other => panic!("not an array: {other}"),
    }
}

/// The last part of an asset's ARN: the id that AWS gave it.
pub fn aws_id(asset: &Value) -> String {
    let arn = asset["attributes"]["arn"].as_str().unwrap_or_else(|| panic!("no ARN: {asset}"));
    arn.rsplit('/').next().expect("split gives at least one part").to_owned()
}

/// The values that one attribute, tag or axis went through, oldest first: (before, after).
pub fn history(page: &Value, subject: &str) -> Vec<(Value, Value)> {
    let mut changes: Vec<&Value> = page["changes"].as_array().expect("changes").iter().collect();
    changes.reverse(); // newest first in print
    let of_subject = changes.into_iter().filter(|change| change["subject"] == subject);
    of_subject.map(|change| (change["before"].clone(), change["after"].clone())).collect()
}

/// Waits until something is so; panics with `what` if that takes more than half a minute.
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A moment as it is printed.
pub fn moment(printed: &Value) -> chrono::DateTime<chrono::FixedOffset> {
    let text = printed.as_str().unwrap_or_else(|| panic!("not a moment: {printed}"));
    chrono::DateTime::parse_from_rfc3339(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}
