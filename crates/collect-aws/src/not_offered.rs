//! Answers of an endpoint that does not know what it was asked for.
//!
//! Private endpoints, and servers that play EC2, do not offer all that EC2 does. What they do not
//! offer they mostly answer with HTTP 500 or 501 and a page for people, where AWS always names a code.
//! Asking again would only take time.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};

/// Whether an answer is of that sort.
pub(crate) fn is_not_offered(status: u16, code: Option<&str>) -> bool {
    matches!(status, 500 | 501) && code.is_none()
}

/// Says that such an answer is not worth another attempt. For endpoints that the settings name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotOffered;

impl ClassifyRetry for NotOffered {
    fn classify_retry(&self, attempt: &InterceptorContext) -> RetryAction {
        let Some(response) = attempt.response() else { return RetryAction::NoActionIndicated };
        let body = response.body().bytes().unwrap_or_default();
        let named = body.windows(6).any(|window| window == b"<Code>");
        let code = named.then_some("");
        match is_not_offered(response.status().as_u16(), code) {
            true => RetryAction::RetryForbidden,
            false => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "not offered"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_before(RetryClassifierPriority::http_status_code_classifier())
    }
}
