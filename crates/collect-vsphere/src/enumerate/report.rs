//! What became of a datacenter: how far it was read, and why not further.

use super::Halt;
use crate::api::Ref;
use crate::fault::Fault;
use cadastre_collect::ErrorClass;
use cadastre_model::Coverage;
use std::collections::BTreeMap;

/// After this many kinds without an answer nobody is asked any more: each costs a whole time limit,
/// several times over.
const SILENT_KINDS: usize = 2;

/// This many faults are told in full, and this many things that did not answer by name.
const TOLD: usize = 3;

/// Why the kinds that are left are not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The run is to stop.
    Stopped,
    /// They would fare as those before them.
    Hopeless,
}

/// What became of a datacenter so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    pages: u64,
    faults: Vec<Fault>,
    missing: BTreeMap<&'static str, Vec<String>>,
}

impl Report {
    /// An answer came.
    pub(super) fn page(&mut self) {
        self.pages += 1;
    }

    /// These were listed and did not answer.
    pub(super) fn miss(&mut self, word: &'static str, objects: &[Ref]) {
        if objects.is_empty() {
            return;
        }
        let ids = objects.iter().map(|one| one.id.clone());
        self.missing.entry(word).or_default().extend(ids);
    }

    /// A kind is done, well or not.
    pub(super) fn end_kind(&mut self, read: Result<(), Halt>) -> Result<(), End> {
        let fault = match read {
            Ok(()) => return Ok(()),
            Err(Halt::Stopped) => return Err(End::Stopped),
            Err(Halt::Fault(fault)) => *fault,
        };
        let hopeless = fault.hopeless;
        self.faults.push(fault);
        let silent = |fault: &&Fault| fault.class == ErrorClass::Unreachable;
        let silent = self.faults.iter().filter(silent).count();
        if hopeless || silent >= SILENT_KINDS { Err(End::Hopeless) } else { Ok(()) }
    }

    /// How far the datacenter was read.
    pub(super) fn coverage(&self, stopped: bool) -> Coverage {
        let mut reasons: Vec<String> = self.faults.iter().take(TOLD).map(Fault::text).collect();
        if self.faults.len() > TOLD {
            reasons.push(format!("{} more kinds were not read", self.faults.len() - TOLD));
        }
        for (word, ids) in &self.missing {
            let told: Vec<&str> = ids.iter().take(TOLD).map(String::as_str).collect();
            let more = if ids.len() > TOLD { ", ..." } else { "" };
            reasons.push(format!(
                "{} {word} are listed and did not answer ({}{more}); check the account's rights on \
                 them",
                ids.len(),
                crate::text::clean(&told.join(", "))
            ));
        }
        if stopped {
            reasons.push("the run was stopped before it was done; run it again".to_owned());
        }
        let reason = reasons.join(". Also: ");
        match (reason.is_empty(), self.pages) {
            (true, _) => Coverage::complete(),
            (false, 0) => Coverage::failed(reason),
            (false, _) => Coverage::partial(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadastre_model::Enumeration;

    fn fault(class: ErrorClass) -> Result<(), Halt> {
        Err(Halt::Fault(Box::new(Fault::plain(class, "it failed".to_owned(), "do it"))))
    }

    #[test]
    fn what_was_listed_and_did_not_answer_makes_it_partial() {
        let mut report = Report::default();
        report.page();
        assert_eq!(report.coverage(false), Coverage::complete());
        let ids: Vec<Ref> = (1..6).map(|n| Ref::new("VirtualMachine", format!("vm-{n}"))).collect();
        report.miss("machines", &ids);
        let coverage = report.coverage(false);
        assert_eq!(coverage.enumeration, Enumeration::Partial);
        let why = coverage.error.unwrap_or_default();
        assert!(why.contains("5 machines") && why.contains("vm-1, vm-2, vm-3, ..."), "{why}");
    }

    #[test]
    fn who_does_not_answer_twice_is_not_asked_again() {
        let mut report = Report::default();
        assert_eq!(report.end_kind(fault(ErrorClass::BadAnswer)), Ok(()));
        assert_eq!(report.end_kind(fault(ErrorClass::Unreachable)), Ok(()));
        assert_eq!(report.end_kind(fault(ErrorClass::Unreachable)), Err(End::Hopeless));
        assert_eq!(report.coverage(false).enumeration, Enumeration::Failed);
    }
}
