//! The web side: every route with its rule, and what every request passes through.
//!
//! What pages show is `app`'s; here is whose connections are taken (`connections`, each as long as
//! something moves on it, `quiet`) and how long an answer may keep them waiting (`in_time`), how a
//! request came (`arrival`, and `forwarded` where a proxy is in front), who asks (`sessions`), what they
//! prefer (`preferences`), who may (`rules`), what every answer says to the browser (`headers`), and
//! pages made smaller on their way (`compression`).

mod arrival;
mod compression;
mod connections;
mod forwarded;
mod headers;
mod in_time;
mod monitoring;
mod preferences;
mod quiet;
mod rules;
mod sessions;
#[cfg(test)]
mod tests;

use crate::config::Server;
use arrival::Front;
pub use arrival::Origin;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::{Extension, Router, middleware};
use cadastre_app::web::{Failure, Rule};
use cadastre_service::{ErrorKind, Service, ServiceError, SetUpLink};
pub use connections::{Limits, answer_until};
use sessions::Sessions;
use std::convert::Infallible;
use std::sync::Arc;
use tower_http::csrf::CsrfLayer;

/// A form is no longer than this, in bytes.
const LONGEST_FORM: usize = 64 * 1024;

/// All routes, for a server that people reach as configured.
pub fn router(service: Service, link: SetUpLink, server: &Server) -> Router {
    let front = Arc::new(Front::of(server));
    let sessions = Sessions::of(service.clone(), &front);
    let carried = middleware::from_fn_with_state(sessions.clone(), sessions::carry);
    let outside = pages(&sessions)
        .merge(crate::api::routes(&service).layer(carried))
        .fallback(move |uri: Uri, headers: HeaderMap| nothing(sessions, uri, headers))
        .layer(middleware::from_fn(in_time::begin))
        .layer(Extension(link))
        .layer(middleware::from_fn_with_state(Arc::clone(&front), preferences::carry))
        .layer(forms_of(server))
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(middleware::from_fn_with_state(front, arrival::settle));
    monitoring::routes()
        .layer(middleware::from_fn(in_time::begin))
        .merge(outside)
        .layer(middleware::from_fn(crate::api::only_json))
        .layer(middleware::map_response(headers::protect))
        .with_state(service)
}

/// The pages, each behind its rule. Who asks for what is the same for everybody is not looked up.
fn pages(sessions: &Sessions) -> Router<Service> {
    cadastre_app::web::routes().into_iter().fold(Router::new(), |router, route| {
        let handler =
            route.handler.layer(middleware::from_fn_with_state(route.rule, rules::enforce));
        let carried = middleware::from_fn_with_state(sessions.clone(), sessions::carry);
        let handler = match route.rule {
            Rule::Public => handler,
            Rule::Open | Rule::SignedIn | Rule::May(_) => handler
                .layer::<_, Infallible>(carried)
                .layer::<_, Infallible>(compression::layer())
                .layer(middleware::from_fn(compression::offer)),
        };
        router.route(route.path, handler)
    })
}

/// Refuses forms of other sites. Ours are also known by the public name, where a proxy asks by another.
fn forms_of(server: &Server) -> CsrfLayer {
    let Some(url) = &server.public_url else { return CsrfLayer::new() };
    CsrfLayer::new().add_trusted_origin(url.origin()).unwrap_or_else(|error| {
        tracing::warn!(%error, "forms are known by the name a browser asks for, not by server.public_url");
        CsrfLayer::new()
    })
}

async fn nothing(sessions: Sessions, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(answer) = crate::api::nothing(&uri) {
        return answer;
    }
    let error = ServiceError::new(ErrorKind::NotFound, "there is no page at this address");
    sessions.answer_for(&headers, Failure::from(error)).await
}
