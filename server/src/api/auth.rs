//! Who asks: a token in the `Authorization` header, else the session that the request came with; and
//! whether they may. The service asks again for itself.

use crate::api::failure::ApiFailure;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cadastre_app::web::{Rule, Viewer};
use cadastre_service::{Service, TokenRefusal, refused};
use std::net::IpAddr;

/// Puts into the request as whom its token acts. A token stands over a session.
pub async fn carry(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    let Some(value) = request.headers().get(AUTHORIZATION) else {
        return next.run(request).await;
    };
    let Some(token) = token_of(value) else {
        let detail = "the header Authorization cannot be read; expected `Token cdst_...` or \
                      `Bearer cdst_...`";
        return ApiFailure::new(StatusCode::UNAUTHORIZED, detail).into_response();
    };
    let from = request.extensions().get::<Option<IpAddr>>().copied().flatten();
    let actor = match service.token_actor(token, from).await {
        Ok(Ok(actor)) => actor,
        Ok(Err(refusal)) => {
            let status = match refusal {
                TokenRefusal::From(_) => StatusCode::FORBIDDEN,
                _ => StatusCode::UNAUTHORIZED,
            };
            return ApiFailure::new(status, refusal.to_string()).into_response();
        }
        Err(error) => return ApiFailure::from(error).into_response(),
    };
    request.extensions_mut().insert(Viewer { actor, zone: service.zone() });
    next.run(request).await
}

/// The token of `Token X` or `Bearer X`; the scheme in any case (RFC 9110, 11.1).
fn token_of(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.trim().split_once(' ')?;
    let is_known = ["token", "bearer"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    is_known.then(|| token.trim()).filter(|token| !token.is_empty())
}

/// Lets a request through, or says why not.
pub async fn enforce(State(rule): State<Rule>, request: Request, next: Next) -> Response {
    match (rule, request.extensions().get::<Viewer>()) {
        (Rule::Public | Rule::Open, _) | (Rule::SignedIn, Some(_)) => next.run(request).await,
        (_, None) => {
            let detail = "who asks is not known; send the header `Authorization: Token ...` \
                          (`cadastre token add` makes one), or log in";
            ApiFailure::new(StatusCode::UNAUTHORIZED, detail).into_response()
        }
        (Rule::May(permission), Some(viewer)) if viewer.may(permission) => next.run(request).await,
        (Rule::May(_), Some(viewer)) => ApiFailure::from(refused(&viewer.actor)).into_response(),
    }
}
