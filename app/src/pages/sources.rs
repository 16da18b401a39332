//! Sources: how each is doing, running one now, trying the way to it step by step.

use crate::ui::{When, grouped, run_badge};
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::{Path, Query as AddressQuery, State};
use axum::response::{IntoResponse, Redirect};
use cadastre_model::Permission;
use cadastre_service::store::RunRow;
use cadastre_service::{Service, SourceLine, StepOutcome, TestStep};
use leptos::prelude::*;
use serde::Deserialize;

/// The page's query string.
#[derive(Debug, Deserialize)]
pub struct Address {
    /// The source that was queued just now.
    queued: Option<String>,
    /// The source that is queued or runs already.
    busy: Option<String>,
}

/// `GET /sources`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<Address>,
) -> Answer {
    let sources = service.source_list(&viewer.actor).await?;
    let said = match (&address.queued, &address.busy) {
        (Some(name), _) => Some(format!("{name} is queued; a worker takes it in a moment.")),
        (None, Some(name)) => Some(format!("{name} waits in the queue or runs already.")),
        (None, None) => None,
    };
    let body = view! {
        <div class="page-head"><h1>"Sources"</h1></div>
        {said.map(|said| view! { <p class="notice notice-info" role="status">{said}</p> })}
        {match sources.is_empty() {
            true => none().into_any(),
            false => table(&viewer, &sources).into_any(),
        }}
    };
    Ok(page(Document::of("Sources", &viewer, "/sources"), body).into_response())
}

/// `POST /sources/{name}/run`
pub async fn run(
    State(service): State<Service>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Answer {
    let word = if service.run_queue(&viewer.actor, &name).await? { "queued" } else { "busy" };
    let query = serde_urlencoded::to_string([(word, name)]).unwrap_or_default();
    Ok(Redirect::to(&format!("/sources?{query}")).into_response())
}

/// `POST /sources/{name}/test`
pub async fn test(
    State(service): State<Service>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Answer {
    let steps = service.source_test(&viewer.actor, &name).await?;
    let body = view! {
        <div class="page-head"><h1>{format!("The way to {name}")}</h1></div>
        <ol class="steps">{steps.iter().map(step_view).collect_view()}</ol>
        <p><a class="button" href="/sources">"Back to the sources"</a></p>
    };
    Ok(page(Document::of("Test of a source", &viewer, "/sources"), body).into_response())
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

fn none() -> impl IntoView {
    view! {
        <section class="empty">
            <h2>"No source yet"</h2>
            <p>"Describe one in a file and add it: "<code>"cadastre source add FILE.toml"</code></p>
        </section>
    }
}

/// How each source is doing, with what may be done about it.
pub fn table(viewer: &Viewer, sources: &[SourceLine]) -> impl IntoView + use<> {
    let may_run = viewer.may(Permission::RunStart);
    let may_manage = viewer.may(Permission::SourceManage);
    let rows = sources.iter().map(|source| {
        view! {
            <tr>
                <td><a href=format!("/assets?q=source:{}", source.name)>{source.name.clone()}</a></td>
                <td>{source.kind.clone()}</td>
                <td>{schedule(source)}</td>
                {last_run(source.last_run.as_ref())}
                <td>{actions(&source.name, may_run, may_manage)}</td>
                <td>{may_manage.then(|| settings(source))}</td>
            </tr>
        }
        .into_any()
    });
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Sources">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Source"</th>
                        <th scope="col">"Kind"</th>
                        <th scope="col">"Schedule"</th>
                        <th scope="col">"Last run"</th>
                        <th scope="col">"Began"</th>
                        <th scope="col" class="num">"Seen"</th>
                        <th scope="col">"Trouble"</th>
                        <th scope="col">"Do"</th>
                        <th scope="col">"Settings"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

fn schedule(source: &SourceLine) -> String {
    match (&source.schedule, source.enabled) {
        (_, false) => "disabled".to_owned(),
        (Some(schedule), true) => schedule.clone(),
        (None, true) => "by hand".to_owned(),
    }
}

fn last_run(run: Option<&RunRow>) -> AnyView {
    let Some(run) = run else {
        return view! { <td class="muted" colspan="4">"never"</td> }.into_any();
    };
    view! {
        <td>{run_badge(run.status)}</td>
        <td><When at=run.started_at/></td>
        <td class="num">{grouped(run.counts.seen)}</td>
        <td>{run.error.clone()}</td>
    }
    .into_any()
}

fn actions(name: &str, may_run: bool, may_manage: bool) -> impl IntoView + use<> {
    let button = |word: &'static str, act: &'static str| {
        let (action, label) = (format!("/sources/{name}/{act}"), format!("{word} {name}"));
        view! {
            <form method="post" action=action>
                <button class="button button-quiet" aria-label=label>{word}</button>
            </form>
        }
    };
    view! {
        <div class="toolbar">
            {may_run.then(|| button("Run now", "run"))}
            {may_manage.then(|| button("Test", "test"))}
        </div>
    }
}

/// As the register keeps them; where secrets are, never what they are.
fn settings(source: &SourceLine) -> impl IntoView + use<> {
    let lines: Vec<(String, String)> = source
        .settings
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.to_string()))
        .chain(source.secrets.clone())
        .chain(
            source
                .recording
                .iter()
                .map(|path| ("recording".to_owned(), path.display().to_string())),
        )
        .collect();
    let lines =
        lines.into_iter().map(|(key, value)| view! { <div><dt>{key}</dt><dd>{value}</dd></div> });
    view! {
        <details>
            <summary>"show"</summary>
            <dl class="facts">{lines.collect_view()}</dl>
        </details>
    }
}
