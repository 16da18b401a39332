//! Every refusal under `/api/` is JSON, also where it was not made here: an address that is not there,
//! a method that does not go with it, a request from another site, a panic.

use crate::api::failure::ApiFailure;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Whether an address is for scripts.
fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Makes refusals JSON that are not.
pub async fn only_json(request: Request, next: Next) -> Response {
    let is_api = is_api(request.uri().path());
    let answer = next.run(request).await;
    let status = answer.status();
    let is_refusal = status.is_client_error() || status.is_server_error();
    let json = HeaderValue::from_static("application/json");
    if !is_api || !is_refusal || answer.headers().get(CONTENT_TYPE) == Some(&json) {
        return answer;
    }
    let (mut parts, _) = answer.into_parts();
    parts.headers.insert(CONTENT_TYPE, json);
    parts.headers.remove(CONTENT_LENGTH);
    let body = json!({ "detail": words(status) });
    Response::from_parts(parts, Body::from(body.to_string()))
}

fn words(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => {
            "a browser may write from this server's own pages only; scripts come with a token and \
             without an Origin"
        }
        StatusCode::NOT_FOUND => "there is nothing at this address; /api/ lists what there is",
        StatusCode::METHOD_NOT_ALLOWED => {
            "this method does not go with this address; /api/schema/ says which do"
        }
        StatusCode::PAYLOAD_TOO_LARGE => "the body is too large; send less at a time",
        StatusCode::SERVICE_UNAVAILABLE => "the register does not answer; try again later",
        status if status.is_client_error() => "the request cannot be answered as it is",
        _ => "something went wrong here; the server's log says what",
    }
}

/// The answer where one took too long; `None` if the address is not for scripts.
pub fn too_slow(uri: &Uri) -> Option<Response> {
    let detail =
        "this took too long and was given up; ask for less at a time, or narrow the filters";
    is_api(uri.path())
        .then(|| ApiFailure::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response())
}

/// The answer of addresses that are not there; `None` if the address is not for scripts.
pub fn nothing(uri: &Uri) -> Option<Response> {
    let path = uri.path();
    if !is_api(path) {
        return None;
    }
    let detail = match path.ends_with('/') {
        true => "there is nothing at this address; /api/ lists what there is".to_owned(),
        false => format!("addresses end with a slash here: {path}/"),
    };
    Some(ApiFailure::new(StatusCode::NOT_FOUND, detail).into_response())
}
