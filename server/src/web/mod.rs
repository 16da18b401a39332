//! The web side: every route with its rule, and what every request passes through.
//!
//! What pages show is `app`'s; here is who may ask (`rules`), who asks (`sessions`), and what every
//! answer says to the browser (`headers`).

mod headers;
mod monitoring;
mod rules;
mod sessions;
#[cfg(test)]
mod tests;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router, middleware};
use cadastre_app::web::Failure;
use cadastre_service::{ErrorKind, Service, ServiceError, SetUpLink};
use std::time::Duration;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

/// An answer takes no longer than this.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A form is no longer than this, in bytes.
const LONGEST_FORM: usize = 64 * 1024;

/// All routes.
pub fn router(service: Service, link: SetUpLink) -> Router {
    let pages = cadastre_app::web::routes().into_iter().fold(Router::new(), |router, route| {
        let ruled = middleware::from_fn_with_state(route.rule, rules::enforce);
        router.route(route.path, route.handler.layer(ruled))
    });
    let pages = pages
        .fallback(nothing)
        .layer(Extension(link))
        .layer(middleware::from_fn_with_state(service.clone(), sessions::carry))
        .layer(CsrfLayer::new())
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(middleware::map_response(headers::protect));
    monitoring::routes()
        .merge(pages)
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIMEOUT))
        .with_state(service)
}

async fn nothing() -> Response {
    let error = ServiceError::new(ErrorKind::NotFound, "there is no page at this address");
    Failure::from(error).into_response()
}
