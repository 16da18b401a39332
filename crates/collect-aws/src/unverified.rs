//! The connector for `insecure_tls`: the SDK's own takes no verifier of ours.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as TcpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use std::time::Duration;

/// HTTP/1.1 over TLS that believes every certificate, with a pool of connections.
#[derive(Clone, Debug)]
pub(crate) struct UnverifiedConnector {
    client: Client<HttpsConnector<TcpConnector>, SdkBody>,
}

impl UnverifiedConnector {
    /// A connector by this TLS configuration. Reading has no timeout of its own: the SDK's limit
    /// on an attempt covers it.
    pub(crate) fn new(tls: ClientConfig, connect_timeout: Option<Duration>) -> UnverifiedConnector {
        let mut tcp = TcpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(connect_timeout);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(HttpsConnector::from((tcp, tls)));
        UnverifiedConnector { client }
    }
}

impl HttpConnector for UnverifiedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.client.clone();
        HttpConnectorFuture::new(async move {
            let request =
                request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
            // Whatever keeps a request from its answer is worth another attempt.
            let response =
                client.request(request).await.map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}
