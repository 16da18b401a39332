//! How a command ends: its exit status, and the form in which errors are told.

use cadastre_service::toml_doc::{Fault, Faults};
use std::fmt;
use std::io::Write;
use std::process::ExitCode;

/// The exit statuses. Scripts rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: it failed.
    Failed,
    /// 2: wrong usage: of the command line, or a configuration or source file that is wrong.
    Usage,
    /// 3: partly done: some scope of some source failed.
    Partial,
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Partial => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// An error as people see it: what, where, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What went wrong, and what was expected.
    pub what: String,
    /// Where, if it has a place: a file and line, a source, an address.
    pub place: Option<String>,
    /// What to do next, if `what` does not say it.
    pub advice: Option<String>,
}

impl Problem {
    /// An error whose text says it all.
    pub fn new(what: impl fmt::Display) -> Self {
        Self { what: what.to_string(), place: None, advice: None }
    }

    /// With its place.
    #[must_use]
    pub fn at(self, place: impl fmt::Display) -> Self {
        Self { place: Some(place.to_string()), ..self }
    }

    /// With what to do next.
    #[must_use]
    pub fn advise(self, advice: impl fmt::Display) -> Self {
        Self { advice: Some(advice.to_string()), ..self }
    }

    /// Every fault as a problem of its own.
    #[must_use]
    pub fn of_faults(faults: &Faults) -> Vec<Problem> {
        faults.0.iter().map(Problem::from).collect()
    }
}

impl From<&Fault> for Problem {
    fn from(fault: &Fault) -> Self {
        let problem = Problem::new(fault.what()).at(&fault.place);
        if fault.advice.is_empty() {
            return problem;
        }
        problem.advise(&fault.advice)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", plain(&self.what))?;
        if let Some(place) = &self.place {
            write!(f, "\n  where: {}", plain(place))?;
        }
        if let Some(advice) = &self.advice {
            write!(f, "\n  try: {}", plain(advice))?;
        }
        Ok(())
    }
}

/// Tells problems, each on lines of its own.
pub fn tell(out: &mut impl Write, problems: &[Problem]) {
    for problem in problems {
        // Where standard error is closed there is nobody left to tell.
        let _ = writeln!(out, "{problem}");
    }
}

/// Without control characters but line breaks: the text may come from a peer, and must not steer
/// the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn scripts_rely_on_the_numbers() {
        let codes = [Exit::Done, Exit::Failed, Exit::Usage, Exit::Partial].map(Exit::code);
        assert_eq!(codes, [0, 1, 2, 3]);
    }

    #[test]
    fn says_what_where_and_what_to_do() {
        let problem =
            Problem::new("no such source").at("source `prod`").advise("cadastre source list");
        let mut out = Vec::new();
        tell(&mut out, &[problem, Problem::new("bad \u{1b}[31mname")]);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "error: no such source\n  where: source `prod`\n  try: cadastre source list\n\
             error: bad \u{fffd}[31mname\n"
        );
    }

    #[test]
    fn faults_become_problems() {
        let faults = Faults(vec![
            Fault::new("a.toml:1:1", "zoen", "unknown key", "did you mean `zone`?"),
            Fault::new("a.toml:2:1", "zone", "is a number", ""),
        ]);
        let told: Vec<String> =
            Problem::of_faults(&faults).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "error: `zoen`: unknown key\n  where: a.toml:1:1\n  try: did you mean `zone`?",
                "error: `zone`: is a number\n  where: a.toml:2:1",
            ]
        );
    }
}
