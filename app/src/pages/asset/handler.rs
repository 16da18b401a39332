//! What the page of an asset loads.

use super::edit::Refused;
use super::view::{Shown, asset_view, unknown_then};
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::{Path, Query as AddressQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cadastre_model::{AssetId, Permission};
use cadastre_service::{AssetChoices, ErrorKind, Service, ServiceError};
use serde::Deserialize;

/// Changes a page.
const CHANGES: u32 = 50;

/// The page's query string.
#[derive(Debug, Default, Deserialize)]
pub struct Address {
    /// A day or moment.
    #[serde(default)]
    as_of: String,
    /// Older changes than this revision and subject.
    before: Option<i64>,
    #[serde(default)]
    subject: String,
}

/// `GET /assets/{id}`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    Path(id): Path<String>,
    AddressQuery(address): AddressQuery<Address>,
) -> Answer {
    let id = read_id(&id)?;
    let as_of = crate::pages::moment(&service, &address.as_of)?;
    let asset = match (service.asset_fetch(&viewer.actor, id, as_of).await, as_of) {
        (Err(error), Some(at)) if error.kind == ErrorKind::NotFound => {
            let asset = service.asset_fetch(&viewer.actor, id, None).await?;
            let document = Document::of(asset.doc.name.clone(), &viewer, "/assets");
            let shown = unknown_then(&asset, at, &address.as_of);
            return Ok((StatusCode::NOT_FOUND, page(document, shown)).into_response());
        }
        (fetched, _) => fetched?,
    };
    if asset.id != id {
        // It was merged into another: that one's address is the one to keep.
        let link = crate::pages::asset_link(asset.id, &address.as_of);
        return Ok(Redirect::to(&link).into_response());
    }
    let before = address.before.map(|rev| (rev, address.subject.as_str()));
    let changes = service.asset_changes(&viewer.actor, id, as_of, before, CHANGES).await?;
    let choices = match as_of {
        None => choices(&service, &viewer).await?,
        Some(_) => None,
    };
    let shown = Shown {
        choices,
        has_older: changes.len() == CHANGES as usize,
        as_of_text: address.as_of,
        as_of,
        asset,
        changes,
    };
    Ok(whole(&viewer, &shown, None))
}

/// What the forms offer, to who may edit.
async fn choices(service: &Service, viewer: &Viewer) -> Result<Option<AssetChoices>, ServiceError> {
    if !viewer.may(Permission::AssetEdit) {
        return Ok(None);
    }
    service.asset_choices(&viewer.actor).await.map(Some)
}

/// The page, with what was typed and refused if something was.
pub fn whole(viewer: &Viewer, shown: &Shown, refused: Option<Refused>) -> Response {
    let document = Document::of(shown.asset.doc.name.clone(), viewer, "/assets");
    let status = match &refused {
        Some(refused) => crate::web::status_of(refused.error.kind),
        None => StatusCode::OK,
    };
    (status, page(document, asset_view(shown, refused.as_ref()))).into_response()
}

/// The number in an address.
pub fn read_id(text: &str) -> Result<AssetId, ServiceError> {
    let number = text.parse().ok().filter(|number: &i64| *number > 0);
    number.map(AssetId).ok_or_else(|| {
        ServiceError::new(ErrorKind::NotFound, format!("`{text}` is not the number of an asset"))
    })
}

/// The page as it is now, for an answer to an edit.
pub async fn now(service: &Service, viewer: &Viewer, id: AssetId) -> Result<Shown, ServiceError> {
    let asset = service.asset_fetch(&viewer.actor, id, None).await?;
    let changes = service.asset_changes(&viewer.actor, id, None, None, CHANGES).await?;
    Ok(Shown {
        choices: choices(service, viewer).await?,
        has_older: changes.len() == CHANGES as usize,
        as_of_text: String::new(),
        as_of: None,
        asset,
        changes,
    })
}
