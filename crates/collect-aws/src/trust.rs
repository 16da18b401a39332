//! Which certificates are believed, as the SDK's own connector takes it.

use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use cadastre_collect::Trust;

/// Not for [`Trust::Anything`], which the connector does not know.
pub(crate) fn sdk_context(
    trust: &Trust,
) -> Result<TlsContext, aws_smithy_http_client::HttpClientError> {
    let store = match trust {
        Trust::Only(pem) => TrustStore::empty().with_pem_certificate(pem.to_vec()),
        // On a machine without any the default store would not be made at all.
        Trust::System if !Trust::system_has_any() => TrustStore::empty(),
        Trust::System | Trust::Anything => TrustStore::default(),
    };
    TlsContext::builder().with_trust_store(store).build()
}
