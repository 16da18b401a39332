//! Pages made smaller on the way to the browser.
//!
//! Not when another site made the browser ask: a page shows what stands in its address beside what it
//! knows, so whoever chooses the one and sees how long the answer is could guess the other (BREACH).
//! A browser says who asks in `Sec-Fetch-Site`, over TLS or on the machine itself; what says nothing gets
//! its page as it is. Static files come compressed beforehand, and streams are left alone.

use axum::extract::Request;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::CompressionLevel;
use tower_http::compression::{CompressionLayer, Predicate};

/// Leaves of what a request offers to take what its page may come in: gzip, or nothing but the page as
/// it is. Outside of [`layer`].
pub async fn offer(mut request: Request, next: Next) -> Response {
    let headers = request.headers_mut();
    match is_asked_here(headers) && takes_gzip(headers) {
        true => headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
        false => headers.remove(ACCEPT_ENCODING),
    };
    next.run(request).await
}

/// Compresses whole pages for those who may have them so.
pub fn layer() -> CompressionLayer<Pages> {
    // Quick rather than small: a page is waited for.
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(Pages)
}

/// Whether only the person or a page of ours can have asked.
fn is_asked_here(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    matches!(site, Some(b"same-origin" | b"none"))
}

/// Whether gzip is among what is taken (RFC 9110, 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|one| {
        let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
        let is_refused =
            weight.trim().strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0));
        coding.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

/// Whole pages.
#[derive(Clone, Copy)]
pub struct Pages;

impl Predicate for Pages {
    fn should_compress<B>(&self, answer: &axum::http::Response<B>) -> bool
    where
        B: axum::body::HttpBody,
    {
        let media_type = answer.headers().get(CONTENT_TYPE);
        media_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
    }
}
