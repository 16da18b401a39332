//! Removing a source, after a question.

use crate::ui::Confirm;
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use cadastre_service::Service;
use leptos::prelude::*;

/// `GET /sources/{name}/remove`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Answer {
    let source = service.source_fetch(&viewer.actor, &name).await?;
    let (action, back) = (format!("/sources/{name}/remove"), format!("/sources/{name}"));
    let found = format!("/assets?q=source:{name}");
    let title = format!("Remove {}?", source.name);
    let body = view! {
        <div class="page-head"><h1>{title.clone()}</h1></div>
        <Confirm action=action deed=format!("Remove {name}") back=back>
            <p>"It is not asked any more, and its settings and secrets are used no more."</p>
            <p>
                <a href=found>"What it said"</a>
                " stays in the register as it stands, and no longer changes: nothing of it goes stale. "
                "A source of the same name, added later, is another source."
            </p>
            <p>
                "To leave it out for a while, "
                <a href=format!("/sources/{name}")>"disable it"</a>
                " instead."
            </p>
        </Confirm>
    };
    Ok(page(Document::of(title, &viewer, "/sources"), body).into_response())
}

/// `POST /sources/{name}/remove`
pub async fn remove(
    State(service): State<Service>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Answer {
    service.source_remove(&viewer.actor, &name).await?;
    let query = serde_urlencoded::to_string([("removed", name)]).unwrap_or_default();
    Ok(Redirect::to(&format!("/sources?{query}")).into_response())
}
