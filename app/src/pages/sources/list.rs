//! All sources: how each is doing.

use crate::ui::{Badge, Empty, Head, Table, When, grouped, marked, run_badge};
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::{Query as AddressQuery, State};
use axum::response::IntoResponse;
use cadastre_model::Permission;
use cadastre_service::store::RunRow;
use cadastre_service::{Service, SourceLine, name_is_valid};
use leptos::prelude::*;
use serde::Deserialize;

/// The page's query string.
#[derive(Debug, Deserialize)]
pub struct Address {
    /// The source that was removed just now.
    removed: Option<String>,
}

/// `GET /sources`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<Address>,
) -> Answer {
    let sources = service.source_list(&viewer.actor).await?;
    let may_manage = viewer.may(Permission::SourceManage);
    // A name and nothing else: no link puts words of its own on our page.
    let removed = address.removed.filter(|name| name_is_valid(name));
    let said = removed.map(|name| format!("{name} was removed; what it said stays."));
    let body = view! {
        <div class="page-head">
            <h1>"Sources"</h1>
            <div class="page-actions">
                {(may_manage && !sources.is_empty())
                    .then(|| {
                        view! { <a class="button button-main" href="/sources/new">"Add a source"</a> }
                    })}
            </div>
        </div>
        {said.map(|said| view! { <p class="notice notice-info" role="status">{said}</p> })}
        {match sources.is_empty() {
            true => none(may_manage).into_any(),
            false => table(&viewer, &sources).into_any(),
        }}
    };
    Ok(page(Document::of("Sources", &viewer, "/sources"), body).into_response())
}

fn none(may_manage: bool) -> impl IntoView {
    let add = || {
        view! { <p><a class="button button-main" href="/sources/new">"Add a source"</a></p> }
    };
    view! {
        <Empty title="No source yet">
            <p>"A source is where assets are discovered: a cloud account, say."</p>
            {match may_manage {
                true => add().into_any(),
                false => view! { <p>"Admins add them."</p> }.into_any(),
            }}
        </Empty>
    }
}

/// How each source is doing, with what may be done about it.
pub fn table(viewer: &Viewer, sources: &[SourceLine]) -> impl IntoView + use<> {
    let may_run = viewer.may(Permission::RunStart);
    let may_manage = viewer.may(Permission::SourceManage);
    let rows = sources.iter().map(|source| {
        view! {
            <tr>
                <td><a href=format!("/sources/{}", source.name)>{source.name.clone()}</a></td>
                <td>{source.kind.clone()} " " {unsafe_badge(source)}</td>
                <td data-head="runs">{schedule(source)}</td>
                {last_run(source.last_run.as_ref())}
                <td>{actions(&source.name, may_run, may_manage)}</td>
            </tr>
        }
        .into_any()
    });
    view! {
        <Table label="Sources" heads=vec![Head::new("Source"), Head::new("Kind"), Head::new("Schedule"), Head::new("Last run"), Head::new("Began"), Head::new("Seen").num(), Head::new("Trouble"), Head::new("Do")] rows=rows.collect()/>
    }
}

/// That its peer's certificate is not looked at.
pub fn unsafe_badge(source: &SourceLine) -> Option<impl IntoView + use<>> {
    let is_on = source.settings.get("insecure_tls") == Some(&true.into());
    is_on.then(|| view! { <Badge tone="bad" word="takes any certificate"/> })
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
        return view! { <td class="muted" colspan="4">"has not run yet"</td> }.into_any();
    };
    view! {
        <td>{run_badge(run.status)}</td>
        <td><a href=format!("/runs/{}", run.id)><When at=run.started_at/></a></td>
        <td class="num" data-head="seen">{grouped(run.counts.seen)}</td>
        <td>{run.error.as_deref().map(marked)}</td>
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
