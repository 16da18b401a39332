//! What the overview loads.

use super::view::{Shown, overview_view};
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::State;
use axum::response::IntoResponse;
use cadastre_model::query::Query;
use cadastre_service::Service;

/// Every kind is a card.
const KINDS: usize = 64;
/// Conflicts are counted no further.
pub const CONFLICTS: u32 = 100;
/// Newest changes that are read: enough for the events shown, which may have many.
pub const CHANGES: u32 = 200;
/// Days drawn.
const DAYS: u32 = 30;

/// `GET /`
pub async fn show(State(service): State<Service>, viewer: Viewer) -> Answer {
    let actor = &viewer.actor;
    let (facets, sources, conflicts, changes, days) = futures::try_join!(
        service.asset_facets(actor, &Query::All, None, KINDS),
        service.source_list(actor),
        service.conflict_list(actor, false, 0, CONFLICTS),
        service.changes_newest(actor, CHANGES),
        service.days_of_runs(actor, DAYS),
    )?;
    let kinds = facets.into_iter().find(|facet| facet.key == "kind");
    let document = Document::of("Overview", &viewer, "/");
    let body = overview_view(&Shown { viewer, kinds, sources, conflicts, changes, days });
    Ok(page(document, body).into_response())
}
