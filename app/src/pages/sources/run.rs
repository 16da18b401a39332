//! Running a source now: it is queued for a worker, and who asked is led to the run.

use crate::web::{Answer, Viewer};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use cadastre_service::{RunAsked, Service};
use std::time::Duration;

/// Who asked for a run is led to it if a worker begins within this time, else to the list of runs,
/// which says that it waits.
const BEGINS_WITHIN: Duration = Duration::from_millis(1500);

/// `POST /sources/{name}/run`
pub async fn queue(
    State(service): State<Service>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Answer {
    let to = match service.run_ask(&viewer.actor, &name, BEGINS_WITHIN).await? {
        RunAsked::UnderWay(run) => format!("/runs/{run}?busy=1"),
        RunAsked::Begun(run) => format!("/runs/{run}"),
        RunAsked::Queued => {
            format!("/runs?{}", serde_urlencoded::to_string([("source", name)]).unwrap_or_default())
        }
    };
    Ok(Redirect::to(&to).into_response())
}
