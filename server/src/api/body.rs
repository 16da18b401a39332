//! The body of a request: JSON, whole, and not too long.

use crate::api::failure::ApiFailure;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use serde_json::Value;

/// A body of JSON.
pub struct JsonBody(pub Value);

impl<S: Sync + Send> FromRequest<S> for JsonBody {
    type Rejection = ApiFailure;

    async fn from_request(request: Request, state: &S) -> Result<JsonBody, ApiFailure> {
        if !is_json(&request) {
            let detail = "the body must be JSON; send the header `Content-Type: application/json`";
            return Err(ApiFailure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let detail = match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => format!(
                    "the body is too large: at most {} bytes; send less at a time",
                    super::LONGEST_BODY
                ),
                _ => rejection.body_text(),
            };
            ApiFailure::new(rejection.status(), detail)
        })?;
        serde_json::from_slice(&bytes).map(JsonBody).map_err(|error| {
            let detail = match error.is_eof() && bytes.is_empty() {
                true => "the body is empty; expected JSON".to_owned(),
                false => format!("the body is no JSON: {error}"),
            };
            ApiFailure::new(StatusCode::BAD_REQUEST, detail)
        })
    }
}

fn is_json(request: &Request) -> bool {
    let value = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}
