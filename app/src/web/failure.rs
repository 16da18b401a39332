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
        ErrorKind::TooSoon(_) => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Failure {
    /// The answer where the page took too long. Who looks is not found out: that may be what is slow.
    #[must_use]
    pub fn too_slow() -> Response {
        let message = "this took too long and was given up";
        let error = ServiceError::new(ErrorKind::Unavailable, message)
            .advising("ask for less, such as a narrower query, or try again later");
        told(error, None)
    }

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
                let is_ours = status_of(error.kind).is_server_error();
                if is_ours {
                    tracing::error!(%error, "a page failed");
                }
                let stranger = if is_ours { unnamed(error.kind) } else { error.clone() };
                // Whoever knows who asks may tell it better.
                (Extension(error), told(stranger, None)).into_response()
            }
        }
    }
}

/// What anybody may be told of trouble on our side: that there is some, not which.
fn unnamed(kind: ErrorKind) -> ServiceError {
    ServiceError::new(kind, "the server's log says what happened").advising("try again later")
}

/// The page.
fn told(error: ServiceError, viewer: Option<&Viewer>) -> Response {
    let title = match error.kind {
        ErrorKind::Forbidden => "Not allowed",
        ErrorKind::TooSoon(_) => "Too many tries",
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
