//! Pairs that are one and pairs that are none; handshakes, quick and slow.
#![allow(clippy::unwrap_used)]

use super::TlsListener;
use super::pair::{self, PairError};
use crate::config::TlsFiles;
use axum::serve::Listener as _;
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

fn made() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap()
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn files(&self, cert: &str, key: &str) -> TlsFiles {
        TlsFiles { cert: self.put("cert.pem", cert), key: self.put("key.pem", key) }
    }

    fn pair(&self, made: &CertifiedKey<KeyPair>) -> TlsFiles {
        self.files(&made.cert.pem(), &made.signing_key.serialize_pem())
    }

    /// What is wrong with a pair, without the folder's path.
    fn wrong(&self, cert: &str, key: &str) -> String {
        self.told(&pair::read(&self.files(cert, key)).unwrap_err())
    }

    fn told(&self, error: &PairError) -> String {
        assert!(!error.advice().is_empty());
        error.to_string().replace(&format!("{}/", self.0.path().display()), "")
    }
}

#[test]
fn a_pair_is_checked_before_it_is_shown_to_anyone() {
    let folder = Folder::new();
    let (made, other) = (made(), made());
    let (cert, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let spoilt = key.replacen("MI", "M!", 1);
    let locked = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let cut = cert.replace("-----END CERTIFICATE-----", "");
    let empty = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (cert, key, wrong) in [
        (
            &*cert,
            &*other.signing_key.serialize_pem(),
            "the key in key.pem does not belong to the certificate in cert.pem",
        ),
        (&*key, &*key, "`tls.cert`: cert.pem holds no certificate"),
        ("", &*key, "`tls.cert`: cert.pem holds no certificate"),
        (&*cut, &*key, "`tls.cert`: cert.pem is not a PEM file: a block has no END line"),
        (&*cert, &*cert, "`tls.key`: key.pem holds no private key"),
        (&*cert, &*locked, "`tls.key`: key.pem holds no private key"),
        (&*cert, &*spoilt, "`tls.key`: key.pem is not a PEM file: a block is spoilt"),
    ] {
        assert_eq!(folder.wrong(cert, key), wrong);
    }
    let unusable = folder.wrong(empty, &key);
    assert!(unusable.starts_with("cert.pem and key.pem cannot be used for TLS: "), "{unusable}");
    let long = "x".repeat(1024 * 1024 + 1);
    assert!(folder.wrong(&long, &key).contains("more than"));

    let files = folder.pair(&made);
    assert!(pair::read(&files).is_ok());
    let missing = TlsFiles { key: folder.0.path().join("none.pem"), ..files.clone() };
    let told = folder.told(&pair::read(&missing).unwrap_err());
    assert!(told.starts_with("`tls.key`: none.pem cannot be read: No such file"), "{told}");
    let a_folder = TlsFiles { cert: folder.0.path().to_owned(), ..files };
    let told = pair::read(&a_folder).unwrap_err().to_string();
    assert!(told.ends_with("is not a PEM file: it is not a regular file"), "{told}");
}

/// A listener whose connections stay open; its address, and where a new pair goes.
async fn listening(
    folder: &Folder,
    made: &CertifiedKey<KeyPair>,
    patience: Duration,
) -> (SocketAddr, watch::Sender<Arc<rustls::ServerConfig>>) {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let (sender, receiver) = watch::channel(pair::read(&folder.pair(made)).unwrap());
    let mut listener = TlsListener::new(tcp, receiver).with_patience(patience);
    tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            open.push(listener.accept().await);
        }
    });
    (address, sender)
}

/// Connects as someone who trusts exactly this certificate.
async fn connected(
    address: SocketAddr,
    made: &CertifiedKey<KeyPair>,
    protocol: &[u8],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

#[tokio::test]
async fn who_says_nothing_is_in_nobodys_way_and_soon_gone() {
    let (folder, made) = (Folder::new(), made());
    let patience = Duration::from_secs(2);
    let (address, _sender) = listening(&folder, &made, patience).await;
    let began = Instant::now();
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    for protocol in ["h2", "http/1.1"] {
        let stream = connected(address, &made, protocol.as_bytes()).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol.as_bytes()));
    }
    assert!(began.elapsed() < patience, "{:?}", began.elapsed());
    for mut stream in silent {
        // Over plain HTTP there is nothing here, and no wish to wait for more.
        let ended = tokio::time::timeout(patience * 5, stream.read_to_end(&mut Vec::new())).await;
        assert!(ended.is_ok(), "it is held open");
    }
    assert!(began.elapsed() >= patience, "cut too early: {:?}", began.elapsed());
}

#[tokio::test]
async fn a_new_pair_is_for_new_connections() {
    let (folder, old, new) = (Folder::new(), made(), made());
    let (address, sender) = listening(&folder, &old, Duration::from_secs(10)).await;
    let before = connected(address, &old, b"h2").await.unwrap();
    assert!(connected(address, &new, b"h2").await.is_err());
    sender.send_replace(pair::read(&folder.pair(&new)).unwrap());
    assert!(connected(address, &old, b"h2").await.is_err());
    let after = connected(address, &new, b"h2").await.unwrap();
    let shown = |stream: &TlsStream<TcpStream>| -> CertificateDer<'static> {
        stream.get_ref().1.peer_certificates().unwrap().first().unwrap().clone().into_owned()
    };
    assert_eq!((&shown(&before), &shown(&after)), (old.cert.der(), new.cert.der()));
}
