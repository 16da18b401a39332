//! Changing a source.

use super::address;
use super::form::{Shown, kind_form, read};
use super::form_view::answer;
use crate::web::{Answer, Form, Viewer};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use cadastre_service::{ErrorKind, Service, ServiceError, SourceForm, SourceRefused};

/// `GET /sources/{name}/edit`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Answer {
    Ok(answer(&viewer, &standing(&service, &viewer, &name).await?))
}

/// `POST /sources/{name}/edit`
pub async fn change(
    State(service): State<Service>,
    viewer: Viewer,
    Path(name): Path<String>,
    posted: Form,
) -> Answer {
    let standing = standing(&service, &viewer, &name).await?;
    let form = read(&posted, &standing.kind, &name);
    match service.source_form_change(&viewer.actor, &form).await {
        Ok(put) => Ok(Redirect::to(&address(&put.name, "changed")).into_response()),
        Err(SourceRefused::Fields(faults)) => {
            // Whoever saves again has been told of the change that came between.
            let form = SourceForm { since: standing.form.since, ..form };
            Ok(answer(&viewer, &Shown { form, faults, ..standing }))
        }
        Err(SourceRefused::Service(error)) => Err(error.into()),
    }
}

async fn standing(service: &Service, viewer: &Viewer, name: &str) -> Result<Shown, ServiceError> {
    let edit = service.source_form(&viewer.actor, name).await?;
    let kind = kind_form(service, viewer, edit.form.kind)?.ok_or_else(|| {
        let message = format!("sources of kind {} cannot be read yet", edit.form.kind);
        ServiceError::new(ErrorKind::Invalid, message).advising("remove it, or update Cadastre")
    })?;
    Ok(Shown {
        kind,
        form: edit.form,
        kept: edit.kept,
        recording: edit.recording,
        is_new: false,
        faults: Vec::new(),
    })
}
