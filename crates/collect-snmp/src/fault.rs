//! What goes wrong between us and a device, in words, and what to do about it.

use cadastre_collect::{CollectError, ErrorClass};

/// One trouble with one device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// No answer in time. It may not be there, or does not like the credentials: agents say neither.
    #[error("it did not answer")]
    Silent,
    /// The way there does not work.
    #[error("it cannot be reached ({0})")]
    Unreachable(String),
    /// It is there and refuses.
    #[error("it refused the credentials ({0})")]
    Denied(String),
    /// It answered something that could not be read, or that makes no sense.
    #[error("{0}")]
    BadAnswer(String),
    /// It said that it could not answer.
    #[error("it answered with an error ({0})")]
    AgentError(String),
    /// The device had its time.
    #[error("its time was over")]
    Deadline,
}

impl Fault {
    /// Whether nothing more can be had of the device in this run.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Fault::Silent | Fault::Unreachable(_) | Fault::Deadline | Fault::Denied(_))
    }

    /// The sort of trouble.
    pub(crate) fn class(&self) -> ErrorClass {
        match self {
            Fault::Silent | Fault::Unreachable(_) | Fault::Deadline => ErrorClass::Unreachable,
            Fault::Denied(_) => ErrorClass::Credentials,
            Fault::BadAnswer(_) | Fault::AgentError(_) => ErrorClass::BadAnswer,
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Fault::Silent => {
                "check that it is up, that its SNMP is on and lets this machine in, and that one of the \
                 communities or users is its own: an agent does not answer a wrong community"
            }
            Fault::Unreachable(_) => "check the address, the port, and what lies between",
            Fault::Denied(_) => {
                "check the user's name, its protocols and keys, and that the device lets it read"
            }
            Fault::BadAnswer(_) => "look at its software: others may have met the same",
            Fault::AgentError(_) => "check what its view lets these credentials read",
            Fault::Deadline => "raise `deadline`, or ask a machine that is nearer to it",
        }
    }

    /// With the place.
    pub(crate) fn at(&self, place: impl Into<String>) -> CollectError {
        CollectError::new(self.class(), place, self.to_string(), self.hint())
    }

    /// Word and text, as a recording keeps them.
    pub(crate) fn written(&self) -> (&'static str, String) {
        match self {
            Fault::Silent => ("silent", String::new()),
            Fault::Unreachable(text) => ("unreachable", text.clone()),
            Fault::Denied(text) => ("denied", text.clone()),
            Fault::BadAnswer(text) => ("bad-answer", text.clone()),
            Fault::AgentError(text) => ("agent-error", text.clone()),
            Fault::Deadline => ("deadline", String::new()),
        }
    }

    /// From word and text.
    pub(crate) fn read(word: &str, text: &str) -> Fault {
        let text = text.to_owned();
        match word {
            "silent" => Fault::Silent,
            "unreachable" => Fault::Unreachable(text),
            "denied" => Fault::Denied(text),
            "agent-error" => Fault::AgentError(text),
            "deadline" => Fault::Deadline,
            _ => Fault::BadAnswer(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_keeps_all_of_it() {
        for fault in [
            Fault::Silent,
            Fault::Unreachable("x".to_owned()),
            Fault::Denied("x".to_owned()),
            Fault::BadAnswer("x y".to_owned()),
            Fault::AgentError("genErr".to_owned()),
            Fault::Deadline,
        ] {
            let (word, text) = fault.written();
            assert_eq!(Fault::read(word, &text), fault);
            assert!(!fault.hint().is_empty());
        }
    }
}
