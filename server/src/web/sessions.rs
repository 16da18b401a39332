//! The session's cookie: read before a page, written or taken away after it.
//!
//! Over plain HTTP the cookie cannot be `Secure`, nor have the `__Host-` prefix; TLS comes with the
//! server's own certificate or a trusted proxy, which are not there yet.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cadastre_app::web::{Failure, SessionToken, SignedIn, Viewer};
use cadastre_service::Service;
use secrecy::{ExposeSecret, SecretString};
use std::net::{IpAddr, SocketAddr};

const NAME: &str = "cadastre_session";

/// Puts into the request who asks, and from where; makes the answer's cookie.
pub async fn carry(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let from: Option<IpAddr> = peer.map(|peer| peer.0.ip());
    request.extensions_mut().insert(from);
    if let Some(token) = token_of(request.headers()) {
        match service.session_actor(token.expose_secret()).await {
            Ok(Some(actor)) => {
                request.extensions_mut().insert(Viewer { actor });
                request.extensions_mut().insert(SessionToken(token));
            }
            Ok(None) => {}
            Err(error) => return Failure::from(error).into_response(),
        }
    }
    let mut answer = next.run(request).await;
    if let Some(signed_in) = answer.extensions_mut().remove::<SignedIn>()
        && let Ok(cookie) = cookie_of(&signed_in)
    {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

fn token_of(headers: &HeaderMap) -> Option<SecretString> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|one| one.split_once('='));
    let (_, token) = pairs.find(|(name, _)| name.trim() == NAME)?;
    Some(SecretString::from(token.trim()))
}

fn cookie_of(signed_in: &SignedIn) -> Result<HeaderValue, axum::http::header::InvalidHeaderValue> {
    let (token, seconds) = match signed_in {
        SignedIn::With(token, lasts) => (token.expose_secret(), lasts.as_secs()),
        SignedIn::NoMore => ("", 0),
    };
    let cookie = format!("{NAME}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax");
    let mut value = HeaderValue::from_str(&cookie)?;
    value.set_sensitive(true);
    Ok(value)
}
