//! How the overview looks.

use super::changed::{changes_view, days_view};
use super::handler::CONFLICTS;
use crate::ui::{Empty, PageHead, When, grouped, marked};
use crate::web::Viewer;
use cadastre_model::{Conflict, Kind, Permission};
use cadastre_service::store::{EstateChange, Facet};
use cadastre_service::{DayOfRuns, SourceLine};
use leptos::prelude::*;

/// Conflicts told with their words.
const TOLD: usize = 3;

/// What the overview shows.
pub struct Shown {
    pub viewer: Viewer,
    pub kinds: Option<Facet>,
    pub sources: Vec<SourceLine>,
    /// The oldest that are open, at most [`CONFLICTS`].
    pub conflicts: Vec<Conflict>,
    pub changes: Vec<EstateChange>,
    pub days: Vec<DayOfRuns>,
}

/// The page.
pub fn overview_view(shown: &Shown) -> impl IntoView + use<> {
    view! {
        <PageHead title="Overview"/>
        {match &shown.kinds {
            Some(kinds) => kinds_view(kinds).into_any(),
            None => first_steps(&shown.viewer, &shown.sources).into_any(),
        }}
        {decisions(&shown.conflicts)}
        {sources_view(shown)}
        {days_view(&shown.days)}
        {changes_view(&shown.changes)}
    }
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
            <div class="cards cards-small">{cards.collect_view()}</div>
        </section>
    }
}

/// What to do first, by what is missing and what the viewer may do about it.
fn first_steps(viewer: &Viewer, sources: &[SourceLine]) -> impl IntoView + use<> {
    let may_manage = viewer.may(Permission::SourceManage);
    let (text, link) = match (sources.is_empty(), may_manage) {
        (true, true) => (
            "No source is configured. A source is where assets are discovered: a cloud account, say.",
            Some(("/sources/new", "Add a source")),
        ),
        (true, false) => ("No source is configured. Ask an admin to add one.", None),
        (false, _) => (
            "There are sources, but nothing was discovered yet. Run one, and look here again.",
            Some(("/sources", "Sources")),
        ),
    };
    let link = link.map(|(address, word)| {
        view! { <p><a class="button button-main" href=address>{word}</a></p> }
    });
    view! {
        <Empty title="The register is empty">
            <p>{text}</p>
            <p>
                "What a source finds is counted here, and found by the search box above: by name, \
                 address, serial, MAC or tag."
            </p>
            {link}
        </Empty>
    }
}

fn decisions(conflicts: &[Conflict]) -> impl IntoView + use<> {
    (!conflicts.is_empty()).then(|| {
        let open = match conflicts.len() >= CONFLICTS as usize {
            true => format!("{CONFLICTS} or more are open"),
            false => format!("{} open", conflicts.len()),
        };
        let lines = conflicts.iter().take(TOLD).map(|conflict| {
            view! {
                <li>
                    {marked(&conflict.reason)} " "
                    <span class="muted">"since " <When at=conflict.opened_at/></span>
                </li>
            }
        });
        view! {
            <section class="card" aria-labelledby="decisions">
                <h2 id="decisions">{format!("Waiting for a decision: {open}")}</h2>
                <ul>{lines.collect_view()}</ul>
                <p><a class="button" href="/conflicts">"Look and decide"</a></p>
            </section>
        }
    })
}

fn sources_view(shown: &Shown) -> impl IntoView + use<> {
    let sources = &shown.sources;
    (!sources.is_empty()).then(|| {
        view! {
            <section aria-labelledby="sources">
                <h2 id="sources">"Sources"</h2>
                {crate::pages::sources::list::table(&shown.viewer, sources)}
            </section>
        }
    })
}
