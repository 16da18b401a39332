//! HTTP with the peer: one question, one answer; bounded, repeated where that helps, taken down or
//! replayed.
//!
//! Why our own, where the binding has a client: its client hands out answers only after it has made
//! errors of them (the status is lost), reads them without a bound, and has no place for a tape. The
//! binding's types, encoders and decoders work on text, so the lowest layer that serves all of it is
//! this one: what is recorded is what was on the wire, a replay goes through the same attempts, the
//! same decoding and the same errors, and no second listener has to stand in between.
//!
//! Secrets: questions that hold one, and answers that do (a login), are marked [`Question::secret`]
//! and taken down without either body. Ids of sessions are cut out of everything else.
//!
//! It must not know: what is asked.

mod http;
mod question;
mod tape;

#[cfg(test)]
pub(crate) use http::BODY_MAX_BYTES;
pub(crate) use http::{HttpSettings, client};
pub(crate) use question::{Question, Verb};
pub(crate) use tape::Tape;

use crate::fault::Fault;
use cadastre_collect::{Cause, Exchange, Outcome};
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::time::Duration;

/// Attempts at one question, the first included.
pub(crate) const ATTEMPTS: u32 = 4;

/// The first pause between attempts; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(400);

/// A peer that asks for a longer pause than this gets this one.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The header that names a session of the JSON APIs.
pub(crate) const SESSION_HEADER: &str = "vmware-api-session-id";

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// HTTP's status.
    pub status: u16,
    /// The text of it; bytes that are no UTF-8 are replaced.
    pub body: String,
    /// The id of a session that the peer opened with it.
    pub session: Option<SecretString>,
}

impl Answer {
    /// Whether the peer did as it was asked.
    pub(crate) fn is_yes(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why there is no answer, or no whole one.
#[derive(Clone, Debug)]
pub(crate) struct Lost {
    /// The sort of failure.
    pub cause: Cause,
    /// In words.
    pub what: String,
    /// It failed in making the connection secure.
    pub tls: bool,
    /// The answer was longer than is read.
    pub too_large: bool,
}

/// The way to one peer, with its tape.
#[derive(Debug)]
pub(crate) struct Wire {
    client: Client,
    /// `https://host:port`, without an end slash.
    base: String,
    tape: Tape,
}

impl Wire {
    /// A way to `base` by this client.
    pub(crate) fn new(client: Client, base: String, tape: Tape) -> Wire {
        Wire { client, base, tape }
    }

    /// Where it leads.
    pub(crate) fn place(&self) -> &str {
        &self.base
    }

    /// Whether answers come from a recording.
    pub(crate) fn is_replay(&self) -> bool {
        matches!(self.tape, Tape::Playing(_))
    }

    /// Keeps a secret out of the recording, wherever it turns up.
    pub(crate) fn hide(&self, secret: &SecretString) {
        if let Tape::Recording(recorder) = &self.tape {
            recorder.hide(secret);
        }
    }

    /// Asks, several times if the peer is busy or lost, and gives the last answer.
    ///
    /// # Errors
    /// No whole answer came, to the last attempt.
    pub(crate) async fn ask(&self, question: &Question) -> Result<Answer, Fault> {
        let mut attempt = 1;
        loop {
            let got = self.attempt(question).await?;
            let again = attempt < ATTEMPTS && question.may_repeat && is_worth_repeating(&got);
            if !again {
                return got.map_err(|lost| Fault::lost(&question.what, &lost, attempt));
            }
            if !self.is_replay() {
                tokio::time::sleep(pause(attempt, &got)).await;
            }
            attempt += 1;
        }
    }

    /// One attempt: from the network or from the tape.
    async fn attempt(&self, question: &Question) -> Result<Result<Kept, Lost>, Fault> {
        let taken = match &self.tape {
            Tape::Playing(player) => {
                let exchange = player
                    .answer(&question.key())
                    .map_err(|error| Fault::not_replayed(&question.what, &error))?;
                return Ok(replayed(exchange.outcome));
            }
            Tape::Off => None,
            Tape::Recording(recorder) => Some(recorder),
        };
        // Dropped in the middle (the run was stopped), an attempt leaves no line.
        let got = http::send(&self.client, &self.base, question).await;
        if let Some(recorder) = taken {
            recorder.append(&Exchange {
                key: question.key(),
                request: question.told(),
                outcome: outcome(question, &got),
            });
        }
        Ok(got)
    }
}

/// An answer, and how long the peer asks to wait.
type Kept = Answer;

fn is_worth_repeating(got: &Result<Kept, Lost>) -> bool {
    match got {
        Ok(answer) => matches!(answer.status, 429 | 502 | 503 | 504),
        Err(lost) => !lost.tls && !lost.too_large,
    }
}

fn pause(attempt: u32, got: &Result<Kept, Lost>) -> Duration {
    // A peer that was silent for a whole time limit has been given time enough.
    if got.as_ref().is_err_and(|lost| lost.cause == Cause::TimedOut) {
        return Duration::ZERO;
    }
    FIRST_PAUSE.saturating_mul(1 << (attempt - 1).min(8)).min(LONGEST_PAUSE)
}

fn outcome(question: &Question, got: &Result<Kept, Lost>) -> Outcome {
    match got {
        Err(lost) => Outcome::Failure { failure: lost.what.clone(), cause: lost.cause },
        Ok(answer) => {
            let body = match question.secret && answer.is_yes() {
                true => String::new(),
                false => tape::without_sessions(&answer.body).into_owned(),
            };
            Outcome::Answer { status: answer.status, headers: BTreeMap::new(), body }
        }
    }
}

fn replayed(outcome: Outcome) -> Result<Kept, Lost> {
    match outcome {
        Outcome::Answer { status, body, .. } => Ok(Answer { status, body, session: None }),
        Outcome::Failure { failure, cause } => {
            let tls = http::is_about_tls(&failure);
            Err(Lost { cause, what: failure, tls, too_large: false })
        }
    }
}

/// A header's value as it goes out.
fn exposed(secret: &SecretString) -> &str {
    secret.expose_secret()
}
