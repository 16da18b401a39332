//! The session's cookie: read before a page, written or taken away after it.
//!
//! Where people reach the server over TLS the cookie is `Secure` and its name begins with `__Host-`,
//! which browsers take from this very host only, and only over TLS. Over plain HTTP on this machine
//! neither is possible. Only the cookie whose name is in force is looked at.

use super::arrival::Front;
use axum::extract::{Request, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cadastre_app::web::{Failure, SessionToken, SignedIn, Viewer};
use cadastre_service::{Service, ServiceError};
use secrecy::{ExposeSecret, SecretString};

/// Whose sessions, and the cookie that is in force.
#[derive(Clone)]
pub struct Sessions {
    service: Service,
    name: &'static str,
    flags: &'static str,
}

impl Sessions {
    /// As people reach the server.
    pub fn of(service: Service, front: &Front) -> Sessions {
        let (name, flags) = match front.is_https() {
            true => ("__Host-cadastre_session", "; Secure"),
            false => ("cadastre_session", ""),
        };
        Sessions { service, name, flags }
    }

    fn token_of(&self, headers: &HeaderMap) -> Option<SecretString> {
        cookies(headers, self.name).next().map(SecretString::from)
    }

    async fn viewer(&self, token: Option<&SecretString>) -> Result<Option<Viewer>, ServiceError> {
        let Some(token) = token else { return Ok(None) };
        let actor = self.service.session_actor(token.expose_secret()).await?;
        Ok(actor.map(|actor| Viewer { actor, zone: self.service.zone() }))
    }

    /// A page that went wrong before anybody asked who looks, for who has logged in; for all, if that
    /// cannot be found out.
    pub async fn answer_for(&self, headers: &HeaderMap, failure: Failure) -> Response {
        let answer = failure.into_response();
        match self.viewer(self.token_of(headers).as_ref()).await {
            Ok(Some(viewer)) => Failure::answer_for(&viewer, answer),
            Ok(None) | Err(_) => answer,
        }
    }

    fn cookie_of(
        &self,
        signed_in: &SignedIn,
    ) -> Result<HeaderValue, axum::http::header::InvalidHeaderValue> {
        let (token, seconds) = match signed_in {
            SignedIn::With(token, lasts) => (token.expose_secret(), lasts.as_secs()),
            SignedIn::NoMore => ("", 0),
        };
        let Sessions { name, flags, .. } = self;
        let cookie =
            format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{flags}");
        let mut value = HeaderValue::from_str(&cookie)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Puts into the request who asks; makes the answer's cookie.
pub async fn carry(State(sessions): State<Sessions>, mut request: Request, next: Next) -> Response {
    let token = sessions.token_of(request.headers());
    let viewer = match sessions.viewer(token.as_ref()).await {
        Ok(viewer) => viewer,
        Err(error) => return Failure::from(error).into_response(),
    };
    if let (Some(viewer), Some(token)) = (&viewer, token) {
        request.extensions_mut().insert(viewer.clone());
        request.extensions_mut().insert(SessionToken(token));
    }
    let mut answer = next.run(request).await;
    if let Some(viewer) = &viewer {
        answer = Failure::answer_for(viewer, answer);
    }
    if let Some(signed_in) = answer.extensions_mut().remove::<SignedIn>()
        && let Ok(cookie) = sessions.cookie_of(&signed_in)
    {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

/// The values of the cookies of a name that a request came with.
pub fn cookies<'h>(headers: &'h HeaderMap, name: &'static str) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|one| one.split_once('='));
    pairs.filter(move |(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}
