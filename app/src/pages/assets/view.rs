//! How the list looks.

use super::address::Address;
use super::columns::{cell, chooser, head};
use super::examples::examples;
use super::handler::FACET_VALUES;
use crate::pages::past_band;
use crate::ui::{
    Chip, Empty, FilterBar, FilterChips, Head, PageHead, Pager, Tab, Table, Tabs, Trouble, Turn,
    grouped, toast,
};
use cadastre_model::query::Query;
use cadastre_model::{Freshness, Kind, Timestamp};
use cadastre_service::shape::Column;
use cadastre_service::store::{Count, Facet, FacetValue, ListRow, Page};
use cadastre_service::{ServiceError, columns_named, sort_named};
use leptos::prelude::*;

/// Facets that stand open; the others open at a press, or when one of their values is asked for.
const FACETS_OPEN: usize = 8;
/// Values of a facet that are shown at once; the others unfold.
const FACET_FIRST: usize = 10;

/// What the list shows.
pub struct List {
    pub address: Address,
    /// Beside the name.
    pub columns: Vec<Column>,
    pub query: Query,
    pub as_of: Option<Timestamp>,
    pub page: Page,
    pub count: Count,
    pub facets: Vec<Facet>,
}

/// Rows with their facets.
pub fn list_view(list: &List, done: Option<&str>) -> impl IntoView + use<> {
    view! {
        {top(list, done)}
        <div class="columns">
            <aside class="facets" aria-label="Narrow down">
                <details>
                    <summary>"Narrow down"</summary>
                    {list.facets.iter().enumerate().map(|one| facet_view(list, one)).collect_view()}
                </details>
            </aside>
            <div class="columns-main">
                {chooser(list)}
                {table(list)}
                {pager(list)}
            </div>
        </div>
    }
}

/// Nothing was found.
pub fn empty_view(list: &List, done: Option<&str>) -> impl IntoView + use<> {
    let everything = list.address.asking(String::new()).link();
    view! {
        {top(list, done)}
        <Empty title="No asset fulfils this">
            <p>
                "What is gone, hidden or disposed is left out unless the query says "
                <code>"is:any"</code>
                "."
            </p>
            <p><a class="button" href=everything>"All assets"</a></p>
        </Empty>
        {examples()}
    }
}

/// What was asked cannot be understood. What can be mended in the form stays as it was typed; an order
/// or columns that are none do not, for the form would send them again.
pub fn error_view(address: &Address, error: ServiceError) -> impl IntoView + use<> {
    let mut kept = address.clone();
    if sort_named(&kept.sort).is_err() {
        kept.sort.clear();
    }
    if columns_named(&kept.columns).is_err() {
        kept.columns.clear();
    }
    view! {
        <PageHead title="Assets"/>
        {search(&kept)}
        <Trouble error=error/>
        {examples()}
    }
}

fn top(list: &List, done: Option<&str>) -> impl IntoView + use<> {
    let now = Address { as_of: String::new(), ..list.address.first() }.link();
    view! {
        {past_band(list.as_of, &now)}
        <PageHead title="Assets"/>
        {done.and_then(toast)}
        {search(&list.address)}
        <FilterChips chips=chips(list)/>
        {views(list)}
    }
}

fn search(address: &Address) -> impl IntoView + use<> {
    let Address { q, as_of, sort, columns, .. } = address.clone();
    let kept = vec![("sort", sort), ("columns", columns)];
    view! {
        <FilterBar label="Query the list" action="/assets" kept=kept>
            <input
                type="search"
                name="q"
                value=q
                aria-label="Query"
                placeholder="env:prod -owner:* memory>=64GiB 10.2.0.0/16"
                spellcheck="false"
                autocomplete="off"
            />
            <input
                type="text"
                name="as_of"
                value=as_of
                aria-label="As of (a day, such as 2026-06-30; empty for now)"
                placeholder="as of: now"
                autocomplete="off"
            />
        </FilterBar>
    }
}

