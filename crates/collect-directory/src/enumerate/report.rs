//! What became of a scope: how far it was read, and why not further.

use super::Halt;
use crate::errors::Fault;
use cadastre_model::Coverage;

/// This many faults are told in full.
const TOLD_FAULTS: usize = 3;

/// Why the kinds that are left are not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The run is to stop.
    Stopped,
    /// They would fare as those before them.
    Hopeless,
}

/// What became of a scope so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    pages: u64,
    missed: u64,
    faults: Vec<Fault>,
}

impl Report {
    /// An answer with objects came.
    pub(super) fn page(&mut self) {
        self.pages += 1;
    }

    /// An object was there and could not be told.
    pub(super) fn missed(&mut self) {
        self.missed += 1;
    }

    /// A kind is done, well or not.
    pub(super) fn end_kind(&mut self, read: Result<(), Halt>) -> Result<(), End> {
        self.gained(read).map(|_| ())
    }

    /// A kind is done; gives what was gained by it, if all of it was read.
    pub(super) fn gained<T>(&mut self, read: Result<T, Halt>) -> Result<Option<T>, End> {
        let fault = match read {
            Ok(gained) => return Ok(Some(gained)),
            Err(Halt::Stopped) => return Err(End::Stopped),
            Err(Halt::Fault(fault)) => *fault,
        };
        let hopeless = fault.hopeless;
        self.faults.push(fault);
        if hopeless { Err(End::Hopeless) } else { Ok(None) }
    }

    /// Whether all of it was read, so far.
    pub(super) fn is_well(&self) -> bool {
        self.faults.is_empty() && self.missed == 0
    }

    /// How far the scope was read.
    pub(super) fn coverage(&self, stopped: bool) -> Coverage {
        let mut reasons: Vec<String> =
            self.faults.iter().take(TOLD_FAULTS).map(Fault::text).collect();
        if self.faults.len() > TOLD_FAULTS {
            reasons.push(format!("{} more kinds were not read", self.faults.len() - TOLD_FAULTS));
        }
        if self.missed > 0 {
            let what = "objects could not be told from others; see the errors of the run";
            reasons.push(format!("{} {what}", self.missed));
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
