//! Lists: how much of one, from where, and the envelope that NetBox's clients know.

use crate::api::asked::{Asked, Base};
use axum::Json;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// Rows a page, if not said.
const ROWS: u32 = 50;
/// Rows a page at most.
pub const MOST_ROWS: u32 = 1000;
/// How far `offset` goes.
pub const MOST_OFFSET: u32 = 10_000;

/// Which page is asked for.
#[derive(Clone, Debug)]
pub struct Paging {
    /// Rows, at least one.
    pub limit: u32,
    /// Rows left out before.
    pub offset: u32,
    /// The mark that `next` of the page before has.
    pub start: Option<String>,
}

impl Paging {
    /// Takes `limit`, `offset` and `start`.
    pub fn read(asked: &mut Asked) -> Paging {
        // 0 is how clients ask for as many as there may be.
        let limit = match asked.number("limit", MOST_ROWS) {
            None => ROWS,
            Some(0) => MOST_ROWS,
            Some(limit) => limit,
        };
        let start = asked.one("start");
        let offset = match asked.one("offset").map(|text| (text.parse::<u32>(), text)) {
            None => 0,
            Some((Ok(offset), _)) if offset <= MOST_OFFSET => offset,
            Some((Ok(_), _)) => {
                let message = format!(
                    "goes no further than {MOST_OFFSET}; follow `next`, which goes to the end"
                );
                asked.problem("offset", message);
                0
            }
            Some((Err(_), text)) => {
                let message = format!("`{text}` is not a whole number from 0 to {MOST_OFFSET}");
                asked.problem("offset", message);
                0
            }
        };
        if start.is_some() && offset > 0 {
            asked.problem("offset", "does not go with `start`: expected one or the other");
        }
        Paging { limit, offset, start }
    }

    /// The page as scripts read it. `next` is the mark at its end. Pages by mark only go forward.
    pub fn answer(
        &self,
        base: &Base,
        uri: &Uri,
        count: u64,
        next: Option<&str>,
        results: Vec<Map<String, Value>>,
    ) -> Response {
        let next = next.map(|mark| base.elsewhere(uri, Some(("start", mark))));
        let previous = (self.offset > 0).then(|| {
            let offset = self.offset.saturating_sub(self.limit).to_string();
            base.elsewhere(uri, (offset != "0").then_some(("offset", offset.as_str())))
        });
        let body =
            json!({ "count": count, "next": next, "previous": previous, "results": results });
        Json(body).into_response()
    }
}
