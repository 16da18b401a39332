//! The way to a peer over TCP: its name, a connection, TLS. For trials, which go it step by step.

use crate::error::{CollectError, ErrorClass};
use crate::trust::Trust;
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

/// Where a connection goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// A name or an address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How errors name it.
    pub place: String,
}

impl Target {
    fn unreachable(&self, what: String, hint: &str) -> CollectError {
        CollectError::new(ErrorClass::Unreachable, self.place.as_str(), what, hint)
    }

    /// Its addresses, and the first of them in words. `hint`: what to do about a name that is not found.
    ///
    /// # Errors
    /// The name is not found, or has no address.
    pub async fn resolve(&self, hint: &str) -> Result<(Vec<SocketAddr>, String), CollectError> {
        let addresses: Vec<SocketAddr> = lookup_host((self.host.as_str(), self.port))
            .await
            .map_err(|error| {
                self.unreachable(format!("{} is not found: {error}", self.host), hint)
            })?
            .collect();
        let Some(first) = addresses.first() else {
            return Err(self.unreachable(format!("{} has no address", self.host), hint));
        };
        let found = format!("{} is {}", self.host, first.ip());
        Ok((addresses, found))
    }

    /// A connection to the first of the addresses that takes one, and which it was.
    ///
    /// # Errors
    /// None of them does.
    pub async fn connect(
        &self,
        addresses: &[SocketAddr],
    ) -> Result<(TcpStream, String), CollectError> {
        let stream = TcpStream::connect(addresses).await.map_err(|error| {
            let what = format!("no connection to {} port {}: {error}", self.host, self.port);
            self.unreachable(
                what,
                "check the port, and what firewalls stand between here and there",
            )
        })?;
        let found = stream.peer_addr().map_or_else(|_| "connected".to_owned(), |at| at.to_string());
        Ok((stream, found))
    }

    /// Secures a connection; gives the version of TLS.
    ///
    /// # Errors
    /// In the words of the library: what to do about it the collector says.
    pub async fn secure(&self, stream: TcpStream, trust: &Trust) -> Result<String, String> {
        let config = trust.client_config().map_err(|error| error.to_string())?;
        let name = ServerName::try_from(self.host.clone()).map_err(|error| error.to_string())?;
        let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        let stream = connecting.map_err(|error| error.to_string())?;
        let version = stream.get_ref().1.protocol_version();
        Ok(version.and_then(|version| version.as_str()).unwrap_or("TLS").to_owned())
    }
}
