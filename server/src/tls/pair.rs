//! A certificate and its key, read from their files and checked before anyone is shown them.

use crate::config::TlsFiles;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{InconsistentKeys, ServerConfig};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// A chain of certificates is a few pages of text; more than this is something else.
const LIMIT: u64 = 1024 * 1024;

/// What is offered to clients, the best first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why a pair cannot be served with.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// The file cannot be opened or read.
    #[error("`{key}`: {} cannot be read: {error}", path.display())]
    Unreadable {
        /// The configuration's key.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is not PEM, or far too long.
    #[error("`{key}`: {} is not a PEM file: {why}", path.display())]
    NotPem {
        /// The configuration's key.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// It is PEM, but not of what was wanted.
    #[error("`{key}`: {} holds no {wanted}", path.display())]
    Missing {
        /// The configuration's key.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What was wanted, in words.
        wanted: &'static str,
    },
    /// Each is well, but they are not a pair.
    #[error("the key in {} does not belong to the certificate in {}", key.display(), cert.display())]
    NoPair {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// They cannot be used for TLS.
    #[error("{} and {} cannot be used for TLS: {error}", cert.display(), key.display())]
    Unusable {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What the library says.
        error: rustls::Error,
    },
}

impl PairError {
    /// What to do next.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            PairError::Unreadable { .. } => {
                "name a file that is there and that the server's account may read"
            }
            PairError::NotPem { .. } | PairError::Missing { .. } => {
                "tls.cert holds -----BEGIN CERTIFICATE----- blocks, the server's own first; tls.key \
                 one -----BEGIN PRIVATE KEY-----, without a passphrase"
            }
            PairError::NoPair { .. } => {
                "name the key the certificate was made with, and put the server's own certificate \
                 first in its file"
            }
            PairError::Unusable { .. } => {
                "have the certificate made anew, such as with an ECDSA P-256 key"
            }
        }
    }
}

/// Reads a pair, and what is needed to speak TLS with it.
///
/// # Errors
/// A file cannot be read or holds something else, or the key belongs to another certificate.
pub fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, PairError> {
    let chain = chain(&files.cert)?;
    let key = private_key(&files.key)?;
    let unusable =
        |error| PairError::Unusable { cert: files.cert.clone(), key: files.key.clone(), error };
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                PairError::NoPair { cert: files.cert.clone(), key: files.key.clone() }
            }
            error => unusable(error),
        })?;
    config.alpn_protocols = PROTOCOLS.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(Arc::new(config))
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, PairError> {
    let key = crate::config::TLS_CERT;
    let bytes = bytes(key, path)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let chain = chain.map_err(|error| not_pem(key, path, &error))?;
    if chain.is_empty() {
        return Err(PairError::Missing { key, path: path.to_owned(), wanted: "certificate" });
    }
    Ok(chain)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, PairError> {
    let key = crate::config::TLS_KEY;
    let bytes = bytes(key, path)?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| match error {
        pem::Error::NoItemsFound => {
            PairError::Missing { key, path: path.to_owned(), wanted: "private key" }
        }
        error => not_pem(key, path, &error),
    })
}

fn bytes(key: &'static str, path: &Path) -> Result<Zeroizing<Vec<u8>>, PairError> {
    let unreadable = |error| PairError::Unreadable { key, path: path.to_owned(), error };
    // Before it is opened: opening a pipe would wait for its other end.
    if !path.metadata().map_err(unreadable)?.is_file() {
        let why = "it is not a regular file".to_owned();
        return Err(PairError::NotPem { key, path: path.to_owned(), why });
    }
    let mut bytes = Zeroizing::new(Vec::new());
    let file = File::open(path).map_err(unreadable)?;
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LIMIT {
        let why = format!("it has more than {LIMIT} bytes");
        return Err(PairError::NotPem { key, path: path.to_owned(), why });
    }
    Ok(bytes)
}

/// Without the line that is wrong: it may be of a key.
fn not_pem(key: &'static str, path: &Path, error: &pem::Error) -> PairError {
    let why = match error {
        pem::Error::MissingSectionEnd { .. } => "a block has no END line",
        pem::Error::IllegalSectionStart { .. } => "a BEGIN line is spoilt",
        pem::Error::Base64Decode(_) => "a block is spoilt",
        _ => "it cannot be read as one",
    };
    PairError::NotPem { key, path: path.to_owned(), why: why.to_owned() }
}
