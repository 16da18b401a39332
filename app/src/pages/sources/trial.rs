//! Trying the way to a source, step by step.

use crate::ui::Trouble;
use crate::web::{Answer, Document, Viewer, page, status_of};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cadastre_service::{ErrorKind, Service, StepOutcome, TestStep};
use leptos::prelude::*;
use std::time::Duration;

/// Shorter than the server lets an answer take (30 s), with room for a collector that gives in late.
const LIMIT: Duration = Duration::from_secs(25);

/// `POST /sources/{name}/test`
pub async fn test(
    State(service): State<Service>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Answer {
    match service.source_test(&viewer.actor, &name, LIMIT).await {
        Ok(steps) => {
            let is_failed = steps.iter().any(|step| step.outcome.is_failed());
            let word = if is_failed { "It does not lead there yet" } else { "It leads there" };
            let list = view! {
                <p role="status">{word}</p>
                <ol class="steps">{steps.iter().map(step_view).collect_view()}</ol>
            };
            Ok(shown(&viewer, &name, StatusCode::OK, list.into_any()))
        }
        // Settings or secrets that do not serve: there was no first step.
        Err(error) if error.kind == ErrorKind::Invalid => {
            let status = status_of(error.kind);
            let notice = view! { <Trouble error=error/> };
            Ok(shown(&viewer, &name, status, notice.into_any()))
        }
        Err(error) => Err(error.into()),
    }
}

fn shown(viewer: &Viewer, name: &str, status: StatusCode, said: AnyView) -> Response {
    let (again, edit) = (format!("/sources/{name}/test"), format!("/sources/{name}/edit"));
    let body = view! {
        <div class="page-head"><h1>{format!("The way to {name}")}</h1></div>
        {said}
        <form class="form-actions" method="post" action=again>
            <a class="button button-main" href=format!("/sources/{name}")>{format!("Back to {name}")}</a>
            <button class="button">"Test again"</button>
            <a class="button" href=edit>"Edit"</a>
        </form>
    };
    let document = Document::of(format!("Test of {name}"), viewer, "/sources");
    (status, page(document, body)).into_response()
}

fn step_view(step: &TestStep) -> AnyView {
    let (class, word, said) = match &step.outcome {
        StepOutcome::Passed(what) => ("step-good", "ok", what.clone()),
        StepOutcome::Failed(error) => ("step-bad", "failed", error.to_string()),
        StepOutcome::Skipped(why) => ("", "skipped", why.clone()),
    };
    let took = format!("{} ms", step.millis);
    view! {
        <li class=class>
            <strong>{step.name}</strong>" "{word}" "<span class="muted">{took}</span>
            <p>{said}</p>
        </li>
    }
    .into_any()
}
