//! How a run stands, for whoever looks on: the process that carries it out, others over the same
//! register, a browser.
//!
//! Why it exists: progress is told through the register and over the wire, and read in three places;
//! it is one type. It must not know who carries runs out, nor how they are shown.

use crate::coverage::{Counts, Enumeration, RunStatus, ScopeReport};
use crate::ids::RunId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Scopes named at once; of more, those that go on or went wrong are named first.
pub const SCOPES_NAMED: usize = 100;

/// A scope of a run, being read or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeNow {
    /// The scope's name.
    pub scope: String,
    /// How far its enumeration came; `None` while it goes on.
    pub coverage: Option<Enumeration>,
    /// Things seen in it so far.
    pub seen: u64,
    /// Why it is not complete, or why its ageing is held.
    pub error: Option<String>,
}

impl From<ScopeReport> for ScopeNow {
    fn from(report: ScopeReport) -> ScopeNow {
        ScopeNow {
            scope: report.scope,
            coverage: Some(report.coverage),
            seen: report.seen,
            error: report.error,
        }
    }
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunProgress {
    /// Things the collector has told of so far.
    pub done: u64,
    /// Things there are, if the collector knows.
    pub of: Option<u64>,
    /// Errors about single objects so far.
    pub errors: u64,
    /// What was made of it so far, in numbers.
    pub counts: Counts,
    /// Scopes being read.
    pub scopes_open: u64,
    /// Scopes whose reading has ended.
    pub scopes_done: u64,
    /// Scopes by name, at most [`SCOPES_NAMED`].
    pub scopes: Vec<ScopeNow>,
}

impl RunProgress {
    /// A scope's reading begins.
    pub fn scope_opened(&mut self, scope: &str) {
        self.scopes_open += 1;
        self.name(ScopeNow { scope: scope.to_owned(), coverage: None, seen: 0, error: None });
    }

    /// So many things were seen in a scope by now.
    pub fn scope_seen(&mut self, scope: &str, seen: u64) {
        if let Ok(place) = self.place(scope)
            && let Some(named) = self.scopes.get_mut(place)
        {
            named.seen = seen;
        }
    }

    /// A scope's reading has ended.
    pub fn scope_finished(&mut self, report: &ScopeReport) {
        self.scopes_open = self.scopes_open.saturating_sub(1);
        self.scopes_done += 1;
        self.name(report.clone().into());
    }

    /// Scopes there are, named or not.
    #[must_use]
    pub fn scopes_all(&self) -> u64 {
        self.scopes_open + self.scopes_done
    }

    fn place(&self, scope: &str) -> Result<usize, usize> {
        self.scopes.binary_search_by(|one| one.scope.as_str().cmp(scope))
    }

    /// Names a scope as it is now, if there is room for it.
    fn name(&mut self, scope: ScopeNow) {
        if let Ok(place) = self.place(&scope.scope) {
            if let Some(named) = self.scopes.get_mut(place) {
                *named = scope;
            }
            return;
        }
        if self.scopes.len() >= SCOPES_NAMED {
            let is_well =
                |one: &ScopeNow| one.coverage == Some(Enumeration::Complete) && one.error.is_none();
            let well = self.scopes.iter().position(is_well);
            let (Some(well), false) = (well, is_well(&scope)) else { return };
            self.scopes.remove(well);
        }
        if let Err(place) = self.place(&scope.scope) {
            self.scopes.insert(place, scope);
        }
    }
}

/// A run as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunNow {
    /// Its number.
    pub run: RunId,
    /// The source.
    pub source: String,
    /// How it stands.
    pub status: RunStatus,
    /// Who or what started it.
    pub actor: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whole seconds since it began; if it has ended, how many it took.
    pub seconds: u64,
    /// Why it failed or broke off as a whole.
    pub error: Option<String>,
    /// Who asked for it to stop.
    pub stop_by: Option<String>,
    /// When they did.
    pub stop_at: Option<Timestamp>,
    /// What the source's last complete run before it had seen.
    pub expected: Option<u64>,
    /// How far it is.
    #[serde(flatten)]
    pub progress: RunProgress,
}

impl RunNow {
    /// Whether it goes on.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Things seen and things there are, as far as anybody can say: the collector, or else the run
    /// before.
    #[must_use]
    pub fn way(&self) -> (u64, Option<u64>) {
        let seen = self.progress.counts.seen.max(self.progress.done);
        (seen, self.progress.of.or(self.expected).filter(|all| *all > 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(scope: &str, coverage: Enumeration) -> ScopeReport {
        ScopeReport { scope: scope.to_owned(), coverage, seen: 7, error: None, is_increment: false }
    }

    #[test]
    fn a_scope_is_named_once_from_its_beginning_to_its_end() {
        let mut progress = RunProgress::default();
        progress.scope_opened("b");
        progress.scope_opened("a");
        progress.scope_seen("b", 3);
        progress.scope_seen("nowhere", 3);
        assert_eq!((progress.scopes_open, progress.scopes_done), (2, 0));
        let told: Vec<(&str, u64)> =
            progress.scopes.iter().map(|one| (one.scope.as_str(), one.seen)).collect();
        assert_eq!(told, [("a", 0), ("b", 3)]);
        progress.scope_finished(&report("b", Enumeration::Partial));
        assert_eq!((progress.scopes_open, progress.scopes_done), (1, 1));
        let ended: Vec<_> = progress.scopes.iter().map(|one| (one.coverage, one.seen)).collect();
        assert_eq!(ended, [(None, 0), (Some(Enumeration::Partial), 7)]);
    }

    #[test]
    fn of_very_many_scopes_those_that_need_a_look_are_named() {
        let mut progress = RunProgress::default();
        for number in 0..3 * SCOPES_NAMED {
            let name = format!("{number:04}");
            progress.scope_opened(&name);
            let coverage = match number % 10 {
                0 => Enumeration::Failed,
                _ => Enumeration::Complete,
            };
            progress.scope_finished(&report(&name, coverage));
        }
        progress.scope_opened("last");
        assert_eq!((progress.scopes_open, progress.scopes_all()), (1, 301));
        assert_eq!(progress.scopes.len(), SCOPES_NAMED);
        let count =
            |coverage| progress.scopes.iter().filter(|one| one.coverage == coverage).count();
        assert_eq!((count(Some(Enumeration::Failed)), count(None)), (30, 1));
        assert!(progress.scopes.is_sorted_by(|one, other| one.scope < other.scope));
    }

    #[test]
    fn what_goes_over_the_wire_comes_back() {
        let mut now = RunNow {
            run: RunId(7),
            source: "aws".to_owned(),
            status: RunStatus::Running,
            actor: "worker".to_owned(),
            started_at: Timestamp(0),
            ended_at: None,
            seconds: 3,
            error: None,
            stop_by: Some("user:alice".to_owned()),
            stop_at: Some(Timestamp(2000)),
            expected: Some(20),
            progress: RunProgress { done: 5, ..RunProgress::default() },
        };
        now.progress.scope_opened("a");
        let text = serde_json::to_string(&now).unwrap_or_default();
        assert!(text.contains("\"coverage\":null") && text.contains("\"status\":\"running\""));
        assert_eq!(serde_json::from_str::<RunNow>(&text).ok(), Some(now.clone()));
        assert_eq!(now.way(), (5, Some(20)));
        assert_eq!(serde_json::from_str("{}").ok(), Some(RunProgress::default()));
    }
}
