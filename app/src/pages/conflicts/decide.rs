//! Deciding a conflict.

use super::show::Address;
use crate::web::{Answer, Viewer};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use cadastre_model::Decision;
use cadastre_service::{ErrorKind, Service, ServiceError};

/// `POST /conflicts/{id}/accept`
pub async fn accept(
    State(service): State<Service>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Answer {
    service.conflict_decide(&viewer.actor, number(&id)?, Decision::Accept).await?;
    Ok(back("ageing-let"))
}

/// `POST /conflicts/{id}/reject`
pub async fn reject(
    State(service): State<Service>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Answer {
    service.conflict_decide(&viewer.actor, number(&id)?, Decision::Reject).await?;
    Ok(back("ageing-held"))
}

fn number(text: &str) -> Result<i64, ServiceError> {
    text.parse().map_err(|_| {
        ServiceError::new(ErrorKind::NotFound, format!("`{text}` is not the number of a conflict"))
    })
}

fn back(done: &str) -> axum::response::Response {
    Redirect::to(&format!("{}?done={done}", Address::default().link())).into_response()
}
