//! A run as it goes on, told to a browser as Server-Sent Events: how it stands at once, again whenever
//! that has changed, and `end` when there is no more to tell.

use super::address::read_id;
use super::places::Place;
use crate::web::{Answer, SessionToken, Viewer};
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use cadastre_model::{Permission, RunNow};
use cadastre_service::Service;
use futures::stream;
use secrecy::ExposeSecret as _;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Who finds no place is to come back after so many seconds.
const COME_BACK: &str = "30";

/// At least so long from one event to the next.
const PAUSE: Duration = Duration::from_millis(500);

/// So often it is asked whether who looks on still may.
const ASKED: Duration = Duration::from_secs(5);

/// A stream ends after so long: one that a proxy holds open for nobody ends too. The browser opens
/// another by itself.
const LONGEST: Duration = Duration::from_secs(600);

/// Something is sent at least so often, so that nobody in between takes the stream for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// `GET /runs/{id}/events`
pub async fn events(
    State(service): State<Service>,
    viewer: Viewer,
    token: SessionToken,
    Path(id): Path<String>,
) -> Answer {
    let run = read_id(&id)?;
    let Some(place) = Place::take(&viewer.actor.name) else { return Ok(full()) };
    let told = service.run_follow(&viewer.actor, run).await?;
    let begun = Instant::now();
    let stream = Streaming {
        service,
        token,
        told,
        step: Step::Begin,
        asked: begun,
        until: begun + LONGEST,
        _place: place,
    };
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
    service: Service,
    token: SessionToken,
    told: watch::Receiver<RunNow>,
    step: Step,
    /// When it was last asked whether they still may.
    asked: Instant,
    until: Instant,
    _place: Place,
}

impl Streaming {
    /// Waits for a change; `None` if there is none to come, or none for who looks on.
    async fn changed(&mut self) -> Option<()> {
        loop {
            tokio::select! {
                // A run that always has news must not keep the others from their turn.
                biased;
                () = tokio::time::sleep_until(self.until) => return None,
                () = tokio::time::sleep_until(self.asked + ASKED) => self.ask().await?,
                changed = self.told.changed() => return changed.ok(),
            }
        }
    }

    /// `None` if who looks on no longer may, or if that cannot be found out.
    async fn ask(&mut self) -> Option<()> {
        self.asked = Instant::now();
        let token = self.token.0.expose_secret();
        let may = self.service.session_may(token, Permission::SourceRead).await;
        may.is_ok_and(|may| may).then_some(())
    }
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
            stream.changed().await?;
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
