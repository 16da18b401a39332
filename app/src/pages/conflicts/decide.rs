//! Deciding a conflict.

use super::show::Address;
use crate::web::{Answer, Viewer};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use cadastre_model::Decision;
use cadastre_service::Service;

/// `POST /conflicts/{id}/accept`
pub async fn accept(State(service): State<Service>, viewer: Viewer, Path(id): Path<i64>) -> Answer {
    service.conflict_decide(&viewer.actor, id, Decision::Accept).await?;
    Ok(back("ageing-let"))
}

/// `POST /conflicts/{id}/reject`
pub async fn reject(State(service): State<Service>, viewer: Viewer, Path(id): Path<i64>) -> Answer {
    service.conflict_decide(&viewer.actor, id, Decision::Reject).await?;
    Ok(back("ageing-held"))
}

fn back(done: &str) -> axum::response::Response {
    Redirect::to(&format!("{}?done={done}", Address::default().link())).into_response()
}
