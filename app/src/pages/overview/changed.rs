//! What changed: what runs found day by day, and the newest changes one by one.

use super::handler::CHANGES;
use crate::pages::{asset_link, in_run};
use crate::ui::{ChangeList, ColumnChart, Columns, Head, Table, When, grouped, heads};
use cadastre_service::DayOfRuns;
use cadastre_service::store::EstateChange;
use leptos::prelude::*;

/// Events that are told.
const EVENTS: usize = 20;

/// Three numbers of each day, drawn and told; nothing where nothing was found.
pub fn days_view(days: &[DayOfRuns]) -> impl IntoView + use<> {
    let is_quiet = days.iter().all(|day| day.created == 0 && day.updated == 0 && day.gone == 0);
    (!is_quiet).then(|| {
        let chart = |id, word, tone, count: fn(&DayOfRuns) -> u64| {
            let points = days.iter().map(|day| (day.day.clone(), count(day))).collect();
            let columns = Columns { id, word, tone, points };
            view! { <ColumnChart columns=columns/> }
        };
        view! {
            <section aria-labelledby="days">
                <h2 id="days">"What runs found, day by day"</h2>
                <p class="page-note">
                    "Records of sources, on the day their run began. Edits by people are not among \
                     them."
                </p>
                <div class="charts">
                    {chart("days-new", "new", "chart-1", |day| day.created)}
                    {chart("days-changed", "changed", "chart-3", |day| day.updated)}
                    {chart("days-gone", "gone", "chart-2", |day| day.gone)}
                </div>
                {days_table(days)}
            </section>
        }
    })
}

/// The numbers behind the drawing, newest day first.
fn days_table(days: &[DayOfRuns]) -> impl IntoView + use<> {
    let rows = days.iter().rev().map(|day| {
        view! {
            <tr>
                <td>{day.day.clone()}</td>
                <td class="num">{grouped(day.created)}</td>
                <td class="num">{grouped(day.updated)}</td>
                <td class="num">{grouped(day.gone)}</td>
            </tr>
        }
        .into_any()
    });
    let numbers = ["New", "Changed", "Gone"].map(|word| Head::new(word).num());
    let heads = std::iter::once(Head::new("Day")).chain(numbers).collect();
    view! {
        <details class="chart-table">
            <summary>"The numbers"</summary>
            <Table label="What runs found, day by day" heads=heads rows=rows.collect() stacks=false/>
        </details>
    }
}

/// The newest changes of the estate.
pub fn changes_view(changes: &[EstateChange]) -> impl IntoView + use<> {
    (!changes.is_empty()).then(|| {
        // What changed of an asset together, for one reason, is one thing that happened.
        let together = |one: &EstateChange, next: &EstateChange| {
            one.asset == next.asset
                && one.change.rev == next.change.rev
                && one.change.reason == next.change.reason
        };
        let mut events: Vec<&[EstateChange]> = changes.chunk_by(together).collect();
        // What was read ends anywhere; an event that may go on there is not told by halves.
        if events.len() > EVENTS {
            events.truncate(EVENTS);
        } else if changes.len() == CHANGES as usize && events.len() > 1 {
            events.pop();
        }
        let rows: Vec<AnyView> = events.into_iter().filter_map(row).collect();
        let heads = heads(["Asset", "What changed", "When, by whom", "Why"]);
        view! {
            <section aria-labelledby="changes">
                <h2 id="changes">"Changed last"</h2>
                <Table label="The newest changes" heads=heads rows=rows/>
            </section>
        }
    })
}

fn row(together: &[EstateChange]) -> Option<AnyView> {
    let line = together.first()?;
    let change = &line.change;
    let changes = together.iter().map(|line| line.change.change()).collect();
    let name = line.name.clone().unwrap_or_else(|| format!("asset {}", line.asset));
    let of = line.source.as_ref().filter(|_| change.run.is_some());
    let of = of.map(|source| format!(" of {source}"));
    let row = view! {
        <tr>
            <td><a href=asset_link(line.asset, "")>{name}</a></td>
            <td class="what"><ChangeList changes=changes/></td>
            <td>
                <When at=change.at/>
                <div class="muted">{change.actor.clone()}{change.run.map(in_run)}{of}</div>
            </td>
            <td class="prose muted">{change.reason.text.clone()}</td>
        </tr>
    };
    Some(row.into_any())
}
