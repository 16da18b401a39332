//! What a run changed, asset by asset, and why.

use super::address::RunAddress;
use super::show::CHANGES;
use super::view::{Shown, pager};
use crate::pages::asset_link;
use crate::ui::{ChangeList, Head, Table, kind_badge};
use cadastre_model::Reason;
use cadastre_service::store::{RunChange, RunRecord};
use leptos::prelude::*;

/// The plan that was carried out, with its reasons.
pub fn plan(shown: &Shown) -> impl IntoView + use<> {
    let part = |changes: String| {
        let link = RunAddress { changes, ..shown.address.clone() }.link(shown.now.run);
        format!("{link}#plan")
    };
    let first = (!shown.address.changes.is_empty()).then(|| part(String::new()));
    let is_full = shown.changes.len() == CHANGES as usize;
    let last = shown.changes.last().filter(|_| is_full);
    let next = last.map(|last| part(format!("{}.{}", last.rev, last.asset)));
    let body = match shown.changes.is_empty() {
        true => {
            let said = match (first.is_some(), shown.now.is_running()) {
                (true, _) => "No more of it.",
                (_, true) => "Nothing yet.",
                _ if shown.now.progress.counts.seen == 0 => "Nothing: it has read nothing.",
                _ => "Nothing: every record said what it had said before.",
            };
            view! { <p class="page-note">{said}</p> }.into_any()
        }
        false => table(&shown.changes).into_any(),
    };
    view! {
        <section aria-labelledby="plan">
            <h2 id="plan">"What it changed, and why"</h2>
            {body}
            {pager("Pages of changes", first, next)}
        </section>
    }
}

fn table(changes: &[RunChange]) -> impl IntoView + use<> {
    let rows = changes.iter().map(row);
    view! {
        <Table label="What it changed, and why" heads=vec![Head::new("Asset"), Head::new("Kind"), Head::new("What changed"), Head::new("Rule"), Head::new("Why")] rows=rows.collect()/>
    }
}

fn row(line: &RunChange) -> AnyView {
    let changes = match line.changes.is_empty() {
        true => view! { <span class="muted">"nothing that is shown of it"</span> }.into_any(),
        false => {
            let changes = line.changes.clone();
            view! { <ChangeList changes=changes/> }.into_any()
        }
    };
    let reason = line.reason.as_ref().or_else(|| line.records.iter().find_map(why));
    let text = reason.map_or("", |reason| reason.text.as_str());
    let records: Vec<_> = line.records.iter().filter_map(|one| record(one, text)).collect();
    let records = (!records.is_empty()).then(|| view! { <ul class="changes">{records}</ul> });
    view! {
        <tr>
            <td><a href=asset_link(line.asset, "")>{line.name.clone()}</a></td>
            <td>{line.kind.map(kind_badge)}</td>
            <td class="what">{changes}</td>
            <td class="id" data-head="rule">{reason.map(|reason| reason.rule.word())}</td>
            <td class="prose">{text.to_owned()} {records}</td>
        </tr>
    }
    .into_any()
}

fn why(record: &RunRecord) -> Option<&Reason> {
    record.linked.as_ref().or(record.written.as_ref())
}

/// How a record came to the asset, or what else was decided of it, unless that is said already.
fn record(record: &RunRecord, said: &str) -> Option<impl IntoView + use<>> {
    let reason = why(record)?;
    let text = Some(&reason.text).filter(|text| *text != said);
    let what = match (&record.linked, text) {
        (Some(_), Some(text)) => format!("tied to it by {}: {text}", reason.rule),
        (Some(_), None) => format!("tied to it by {}", reason.rule),
        (None, Some(text)) => text.clone(),
        (None, None) => return None,
    };
    let (source, native_id) = (record.source.clone(), record.native_id.clone());
    Some(view! {
        <li class="muted">{source}" "<span class="id">{native_id}</span>": "{what}</li>
    })
}
