//! The audit log: who did what, newest first, each line chained to the one before.

use crate::ui::When;
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::{Query as AddressQuery, State};
use axum::response::IntoResponse;
use cadastre_service::Service;
use cadastre_service::store::AuditEntry;
use leptos::prelude::*;
use serde::Deserialize;

/// Lines a page.
const LINES: u32 = 100;

/// The page's query string.
#[derive(Debug, Deserialize)]
pub struct Address {
    /// Lines before this number.
    before: Option<i64>,
}

/// `GET /audit`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<Address>,
) -> Answer {
    let entries = service.audit_list(&viewer.actor, address.before, LINES).await?;
    // The first line of all is number 1.
    let older = entries.last().map(|last| last.seq).filter(|seq| *seq > 1);
    let body = view! {
        <div class="page-head"><h1>"Audit log"</h1></div>
        <p class="page-note">
            "Each line's hash covers the line before. "<code>"cadastre audit verify"</code>
            " checks the whole chain and prints its head, to be kept elsewhere."
        </p>
        <div class="table-wrap" tabindex="0" role="region" aria-label="Lines of the audit log">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col" class="num">"Number"</th>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"To what"</th>
                        <th scope="col">"More"</th>
                        <th scope="col">"Hash"</th>
                    </tr>
                </thead>
                <tbody>{entries.iter().map(line).collect_view()}</tbody>
            </table>
        </div>
        <nav class="pager" aria-label="Pages">
            {address.before.map(|_| view! { <a class="button" href="/audit">"Newest"</a> })}
            {older
                .map(|seq| {
                    view! {
                        <a class="button" rel="next" href=format!("/audit?before={seq}")>"Older"</a>
                    }
                })}
        </nav>
    };
    Ok(page(Document::of("Audit log", &viewer, "/audit"), body).into_response())
}

fn line(entry: &AuditEntry) -> AnyView {
    let detail = entry.detail.as_ref().map(ToString::to_string);
    let start: String = entry.hash.chars().take(12).collect();
    view! {
        <tr>
            <td class="num">{entry.seq}</td>
            <td><When at=entry.at/></td>
            <td>{entry.actor.clone()}</td>
            <td>{entry.action.clone()}</td>
            <td>{entry.subject.clone()}</td>
            <td class="id">{detail}</td>
            <td class="id" title=entry.hash.clone()>{start}</td>
        </tr>
    }
    .into_any()
}
