//! Stopping a run, wherever it is carried out.

use super::address::read_id;
use crate::web::{Answer, Failure, Viewer};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use cadastre_service::{ErrorKind, Service};

/// `POST /runs/{id}/stop`
pub async fn stop(
    State(service): State<Service>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Answer {
    let run = read_id(&id)?;
    match service.run_stop(&viewer.actor, run).await {
        Ok(()) => {}
        // It ended a moment before; its page says how.
        Err(error) if error.kind == ErrorKind::Conflict => {}
        Err(error) => return Err(Failure::from(error)),
    }
    Ok(Redirect::to(&format!("/runs/{run}")).into_response())
}
