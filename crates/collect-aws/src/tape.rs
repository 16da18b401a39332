//! Recording and replaying at the HTTP client, below the SDK's retries and above the network.
//!
//! Every attempt is taken down, also those that failed, so that a replay goes through the same
//! retries and comes to the same end.

use crate::question::Question;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use cadastre_collect::{Exchange, Outcome, Player, Recorder};
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
            Tape::Off => network(),
            Tape::Playing(player) => {
                let player = Arc::clone(player);
                SharedHttpConnector::new(PlayingConnector { player, account })
            }
            Tape::Recording(recorder) => SharedHttpConnector::new(RecordingConnector {
                network: network(),
                recorder: recorder.clone(),
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
            Ok(exchange) => replayed(exchange.outcome),
            // Not an error of a kind that is worth another attempt.
            Err(error) => Err(ConnectorError::user(error.into())),
        };
        HttpConnectorFuture::ready(answer)
    }
}

fn replayed(outcome: Outcome) -> Result<HttpResponse, ConnectorError> {
    match outcome {
        Outcome::Failure { failure, timed_out: true } => {
            Err(ConnectorError::timeout(RecordedFailure(failure).into()))
        }
        Outcome::Failure { failure, timed_out: false } => {
            Err(ConnectorError::io(RecordedFailure(failure).into()))
        }
        Outcome::Answer { status, headers, body } => {
            let status =
                status.try_into().map_err(|_| unreadable(format!("status {status} is none")))?;
            let mut response = HttpResponse::new(status, SdkBody::from(body));
            for (name, value) in headers {
                response
                    .headers_mut()
                    .try_insert(name, value)
                    .map_err(|error| unreadable(error.to_string()))?;
            }
            Ok(response)
        }
    }
}

fn unreadable(why: String) -> ConnectorError {
    ConnectorError::user(RecordedFailure(format!("the recorded answer is unusable: {why}")).into())
}

#[derive(Debug)]
struct RecordingConnector {
    network: SharedHttpConnector,
    recorder: Recorder,
    account: String,
}

impl HttpConnector for RecordingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut pending = Pending {
            question: Some(Question::of(&self.account, &request)),
            recorder: self.recorder.clone(),
        };
        let answer = self.network.call(request);
        HttpConnectorFuture::new(async move {
            match whole_answer(answer).await {
                Ok((response, outcome)) => {
                    pending.take_down(outcome);
                    Ok(response)
                }
                Err(error) => {
                    let failure = crate::errors::deepest(&error);
                    let timed_out = error.is_timeout();
                    pending.take_down(Outcome::Failure { failure, timed_out });
                    Err(error)
                }
            }
        })
    }
}

/// Reads the answer to its end: only then is it known whether it is one.
async fn whole_answer(
    answer: HttpConnectorFuture,
) -> Result<(HttpResponse, Outcome), ConnectorError> {
    let mut response = answer.await?;
    let body = ByteStream::new(response.take_body())
        .collect()
        .await
        .map_err(|error| ConnectorError::io(error.into()))?
        .into_bytes();
    let headers: BTreeMap<String, String> = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let outcome = Outcome::Answer {
        status: response.status().as_u16(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    *response.body_mut() = SdkBody::from(body);
    Ok((response, outcome))
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
            let Question { key, form } = question;
            self.recorder.append(&Exchange { key, request: form, outcome });
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let failure = "no answer in time".to_owned();
        self.take_down(Outcome::Failure { failure, timed_out: true });
    }
}
