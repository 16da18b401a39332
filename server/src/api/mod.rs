//! The REST interface under `/api/`, for scripts: JSON only, in the shape that NetBox's clients know.
//!
//! Why it exists: it turns addresses, parameters and bodies into calls of the service, and what the
//! service gives into JSON. Nothing is decided here. One table (`route`) has every address with its
//! rule and its description; the router and the OpenAPI document are both made from it.
//!
//! Its neighbours: `web`, which mounts it and has said who asks (a session, or a token read here in
//! `auth`); `crates/service/src/shape`, whose forms of assets it builds on.

mod about;
mod asked;
mod asset_edit;
mod asset_filter;
mod asset_json;
mod assets;
mod auth;
mod body;
mod envelope;
mod failure;
mod field;
mod only_json;
mod route;
mod runs;
mod schema;
mod schema_parameters;
mod sources;
mod tag_edit;
#[cfg(test)]
mod tests;

pub use only_json::{nothing, only_json, too_slow};
pub use route::endpoints;

use axum::extract::DefaultBodyLimit;
use axum::{Router, middleware};
use cadastre_service::Service;
use tower_http::catch_panic::CatchPanicLayer;

/// A body is no longer than this, in bytes.
const LONGEST_BODY: usize = 1024 * 1024;

/// What handlers answer with.
type Answer = Result<axum::response::Response, failure::ApiFailure>;

/// Its routes, each behind its rule.
pub fn routes(service: &Service) -> Router<Service> {
    let routes = endpoints().into_iter().fold(Router::new(), |router, endpoint| {
        let ruled = middleware::from_fn_with_state(endpoint.route.rule, auth::enforce);
        router.route(endpoint.route.path, endpoint.route.handler.route_layer(ruled))
    });
    routes
        .layer(middleware::from_fn_with_state(service.clone(), auth::carry))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(CatchPanicLayer::new())
}
