//! Who looks. The server puts it into the request once it has checked the session.

use crate::web::{Failure, ReturnTo};
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use cadastre_model::{Actor, Permission};
use cadastre_service::zone::Zone;
use secrecy::SecretString;
use std::convert::Infallible;

/// Someone who has logged in.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// As whom they act.
    pub actor: Actor,
    /// The zone of the organisation: what they call today.
    pub zone: Zone,
}

impl Viewer {
    /// Their name, as they know it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.actor.name.split_once(':').map_or(self.actor.name.as_str(), |(_, name)| name)
    }

    /// Whether they may.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.actor.may(permission)
    }
}

impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Viewer, Failure> {
        parts.extensions.get::<Viewer>().cloned().ok_or_else(|| nobody(parts))
    }
}

fn nobody(parts: &Parts) -> Failure {
    Failure::NotSignedIn(ReturnTo::of(&parts.method, &parts.uri))
}

impl<S: Sync> OptionalFromRequestParts<S> for Viewer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Viewer>, Infallible> {
        Ok(parts.extensions.get::<Viewer>().cloned())
    }
}

/// The token of the session that a request came with.
#[derive(Clone, Debug)]
pub struct SessionToken(pub SecretString);

impl<S: Sync> FromRequestParts<S> for SessionToken {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<SessionToken, Failure> {
        parts.extensions.get::<SessionToken>().cloned().ok_or_else(|| nobody(parts))
    }
}

/// Put on an answer: the server makes it the session's cookie, or takes the cookie away.
#[derive(Clone, Debug)]
pub enum SignedIn {
    /// A session has begun.
    With(SecretString, std::time::Duration),
    /// It has ended.
    NoMore,
}
