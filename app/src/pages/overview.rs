//! The first page: what is there by kind, how the sources are, what waits for a person.

use crate::ui::grouped;
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::State;
use axum::response::IntoResponse;
use cadastre_model::Kind;
use cadastre_model::query::Query;
use cadastre_service::store::Facet;
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
        {(!sources.is_empty()).then(|| sources_view(&viewer, &sources))}
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

fn sources_view(viewer: &Viewer, sources: &[SourceLine]) -> impl IntoView + use<> {
    view! {
        <section aria-labelledby="sources">
            <h2 id="sources">"Sources"</h2>
            {super::sources::table(viewer, sources)}
        </section>
    }
}
