//! The rule of a route, enforced before its handler. The service asks again for itself.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cadastre_app::web::{Failure, ReturnTo, Rule, Viewer};
use cadastre_service::{ErrorKind, ServiceError};

/// Lets a request through, or says why not.
pub async fn enforce(State(rule): State<Rule>, request: Request, next: Next) -> Response {
    match refusal(rule, &request) {
        Some(failure) => failure.into_response(),
        None => next.run(request).await,
    }
}

fn refusal(rule: Rule, request: &Request) -> Option<Failure> {
    match (rule, request.extensions().get::<Viewer>()) {
        (Rule::Public | Rule::Open, _) | (Rule::SignedIn, Some(_)) => None,
        (_, None) => Some(Failure::NotSignedIn(ReturnTo::of(request.method(), request.uri()))),
        (Rule::May(permission), Some(viewer)) if viewer.may(permission) => None,
        (Rule::May(_), Some(viewer)) => {
            let message =
                format!("{} has the role {} and may not do this", viewer.name(), viewer.actor.role);
            let error = ServiceError::new(ErrorKind::Forbidden, message);
            Some(error.advising("ask an admin").into())
        }
    }
}
