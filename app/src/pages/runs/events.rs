//! A run as it goes on, told to a browser as Server-Sent Events: how it stands at once, again whenever
//! that has changed, and `end` when there is no more to tell.

use super::address::read_id;
use crate::web::{Answer, Viewer};
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use cadastre_model::RunNow;
use cadastre_service::Service;
use futures::stream;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::Instant;

/// Streams that a process keeps open at once.
const MOST: usize = 100;
static PLACES: Semaphore = Semaphore::const_new(MOST);

/// Who finds no place is to come back after so many seconds.
const COME_BACK: &str = "30";

/// At least so long from one event to the next.
const PAUSE: Duration = Duration::from_millis(500);

/// A stream ends after so long, that a session may be asked for anew; the browser opens another by
/// itself.
const LONGEST: Duration = Duration::from_secs(600);

/// Something is sent at least so often, so that nobody in between takes the stream for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// `GET /runs/{id}/events`
pub async fn events(
    State(service): State<Service>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Answer {
    let run = read_id(&id)?;
    let Ok(place) = PLACES.try_acquire() else { return Ok(full()) };
    let told = service.run_follow(&viewer.actor, run).await?;
    let stream =
        Streaming { told, step: Step::Begin, until: Instant::now() + LONGEST, _place: place };
    let sse = Sse::new(stream::unfold(stream, next));
    let sse = sse.keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // A proxy that gathers answers would gather this one for ever.
    Ok(([(HeaderName::from_static("x-accel-buffering"), "no")], sse).into_response())
}

fn full() -> Response {
    let said = "too many look on at runs now; the page shows how it stands when it is loaded\n";
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, COME_BACK)], said).into_response()
}

/// One browser that looks on.
struct Streaming {
    told: watch::Receiver<RunNow>,
    step: Step,
    until: Instant,
    _place: SemaphorePermit<'static>,
}

/// What comes next.
#[derive(Clone, Copy)]
enum Step {
    /// How the run stands.
    Begin,
    /// How it stands, when that has changed.
    Changed,
    /// The word that it has ended.
    End,
    /// Nothing.
    Over,
}

async fn next(mut stream: Streaming) -> Option<(Result<Event, axum::Error>, Streaming)> {
    match stream.step {
        Step::Begin => {}
        Step::Changed => {
            tokio::time::sleep(PAUSE).await;
            tokio::select! {
                changed = stream.told.changed() => changed.ok()?,
                () = tokio::time::sleep_until(stream.until) => return None,
            }
        }
        Step::End => {
            let status = stream.told.borrow().status.word();
            stream.step = Step::Over;
            return Some((Ok(Event::default().event("end").data(status)), stream));
        }
        Step::Over => return None,
    }
    let now = stream.told.borrow_and_update().clone();
    stream.step = if now.is_running() { Step::Changed } else { Step::End };
    Some((Event::default().json_data(&now), stream))
}
