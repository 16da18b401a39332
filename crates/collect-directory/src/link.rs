//! The way to a domain controller: name, connection, TLS.
//!
//! Each step is by itself, so that a run and a trial go the very same way and say the same of it.

use crate::address::Address;
use crate::errors::{Fault, tls_fault};
use crate::guard::{Waiting, check, message_length};
use cadastre_collect::ErrorClass;
use cadastre_collect::Trust;
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

/// A connection, secure or not.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// StartTLS (RFC 4511, 4.14): an extended request with the message id 1.
const START_TLS: [u8; 31] = *b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

/// The answer to it is a few dozen octets.
const START_TLS_ANSWER_MAX: usize = 16 << 10;

/// The addresses of the host's name.
pub(crate) async fn resolve(address: &Address) -> Result<Vec<SocketAddr>, Fault> {
    let failed = |what: String| {
        Fault::new(ErrorClass::Unreachable, what, "check the name, and this machine's DNS")
            .hopeless()
    };
    let host = &address.host;
    let found: Vec<SocketAddr> = lookup_host((host.as_str(), address.port))
        .await
        .map_err(|error| failed(format!("{host} is not found: {error}")))?
        .collect();
    if found.is_empty() { Err(failed(format!("{host} has no address"))) } else { Ok(found) }
}

/// A connection to the first of them that answers.
pub(crate) async fn connect(
    address: &Address,
    addresses: &[SocketAddr],
) -> Result<TcpStream, Fault> {
    let stream = TcpStream::connect(addresses).await.map_err(|error| {
        Fault::new(
            ErrorClass::Unreachable,
            format!("no connection to {} port {}: {error}", address.host, address.port),
            "check the port, and what firewalls stand between here and there",
        )
        .hopeless()
    })?;
    // Questions are small; without this each may wait for the answer to the one before.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// What a secured connection is secured by.
pub(crate) type Secured = (Box<dyn Wire>, String);

/// Makes the connection secure, as the address and the settings ask for it.
pub(crate) async fn secure(
    address: &Address,
    mut stream: TcpStream,
    start_tls: bool,
    trust: &Trust,
) -> Result<Secured, Fault> {
    if !address.ldaps {
        if !start_tls {
            return Ok((Box::new(stream), "no TLS".to_owned()));
        }
        ask_for_tls(&mut stream).await?;
    }
    let failed = |what: String| {
        Fault::new(ErrorClass::Tls, what, "check the address and `ca_file`").hopeless()
    };
    let config = trust.client_config().map_err(|error| failed(error.to_string()))?;
    let name = ServerName::try_from(address.host.clone())
        .map_err(|_| failed(format!("{} is no name that a certificate has", address.host)))?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .map_err(|error| tls_fault(&address.host, &error))?;
    let version = stream.get_ref().1.protocol_version();
    let version = version.and_then(|version| version.as_str()).unwrap_or("TLS");
    Ok((Box::new(stream), version.replace("TLSv1_", "TLS 1.")))
}

/// Asks the peer to go on with TLS. Whoever does not is left: nothing is told in the clear.
async fn ask_for_tls(stream: &mut TcpStream) -> Result<(), Fault> {
    let failed = |what: String| {
        Fault::new(
            ErrorClass::Tls,
            what,
            "let the domain controller have a certificate for LDAP, or use ldaps://",
        )
        .hopeless()
    };
    let broken = |error: std::io::Error| failed(format!("no answer to StartTLS: {error}"));
    stream.write_all(&START_TLS).await.map_err(broken)?;
    let mut answer = Vec::new();
    let whole = loop {
        let length =
            message_length(&answer).map_err(|odd| failed(format!("the peer sent {odd}")))?;
        match length {
            Some(length) if length > START_TLS_ANSWER_MAX => {
                return Err(failed("the peer sent an answer to StartTLS of megabytes".to_owned()));
            }
            Some(length) if answer.len() >= length => break length,
            _ => {}
        }
        // Octet by octet: what follows the answer is TLS already.
        let octet = stream.read_u8().await.map_err(broken)?;
        answer.push(octet);
    };
    let message = answer.get(..whole).unwrap_or_default();
    let passed =
        check(message, Waiting::Extended).map_err(|odd| failed(format!("the peer sent {odd}")))?;
    match passed.result {
        Some((0, _)) => Ok(()),
        Some((code, said)) => {
            let said = crate::decode::text::clean_text(said.as_bytes()).text;
            Err(failed(format!("the directory refuses StartTLS ({code}): {said}")))
        }
        None => Err(failed("the peer did not answer to StartTLS".to_owned())),
    }
}
