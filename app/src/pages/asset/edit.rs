//! Editing: a person's value is a lock, which a run does not overwrite; releasing gives the word back
//! to the sources.

use super::handler::{now, read_id, whole};
use crate::web::{Answer, Form, Viewer};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use cadastre_model::Attr;
use cadastre_service::{AssetEdit, ErrorKind, Service, ServiceError};

/// `POST /assets/{id}/edit`: `attribute` with `value`, and `do` = `set` or `release`.
pub async fn edit(
    State(service): State<Service>,
    viewer: Viewer,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id = read_id(&id)?;
    let done = match read(&service, &form) {
        Ok(edit) => service.asset_edit(&viewer.actor, id, &edit).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/assets/{id}#edit")).into_response()),
        Err(error) if error.kind == ErrorKind::Invalid => {
            let shown = now(&service, &viewer, id).await?;
            Ok(whole(&viewer, &shown, Some(error)))
        }
        Err(error) => Err(error.into()),
    }
}

fn read(service: &Service, form: &Form) -> Result<AssetEdit, ServiceError> {
    let name = form.text("attribute");
    let attr = Attr::from_name(name).filter(|attr| attr.is_versioned()).ok_or_else(|| {
        ServiceError::new(ErrorKind::Invalid, format!("there is no attribute `{name}`"))
    })?;
    let mut edit = AssetEdit::default();
    match form.text("do") {
        "release" => edit.release.push(attr),
        _ => edit.set.push((attr, form.text("value").to_owned())),
    }
    let from = form.text("effective_from");
    if !from.is_empty() {
        let date = service.zone().date(from).map_err(|error| {
            ServiceError::new(ErrorKind::Invalid, format!("effective from: {error}"))
        })?;
        edit.effective_from = Some(date);
    }
    Ok(edit)
}
