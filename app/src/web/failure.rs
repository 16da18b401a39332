//! What went wrong, as a page: what, and what to do next.

use crate::ui::{PageHead, Trouble};
use crate::web::render::{Document, page};
use crate::web::return_to::ReturnTo;
use crate::web::viewer::Viewer;
use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cadastre_service::{ErrorKind, ServiceError};
use leptos::prelude::*;

/// Why there is no page.
#[derive(Debug)]
pub enum Failure {
    /// Nobody has logged in; where to go once somebody has.
    NotSignedIn(Option<ReturnTo>),
    /// The service said no.
    Service(ServiceError),
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Failure {
        Failure::Service(error)
    }
}

/// The status that says the same to programs.
pub fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Failure {
    /// The same answer for somebody who has logged in: their bar leads on from it. Any other answer stays
    /// as it is.
    #[must_use]
    pub fn answer_for(viewer: &Viewer, mut answer: Response) -> Response {
        match answer.extensions_mut().remove::<ServiceError>() {
            Some(error) => told(error, Some(viewer)),
            None => answer,
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Failure::NotSignedIn(back) => {
                Redirect::to(&ReturnTo::login_address(back.as_ref())).into_response()
            }
            Failure::Service(error) => {
                if error.kind == ErrorKind::Failed {
                    tracing::error!(%error, "a page failed");
                }
                // Whoever knows who asks may tell it better.
                (Extension(error.clone()), told(error, None)).into_response()
            }
        }
    }
}

/// The page.
fn told(error: ServiceError, viewer: Option<&Viewer>) -> Response {
    let title = match error.kind {
        ErrorKind::Forbidden => "Not allowed",
        ErrorKind::NotFound => "Not found",
        ErrorKind::Invalid => "This cannot be done",
        ErrorKind::Conflict => "This clashes with something else",
        ErrorKind::Unavailable => "The register does not answer",
        ErrorKind::Failed => "Something went wrong",
    };
    let status = status_of(error.kind);
    let document = match viewer {
        Some(viewer) => Document::of(title, viewer, ""),
        None => Document::bare(title),
    };
    let body = view! {
        <PageHead title=title/>
        <Trouble error=error/>
        <p><a href="/">"Back to the overview"</a></p>
    };
    (status, page(document, body)).into_response()
}
