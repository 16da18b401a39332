//! What every answer tells the browser: load and run nothing from elsewhere, nothing that stands in the
//! page itself, keep nothing, sit in nobody's frame.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

/// Pages have styles, an icon, forms and one program, all files of their own origin; nothing inline.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

const FIXED: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds them.
pub async fn protect(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pages are somebody's; static files say for themselves how long they last.
    let private = HeaderValue::from_static("private, no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(private);
    answer
}
