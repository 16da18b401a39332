//! A run in figures: how far it is, what was made of it, its scopes.
//!
//! It shows nothing but what [`RunNow`] says, and knows no service: what a page shows once, a browser
//! may show again whenever the run has moved on.

use crate::ui::{Badge, Head, Table, grouped, marked};
use cadastre_model::{Enumeration, RunNow, RunStatus, ScopeNow};
use leptos::prelude::*;

/// How far a run is, and its figures.
#[component]
pub fn RunFigures(now: RunNow) -> impl IntoView {
    let progress = &now.progress;
    let counts = progress.counts;
    let figures = [
        (counts.seen, "seen"),
        (counts.created, "new assets"),
        (counts.updated, "changed"),
        (counts.unchanged, "unchanged"),
        (counts.stale, "stale"),
        (counts.gone, "gone"),
        (counts.conflicts, "to decide"),
        (progress.errors, "object errors"),
    ];
    let figures = figures.map(|(count, word)| {
        view! {
            <div class="stat">
                <strong>{grouped(count)}</strong>
                " "
                <span>{word}</span>
            </div>
        }
    });
    let scopes = (!progress.scopes.is_empty()).then(|| scopes(&now));
    view! {
        {now.is_running().then(|| way(&now))}
        <div class="run-figures">{figures.into_iter().collect_view()}</div>
        {scopes}
    }
}

fn way(now: &RunNow) -> impl IntoView + use<> {
    let (seen, all) = now.way();
    let said = match (all, now.progress.of) {
        (Some(all), Some(_)) => format!("{} of {} seen", grouped(seen), grouped(all)),
        (Some(all), None) => {
            format!("{} seen; the last complete run saw {}", grouped(seen), grouped(all))
        }
        (None, _) => format!("{} seen so far", grouped(seen)),
    };
    let value = all.map(|all| seen.min(all).to_string());
    let max = all.map(|all| all.to_string());
    view! {
        <div class="progress">
            <label for="run-progress">{said}</label>
            <progress id="run-progress" value=value max=max></progress>
        </div>
    }
}

fn scopes(now: &RunNow) -> impl IntoView + use<> {
    let rows = now.progress.scopes.iter().map(scope);
    let unnamed = now.progress.scopes_all().saturating_sub(now.progress.scopes.len() as u64);
    // Of a run that has ended in order the others stand on the next page.
    let is_all = !matches!(now.status, RunStatus::Running | RunStatus::Broken);
    let more = (unnamed > 0 && !is_all).then(|| {
        let said = format!("and {} more", grouped(unnamed));
        view! { <p class="page-note">{said}</p> }
    });
    view! {
        <section aria-labelledby="scopes">
            <h2 id="scopes">"Scopes"</h2>
            <Table label="Scopes" heads=vec![Head::new("Scope"), Head::new("Coverage"), Head::new("Seen").num(), Head::new("What went wrong, and what to do")] rows=rows.collect()/>
            {more}
        </section>
    }
}

fn scope(scope: &ScopeNow) -> AnyView {
    let (tone, word) = match scope.coverage {
        None => ("info", "being read"),
        Some(coverage @ Enumeration::Complete) => ("good", coverage.word()),
        Some(coverage @ Enumeration::Partial) => ("warn", coverage.word()),
        Some(coverage @ Enumeration::Failed) => ("bad", coverage.word()),
    };
    view! {
        <tr>
            <td class="id">{scope.scope.clone()}</td>
            <td><Badge tone=tone word=word/></td>
            <td class="num" data-head="seen">{grouped(scope.seen)}</td>
            <td class="prose">{scope.error.as_deref().map(marked)}</td>
        </tr>
    }
    .into_any()
}
