//! What is kept for a person between pages in their browser: the columns of the list. How it is kept
//! there is the server's business.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;

/// The names of the columns that a person chose last, in order; none: they never chose. Put into the
/// request by the server. They may be names that are columns no longer.
///
/// Put on an answer, they are kept from then on; none: what was kept is forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptColumns(pub Vec<String>);

impl<S: Sync> FromRequestParts<S> for KeptColumns {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<KeptColumns, Infallible> {
        Ok(parts.extensions.get::<KeptColumns>().cloned().unwrap_or_default())
    }
}
