//! Connections that have shaken hands. Handshakes run beside each other and beside the accepting of
//! others, and each has a time limit: a client that says nothing is in nobody's way.

use axum::serve::Listener;
use rustls::ServerConfig;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A handshake is two or three messages; who takes longer does not mean it.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Handshakes at once. Beyond them clients wait in the system's queue, for the limit above at most.
const HANDSHAKES: usize = 256;

type Shaken = Option<(TlsStream<TcpStream>, SocketAddr)>;

/// Accepts connections and shakes hands, with the pair that is in force at that moment.
#[derive(Debug)]
pub struct TlsListener {
    tcp: TcpListener,
    pair: watch::Receiver<Arc<ServerConfig>>,
    handshakes: JoinSet<Shaken>,
    patience: Duration,
}

impl TlsListener {
    /// Over a port that is bound.
    pub fn new(tcp: TcpListener, pair: watch::Receiver<Arc<ServerConfig>>) -> TlsListener {
        TlsListener { tcp, pair, handshakes: JoinSet::new(), patience: HANDSHAKE }
    }

    /// With less patience, for tests.
    #[cfg(test)]
    pub fn with_patience(self, patience: Duration) -> TlsListener {
        TlsListener { patience, ..self }
    }

    fn shake(&mut self, stream: TcpStream, peer: SocketAddr) {
        let acceptor = TlsAcceptor::from(self.pair.borrow().clone());
        let patience = self.patience;
        self.handshakes.spawn(async move {
            match tokio::time::timeout(patience, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => return Some((stream, peer)),
                Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
                Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
            }
            None
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let has_room = self.handshakes.len() < HANDSHAKES;
            // Through axum's own accept, which waits where the system has no more descriptors.
            let accepted = async { Listener::accept(&mut self.tcp).await };
            tokio::select! {
                (stream, peer) = accepted, if has_room => self.shake(stream, peer),
                Some(ended) = self.handshakes.join_next() => {
                    // What failed has said so.
                    if let Ok(Some(shaken)) = ended {
                        return shaken;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}
