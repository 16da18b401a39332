//! The page: lines, newest first.

use super::detail::told;
use crate::ui::{Head, PageHead, Pager, Table, Turn, When};
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
    let heads = ["When", "Who", "What", "To what", "More", "Hash"].map(Head::new);
    let heads = [Head::new("Number").num()].into_iter().chain(heads).collect();
    let rows = entries.iter().map(line).collect();
    let first = address.before.map(|_| Turn { link: "/audit".to_owned(), word: "Newest" });
    let next = older.map(|seq| Turn { link: format!("/audit?before={seq}"), word: "Older" });
    let body = view! {
        <PageHead title="Audit log"/>
        <p class="page-note">
            "Each line's hash covers the line before. "<code>"cadastre audit verify"</code>
            " checks the whole chain and prints its head, to be kept elsewhere."
        </p>
        <Table label="Lines of the audit log" heads=heads rows=rows/>
        <Pager first=first next=next/>
    };
    Ok(page(Document::of("Audit log", &viewer, "/audit"), body).into_response())
}

fn line(entry: &AuditEntry) -> AnyView {
    let written = entry.detail.as_ref().map(ToString::to_string);
    let said = entry.detail.as_ref().map(told).unwrap_or_default();
    let said = said.into_iter().map(|(what, text)| {
        view! { <li><span class="muted">{what}</span> " " {text}</li> }
    });
    let start: String = entry.hash.chars().take(12).collect();
    view! {
        <tr>
            <td class="num">{entry.seq}</td>
            <td><When at=entry.at/></td>
            <td>{entry.actor.clone()}</td>
            <td>{entry.action.clone()}</td>
            <td>{entry.subject.clone()}</td>
            <td class="prose" title=written><ul class="pairs">{said.collect_view()}</ul></td>
            <td class="id" title=entry.hash.clone() data-head="hash">{start}</td>
        </tr>
    }
    .into_any()
}
