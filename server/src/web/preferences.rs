//! What a person prefers, kept in their browser: read before a page, written after it. Names of columns
//! only; nothing that is secret or that anyone is trusted by.

use super::arrival::Front;
use super::sessions::cookies;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::middleware::Next;
use axum::response::Response;
use cadastre_app::web::KeptColumns;
use std::sync::Arc;

const COLUMNS: &str = "cadastre_columns";
/// Between two names: a comma may not stand in a cookie.
const BETWEEN: char = '.';
/// A browser keeps 4,096 bytes a cookie; all columns together are less than half of it.
const LONGEST: usize = 3_000;
/// A year, in seconds.
const LASTS: u32 = 31_536_000;

/// Puts into the request what was chosen, and makes the cookie of an answer that chooses anew.
pub async fn carry(State(front): State<Arc<Front>>, mut request: Request, next: Next) -> Response {
    let kept = kept_in(request.headers());
    request.extensions_mut().insert(kept);
    let mut answer = next.run(request).await;
    if let Some(chosen) = answer.extensions_mut().remove::<KeptColumns>()
        && let Some(cookie) = cookie_of(&chosen, front.is_https())
    {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

fn kept_in(headers: &HeaderMap) -> KeptColumns {
    let text = cookies(headers, COLUMNS).next().unwrap_or_default();
    let names = text.split(BETWEEN).filter(|name| is_name(name)).map(str::to_owned);
    KeptColumns(if text.len() > LONGEST { Vec::new() } else { names.collect() })
}

/// `None`: a name that could not stand in a cookie; then nothing is kept.
fn cookie_of(chosen: &KeptColumns, is_https: bool) -> Option<HeaderValue> {
    let KeptColumns(names) = chosen;
    if !names.iter().all(|name| is_name(name)) {
        return None;
    }
    let (text, lasts) =
        (names.join(&BETWEEN.to_string()), if names.is_empty() { 0 } else { LASTS });
    let secure = if is_https { "; Secure" } else { "" };
    let cookie =
        format!("{COLUMNS}={text}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).ok()
}

/// Names of columns are of these letters.
fn is_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.bytes().all(is_letter)
}
