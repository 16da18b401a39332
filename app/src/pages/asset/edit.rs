//! Editing: a person's value is a lock, which a run does not overwrite; releasing gives the word back
//! to the sources.

use super::handler::{now, read_id, whole};
use super::place::Place;
use crate::web::{Answer, Form, Viewer};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use cadastre_model::{Attr, FarPort};
use cadastre_service::{AssetEdit, ErrorKind, Service, ServiceError};

/// What was typed and refused, with the reason.
pub struct Refused {
    /// Where it was typed.
    pub place: Place,
    /// What was typed.
    pub form: Form,
    /// What is wrong with it.
    pub error: ServiceError,
}

/// `POST /assets/{id}/edit`: `do` and what it asks for, see `read`; `place` says which part of the
/// page is answered.
pub async fn edit(
    State(service): State<Service>,
    viewer: Viewer,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id = read_id(&id)?;
    let place = Place::from_word(form.text("place"));
    let done = match read(&service, &viewer, &form).await {
        Ok(edit) => service.asset_edit(&viewer.actor, id, &edit).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&place.address(id)).into_response()),
        Err(error) if error.kind == ErrorKind::Invalid => {
            let shown = now(&service, &viewer, id).await?;
            Ok(whole(&viewer, &shown, Some(Refused { place, form, error })))
        }
        Err(error) => Err(error.into()),
    }
}

/// `set` and `release` are about the `attribute`, `tag-set`, `tag-remove` and `tag-release` about the
/// tag of this `key`, `port-set`, `port-nothing` and `port-release` about the `port`.
async fn read(service: &Service, viewer: &Viewer, form: &Form) -> Result<AssetEdit, ServiceError> {
    let mut edit = AssetEdit::default();
    let port = form.text("port").to_owned();
    let (key, value) = (form.text("key").to_owned(), form.text("value").to_owned());
    match form.text("do") {
        "set" => edit.set.push((attribute(form)?, value)),
        "release" => edit.release.push(attribute(form)?),
        "tag-set" => edit.tag_set.push((key, value)),
        "tag-remove" => edit.tag_remove.push(key),
        "tag-release" => edit.tag_release.push(key),
        "port-set" => {
            let asset = service.asset_named(&viewer.actor, form.text("far")).await?;
            let far_port = Some(form.text("far_port").to_owned()).filter(|port| !port.is_empty());
            edit.port_set.push((port, Some(FarPort { asset, port: far_port })));
        }
        "port-nothing" => edit.port_set.push((port, None)),
        "port-release" => edit.port_release.push(port),
        other => {
            let message = format!("`{other}` is nothing that can be done to an asset");
            return Err(ServiceError::new(ErrorKind::Invalid, message));
        }
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

fn attribute(form: &Form) -> Result<Attr, ServiceError> {
    let name = form.text("attribute");
    if name.is_empty() {
        return Err(ServiceError::new(ErrorKind::Invalid, "choose the attribute that is set"));
    }
    Attr::from_name(name).filter(|attr| attr.is_versioned()).ok_or_else(|| {
        ServiceError::new(ErrorKind::Invalid, format!("there is no attribute `{name}`"))
    })
}
