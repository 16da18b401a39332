//! All runs, the newest first: what each came to, and what waits to be run.

use super::address::ListAddress;
use crate::ui::{Empty, Head, Pager, Table, Turn, When, grouped, lasted, marked, run_badge};
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::{Query as AddressQuery, State};
use axum::response::IntoResponse;
use cadastre_model::{Counts, RunId, Timestamp};
use cadastre_service::Service;
use cadastre_service::store::{JobWaiting, RunRow};
use leptos::prelude::*;

/// Runs a page.
const RUNS: u32 = 50;
/// Runs that wait, of which the page tells.
const WAITING: u32 = 10;
/// So much of an error stands in the list, in characters; the run's page has all of it.
const ERROR: usize = 48;

/// What the list shows.
struct Shown {
    address: ListAddress,
    sources: Vec<String>,
    waiting: Vec<JobWaiting>,
    runs: Vec<RunRow>,
    now: Timestamp,
}

/// `GET /runs`
pub async fn list(
    State(service): State<Service>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<ListAddress>,
) -> Answer {
    let actor = &viewer.actor;
    let source = Some(address.source.as_str()).filter(|name| !name.is_empty());
    let before = address.before.map(RunId);
    let sources = service.source_list(actor).await?.into_iter().map(|one| one.name).collect();
    let runs = service.run_list(actor, source, before, RUNS).await?;
    let waiting = service.run_waiting(actor, source, WAITING).await?;
    let shown = Shown { address, sources, waiting, runs, now: service.now() };
    Ok(page(Document::of("Runs", &viewer, "/runs"), list_view(&shown)).into_response())
}

fn list_view(shown: &Shown) -> impl IntoView + use<> {
    let is_live = !shown.waiting.is_empty() || shown.runs.iter().any(|run| run.ended_at.is_none());
    let refresh = is_live.then(|| {
        view! { <a class="button" href=shown.address.link()>"Refresh"</a> }
    });
    view! {
        <div class="page-head">
            <h1>"Runs"</h1>
            <p class="page-actions">{refresh}</p>
        </div>
        {shown.waiting.iter().map(|job| waiting(job, shown.now)).collect_view()}
        {(!shown.sources.is_empty()).then(|| filter(shown))}
        {match shown.runs.is_empty() {
            true => none(shown).into_any(),
            false => table(shown).into_any(),
        }}
    }
}

/// What a run that has not begun waits for.
fn waiting(job: &JobWaiting, now: Timestamp) -> impl IntoView + use<> {
    let name = job.subject.clone();
    let why = job.error.clone().map(|why| view! { <p class="notice-hint">{marked(&why)}</p> });
    let said = match job.due_at > now {
        _ if job.is_taken => view! { {name}" is taken up; its run begins in a moment." }.into_any(),
        true => view! { {name}" waits to be run again, at "<When at=job.due_at/>"." }.into_any(),
        false => view! { {name}" is queued; a worker takes it in a moment." }.into_any(),
    };
    view! { <div class="notice notice-info" role="status"><p>{said}</p>{why}</div> }
}

fn filter(shown: &Shown) -> impl IntoView + use<> {
    let options = shown.sources.iter().map(|name| {
        let selected = *name == shown.address.source;
        view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
    });
    view! {
        <form class="toolbar" action="/runs" method="get">
            <select name="source" aria-label="Source">
                <option value="">"All sources"</option>
                {options.collect_view()}
            </select>
            <button class="button">"Show"</button>
        </form>
    }
}

fn none(shown: &Shown) -> impl IntoView + use<> {
    let said = match (shown.address.before, shown.sources.is_empty()) {
        (Some(_), _) => "There are no older ones.",
        (None, true) => "Add a source first; its runs are listed here.",
        (None, false) => "Press “Run now” beside a source, or type: cadastre discover --all",
    };
    view! {
        <Empty title="No run yet">
            <p>{said}</p>
            <p><a class="button" href="/sources">"Sources"</a></p>
        </Empty>
    }
}

fn table(shown: &Shown) -> impl IntoView + use<> {
    let rows = shown.runs.iter().map(|run| row(run, shown.now));
    let words = ["Run", "Source", "Status", "Began"].map(Head::new);
    let figures = FIGURES.map(|(word, _)| Head::new(word).num());
    let heads = words
        .into_iter()
        .chain([Head::new("Took").num()])
        .chain(figures)
        .chain(["By", "Trouble"].map(Head::new))
        .collect();
    let address = &shown.address;
    let newest = address.before.map(|_| ListAddress::of(&address.source).link());
    let older = shown
        .runs
        .last()
        .filter(|_| shown.runs.len() == RUNS as usize)
        .map(|last| ListAddress { before: Some(last.id.0), ..address.clone() }.link());
    view! {
        <Table label="Runs" heads=heads rows=rows.collect()/>
        <Pager
            first=newest.map(|link| Turn { link, word: "Newest" })
            next=older.map(|link| Turn { link, word: "Older" })
        />
    }
}

/// A number that is told of a run: its head, and where it stands.
type Figure = (&'static str, fn(&Counts) -> u64);

/// All of them.
const FIGURES: [Figure; 6] = [
    ("Seen", |counts| counts.seen),
    ("New", |counts| counts.created),
    ("Changed", |counts| counts.updated),
    ("Stale", |counts| counts.stale),
    ("Gone", |counts| counts.gone),
    ("To decide", |counts| counts.conflicts),
];

fn row(run: &RunRow, now: Timestamp) -> AnyView {
    let took = run.ended_at.unwrap_or(now).since(run.started_at) / 1000;
    let figures = FIGURES.map(|(word, count)| {
        let count = grouped(count(&run.counts));
        view! { <td class="num" data-head=word>{count}</td> }
    });
    let of_source = ListAddress::of(&run.source).link();
    view! {
        <tr>
            <td data-head="Run"><a href=format!("/runs/{}", run.id)>{run.id.to_string()}</a></td>
            <td><a href=of_source>{run.source.clone()}</a></td>
            <td>{run_badge(run.status)}</td>
            <td><When at=run.started_at/></td>
            <td class="num" data-head="Took">{lasted(u64::try_from(took).unwrap_or(0))}</td>
            {figures.into_iter().collect_view()}
            <td data-head="By">{run.actor.clone()}</td>
            <td>{run.error.as_deref().map(|error| marked(&cut(error)))}</td>
        </tr>
    }
    .into_any()
}

fn cut(text: &str) -> String {
    let text = text.split("; ").next().unwrap_or(text);
    match text.char_indices().nth(ERROR) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}
