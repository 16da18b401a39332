//! A certificate of the test's own, and a client that trusts it and no other.

use crate::http::{self, Answer};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

/// A certificate of 127.0.0.1, made on the spot, and its key.
pub struct Certificate(CertifiedKey<KeyPair>);

impl Default for Certificate {
    fn default() -> Self {
        Self::new()
    }
}

impl Certificate {
    /// Another one each time.
    pub fn new() -> Self {
        Self(generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("it can be made"))
    }

    /// The certificate's file.
    pub fn pem(&self) -> String {
        self.0.cert.pem()
    }

    /// The key's file.
    pub fn key_pem(&self) -> String {
        self.0.signing_key.serialize_pem()
    }

    /// A connection to a server that shows this certificate; another makes the first use of it fail.
    pub fn connected(&self, address: SocketAddr) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.cert.der().clone()).expect("it can be trusted");
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has them")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::IpAddress(address.ip().into());
        let client = ClientConnection::new(Arc::new(config), name).expect("a client can be made");
        StreamOwned::new(client, http::connected(address))
    }

    /// Asks for `path`; an error if another certificate is shown.
    pub fn get(
        &self,
        address: SocketAddr,
        path: &str,
        headers: &[(&str, &str)],
    ) -> std::io::Result<Answer> {
        self.send(address, &http::request("GET", address, path, headers, ""))
    }

    /// Posts `body` to `path`; an error as with [`Certificate::get`].
    pub fn post(
        &self,
        address: SocketAddr,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> std::io::Result<Answer> {
        let length = body.len().to_string();
        let headers = [headers, &[("Content-Length", length.as_str())]].concat();
        self.send(address, &http::request("POST", address, path, &headers, body))
    }

    fn send(&self, address: SocketAddr, request: &str) -> std::io::Result<Answer> {
        let answer = http::over(self.connected(address), request)?;
        Ok(answer.expect("a whole header comes"))
    }
}
