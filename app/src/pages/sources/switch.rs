//! Switching a source's schedule on or off.

use super::address;
use crate::web::{Answer, Viewer};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use cadastre_service::Service;

/// `POST /sources/{name}/enable`
pub async fn enable(
    State(service): State<Service>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Answer {
    service.source_enable(&viewer.actor, &name, true).await?;
    Ok(Redirect::to(&address(&name, "enabled")).into_response())
}

/// `POST /sources/{name}/disable`
pub async fn disable(
    State(service): State<Service>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Answer {
    service.source_enable(&viewer.actor, &name, false).await?;
    Ok(Redirect::to(&address(&name, "disabled")).into_response())
}
