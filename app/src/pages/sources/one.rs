//! One source: how it is set up, when it runs, how its runs went, what may be done with it.

use super::list::unsafe_badge;
use crate::ui::{Badge, Head, Pager, Table, Turn, When, grouped, marked, run_badge};
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::{Path, Query as AddressQuery, State};
use axum::response::IntoResponse;
use cadastre_model::{Permission, RunId, SourceKind};
use cadastre_service::store::RunRow;
use cadastre_service::{KindForm, Service, SourceLine};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::Value;

/// Runs a page.
const RUNS: u32 = 20;
/// Coming runs that are told.
const DUE: usize = 3;

/// The page's query string.
#[derive(Debug, Deserialize)]
pub struct Address {
    /// What was done just now, as a word.
    said: Option<String>,
    /// Runs before this one.
    before: Option<i64>,
}

/// `GET /sources/{name}`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    Path(name): Path<String>,
    AddressQuery(address): AddressQuery<Address>,
) -> Answer {
    let actor = &viewer.actor;
    let source = service.source_fetch(actor, &name).await?;
    let before = address.before.map(RunId);
    let runs = service.source_runs(actor, &name, before, RUNS).await?;
    let kinds = match viewer.may(Permission::SourceManage) {
        true => Some(service.source_kinds(actor)?),
        false => None,
    };
    let said = address.said.as_deref().and_then(|word| said(&name, word));
    let found = format!("/assets?q=source:{name}");
    let body = view! {
        <div class="page-head">
            <h1>
                {name.clone()}
                {(!source.enabled).then(|| view! { <Badge tone="warn" word="disabled"/> })}
                {unsafe_badge(&source)}
            </h1>
            {actions(&viewer, &source)}
        </div>
        <p class="page-note">
            {kind_label(&source.kind)} ". " <a href=found>"What it found"</a> "."
        </p>
        {said.map(|said| view! { <p class="notice notice-info" role="status">{said}</p> })}
        {recording(&source)}
        <section>
            <h2>"Schedule"</h2>
            {schedule(&service, &source)}
        </section>
        <section>
            <h2>"Runs"</h2>
            {runs_view(&name, &runs, before.is_some())}
        </section>
        {kinds.map(|kinds| settings(&source, &kinds))}
    };
    Ok(page(Document::of(name, &viewer, "/sources"), body).into_response())
}

fn said(name: &str, word: &str) -> Option<String> {
    Some(match word {
        "added" => format!("{name} was added. Test the way there, then run it."),
        "changed" => format!("{name} was changed. The next run goes by it."),
        "enabled" => format!("{name} is enabled: its schedule and runs of all sources reach it."),
        "disabled" => format!("{name} is disabled: it runs only when asked to."),
        _ => return None,
    })
}

fn kind_label(word: &str) -> String {
    SourceKind::from_word(word).map_or_else(|| word.to_owned(), |kind| kind.label().to_owned())
}

fn actions(viewer: &Viewer, source: &SourceLine) -> impl IntoView + use<> {
    let address = format!("/sources/{}", source.name);
    let button = |word: &'static str, act: &str, class: &'static str| {
        view! {
            <form method="post" action=format!("{address}/{act}")>
                <button class=class>{word}</button>
            </form>
        }
    };
    let (switch, act) = if source.enabled { ("Disable", "disable") } else { ("Enable", "enable") };
    let run =
        viewer.may(Permission::RunStart).then(|| button("Run now", "run", "button button-main"));
    let manage = viewer.may(Permission::SourceManage).then(|| {
        view! {
            {button("Test", "test", "button")}
            <a class="button" href=format!("{address}/edit")>"Edit"</a>
            {button(switch, act, "button")}
            <a class="button button-danger" href=format!("{address}/remove")>"Remove"</a>
        }
    });
    view! { <div class="page-actions">{run} {manage}</div> }
}

fn recording(source: &SourceLine) -> Option<impl IntoView + use<>> {
    let path = source.recording.as_ref()?.display().to_string();
    Some(view! {
        <p class="notice notice-info">
            "It replays a recording, " <code>{path}</code> ": nobody is connected to."
        </p>
    })
}

