//! Recording and replaying at the HTTP client, below the SDK's retries and above the network; and a
//! look at every answer: whether it is whole, and that nothing is in it that nobody may see.
//!
//! Every attempt is taken down, also those that failed, so that a replay goes through the same
//! retries and comes to the same end.

use crate::forget::forget;
use crate::question::{Question, Shape};
use crate::whole::{BrokenOff, check_whole};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use cadastre_collect::{Cause, Exchange, Outcome, Player, Recorder};
use std::collections::BTreeMap;
use std::sync::Arc;

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

/// An attempt that failed when it was recorded, failing again.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct RecordedFailure(String);

/// An HTTP client with a tape. `account` tells questions of several accounts apart.
#[derive(Debug)]
pub(crate) struct TapedClient {
    /// The way to the network; not used when playing.
    pub network: SharedHttpClient,
    /// Where answers come from.
    pub tape: Tape,
    /// Whose questions these are.
    pub account: String,
}

impl HttpClient for TapedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let network = || self.network.http_connector(settings, components);
        let account = self.account.clone();
        match &self.tape {
            Tape::Playing(player) => {
                let player = Arc::clone(player);
                SharedHttpConnector::new(PlayingConnector { player, account })
            }
            Tape::Off => SharedHttpConnector::new(NetworkConnector {
                network: network(),
                recorder: None,
                account,
            }),
            Tape::Recording(recorder) => SharedHttpConnector::new(NetworkConnector {
                network: network(),
                recorder: Some(recorder.clone()),
                account,
            }),
        }
    }
}

#[derive(Debug)]
struct PlayingConnector {
    player: Arc<Player>,
    account: String,
}

impl HttpConnector for PlayingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let question = Question::of(&self.account, &request);
        let answer = match self.player.answer(&question.key) {
            Ok(exchange) => replayed(question.shape, exchange.outcome),
            // Not an error of a kind that is worth another attempt.
            Err(error) => Err(ConnectorError::user(error.into())),
        };
        HttpConnectorFuture::ready(answer)
    }
}

fn replayed(shape: Shape, outcome: Outcome) -> Result<HttpResponse, ConnectorError> {
    match outcome {
        Outcome::Failure { failure, cause } => Err(match cause {
            Cause::TimedOut => ConnectorError::timeout(RecordedFailure(failure).into()),
            Cause::Unreachable => ConnectorError::io(RecordedFailure(failure).into()),
            Cause::BrokenOff => ConnectorError::io(BrokenOff(failure).into()),
        }),
        Outcome::Answer { status, headers, body } => {
            let body = forget(shape, body.into_bytes());
            check_whole(status, shape, &body)?;
            let status =
                status.try_into().map_err(|_| unusable(format!("status {status} is none")))?;
            let mut response = HttpResponse::new(status, SdkBody::from(body));
            for (name, value) in headers {
                response
                    .headers_mut()
                    .try_insert(name, value)
                    .map_err(|error| unusable(error.to_string()))?;
            }
            Ok(response)
        }
    }
}

fn unusable(why: String) -> ConnectorError {
    ConnectorError::user(RecordedFailure(format!("the recorded answer is unusable: {why}")).into())
}

#[derive(Debug)]
struct NetworkConnector {
    network: SharedHttpConnector,
    recorder: Option<Recorder>,
    account: String,
}

impl HttpConnector for NetworkConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let question = Question::of(&self.account, &request);
        let shape = question.shape;
        let mut pending =
            self.recorder.clone().map(|recorder| Pending { question: Some(question), recorder });
        let answer = self.network.call(request);
        HttpConnectorFuture::new(async move {
            let read = read_to_end(answer).await;
            let read = read.map(|(response, body)| (response, forget(shape, body)));
            if let Some(pending) = &mut pending {
                pending.take_down(outcome(&read));
            }
            let (mut response, body) = read?;
            check_whole(response.status().as_u16(), shape, &body)?;
            *response.body_mut() = SdkBody::from(body);
            Ok(response)
        })
    }
}

/// An answer without its body, and the body: only at its end is it known whether it is one.
type ReadAnswer = Result<(HttpResponse, Vec<u8>), ConnectorError>;

async fn read_to_end(answer: HttpConnectorFuture) -> ReadAnswer {
    let mut response = answer.await?;
    let body = ByteStream::new(response.take_body())
        .collect()
        .await
        .map_err(|error| ConnectorError::io(BrokenOff(crate::errors::deepest(&error)).into()))?;
    Ok((response, body.to_vec()))
}

fn outcome(read: &ReadAnswer) -> Outcome {
    match read {
        Err(error) => {
            Outcome::Failure { failure: crate::errors::deepest(error), cause: cause(error) }
        }
        Ok((response, body)) => Outcome::Answer {
            status: response.status().as_u16(),
            headers: response
                .headers()
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect::<BTreeMap<String, String>>(),
            body: String::from_utf8_lossy(body).into_owned(),
        },
    }
}

fn cause(error: &ConnectorError) -> Cause {
    let source = std::error::Error::source(error);
    if error.is_timeout() {
        Cause::TimedOut
    } else if source.is_some_and(|source| source.is::<BrokenOff>()) {
        Cause::BrokenOff
    } else {
        Cause::Unreachable
    }
}

/// An attempt whose outcome is not taken down yet. One that is given up (its time was over) is
/// dropped, and that is its outcome.
#[derive(Debug)]
struct Pending {
    question: Option<Question>,
    recorder: Recorder,
}

impl Pending {
    fn take_down(&mut self, outcome: Outcome) {
        if let Some(question) = self.question.take() {
            let Question { key, form, .. } = question;
            self.recorder.append(&Exchange { key, request: form, outcome });
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let failure = "no answer in time".to_owned();
        self.take_down(Outcome::Failure { failure, cause: Cause::TimedOut });
    }
}
