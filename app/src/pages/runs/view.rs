//! How the page of a run looks.

use super::address::{ListAddress, RunAddress};
use super::plan::plan;
use super::show::ERRORS;
use crate::islands::LiveRun;
use crate::ui::{Head, Notice, Pager, RunFigures, Table, Turn, When, lasted, marked, run_badge};
use cadastre_model::{RunNow, RunStatus};
use cadastre_service::store::{RunChange, RunError};
use leptos::prelude::*;

/// What the page shows.
pub struct Shown {
    pub now: RunNow,
    pub address: RunAddress,
    pub errors: Vec<RunError>,
    pub changes: Vec<RunChange>,
    pub may_run: bool,
}

/// The page.
pub fn run_view(shown: &Shown) -> impl IntoView + use<> {
    let now = &shown.now;
    let source = ListAddress::of(&now.source).link();
    let took = match now.is_running() {
        true => format!(", {} ago", lasted(now.seconds)),
        false => format!(", took {}", lasted(now.seconds)),
    };
    view! {
        <div class="page-head">
            <h1>{format!("Run {} of {}", now.run, now.source)}" "{run_badge(now.status)}</h1>
            <div class="page-actions">{actions(shown)}</div>
        </div>
        <p class="page-note">
            "Started by "{now.actor.clone()}", "<When at=now.started_at/>{took}". "
            <a href=source>"All runs of this source"</a>" · "
            <a href=format!("/sources/{}", now.source)>"The source"</a>
        </p>
        {said(shown)}
        {figures(now)}
        {more_scopes(shown)}
        {errors(shown)}
        {plan(shown)}
    }
}

/// How far it is; while it goes on, an island that keeps up with it.
fn figures(now: &RunNow) -> AnyView {
    let now = now.clone();
    match now.is_running() {
        true => (move || view! { <LiveRun now=now.clone()/> }).into_any(),
        false => view! { <RunFigures now=now/> }.into_any(),
    }
}

fn actions(shown: &Shown) -> impl IntoView + use<> {
    let now = &shown.now;
    let refresh = now.is_running().then(|| {
        let link = RunAddress { busy: None, ..shown.address.clone() }.link(now.run);
        view! { <a class="button" href=link>"Refresh"</a> }
    });
    let form = |action: String, class: &'static str, word: &'static str| {
        view! {
            <form method="post" action=action>
                <button class=class>{word}</button>
            </form>
        }
    };
    let stop = (shown.may_run && now.is_running() && now.stop_by.is_none())
        .then(|| form(format!("/runs/{}/stop", now.run), "button button-danger", "Stop"));
    let again = (shown.may_run && !now.is_running())
        .then(|| form(format!("/sources/{}/run", now.source), "button", "Run again"));
    view! { {refresh}{stop}{again} }
}

/// What is to be said before the figures.
fn said(shown: &Shown) -> impl IntoView + use<> {
    let now = &shown.now;
    let busy = (now.is_running() && shown.address.busy.is_some())
        .then(|| format!("A run of {} is under way already: this one.", now.source));
    let stopping = now.stop_by.as_ref().filter(|_| now.is_running()).map(|who| {
        format!("{who} asked for it to stop. It ends in a moment; what was read stands.")
    });
    let info = busy.into_iter().chain(stopping).map(|text| {
        view! { <p class="notice notice-info" role="status">{text}</p> }
    });
    let error = now.error.clone().map(|error| match now.status {
        RunStatus::Failed | RunStatus::Broken => {
            view! { <Notice>{marked(&error)}</Notice> }.into_any()
        }
        _ => view! { <p class="notice notice-warn">{marked(&error)}</p> }.into_any(),
    });
    view! { {info.collect_view()}{error} }
}

/// The way through the scopes of a run that has ended.
fn more_scopes(shown: &Shown) -> impl IntoView + use<> {
    let now = &shown.now;
    let all = now.progress.scopes_all();
    let has_record = !matches!(now.status, RunStatus::Running | RunStatus::Broken);
    let is_paged = has_record && all > now.progress.scopes.len() as u64;
    is_paged.then(|| {
        let part = |scopes: String| {
            let link = RunAddress { scopes, ..shown.address.clone() }.link(now.run);
            format!("{link}#scopes")
        };
        let first = (!shown.address.scopes.is_empty()).then(|| part(String::new()));
        let is_full = now.progress.scopes.len() == cadastre_model::SCOPES_NAMED;
        let last = now.progress.scopes.last().filter(|_| is_full);
        pager("Pages of scopes", first, last.map(|last| part(last.scope.clone())))
    })
}

fn errors(shown: &Shown) -> impl IntoView + use<> {
    let is_there = !shown.errors.is_empty() || shown.address.errors > 0;
    is_there.then(|| {
        let rows = shown.errors.iter().map(|error| {
            view! {
                <tr>
                    <td class="id">{error.subject.clone()}</td>
                    <td class="id" data-head="scope">{error.scope.clone()}</td>
                    <td class="prose">{marked(&error.message)}</td>
                </tr>
            }
            .into_any()
        });
        let part = |errors: i64| {
            let link = RunAddress { errors, ..shown.address.clone() }.link(shown.now.run);
            format!("{link}#errors")
        };
        let first = (shown.address.errors > 0).then(|| part(0));
        let is_full = shown.errors.len() == ERRORS as usize;
        let next = is_full.then(|| part(shown.address.errors.max(0) + i64::from(ERRORS)));
        view! {
            <section aria-labelledby="errors">
                <h2 id="errors">"Errors about single objects"</h2>
                <p class="page-note">
                    "What could not be read of them keeps its last value; nothing ages for that."
                </p>
                <Table label="Errors about single objects" heads=vec![Head::new("Object"), Head::new("Scope"), Head::new("What failed, and what to do")] rows=rows.collect()/>
                {pager("Pages of errors", first, next)}
            </section>
        }
    })
}

/// The way to the first and the next page of a part, if it has several.
pub fn pager(label: &'static str, first: Option<String>, next: Option<String>) -> impl IntoView {
    (first.is_some() || next.is_some()).then(|| {
        let first = first.map(|link| Turn { link, word: "First page" });
        let next = next.map(|link| Turn { link, word: "Next page" });
        view! { <Pager label=label first=first next=next/> }
    })
}