fn schedule(service: &Service, source: &SourceLine) -> AnyView {
    let zone = service.zone();
    match &source.schedule {
        None => view! { <p>"It runs only when asked to."</p> }.into_any(),
        Some(text) if !source.enabled => view! {
            <p><code>{text.clone()}</code> ", but it is disabled."</p>
        }
        .into_any(),
        Some(text) => {
            let due = service.source_due(source, DUE).into_iter().map(|at| {
                view! { <li><time datetime=at.to_string()>{zone.shown(at)}</time></li> }
            });
            view! {
                <p><code>{text.clone()}</code> {format!(" in {zone}; next:")}</p>
                <ul class="due">{due.collect_view()}</ul>
            }
            .into_any()
        }
    }
}

fn runs_view(name: &str, runs: &[RunRow], is_later_page: bool) -> AnyView {
    if runs.is_empty() {
        let text = if is_later_page { "No older runs." } else { "It has not run yet." };
        return view! { <p class="muted">{text}</p> }.into_any();
    }
    let older = runs
        .last()
        .filter(|_| runs.len() == RUNS as usize)
        .map(|last| Turn { link: format!("/sources/{name}?before={}", last.id), word: "Older" });
    let newest = is_later_page.then(|| Turn { link: format!("/sources/{name}"), word: "Newest" });
    view! {
        <Table label="Runs" heads=vec![Head::new("Began"), Head::new("Run"), Head::new("Ended"), Head::new("By"), Head::new("Seen").num(), Head::new("Created").num(), Head::new("Changed").num(), Head::new("Trouble")] rows=runs.iter().map(run_row).collect()/>
        <Pager first=newest next=older/>
    }
    .into_any()
}

fn run_row(run: &RunRow) -> AnyView {
    view! {
        <tr>
            <td><a href=format!("/runs/{}", run.id)><When at=run.started_at/></a></td>
            <td>{run_badge(run.status)}</td>
            <td data-head="ended">{run.ended_at.map(|at| view! { <When at=at/> })}</td>
            <td data-head="by">{run.actor.clone()}</td>
            <td class="num" data-head="seen">{grouped(run.counts.seen)}</td>
            <td class="num" data-head="created">{grouped(run.counts.created)}</td>
            <td class="num" data-head="changed">{grouped(run.counts.updated)}</td>
            <td>{run.error.as_deref().map(marked)}</td>
        </tr>
    }
    .into_any()
}

/// As the register keeps them; where secrets are, never what they are.
fn settings(source: &SourceLine, kinds: &[KindForm]) -> impl IntoView + use<> {
    let kind = kinds.iter().find(|one| one.kind.word() == source.kind);
    let mut lines = Vec::new();
    for field in kind.into_iter().flat_map(|kind| &kind.fields) {
        let value = match field.is_secret {
            true => source.secrets.get(field.key).map(|place| view! { {place.clone()} }.into_any()),
            false => source.settings.get(field.key).map(|value| {
                let is_alarming = field.is_dangerous && value == &Value::Bool(true);
                value_view(value, is_alarming)
            }),
        };
        if let Some(value) = value {
            lines.push(view! { <div><dt>{field.label}</dt><dd>{value}</dd></div> });
        }
    }
    let is_empty = lines.is_empty();
    view! {
        <section>
            <h2>"Settings"</h2>
            {is_empty.then(|| view! { <p class="muted">"All as they are without being set."</p> })}
            {(!is_empty).then(|| view! { <dl class="facts">{lines}</dl> })}
        </section>
    }
}

fn value_view(value: &Value, is_alarming: bool) -> AnyView {
    match value {
        Value::Bool(true) if is_alarming => view! { <Badge tone="bad" word="yes"/> }.into_any(),
        Value::Bool(yes) => view! { {if *yes { "yes" } else { "no" }} }.into_any(),
        Value::String(text) => view! { {text.clone()} }.into_any(),
        Value::Array(items) => {
            let texts: Vec<String> = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                .collect();
            view! { {texts.join(", ")} }.into_any()
        }
        other => view! { {other.to_string()} }.into_any(),
    }
}
