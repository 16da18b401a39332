//! A conversation with one agent: questions, answers in time, and what came of late ones.
//!
//! The client below has no time limit and reads one datagram a question. An answer that comes late would
//! be taken for that of the next question and refused for its number, and so would all that follow. So
//! after a question without an answer, and after an answer with a wrong number, the conversation goes on
//! through a socket of its own: what comes late finds nobody.

use crate::credentials::Credential;
use crate::fault::Fault;
use crate::oid::Oid;
use crate::value::Value;
use crate::width::Width;
use secrecy::ExposeSecret;
use snmp2::{AsyncSession, Error, Pdu};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::Instant;

/// How often v3 may say that it has learnt something and wants the question again.
const LESSONS_MAX: usize = 4;

/// How a conversation is to be held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manners {
    /// How long one answer may take.
    pub timeout: Duration,
    /// How often a question is asked again.
    pub retries: u32,
    /// When the device has had its time.
    pub deadline: Instant,
}

/// A conversation with one agent.
pub(crate) struct Session {
    target: SocketAddr,
    credential: Credential,
    manners: Manners,
    inner: Option<AsyncSession>,
    /// Rows asked for in one question.
    pub width: Width,
}

/// What one question asks for.
enum Question<'a> {
    Get(&'a [Oid]),
    Next(&'a Oid),
    Bulk(&'a [Oid], u32),
}

/// An answered variable; `None` if there is nothing of that name, or nothing after it.
pub(crate) type Answered = (Oid, Option<Value>);

impl Session {
    /// A conversation that is not begun.
    pub(crate) fn new(target: SocketAddr, credential: Credential, manners: Manners) -> Session {
        Session { target, credential, manners, inner: None, width: Width::default() }
    }

    /// The time that a device has from now on.
    pub(crate) fn set_deadline(&mut self, deadline: Instant) {
        self.manners.deadline = deadline;
    }

    /// The same way to the same agent, for one of its VLANs.
    pub(crate) fn of_vlan(&self, vlan: i64) -> Session {
        let mut other = Session::new(self.target, self.credential.of_vlan(vlan), self.manners);
        other.width = self.width;
        // An agent that does not know the VLAN is silent: once is enough.
        other.manners.retries = 0;
        other
    }

    /// The values of these names.
    pub(crate) async fn get(&mut self, oids: &[Oid]) -> Result<Vec<Answered>, Fault> {
        self.ask(&Question::Get(oids), self.manners.retries).await
    }

    /// What comes after this name.
    pub(crate) async fn next(&mut self, oid: &Oid) -> Result<Vec<Answered>, Fault> {
        self.ask(&Question::Next(oid), self.manners.retries).await
    }

    /// What comes after these names, `repetitions` rows of it. Asked once only: whoever asks for less
    /// next time asks better.
    pub(crate) async fn bulk(
        &mut self,
        oids: &[Oid],
        repetitions: u32,
    ) -> Result<Vec<Answered>, Fault> {
        self.ask(&Question::Bulk(oids, repetitions), 0).await
    }

    async fn ask(&mut self, question: &Question<'_>, retries: u32) -> Result<Vec<Answered>, Fault> {
        let mut fault = Fault::Silent;
        for _ in 0..=retries {
            fault = match self.ask_once(question).await {
                Ok(answered) => return Ok(answered),
                // An answer to a question of before, or one for nobody: asked again it may be ours.
                Err(late @ (Fault::Silent | Fault::Unreachable(_))) => late,
                Err(other) => return Err(other),
            };
        }
        Err(fault)
    }

    async fn ask_once(&mut self, question: &Question<'_>) -> Result<Vec<Answered>, Fault> {
        let now = Instant::now();
        let left = self.manners.deadline.saturating_duration_since(now);
        if left.is_zero() {
            return Err(Fault::Deadline);
        }
        let limit = self.manners.timeout.min(left);
        let asked = tokio::time::timeout(limit, Box::pin(self.exchange(question))).await;
        let result = match asked {
            Ok(result) => result,
            Err(_) if limit < self.manners.timeout => Err(Fault::Deadline),
            Err(_) => Err(Fault::Silent),
        };
        if result.is_err() {
            self.inner = None;
        }
        result
    }

    async fn exchange(&mut self, question: &Question<'_>) -> Result<Vec<Answered>, Fault> {
        let mut inner = match self.inner.take() {
            Some(inner) => inner,
            None => self.begin().await?,
        };
        let mut lessons = 0;
        let answered = loop {
            match put(&mut inner, question).await {
                Err(Error::AuthUpdated) if lessons < LESSONS_MAX => lessons += 1,
                Err(error) => return Err(fault(&error)),
                Ok(answered) => break answered?,
            }
        };
        self.inner = Some(inner);
        Ok(answered)
    }

    async fn begin(&self) -> Result<AsyncSession, Fault> {
        let number = first_number();
        let unreachable = |error: std::io::Error| Fault::Unreachable(error.to_string());
        match &self.credential {
            Credential::Community { community, .. } => {
                let community = community.expose_secret().as_bytes();
                AsyncSession::new_v2c(self.target, community, number).await.map_err(unreachable)
            }
            Credential::User(user) => {
                let mut session = AsyncSession::new_v3(self.target, number, user.security())
                    .await
                    .map_err(unreachable)?;
                session.init().await.map_err(|error| fault(&error))?;
                Ok(session)
            }
        }
    }
}

/// A number for the first question that nobody can guess, so that nobody can answer in the agent's stead.
fn first_number() -> i32 {
    let random = RandomState::new().build_hasher().finish().to_be_bytes();
    let [a, b, c, d, ..] = random;
    i32::from_be_bytes([a & 0x3f, b, c, d])
}

/// Puts a question. The inner result is what the agent says, the outer whether it could be heard.
async fn put(
    session: &mut AsyncSession,
    question: &Question<'_>,
) -> Result<Result<Vec<Answered>, Fault>, Error> {
    let names = |oids: &[Oid]| -> Vec<snmp2::Oid<'static>> {
        oids.iter().map(|oid| snmp2::Oid::new(oid.to_ber().into())).collect()
    };
    let pdu = match question {
        Question::Get(oids) => {
            let names = names(oids);
            session.get_many(&names.iter().collect::<Vec<_>>()).await?
        }
        Question::Next(oid) => session.getnext(&snmp2::Oid::new(oid.to_ber().into())).await?,
        Question::Bulk(oids, repetitions) => {
            let names = names(oids);
            session.getbulk(&names.iter().collect::<Vec<_>>(), 0, *repetitions).await?
        }
    };
    Ok(answered(&pdu))
}

fn answered(pdu: &Pdu<'_>) -> Result<Vec<Answered>, Fault> {
    if pdu.error_status != 0 {
        return Err(Fault::AgentError(status_word(pdu.error_status).to_owned()));
    }
    let all: Vec<Answered> = pdu
        .varbinds
        .clone()
        .map_while(|(name, value)| Some((Oid::from_ber(name.as_bytes()).ok()?, value_of(&value))))
        .collect();
    if all.is_empty() {
        return Err(Fault::BadAnswer("it answered nothing that can be read".to_owned()));
    }
    Ok(all)
}

fn value_of(value: &snmp2::Value<'_>) -> Option<Value> {
    use snmp2::Value as Wire;
    Some(match value {
        Wire::Integer(number) => Value::Int(*number),
        Wire::Counter32(number) | Wire::Unsigned32(number) | Wire::Timeticks(number) => {
            Value::Int(i64::from(*number))
        }
        Wire::Counter64(number) => Value::Big(*number),
        Wire::OctetString(bytes) | Wire::Opaque(bytes) => Value::Bytes(bytes.to_vec()),
        Wire::IpAddress(octets) => Value::Ip((*octets).into()),
        Wire::ObjectIdentifier(oid) => match Oid::from_ber(oid.as_bytes()) {
            Ok(oid) => Value::Oid(oid),
            Err(_) => Value::Nothing,
        },
        Wire::EndOfMibView | Wire::NoSuchObject | Wire::NoSuchInstance => return None,
        _ => Value::Nothing,
    })
}

/// RFC 3416, 3.
fn status_word(status: u32) -> &'static str {
    match status {
        1 => "tooBig",
        2 => "noSuchName",
        5 => "genErr",
        6 => "noAccess",
        13 => "resourceUnavailable",
        16 => "authorizationError",
        _ => "an unknown one",
    }
}

fn fault(error: &Error) -> Fault {
    match error {
        Error::Send | Error::Receive => Fault::Unreachable("nobody listens there".to_owned()),
        // An answer to an earlier question.
        Error::RequestIdMismatch => Fault::Silent,
        Error::AuthFailure(why) => Fault::Denied(why.to_string()),
        Error::AuthUpdated => Fault::Denied("its clock does not stand still".to_owned()),
        Error::Crypto(_) => Fault::Denied("its answer could not be decrypted".to_owned()),
        other => Fault::BadAnswer(format!("its answer could not be read: {other}")),
    }
}
