//! Recording and replaying: what each part of each device brought, as text.
//!
//! The layer is that of walks: below it lie datagrams whose numbers and encryption differ every time,
//! above it everything is pure. A replay decodes what was recorded by the very same code.

use crate::fault::Fault;
use crate::varbinds::Varbinds;
use crate::walk_text;
use cadastre_collect::{Exchange, Mode, Outcome, Player, Recorder};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one part of a device brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// What was read.
    pub all: Varbinds,
    /// Why it was not read to the end, if it was not.
    pub fault: Option<Fault>,
    /// What else there is to say of it: how the device was read.
    pub note: Option<String>,
}

/// Where answers come from, and whether they are taken down.
#[derive(Clone, Debug)]
pub(crate) enum Tape {
    /// From devices.
    Off,
    /// From devices, and taken down.
    Recording(Recorder),
    /// From a recording.
    Playing(Arc<Player>),
}

impl Tape {
    /// As the collector's mode says.
    pub(crate) fn of(mode: &Mode) -> Tape {
        match mode {
            Mode::Live => Tape::Off,
            Mode::Record(recorder) => Tape::Recording(recorder.clone()),
            Mode::Replay(recording) => Tape::Playing(Arc::new(recording.player())),
        }
    }

    /// Whether no device is asked.
    pub(crate) fn is_playing(&self) -> bool {
        matches!(self, Tape::Playing(_))
    }

    /// Takes an answer down, if this is a recording being made.
    pub(crate) fn keep(&self, host: &str, part: &str, answer: &Answer) {
        let Tape::Recording(recorder) = self else { return };
        recorder.append(&Exchange {
            key: key(host, part),
            request: format!("{part} of {host}"),
            outcome: Outcome::Answer { status: 0, headers: BTreeMap::new(), body: body(answer) },
        });
    }

    /// The recorded answer, if there is one.
    pub(crate) fn play(&self, host: &str, part: &str) -> Option<Answer> {
        let Tape::Playing(player) = self else { return None };
        match player.answer(&key(host, part)).ok()?.outcome {
            Outcome::Answer { body, .. } => Some(read(&body)),
            Outcome::Failure { failure, .. } => {
                Some(Answer { fault: Some(Fault::BadAnswer(failure)), ..Answer::default() })
            }
        }
    }
}

fn key(host: &str, part: &str) -> String {
    format!("{host}/{part}")
}

fn body(answer: &Answer) -> String {
    let mut body = String::new();
    if let Some(note) = &answer.note {
        body.push_str(&format!("#note {note}\n"));
    }
    if let Some(fault) = &answer.fault {
        let (word, text) = fault.written();
        body.push_str(&format!("#fault {word} {text}\n"));
    }
    body.push_str(&walk_text::write(&answer.all));
    body
}

fn read(body: &str) -> Answer {
    let mut answer = Answer::default();
    let mut rest = body;
    while rest.starts_with('#') {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = after;
        if let Some(note) = line.strip_prefix("#note ") {
            answer.note = Some(note.to_owned());
        }
        if let Some(fault) = line.strip_prefix("#fault ") {
            let (word, text) = fault.split_once(' ').unwrap_or((fault, ""));
            answer.fault = Some(Fault::read(word, text));
        }
    }
    answer.all = walk_text::parse(rest.as_bytes()).0;
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_wrote() {
        let (all, _) = walk_text::parse(b"1.3.6.1|2|5\n1.3.6.2|4x|0a23\n");
        for (fault, note) in [
            (None, None),
            (Some(Fault::Silent), Some("v2c".to_owned())),
            (Some(Fault::BadAnswer("a b".to_owned())), None),
        ] {
            let answer = Answer { all: all.clone(), fault, note };
            assert_eq!(read(&body(&answer)), answer);
        }
    }
}
