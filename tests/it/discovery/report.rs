//! What a run said, as `discover --json` prints it.

use cadastre_tests::cadastre::Ran;
use serde_json::Value;

/// The report of one source's run.
#[derive(Debug, Clone, PartialEq)]
pub struct Report(pub Value);

impl Report {
    /// Of a run of one source that ended with this exit status.
    pub fn of(ran: Ran, status: i32) -> Self {
        let printed = ran.expect_status(status).json();
        let reports = printed.as_array().expect("an array, one element a source");
        assert_eq!(reports.len(), 1, "{printed}");
        Self(reports[0].clone())
    }

    /// How it ended.
    pub fn status(&self) -> &str {
        self.0["status"].as_str().expect("a status")
    }

    /// The run's number.
    pub fn run(&self) -> i64 {
        self.0["run"].as_i64().expect("a run")
    }

    /// One of its counts.
    pub fn count(&self, name: &str) -> u64 {
        let count = &self.0["counts"][name];
        count.as_u64().unwrap_or_else(|| panic!("no count {name}: {}", self.0))
    }

    /// All its counts in one line: what failed assertions show.
    pub fn counts(&self) -> [u64; 7] {
        ["seen", "created", "updated", "unchanged", "stale", "gone", "conflicts"]
            .map(|name| self.count(name))
    }

    /// The line of a scope.
    pub fn scope(&self, name: &str) -> &Value {
        let scopes = self.0["scopes"].as_array().expect("scopes");
        scopes
            .iter()
            .find(|scope| scope["scope"] == name)
            .unwrap_or_else(|| panic!("no scope {name}: {}", self.0))
    }

    /// How far a scope was read.
    pub fn coverage(&self, scope: &str) -> &str {
        self.scope(scope)["coverage"].as_str().expect("a coverage")
    }

    /// Why a scope was not read whole.
    pub fn reason(&self, scope: &str) -> &str {
        self.scope(scope)["error"].as_str().unwrap_or_else(|| panic!("no error: {}", self.0))
    }

    /// Itself, if nothing aged.
    pub fn nothing_aged(self) -> Self {
        assert_eq!((self.count("stale"), self.count("gone")), (0, 0), "{}", self.0);
        self
    }

    /// Itself, if all it saw was as it had been and nothing aged.
    pub fn all_unchanged(self) -> Self {
        let seen = self.count("seen");
        assert!(seen > 0, "{}", self.0);
        assert_eq!(self.counts(), [seen, 0, 0, seen, 0, 0, 0], "{}", self.0);
        self
    }
}

/// Panics unless a message says all of this: what, where and what to do.
#[track_caller]
pub fn says(message: &str, all: &[&str]) {
    for part in all {
        assert!(message.contains(part), "`{part}` is not said in: {message}");
    }
}
