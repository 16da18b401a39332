//! Adding a source: which kind, then its form.

use super::address;
use super::form::{Shown, kind_form, read};
use super::form_view::answer;
use crate::web::{Answer, Document, Form, Viewer, page};
use axum::extract::{Query as AddressQuery, State};
use axum::response::{IntoResponse, Redirect};
use cadastre_model::SourceKind;
use cadastre_service::{ErrorKind, KindForm, Service, ServiceError, SourceForm, SourceRefused};
use leptos::prelude::*;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The page's query string.
#[derive(Debug, Deserialize)]
pub struct Address {
    /// The kind that was chosen.
    kind: Option<String>,
}

/// `GET /sources/new`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<Address>,
) -> Answer {
    let mut kinds = service.source_kinds(&viewer.actor)?;
    let kind = match (&address.kind, kinds.len()) {
        (Some(word), _) => named(&service, &viewer, word)?,
        (None, 1) => kinds.swap_remove(0),
        (None, _) => {
            let body = choice(&kinds);
            let document = Document::of("Add a source", &viewer, "/sources");
            return Ok(page(document, body).into_response());
        }
    };
    Ok(answer(&viewer, &blank(kind)))
}

/// `POST /sources/new`
pub async fn add(State(service): State<Service>, viewer: Viewer, posted: Form) -> Answer {
    let kind = named(&service, &viewer, posted.text("kind"))?;
    let form = read(&posted, &kind, posted.text("name"));
    match service.source_form_add(&viewer.actor, &form).await {
        Ok(put) => Ok(Redirect::to(&address(&put.name, "added")).into_response()),
        Err(SourceRefused::Fields(faults)) => {
            Ok(answer(&viewer, &Shown { form, faults, ..blank(kind) }))
        }
        Err(SourceRefused::Service(error)) => Err(error.into()),
    }
}

fn named(service: &Service, viewer: &Viewer, word: &str) -> Result<KindForm, ServiceError> {
    let kind = SourceKind::from_word(word);
    let form = kind.map(|kind| kind_form(service, viewer, kind)).transpose()?.flatten();
    form.ok_or_else(|| {
        let message = format!("there is no kind of source `{word}`");
        ServiceError::new(ErrorKind::Invalid, message).advising("choose one at /sources/new")
    })
}

fn blank(kind: KindForm) -> Shown {
    let form = SourceForm {
        name: String::new(),
        kind: kind.kind,
        since: None,
        schedule: String::new(),
        settings: BTreeMap::new(),
        secrets: BTreeMap::new(),
    };
    Shown { kind, form, kept: BTreeSet::new(), recording: None, is_new: true, faults: Vec::new() }
}

fn choice(kinds: &[KindForm]) -> impl IntoView + use<> {
    let kinds = kinds.iter().map(|one| {
        let address = format!("/sources/new?kind={}", one.kind.word());
        view! { <li><a class="button" href=address>{one.kind.label()}</a></li> }
    });
    view! {
        <div class="page-head"><h1>"Add a source"</h1></div>
        <p class="page-note">"What is to be read?"</p>
        <ul class="choices">{kinds.collect_view()}</ul>
    }
}
