//! What the page of a run loads.

use super::address::{RunAddress, read_id};
use super::view::{Shown, run_view};
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::{Path, Query as AddressQuery, State};
use axum::response::IntoResponse;
use cadastre_model::{Permission, SCOPES_NAMED};
use cadastre_service::Service;

/// Errors about single objects a page.
pub const ERRORS: u32 = 50;
/// Assets changed a page.
pub const CHANGES: u32 = 50;

/// `GET /runs/{id}`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    Path(id): Path<String>,
    AddressQuery(address): AddressQuery<RunAddress>,
) -> Answer {
    let (run, actor) = (read_id(&id)?, &viewer.actor);
    let after = address.after()?;
    let mut now = service.run_fetch(actor, run).await?;
    if !now.is_running() && !address.scopes.is_empty() {
        let scopes = service.run_scopes(actor, run, &address.scopes, SCOPES_NAMED as u32).await?;
        now.progress.scopes = scopes.into_iter().map(Into::into).collect();
    }
    let errors = service.run_errors(actor, run, address.errors.max(0), ERRORS).await?;
    let changes = service.run_changes(actor, run, after, CHANGES).await?;
    let title = format!("Run {run} of {}", now.source);
    let may_run = viewer.may(Permission::RunStart);
    let shown = Shown { now, address, errors, changes, may_run };
    Ok(page(Document::of(title, &viewer, "/runs"), run_view(&shown)).into_response())
}
