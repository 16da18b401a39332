//! Pages made smaller on the way to the browser.
//!
//! Not when another site made the browser ask: a page shows what stands in its address beside what it
//! knows, so whoever chooses the one and sees how long the answer is could guess the other (BREACH).
//! A browser says who asks in `Sec-Fetch-Site`; what says nothing gets its page as it is. Static files
//! come compressed beforehand, and streams are left alone.

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::Response;
use tower_http::CompressionLevel;
use tower_http::compression::{CompressionLayer, Predicate};

/// On an answer to a request that only the person or our own pages can have made.
#[derive(Clone, Copy)]
struct AskedHere;

/// Marks such answers.
pub async fn mark(request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site").map(axum::http::HeaderValue::as_bytes);
    let is_asked_here = matches!(site, Some(b"same-origin" | b"none"));
    let mut answer = next.run(request).await;
    if is_asked_here {
        answer.extensions_mut().insert(AskedHere);
    }
    answer
}

/// Compresses the marked ones that are pages; outside of [`mark`].
pub fn layer() -> CompressionLayer<Pages> {
    // Quick rather than small: a page is waited for.
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(Pages)
}

/// Whole pages, asked for here.
#[derive(Clone, Copy)]
pub struct Pages;

impl Predicate for Pages {
    fn should_compress<B>(&self, answer: &axum::http::Response<B>) -> bool
    where
        B: axum::body::HttpBody,
    {
        let media_type = answer.headers().get(CONTENT_TYPE);
        let is_page = media_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
        is_page && answer.extensions().get::<AskedHere>().is_some()
    }
}
