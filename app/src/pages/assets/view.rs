//! How the list looks.

use super::address::Address;
use crate::pages::past_band;
use crate::ui::{Notice, When, freshness_badge, grouped, kind_badge};
use cadastre_model::query::Query;
use cadastre_model::{Attr, Kind, Timestamp};
use cadastre_service::ServiceError;
use cadastre_service::store::{Count, Facet, FacetValue, ListRow, Page};
use leptos::prelude::*;

/// Attributes with a column of their own.
const COLUMNS: [Attr; 4] = [Attr::Owner, Attr::Environment, Attr::CloudAccount, Attr::Region];

/// What the list shows.
pub struct List {
    pub address: Address,
    pub query: Query,
    pub as_of: Option<Timestamp>,
    pub page: Page,
    pub count: Count,
    pub facets: Vec<Facet>,
}

/// Rows with their facets.
pub fn list_view(list: &List) -> impl IntoView + use<> {
    view! {
        {past_band(list.as_of, &Address { as_of: String::new(), ..list.address.first() }.link())}
        {search(&list.address)}
        <div class="columns">
            <aside class="facets" aria-label="Narrow down">
                <details>
                    <summary>"Narrow down"</summary>
                    {list.facets.iter().map(|facet| facet_view(list, facet)).collect_view()}
                </details>
            </aside>
            <div class="columns-main">
                {table(list)}
                {pager(list)}
            </div>
        </div>
    }
}

/// Nothing was found.
pub fn empty_view(list: &List) -> impl IntoView + use<> {
    let everything = Address { as_of: list.address.as_of.clone(), ..Address::default() };
    view! {
        {past_band(list.as_of, &Address { as_of: String::new(), ..list.address.first() }.link())}
        {search(&list.address)}
        <section class="empty">
            <h2>"No asset fulfils this"</h2>
            <p>
                "What is gone, hidden or disposed is left out unless the query says "
                <code>"is:any"</code>
                "."
            </p>
            <p><a class="button" href=everything.link()>"All assets"</a></p>
        </section>
    }
}

/// What was asked cannot be understood.
pub fn error_view(address: &Address, error: &ServiceError) -> impl IntoView + use<> {
    let (message, hint) = (error.message.clone(), error.hint.clone());
    // The query with its marks stands on lines of its own.
    let body = match message.split_once('\n') {
        Some((first, marked)) => {
            let (first, marked) = (first.to_owned(), marked.to_owned());
            view! {
                <Notice hint=hint>{first}</Notice>
                <pre class="query-error" tabindex="0">{marked}</pre>
            }
            .into_any()
        }
        None => view! { <Notice hint=hint>{message}</Notice> }.into_any(),
    };
    view! {
        {search(address)}
        {body}
    }
}

fn search(address: &Address) -> impl IntoView + use<> {
    let Address { q, as_of, sort, .. } = address.clone();
    view! {
        <div class="page-head"><h1>"Assets"</h1></div>
        <form class="filter" action="/assets" method="get" role="search">
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
            {(!sort.is_empty()).then(|| view! { <input type="hidden" name="sort" value=sort/> })}
            <button class="button button-main">"Find"</button>
        </form>
    }
}

fn facet_view(list: &List, facet: &Facet) -> impl IntoView + use<> {
    let values = facet.values.iter().filter_map(|value| facet_value(list, facet, value));
    let label = match facet.key.as_str() {
        "kind" => "Kind".to_owned(),
        "source" => "Source".to_owned(),
        key => key.to_owned(),
    };
    view! {
        <details class="facet" open>
            <summary>{label}</summary>
            <ul>{values.collect_view()}</ul>
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
    let heads = COLUMNS.map(|attr| head(&list.address, attr.name(), attr.name()));
    let rows = list.page.rows.iter().map(|row| row_view(list, row));
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Assets found">
            <table class="table">
                <thead>
                    <tr>
                        {head(&list.address, "name", "Name")}
                        <th scope="col">"Kind"</th>
                        {heads.into_iter().collect_view()}
                        <th scope="col">"Seen"</th>
                        <th scope="col">"Last seen"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

fn head(address: &Address, column: &str, word: &str) -> AnyView {
    let (sorted, descending) = address.column();
    let order = match (sorted == column, descending) {
        (false, _) => "none",
        (true, false) => "ascending",
        (true, true) => "descending",
    };
    let (link, word) = (address.sorted_by(column).link(), word.to_owned());
    view! {
        <th scope="col" aria-sort=order>
            <a href=link>{word}</a>
        </th>
    }
    .into_any()
}

fn row_view(list: &List, row: &ListRow) -> AnyView {
    let doc = &row.doc;
    let address = crate::pages::asset_link(row.id, &list.address.as_of);
    let cells = COLUMNS.map(|attr| {
        let value = doc.attributes.get(&attr);
        view! { <td>{value.map(|value| attr.def().value_type.to_display(value))}</td> }
    });
    view! {
        <tr>
            <td><a href=address>{doc.name.clone()}</a></td>
            <td>{kind_badge(doc.kind)}</td>
            {cells.into_iter().collect_view()}
            <td>{freshness_badge(doc.freshness)}</td>
            <td class="muted"><When at=row.last_seen/></td>
        </tr>
    }
    .into_any()
}

fn pager(list: &List) -> impl IntoView + use<> {
    let Count { count, more } = list.count;
    let found = format!("{}{} found", grouped(count), if more { "+" } else { "" });
    let first = (!list.address.after.is_empty()).then(|| list.address.first().link());
    let next = list.page.next.as_ref().map(|mark| list.address.after(mark).link());
    view! {
        <nav class="pager" aria-label="Pages">
            <span class="count">{found}</span>
            <a class="button button-quiet" href=list.address.csv_link()>"All rows as CSV"</a>
            {first.map(|link| view! { <a class="button" href=link>"First page"</a> })}
            {next.map(|link| view! { <a class="button" href=link rel="next">"Next page"</a> })}
        </nav>
    }
}