/// The parts that must all hold.
fn chips(list: &List) -> Vec<Chip> {
    let parts = match &list.query {
        Query::All => &[],
        Query::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let chip = |part: &Query| Chip {
        word: part.to_string(),
        without: list.address.asking(list.query.without(part).to_string()).link(),
    };
    parts.iter().map(chip).collect()
}

/// What lists show, and what they leave out until they are asked.
fn views(list: &List) -> impl IntoView + use<> {
    let parts = [
        ("Stale", Query::Freshness(Freshness::Stale)),
        ("Gone", Query::Freshness(Freshness::Gone)),
        ("To be decided", Query::Conflicted),
    ];
    let bare = parts.iter().fold(list.query.clone(), |query, (_, part)| query.without(part));
    let tab = |word, query: Query| Tab {
        word,
        is_current: query == list.query,
        link: list.address.asking(query.to_string()).link(),
    };
    let mut tabs = vec![tab("Listed", bare.clone())];
    tabs.extend(parts.map(|(word, part)| tab(word, bare.with(part))));
    view! { <Tabs label="Views of the list" tabs=tabs/> }
}

fn facet_view(list: &List, (at, facet): (usize, &Facet)) -> impl IntoView + use<> {
    let is_asked = |value: &FacetValue| {
        Query::of_facet(&facet.key, &value.value).is_some_and(|part| list.query.asks(&part))
    };
    let (first, rest) = facet.values.split_at(facet.values.len().min(FACET_FIRST));
    let lines = |values: &[FacetValue]| {
        values.iter().filter_map(|value| facet_value(list, facet, value)).collect_view()
    };
    let has_others = facet.values.len() >= FACET_VALUES;
    let rest = rest.get(..FACET_VALUES - FACET_FIRST - 1).unwrap_or(rest);
    let more = (!rest.is_empty()).then(|| {
        let others = if has_others { ", and others" } else { "" };
        view! {
            <details class="facet-more" open=rest.iter().any(is_asked)>
                <summary>{format!("{} more{others}", rest.len())}</summary>
                <ul>{lines(rest)}</ul>
            </details>
        }
    });
    let is_open = at < FACETS_OPEN || facet.values.iter().any(is_asked);
    let label = match facet.key.as_str() {
        "kind" => "Kind".to_owned(),
        "source" => "Source".to_owned(),
        key => key.to_owned(),
    };
    view! {
        <details class="facet" open=is_open>
            <summary>{label}</summary>
            <ul>{lines(first)}</ul>
            {more}
        </details>
    }
}

/// A link that asks for the value as well, or no longer.
fn facet_value(list: &List, facet: &Facet, value: &FacetValue) -> Option<impl IntoView + use<>> {
    let part = Query::of_facet(&facet.key, &value.value)?;
    let is_asked = list.query.asks(&part);
    let query = if is_asked { list.query.without(&part) } else { list.query.with(part) };
    let address = list.address.asking(query.to_string()).link();
    let kind = Kind::from_word(&value.value).filter(|_| facet.key == "kind");
    let word = kind.map_or_else(|| value.value.clone(), |kind| kind.label().to_owned());
    let count = grouped(value.count);
    Some(view! {
        <li>
            <a href=address aria-current=is_asked.then_some("true")>
                <span class="facet-value">{word}</span>
                " "
                <span class="facet-count">{count}</span>
            </a>
        </li>
    })
}

fn table(list: &List) -> impl IntoView + use<> {
    let columns = std::iter::once(Column::Name).chain(list.columns.iter().copied());
    let heads: Vec<Head> = columns.map(|column| head(&list.address, column)).collect();
    let rows = list.page.rows.iter().map(|row| row_view(list, row)).collect();
    // Its columns are the reader's choice, so they stay columns on a phone too.
    view! { <Table label="Assets found" heads=heads rows=rows stacks=false/> }
}

fn row_view(list: &List, row: &ListRow) -> AnyView {
    let address = crate::pages::asset_link(row.id, &list.address.as_of);
    let cells: Vec<AnyView> = list.columns.iter().map(|column| cell(row, *column)).collect();
    view! {
        <tr>
            <td><a href=address>{row.doc.name.clone()}</a></td>
            {cells}
        </tr>
    }
    .into_any()
}

fn pager(list: &List) -> impl IntoView + use<> {
    let Count { count, more } = list.count;
    let found = format!("{}{} found", grouped(count), if more { "+" } else { "" });
    let turn = |word| move |link| Turn { link, word };
    let first = (!list.address.after.is_empty()).then(|| list.address.first().link());
    let next = list.page.next.as_ref().map(|mark| list.address.after(mark).link());
    let (first, next) = (first.map(turn("First page")), next.map(turn("Next page")));
    let (all, these) =
        (list.address.csv_link(None), list.address.csv_link(Some(list.columns.as_slice())));
    view! {
        <Pager count=Some(found) first=first next=next>
            <a class="button" href=all>"All rows as CSV"</a>
            <a class="button" href=these>"All rows, these columns"</a>
        </Pager>
    }
}
