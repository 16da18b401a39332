//! Which certificates are believed: one reading of `ca_file` and `insecure_tls` for all collectors whose peer
//! speaks TLS. By aws-lc-rs, whatever other provider the process has.

use crate::common::CommonSettings;
use crate::settings::SettingError;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// Which certificates are believed.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Those of the system's authorities.
    System,
    /// Those of the authorities in this PEM text, which has been read to the end and is whole.
    Only(Arc<[u8]>),
    /// All.
    Anything,
}

/// The system's authorities, read once.
static SYSTEM_AUTHORITIES: LazyLock<Vec<CertificateDer<'static>>> =
    LazyLock::new(|| rustls_native_certs::load_native_certs().certs);

impl Trust {
    /// Whether this machine names authorities at all.
    #[must_use]
    pub fn system_has_any() -> bool {
        !SYSTEM_AUTHORITIES.is_empty()
    }

    /// As the settings say; reads `ca_file`.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else than certificates of authorities.
    pub fn read(common: &CommonSettings) -> Result<Trust, SettingError> {
        if common.insecure_tls {
            return Ok(Trust::Anything);
        }
        let Some(path) = &common.ca_file else { return Ok(Trust::System) };
        let pem = std::fs::read(path).map_err(|error| {
            let what = format!("names {}, which cannot be read: {error}", path.display());
            SettingError::new("ca_file", what, "check the name and its permissions")
        })?;
        authorities(&pem).map_err(|why| no_authority(path, &why))?;
        Ok(Trust::Only(pem.into()))
    }

    /// For connections.
    ///
    /// # Errors
    /// The provider knows none of the protocol's versions.
    pub fn client_config(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let roots = match self {
            Trust::Anything => {
                let verifier = Arc::new(Unverified { provider });
                return Ok(builder
                    .dangerous()
                    .with_custom_certificate_verifier(verifier)
                    .with_no_client_auth());
            }
            Trust::Only(pem) => authorities(pem).map_err(rustls::Error::General)?,
            Trust::System => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(SYSTEM_AUTHORITIES.iter().cloned());
                roots
            }
        };
        Ok(builder.with_root_certificates(roots).with_no_client_auth())
    }
}

fn no_authority(path: &Path, why: &str) -> SettingError {
    let what = format!("names {}: {why}", path.display());
    SettingError::new("ca_file", what, "expected certificates of authorities in PEM form")
}

/// The authorities in a PEM text; all of them must be readable, and there must be one.
fn authorities(pem: &[u8]) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| format!("it is not PEM ({error})"))?;
        roots.add(certificate).map_err(|error| format!("a certificate is unusable ({error})"))?;
    }
    if roots.is_empty() { Err("it holds no certificate".to_owned()) } else { Ok(roots) }
}

/// Believes every certificate; checks only that the peer has its key.
#[derive(Debug)]
struct Unverified {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
