//! The way to the endpoint: trust, proxy, connections kept between requests.

use crate::unverified::UnverifiedConnector;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use cadastre_collect::Trust;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Addresses that are this machine's own business: the metadata services of instances and
/// containers, which no proxy reaches.
const NEVER_BY_PROXY: &str =
    "169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,fd00:ec2::23";

/// Connect and read timeout: what connectors differ in.
type Timeouts = (Option<Duration>, Option<Duration>);

/// Makes connectors, one for each pair of timeouts, and keeps them with their connections.
#[derive(Debug)]
pub(crate) struct Transport {
    trust: Trust,
    proxy: Option<String>,
    connectors: Mutex<BTreeMap<Timeouts, SharedHttpConnector>>,
}

impl Transport {
    /// A way that believes `trust` and goes through `proxy`.
    pub(crate) fn new(trust: Trust, proxy: Option<String>) -> Transport {
        Transport { trust, proxy, connectors: Mutex::default() }
    }

    fn connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> Result<SharedHttpConnector, BoxError> {
        if matches!(self.trust, Trust::Anything) {
            let tls = self.trust.client_config()?;
            let connector = UnverifiedConnector::new(tls, settings.connect_timeout());
            return Ok(SharedHttpConnector::new(connector));
        }
        let proxy = match &self.proxy {
            None => ProxyConfig::disabled(),
            Some(proxy) => ProxyConfig::all(proxy.as_str())?.no_proxy(NEVER_BY_PROXY),
        };
        let mut builder = Connector::builder()
            .connector_settings(settings.clone())
            .proxy_config(proxy)
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(crate::trust::sdk_context(&self.trust)?);
        builder.set_sleep_impl(components.sleep_impl());
        Ok(SharedHttpConnector::new(builder.build()))
    }
}

impl HttpClient for Transport {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let mut connectors = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        let timeouts = (settings.connect_timeout(), settings.read_timeout());
        if let Some(connector) = connectors.get(&timeouts) {
            return connector.clone();
        }
        match self.connector(settings, components) {
            Ok(connector) => {
                connectors.insert(timeouts, connector.clone());
                connector
            }
            Err(error) => SharedHttpConnector::new(Broken(error.to_string())),
        }
    }
}

/// What is there instead of a connector that could not be made.
#[derive(Debug)]
struct Broken(String);

impl HttpConnector for Broken {
    fn call(&self, _request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Err(ConnectorError::user(self.0.clone().into())))
    }
}
