//! An answer begins within a time, or it is given up and said so. How long it then goes on, a download
//! or a stream, is not asked here.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use cadastre_app::web::Failure;
use std::time::Duration;

/// The time.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Gives up on an answer that does not begin.
pub async fn begin(request: Request, next: Next) -> Response {
    within(TIMEOUT, request, next).await
}

async fn within(time: Duration, request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    if let Ok(answer) = tokio::time::timeout(time, next.run(request)).await {
        return answer;
    }
    tracing::warn!(%method, path = uri.path(), after = ?time, "an answer was given up");
    crate::api::too_slow(&uri).unwrap_or_else(Failure::too_slow)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::http::header::CONTENT_TYPE;
    use axum::routing::get;
    use axum::{Router, middleware};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn who_waits_too_long_is_told_so() {
        let never = || get(async || std::future::pending::<()>().await);
        let soon = async |request: Request, next: Next| {
            within(Duration::from_millis(20), request, next).await
        };
        let router = Router::new()
            .route("/", never())
            .route("/api/inventory/assets/", never())
            .layer(middleware::from_fn(soon));
        for (path, sort, words) in [
            ("/", "text/html; charset=utf-8", "was given up"),
            ("/api/inventory/assets/", "application/json", "ask for less at a time"),
        ] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
            assert_eq!(answer.headers()[CONTENT_TYPE], sort, "{path}");
            let bytes = answer.into_body().collect().await.unwrap().to_bytes();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            assert!(text.contains(words), "{path}: {text}");
        }
    }
}
