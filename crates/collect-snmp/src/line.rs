//! The line to one device: parts of it are asked for by name, and come from the device or from a recording.

use crate::fault::Fault;
use crate::oid::Oid;
use crate::session::Session;
use crate::tables::Span;
use crate::tables::system::UPTIME;
use crate::tape::{Answer, Tape};
use crate::varbinds::Varbinds;
use crate::walk::{scout, walk};

/// Names asked for in one question.
const NAMES_MAX: usize = 16;

/// The line to one device.
pub(crate) struct Line {
    /// The device, as the settings name it.
    pub host: String,
    /// The conversation; none when a recording is played.
    pub session: Option<Session>,
    /// Where answers come from.
    pub tape: Tape,
}

impl Line {
    /// Some scalars; of those that the device does not have nothing is said.
    pub(crate) async fn scalars(&mut self, part: &str, names: &[Oid]) -> Answer {
        let Some(session) = &mut self.session else { return self.played(part) };
        let mut all = Vec::new();
        let mut fault = None;
        for names in names.chunks(NAMES_MAX) {
            let answered = match session.get(names).await {
                // Some agents refuse all for the sake of one.
                Err(Fault::AgentError(_) | Fault::BadAnswer(_)) => one_by_one(session, names).await,
                other => other,
            };
            match answered {
                Ok(answered) => {
                    all.extend(answered.into_iter().filter_map(|(oid, value)| Some((oid, value?))));
                }
                Err(error) => {
                    fault = Some(error);
                    break;
                }
            }
        }
        self.kept(part, Answer { all: Varbinds::new(all), fault, note: None })
    }

    /// A table, span by span. After trouble with one span the others are read all the same, unless the
    /// device is gone.
    pub(crate) async fn table(&mut self, part: &str, spans: &[Span]) -> Answer {
        let Some(session) = &mut self.session else { return self.played(part) };
        let mut all = Vec::new();
        let mut fault = None;
        for span in scout(session, spans).await {
            let walked = walk(session, span).await;
            all.extend(walked.varbinds);
            if let Some(error) = walked.fault {
                let is_final = error.is_final();
                fault.get_or_insert(error);
                if is_final {
                    break;
                }
            }
        }
        self.kept(part, Answer { all: Varbinds::new(all), fault, note: None })
    }

    /// A table of a context that may not be there: asked first whether it is, for an agent says nothing at
    /// all in one that is not.
    pub(crate) async fn table_if_there(&mut self, part: &str, spans: &[Span]) -> Answer {
        if let Some(session) = &mut self.session
            && let Err(fault) = session.get(&[Oid::new(UPTIME)]).await
        {
            return self.kept(part, Answer { fault: Some(fault), ..Answer::default() });
        }
        self.table(part, spans).await
    }

    /// Takes down what came, and hands it on.
    fn kept(&self, part: &str, answer: Answer) -> Answer {
        self.tape.keep(&self.host, part, &answer);
        answer
    }

    fn played(&self, part: &str) -> Answer {
        self.tape.play(&self.host, part).unwrap_or_else(|| Answer {
            fault: Some(Fault::BadAnswer(format!("{part} is not in the recording"))),
            ..Answer::default()
        })
    }
}

async fn one_by_one(
    session: &mut Session,
    names: &[Oid],
) -> Result<Vec<crate::session::Answered>, Fault> {
    let mut all = Vec::new();
    for name in names {
        match session.get(std::slice::from_ref(name)).await {
            Ok(answered) => all.extend(answered),
            Err(Fault::AgentError(_) | Fault::BadAnswer(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(all)
}
