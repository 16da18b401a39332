//! The link that the first start prints: whoever opens it makes the first account. It lives in the
//! process that printed it, an hour at most, and has done its work once there is an account.

use crate::error::{ErrorKind, Result, ServiceError};
use crate::service::Service;
use crate::session::{digest_of, random_token};
use cadastre_model::Timestamp;
use secrecy::SecretString;
use std::sync::Arc;

/// How long it may be used, in ms.
const LASTS: i64 = 60 * 60_000;

/// What a link is checked against; none was printed if it is empty.
#[derive(Clone, Debug, Default)]
pub struct SetUpLink(Option<Arc<(Vec<u8>, Timestamp)>>);

impl SetUpLink {
    /// A link and what it is checked against, if there is no account yet.
    ///
    /// # Errors
    /// What the database says, or no random numbers.
    pub async fn make(service: &Service) -> Result<(SetUpLink, Option<SecretString>)> {
        if !service.needs_set_up().await? {
            return Ok((SetUpLink::default(), None));
        }
        let (token, digest) = random_token()?;
        let until = service.now().plus_ms(LASTS);
        Ok((SetUpLink(Some(Arc::new((digest, until)))), Some(token)))
    }

    /// Whether a link's token may be used now.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] whatever is wrong with it, or what the database says.
    pub async fn check(&self, service: &Service, token: &str) -> Result<()> {
        let holds = self.0.as_ref().is_some_and(|known| {
            let (digest, until) = known.as_ref();
            // Digests of random tokens: how far they agree tells nobody the token.
            *digest == digest_of(token) && service.now() < *until
        });
        if holds && service.needs_set_up().await? {
            return Ok(());
        }
        Err(ServiceError::new(ErrorKind::NotFound, "this set-up link is not valid (any more)")
            .advising("log in; or, if there is no account yet, start the server again: it prints a new link"))
    }
}
