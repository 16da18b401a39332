//! What went wrong, as scripts read it: `{"detail"}` in words, `{"errors"}` by parameter or field.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::{IntoResponse, Response};
use cadastre_service::{ErrorKind, ServiceError};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is wrong, by the name of a parameter or field.
pub type Problems = BTreeMap<String, Vec<String>>;

/// Why there is no answer.
#[derive(Debug)]
pub struct ApiFailure {
    status: StatusCode,
    detail: String,
    errors: Option<Value>,
}

impl ApiFailure {
    /// A failure of this status.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> ApiFailure {
        ApiFailure { status, detail: detail.into(), errors: None }
    }

    /// With what is wrong in particular.
    pub fn with(self, errors: Value) -> ApiFailure {
        ApiFailure { errors: Some(errors), ..self }
    }

    /// Parameters or fields that cannot be.
    pub fn problems(what: &str, problems: &Problems) -> ApiFailure {
        let names: Vec<&str> = problems.keys().map(String::as_str).collect();
        let detail = format!("{what} cannot be used: {}", names.join(", "));
        ApiFailure::new(StatusCode::BAD_REQUEST, detail).with(json!(problems))
    }
}

impl From<ServiceError> for ApiFailure {
    fn from(error: ServiceError) -> ApiFailure {
        let status = match error.kind {
            ErrorKind::Forbidden => StatusCode::FORBIDDEN,
            ErrorKind::TooSoon(_) => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::Invalid => StatusCode::BAD_REQUEST,
            ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status.is_server_error() {
            tracing::error!(%error, "a request could not be answered");
        }
        let detail = match error.hint {
            Some(hint) => format!("{}; {hint}", error.message),
            None => error.message,
        };
        ApiFailure::new(status, detail)
    }
}

impl IntoResponse for ApiFailure {
    fn into_response(self) -> Response {
        let mut body = json!({ "detail": self.detail });
        if let (Some(errors), Some(body)) = (self.errors, body.as_object_mut()) {
            body.insert("errors".to_owned(), errors);
        }
        match self.status {
            StatusCode::UNAUTHORIZED => {
                (self.status, [(WWW_AUTHENTICATE, "Bearer")], Json(body)).into_response()
            }
            status => (status, Json(body)).into_response(),
        }
    }
}
