//! Why a connection could not be made secure.

use super::Fault;
use cadastre_collect::ErrorClass;
use rustls::{CertificateError, Error as TlsError};
use std::io;

/// The trouble of a handshake with the peer that is known as `host` here.
pub(crate) fn tls_fault(host: &str, error: &io::Error) -> Fault {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>());
    let (what, hint) = match inner {
        Some(TlsError::InvalidCertificate(why)) => certificate(host, why),
        Some(TlsError::AlertReceived(_) | TlsError::PeerIncompatible(_)) => (
            format!("the peer and we have no way of TLS in common: {error}"),
            "let the domain controller speak TLS 1.2 or newer, with a certificate for this use",
        ),
        Some(TlsError::InvalidMessage(_)) => (
            format!("what answers does not speak TLS: {error}"),
            "ldaps:// is for port 636; on port 389 use ldap:// with start_tls = true",
        ),
        _ => (
            format!("the secure connection broke off: {error}"),
            "check that the domain controller has a certificate for LDAP; without one it closes \
             such connections",
        ),
    };
    Fault::new(ErrorClass::Tls, what, hint).hopeless()
}

fn certificate(host: &str, why: &CertificateError) -> (String, &'static str) {
    let names_differ = "name the domain controller in `url` as its certificate does";
    match why {
        CertificateError::NotValidForName => {
            (format!("its certificate is not for the name {host}"), names_differ)
        }
        CertificateError::NotValidForNameContext { presented, .. } => (
            format!("its certificate is not for the name {host}, but for {}", presented.join(", ")),
            names_differ,
        ),
        CertificateError::UnknownIssuer => (
            "its certificate is by an authority that is not known here".to_owned(),
            "name the authority's certificate (PEM) in `ca_file`",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            "its certificate has expired".to_owned(),
            "renew the domain controller's certificate, and check this machine's clock",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            ("its certificate is not valid yet".to_owned(), "check this machine's clock")
        }
        CertificateError::Revoked => (
            "its certificate is revoked".to_owned(),
            "give the domain controller a new certificate",
        ),
        other => (
            format!("its certificate is not acceptable: {other}"),
            "give the domain controller a certificate by your authority, and name that in `ca_file`",
        ),
    }
}
