//! A server that answers over TLS as it is told: alone, or in front of another.

use futures::future::BoxFuture;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value as Json, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What was asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// `POST`.
    pub verb: String,
    /// From the first slash on.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// How it is answered.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// Whole.
    Answer { status: u16, headers: Vec<(String, String)>, body: String },
    /// Half of what the length promises, then the end of the connection.
    Half(String),
    /// Half, and a length that says it is all.
    HalfInDisguise(String),
    /// The end of the connection at once.
    Drop,
    /// Nothing, for a long time.
    Silence,
}

impl Reply {
    pub(super) fn ok(body: impl Into<String>) -> Reply {
        Reply::Answer { status: 200, headers: Vec::new(), body: body.into() }
    }

    pub(super) fn status(status: u16, body: impl Into<String>) -> Reply {
        Reply::Answer { status, headers: Vec::new(), body: body.into() }
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Reply {
        if let Reply::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

pub(super) type Handler = Arc<dyn Fn(Asked) -> BoxFuture<'static, Reply> + Send + Sync>;

/// A server; it ends with the test.
pub(super) struct Server {
    pub address: SocketAddr,
    pub asked: Arc<Mutex<Vec<Asked>>>,
    folder: TempDir,
}

impl Server {
    /// Serves with a certificate for `name`.
    pub(super) async fn start(name: &str, handler: Handler) -> Server {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        tokio::spawn({
            let asked = Arc::clone(&asked);
            async move {
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let (acceptor, handler) = (acceptor.clone(), Arc::clone(&handler));
                    let asked = Arc::clone(&asked);
                    tokio::spawn(async move {
                        let Ok(stream) = acceptor.accept(stream).await else { return };
                        serve(stream, &handler, &asked).await;
                    });
                }
            }
        });
        Server { address, asked, folder }
    }

    pub(super) fn settings(&self, more: Json) -> Json {
        let mut settings = json!({
            "url": format!("https://{}", self.address),
            "username": "reader@vsphere.local",
            "ca_file": self.folder.path().join("ca.pem"),
            "timeout": "5s",
        });
        for (key, value) in more.as_object().unwrap() {
            settings[key] = value.clone();
        }
        settings
    }

    /// How often something with this in its path or body was asked.
    pub(super) fn times(&self, piece: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|one| one.path.contains(piece) || one.body.contains(piece)).count()
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    handler: &Handler,
    log: &Mutex<Vec<Asked>>,
) {
    while let Some(asked) = read(&mut stream).await {
        log.lock().unwrap().push(asked.clone());
        let written = match handler(asked).await {
            Reply::Answer { status, headers, body } => {
                let more: String =
                    headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
                let head =
                    format!("HTTP/1.1 {status} x\r\n{more}content-length: {}\r\n\r\n", body.len());
                stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await
            }
            Reply::Half(body) => {
                let head = format!("HTTP/1.1 200 x\r\ncontent-length: {}\r\n\r\n", body.len());
                let half = &body.as_bytes()[..body.len() / 2];
                let _ = stream.write_all(&[head.as_bytes(), half].concat()).await;
                let _ = stream.shutdown().await;
                return;
            }
            Reply::HalfInDisguise(body) => {
                let half = &body.as_bytes()[..body.len() / 2];
                let head = format!("HTTP/1.1 200 x\r\ncontent-length: {}\r\n\r\n", half.len());
                stream.write_all(&[head.as_bytes(), half].concat()).await
            }
            Reply::Drop => return,
            Reply::Silence => {
                tokio::time::sleep(Duration::from_secs(600)).await;
                return;
            }
        };
        if written.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

/// One request of HTTP/1.1 with a length.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Asked> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, &mut bytes).await?;
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (verb, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    while bytes.len() < head_end + length {
        more(stream, &mut bytes).await?;
    }
    let body = String::from_utf8_lossy(&bytes[head_end..]).into_owned();
    Some(Asked { verb, path, headers, body })
}

async fn more(stream: &mut (impl AsyncRead + Unpin), bytes: &mut Vec<u8>) -> Option<()> {
    let mut some = vec![0; 16_384];
    let count = stream.read(&mut some).await.ok().filter(|count| *count > 0)?;
    bytes.extend_from_slice(&some[..count]);
    Some(())
}
