//! A demo that is served, and the scripts that are run against it.

use cadastre_tests::cadastre::{Cadastre, Running};
use cadastre_tests::lab;
use cadastre_tests::recording::Recording;
use serde_json::Value;
use std::process::Command;

/// A served demo in a scratch state folder; gone when dropped.
pub struct Demo {
    node: String,
    chromium: String,
    url: String,
    database: String,
    /// The link that makes the first account, if there is none.
    set_up: String,
    password: String,
    cadastre: Cadastre,
    _running: Running,
}

impl Demo {
    /// Starts one on a free port. `None`, and a note of NOT RUN, if the lab has no browser.
    pub fn start() -> Option<Self> {
        Self::serving("demo")
    }

    /// A server over a register that is new: nobody can log in yet.
    pub fn fresh() -> Option<Self> {
        Self::serving("serve")
    }

    fn serving(command: &str) -> Option<Self> {
        let chromium = lab::variable_or_not_run("CADASTRE_LAB_CHROMIUM", "a browser")?;
        let node = lab::variable_or_not_run("CADASTRE_LAB_NODE", "Node.js")?;
        let cadastre = Cadastre::new();
        let mut running = cadastre.start(&[command, "--listen", "127.0.0.1:0", "--json"]);
        let told = running
            .wait_until(|stdout, _| stdout.split_once('\n').map(|(line, _)| line.to_owned()));
        let told: Value = serde_json::from_str(&told).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (url, database) = (text(&told["url"]), text(&told["database"]));
        let set_up = text(&told["set_up"]);
        let password = match set_up.is_empty() {
            true => text(&told["login"]["password"]),
            false => "a password of the first account".to_owned(),
        };
        let running =
            Self { node, chromium, url, database, set_up, password, cadastre, _running: running };
        Some(running)
    }

    /// Adds a source of 20,000 instances, `large`: a run of it lasts long enough to be looked at.
    pub fn add_large_source(&self) {
        let recording = Recording::of(&[("eu-west-1", 10_000), ("us-east-1", 10_000)]);
        recording.write(&self.cadastre.home().join("large.recording"));
        let text = format!(
            "name = \"large\"\nkind = \"aws\"\nrecording = \"large.recording\"\n{}",
            recording.table()
        );
        let file = self.cadastre.file("large.toml", &text);
        let arguments = ["source", "add", file.to_str().unwrap(), "--database", &self.database];
        self.cadastre.run(&arguments).expect_status(0);
    }

    /// Runs a script of `end2end/`; it must end well, else what it printed is shown.
    #[track_caller]
    pub fn run(&self, script: &str, arguments: &[&str]) {
        let output = Command::new(&self.node)
            .arg(script)
            .args(arguments)
            .current_dir(lab::repository().join("end2end"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.cadastre.home())
            .env("CADASTRE_LAB_CHROMIUM", &self.chromium)
            .env("CADASTRE_ADDRESS", &self.url)
            .env("CADASTRE_SET_UP", &self.set_up)
            .env("CADASTRE_LOGIN_NAME", "demo")
            .env("CADASTRE_LOGIN_PASSWORD", &self.password)
            .output()
            .unwrap_or_else(|error| panic!("cannot run {}: {error}; run `make lab`", self.node));
        assert!(
            output.status.success(),
            "{script} {arguments:?}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
