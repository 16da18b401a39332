//! Finding out who is there and with which credentials: one small question to each address.

use crate::collector::Inner;
use crate::credentials::Credential;
use crate::fault::Fault;
use crate::line::Line;
use crate::oid::Oid;
use crate::session::{Manners, Session};
use crate::tables::{lldp, stp, system};
use crate::targets::Target;
use crate::varbinds::Varbinds;
use std::net::SocketAddr;
use tokio::time::Instant;

/// The first question's name in a recording.
const HELLO: &str = "hello";

/// Communities that everybody knows.
const WELL_KNOWN: [&str; 2] = ["public", "private"];

/// Whom one address turned out to be.
pub(crate) enum Reached {
    /// A device that answers.
    Found(Box<Found>),
    /// Nobody, or somebody who refuses.
    Failed(Failed),
}

/// An address that does not answer as it should.
#[derive(Debug)]
pub(crate) struct Failed {
    /// The address.
    pub target: Target,
    /// Why.
    pub fault: Fault,
}

/// A device that answers.
pub(crate) struct Found {
    /// Where it was asked.
    pub target: Target,
    /// The line to it.
    pub line: Line,
    /// How it is read, for people: `v2c`.
    pub access: String,
    /// With whose credentials, for people.
    pub label: String,
    /// What it says of itself.
    pub hello: Varbinds,
}

/// Everything that is asked in the first question.
fn hello_names() -> Vec<Oid> {
    let all = system::SCALARS.iter().chain(lldp::SCALARS).chain(stp::SCALARS);
    all.map(|arcs| Oid::new(arcs)).collect()
}

impl Inner {
    /// Asks one address; the credential that worked last time first, then all in order.
    pub(crate) async fn reach(&self, target: &Target) -> Reached {
        if self.tape.is_playing() {
            return self.replay(target);
        }
        let failed = |fault| Reached::Failed(Failed { target: target.clone(), fault });
        let address = match self.resolve(&target.host).await {
            Ok(address) => address,
            Err(fault) => {
                self.keep_failure(target, &fault);
                return failed(fault);
            }
        };
        let mut worst = Fault::Silent;
        for place in self.order(&target.host) {
            let Some(credential) = self.credentials.get(place) else { continue };
            match self.greet(target, address, credential).await {
                Ok(found) => {
                    self.remember(&target.host, place);
                    return Reached::Found(Box::new(found));
                }
                // Nobody listens: other credentials would not change that.
                Err(fault @ Fault::Unreachable(_)) => {
                    worst = fault;
                    break;
                }
                Err(Fault::Silent) => {}
                Err(fault) => worst = fault,
            }
        }
        self.keep_failure(target, &worst);
        failed(worst)
    }

    /// The failure of an address of a range is no news.
    fn keep_failure(&self, target: &Target, fault: &Fault) {
        if target.is_single || matches!(fault, Fault::Denied(_)) {
            let answer = crate::tape::Answer { fault: Some(fault.clone()), ..Default::default() };
            self.tape.keep(&target.host, HELLO, &answer);
        }
    }

    fn replay(&self, target: &Target) -> Reached {
        let line = Line { host: target.host.clone(), session: None, tape: self.tape.clone() };
        let answer = self.tape.play(&target.host, HELLO);
        let Some(answer) = answer.filter(|answer| {
            answer.fault.is_none()
                || target.is_single
                || matches!(answer.fault, Some(Fault::Denied(_)))
        }) else {
            return Reached::Failed(Failed { target: target.clone(), fault: Fault::Silent });
        };
        match answer.fault {
            Some(fault) => Reached::Failed(Failed { target: target.clone(), fault }),
            None => Reached::Found(Box::new(Found {
                target: target.clone(),
                line,
                access: answer.note.unwrap_or_default(),
                label: "the recording".to_owned(),
                hello: answer.all,
            })),
        }
    }

    /// The address of a target; of a name, the first.
    pub(crate) async fn resolve(&self, host: &str) -> Result<SocketAddr, Fault> {
        let port = self.settings.port;
        let lookup = tokio::net::lookup_host((host, port));
        let found = tokio::time::timeout(self.settings.timeout.saturating_mul(5), lookup).await;
        let unknown = |why: String| Fault::Unreachable(format!("{host} has no address: {why}"));
        match found {
            Ok(Ok(mut addresses)) => {
                addresses.next().ok_or_else(|| unknown("the DNS knows none".to_owned()))
            }
            Ok(Err(error)) => Err(unknown(error.to_string())),
            Err(_) => Err(unknown("the DNS did not answer".to_owned())),
        }
    }

    fn manners(&self) -> Manners {
        let settings = &self.settings;
        Manners {
            timeout: settings.timeout,
            retries: settings.retries,
            deadline: Instant::now() + settings.deadline,
        }
    }

    async fn greet(
        &self,
        target: &Target,
        address: SocketAddr,
        credential: &Credential,
    ) -> Result<Found, Fault> {
        let mut session = Session::new(address, credential.clone(), self.manners());
        // The smallest question first: all agents have this, and the wrong credentials cost least.
        session.get(&[Oid::new(system::UPTIME)]).await?;
        let mut line = Line {
            host: target.host.clone(),
            session: Some(session),
            // Kept below, with how it is read.
            tape: crate::tape::Tape::Off,
        };
        let mut answer = line.scalars(HELLO, &hello_names()).await;
        if let Some(fault) = answer.fault {
            return Err(fault);
        }
        line.tape = self.tape.clone();
        answer.note = Some(credential.access().to_owned());
        self.tape.keep(&target.host, HELLO, &answer);
        Ok(Found {
            target: target.clone(),
            line,
            access: credential.access().to_owned(),
            label: credential.label(),
            hello: answer.all,
        })
    }

    /// Whether a device answers to a community that everybody knows.
    pub(crate) async fn answers_to_all(&self, host: &str) -> Result<bool, String> {
        const PART: &str = "well-known";
        if self.tape.is_playing() {
            let answer = self.tape.play(host, PART).ok_or("it is not in the recording")?;
            return Ok(answer.note.is_some());
        }
        let address = self.resolve(host).await.map_err(|fault| fault.to_string())?;
        let mut answer = crate::tape::Answer::default();
        for community in WELL_KNOWN {
            let credential = Credential::well_known(community);
            let mut session = Session::new(address, credential, self.manners());
            if session.get(&[Oid::new(system::UPTIME)]).await.is_ok() {
                answer.note = Some(community.to_owned());
                break;
            }
        }
        self.tape.keep(host, PART, &answer);
        Ok(answer.note.is_some())
    }
}
