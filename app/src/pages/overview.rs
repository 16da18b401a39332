//! The first page: what is there by kind, how the sources are, what waits for a person.

use crate::ui::{When, grouped, run_badge};
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::State;
use axum::response::IntoResponse;
use cadastre_model::Kind;
use cadastre_model::query::Query;
use cadastre_service::store::{Facet, RunRow};
use cadastre_service::{Service, SourceLine};
use leptos::prelude::*;

/// Every kind is a card.
const KINDS: usize = 64;
/// Conflicts are counted no further.
const CONFLICTS: u32 = 100;

/// `GET /`
pub async fn show(State(service): State<Service>, viewer: Viewer) -> Answer {
    let actor = &viewer.actor;
    let facets = service.asset_facets(actor, &Query::All, None, KINDS).await?;
    let sources = service.source_list(actor).await?;
    let conflicts = service.conflict_list(actor, false, 0, CONFLICTS).await?.len();
    let kinds = facets.into_iter().find(|facet| facet.key == "kind");
    let body = view! {
        <div class="page-head"><h1>"Overview"</h1></div>
        {match kinds {
            Some(kinds) => kinds_view(&kinds).into_any(),
            None => first_steps(sources.is_empty()).into_any(),
        }}
        {(conflicts > 0).then(|| decisions(conflicts))}
        {(!sources.is_empty()).then(|| sources_view(&sources))}
    };
    Ok(page(Document::of("Overview", &viewer, "/"), body).into_response())
}

fn kinds_view(kinds: &Facet) -> impl IntoView + use<> {
    let cards = kinds.values.iter().map(|value| {
        let kind = Kind::from_word(&value.value);
        let word = kind.map_or_else(|| value.value.clone(), |kind| kind.plural().to_owned());
        let count = grouped(value.count);
        let address = format!("/assets?q=kind:{}", value.value);
        view! {
            <a class="card stat" href=address>
                <strong>{count}</strong>
                " "
                <span>{word}</span>
            </a>
        }
    });
    view! {
        <section aria-label="What is there">
            <div class="cards">{cards.collect_view()}</div>
        </section>
    }
}

fn first_steps(is_without_sources: bool) -> impl IntoView {
    let text = if is_without_sources {
        "No source is configured. Describe one in a file and add it: cadastre source add FILE.toml"
    } else {
        "There are sources, but nothing was discovered yet: cadastre discover --all"
    };
    view! {
        <section class="empty">
            <h2>"The register is empty"</h2>
            <p>{text}</p>
        </section>
    }
}

fn decisions(count: usize) -> impl IntoView {
    let count =
        if count >= CONFLICTS as usize { format!("{count} or more") } else { count.to_string() };
    view! {
        <section class="card">
            <h2>"Waiting for a decision"</h2>
            <p>
                {format!("{count} open: ")}
                <code>"cadastre conflicts"</code>
                " shows them with their evidence; "
                <a href="/assets?q=is:conflicted">"the assets they are about"</a>
                "."
            </p>
        </section>
    }
}

fn sources_view(sources: &[SourceLine]) -> impl IntoView + use<> {
    let rows = sources.iter().map(|source| {
        let address = format!("/assets?q=source:{}", source.name);
        view! {
            <tr>
                <td><a href=address>{source.name.clone()}</a></td>
                <td>{source.kind.clone()}</td>
                <td>{source.schedule.clone().unwrap_or_else(|| "by hand".to_owned())}</td>
                {run_cells(source.last_run.as_ref())}
            </tr>
        }
    });
    view! {
        <section aria-labelledby="sources">
            <h2 id="sources">"Sources"</h2>
            <div class="table-wrap" tabindex="0">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Source"</th>
                            <th scope="col">"Kind"</th>
                            <th scope="col">"Schedule"</th>
                            <th scope="col">"Last run"</th>
                            <th scope="col">"Began"</th>
                            <th scope="col" class="num">"Seen"</th>
                            <th scope="col" class="num">"New"</th>
                            <th scope="col" class="num">"Changed"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

fn run_cells(run: Option<&RunRow>) -> AnyView {
    let Some(run) = run else {
        return view! { <td class="muted" colspan="5">"never"</td> }.into_any();
    };
    view! {
        <td>{run_badge(run.status)}</td>
        <td><When at=run.started_at/></td>
        <td class="num">{grouped(run.counts.seen)}</td>
        <td class="num">{grouped(run.counts.created)}</td>
        <td class="num">{grouped(run.counts.updated)}</td>
    }
    .into_any()
}
