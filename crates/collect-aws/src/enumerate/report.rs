//! What became of a region: how far it was read, and why not further.

use super::Halt;
use crate::errors::Fault;
use cadastre_collect::ErrorClass;
use cadastre_model::Coverage;

/// After this many kinds without an answer nobody is asked any more: each costs a whole time limit,
/// several times over.
const SILENT_KINDS: usize = 2;

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

/// What became of a region so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    pages: u64,
    faults: Vec<Fault>,
}

impl Report {
    /// An answer came.
    pub(super) fn page(&mut self) {
        self.pages += 1;
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
        let silent =
            self.faults.iter().filter(|fault| fault.class == ErrorClass::Unreachable).count();
        if hopeless || silent >= SILENT_KINDS { Err(End::Hopeless) } else { Ok(()) }
    }

    /// How far the region was read.
    pub(super) fn coverage(&self, stopped: bool) -> Coverage {
        let mut reasons: Vec<String> =
            self.faults.iter().take(TOLD_FAULTS).map(Fault::text).collect();
        if self.faults.len() > TOLD_FAULTS {
            reasons.push(format!("{} more kinds were not read", self.faults.len() - TOLD_FAULTS));
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
