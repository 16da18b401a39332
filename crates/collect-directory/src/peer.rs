//! Who answers: a domain controller, one that is being recorded, or a recording.

use crate::errors::Fault;
use crate::page::{End, Gathering, Page, pieces};
use crate::question::Question;
use crate::session::{Door, Session};
use cadastre_collect::{Cause, ErrorClass, Exchange, Outcome, Player, Recorder};
use secrecy::ExposeSecret;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Attempts at a connection, and at a page that a busy controller does not give.
const ATTEMPTS: u32 = 3;

/// The pause after the first attempt; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(400);

/// A password that is shorter than this is not looked for in values: it would be found in innocent
/// ones.
const HIDDEN_MIN_BYTES: usize = 6;

/// Where answers come from, and whether they are taken down.
#[derive(Clone, Debug)]
pub(crate) enum Tape {
    /// From the network.
    Off,
    /// From the network, and taken down.
    Recording(Recorder),
    /// From a recording.
    Playing(Arc<Player>),
}

/// Somebody who answers.
#[derive(Debug)]
pub(crate) struct Peer {
    /// What its questions are marked with in a recording.
    whom: String,
    tape: Tape,
    live: Option<Live>,
}

#[derive(Debug)]
struct Live {
    session: Session,
    /// What must not be kept.
    secret: Vec<u8>,
}

impl Peer {
    /// Connects and logs on. `door` is needed unless the tape is played.
    pub(crate) async fn meet(whom: String, tape: Tape, door: Option<&Door>) -> Result<Peer, Fault> {
        if let Tape::Playing(player) = &tape {
            met(player, &whom)?;
            return Ok(Peer { whom, tape, live: None });
        }
        let door = door.ok_or_else(|| {
            Fault::new(ErrorClass::Credentials, "there is no password", "give one").hopeless()
        })?;
        let entered = enter(door).await;
        if let Tape::Recording(recorder) = &tape {
            let (status, body) = match &entered {
                Ok(_) => (0, String::new()),
                Err(fault) => (1, serde_json::to_string(fault).unwrap_or_default()),
            };
            recorder.append(&Exchange {
                key: meeting_key(&whom),
                request: format!("log on to {} as {}", door.address, door.who),
                outcome: Outcome::Answer { status, headers: BTreeMap::new(), body },
            });
        }
        let secret = door.password.expose_secret().as_bytes().to_vec();
        Ok(Peer { whom, tape, live: Some(Live { session: entered?, secret }) })
    }

    /// Over a session that stands already, and untaped.
    pub(crate) fn with(whom: String, session: Session, door: &Door) -> Peer {
        let secret = door.password.expose_secret().as_bytes().to_vec();
        Peer { whom, tape: Tape::Off, live: Some(Live { session, secret }) }
    }

    /// Reads a page of an answer, `number` from 0. A busy peer is asked again after a pause.
    pub(crate) async fn page(&mut self, question: &Question, number: u32) -> Page {
        let mut pause = FIRST_PAUSE;
        for _ in 1..ATTEMPTS {
            let page = self.attempt(question, number).await;
            if !page.end.is_busy() || !page.entries.is_empty() {
                return page;
            }
            if self.live.is_some() {
                tokio::time::sleep(pause).await;
            }
            pause *= 2;
        }
        self.attempt(question, number).await
    }

    async fn attempt(&mut self, question: &Question, number: u32) -> Page {
        let key = question.key(&self.whom, number);
        let Some(live) = &mut self.live else {
            return match &self.tape {
                Tape::Playing(player) => played(player, &key).unwrap_or_else(unplayable),
                Tape::Off | Tape::Recording(_) => unplayable("there is no connection".to_owned()),
            };
        };
        let page = live.session.page(question, number == 0).await;
        if let Tape::Recording(recorder) = &self.tape {
            for piece in pieces(&page, |value| masked(value, &live.secret)) {
                let body = serde_json::to_string(&piece).unwrap_or_default();
                recorder.append(&Exchange {
                    key: key.clone(),
                    request: question.to_string(),
                    outcome: Outcome::Answer {
                        status: page.end.status(),
                        headers: BTreeMap::new(),
                        body,
                    },
                });
            }
        }
        page
    }

    /// Whether it can be asked what changed: a recording is of everything, and plays everything.
    pub(crate) fn can_tell_changes(&self) -> bool {
        matches!(self.tape, Tape::Off)
    }

    /// Takes leave.
    pub(crate) async fn leave(self) {
        if let Some(live) = self.live {
            live.session.leave().await;
        }
    }
}

/// Goes in; tried again if nobody was there. A password is tried once: each wrong one counts
/// against the account.
async fn enter(door: &Door) -> Result<Session, Fault> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..ATTEMPTS {
        match door.enter().await {
            Err(fault) if fault.class == ErrorClass::Unreachable => {}
            entered => return entered,
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    door.enter().await
}

fn meeting_key(whom: &str) -> String {
    format!("{whom}/log-on")
}

fn met(player: &Player, whom: &str) -> Result<(), Fault> {
    let unusable = |why: String| {
        let hint = "replay with the settings it was recorded with, or record it again";
        Fault::new(ErrorClass::BadAnswer, why, hint).hopeless()
    };
    let exchange =
        player.answer(&meeting_key(whom)).map_err(|error| unusable(error.to_string()))?;
    match exchange.outcome {
        Outcome::Answer { status: 0, .. } => Ok(()),
        Outcome::Answer { body, .. } => {
            Err(serde_json::from_str(&body).unwrap_or_else(|error| unusable(error.to_string())))
        }
        Outcome::Failure { failure, .. } => Err(unusable(failure)),
    }
}

fn played(player: &Player, key: &str) -> Result<Page, String> {
    let mut gathering = Gathering::default();
    loop {
        let exchange = player.answer(key).map_err(|error| error.to_string())?;
        let Outcome::Answer { body, .. } = exchange.outcome else {
            return Err("the recorded answer is none".to_owned());
        };
        if let Some(page) = gathering.take(&body)? {
            return Ok(page);
        }
    }
}

/// A page that a recording does not have.
fn unplayable(why: String) -> Page {
    let end = End::Cut { cause: Cause::BrokenOff, why };
    Page { entries: Vec::new(), referrals: Vec::new(), end, more: false, mark: None }
}

/// A value without the secret in it.
fn masked(value: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut kept = value.to_vec();
    if secret.len() < HIDDEN_MIN_BYTES {
        return kept;
    }
    while let Some(at) = kept.windows(secret.len()).position(|part| part == secret) {
        kept.splice(at..at + secret.len(), *b"***");
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_wherever_it_stands() {
        assert_eq!(masked(b"a S3cret! and S3cret!", b"S3cret!"), b"a *** and ***");
        assert_eq!(masked(b"abc", b"abc"), b"abc");
        assert_eq!(masked(b"", b"S3cret!"), b"");
    }
}
