//! The columns of the list: their heads, their cells, and the form that chooses them.

use super::address::Address;
use super::view::List;
use crate::ui::{Head, When, freshness_badge, kind_badge};
use cadastre_model::registry::ValueType;
use cadastre_model::{Attr, Timestamp, Value};
use cadastre_service::shape::Column;
use cadastre_service::store::ListRow;
use leptos::prelude::*;

/// The head of a column; where the list can be sorted by it, with the way to that.
pub fn head(address: &Address, column: Column) -> Head {
    let head = Head::new(label(column));
    let head = if is_number(column) { head.num() } else { head };
    let head = match column {
        Column::Attr(attr) => head.told(attr.def().description),
        _ => head,
    };
    if column.sort_key().is_none() {
        return head;
    }
    let (sorted, descending) = address.order();
    let order = match (sorted == column.name(), descending) {
        (false, _) => "none",
        (true, false) => "ascending",
        (true, true) => "descending",
    };
    head.sorted(address.sorted_by(column.name()).link(), order)
}

/// An attribute by the key that queries know it by.
fn label(column: Column) -> &'static str {
    match column {
        Column::Id => "Id",
        Column::Kind => "Kind",
        Column::Name => "Name",
        Column::Lifecycle => "Lifecycle",
        Column::Power => "Power",
        Column::Freshness => "Seen",
        Column::Attr(attr) => attr.name(),
        Column::Tags => "Tags",
        Column::Sources => "Sources",
        Column::FirstSeen => "First seen",
        Column::LastSeen => "Last seen",
    }
}

fn is_number(column: Column) -> bool {
    match column {
        Column::Id => true,
        Column::Attr(attr) => {
            let value_type = attr.def().value_type;
            value_type.is_number() && value_type != ValueType::Moment
        }
        _ => false,
    }
}

/// What a row says in a column.
pub fn cell(row: &ListRow, column: Column) -> AnyView {
    let doc = &row.doc;
    match column {
        Column::Kind => view! { <td>{kind_badge(doc.kind)}</td> }.into_any(),
        Column::Freshness => view! { <td>{freshness_badge(doc.freshness)}</td> }.into_any(),
        Column::FirstSeen => moment(row.first_seen),
        Column::LastSeen => moment(row.last_seen),
        Column::Attr(attr) => attribute(attr, doc.attributes.get(&attr)),
        Column::Tags => tags(row),
        Column::Id => view! { <td class="num">{row.id.to_string()}</td> }.into_any(),
        Column::Name | Column::Lifecycle | Column::Power | Column::Sources => {
            view! { <td>{column.cell(row)}</td> }.into_any()
        }
    }
}

fn moment(at: Timestamp) -> AnyView {
    view! { <td class="muted"><When at=at/></td> }.into_any()
}

fn attribute(attr: Attr, value: Option<&Value>) -> AnyView {
    let def = attr.def();
    match (def.value_type, value) {
        (ValueType::Moment, Some(Value::Int(at))) => moment(Timestamp(*at)),
        (value_type, value) => {
            let class = is_number(Column::Attr(attr)).then_some("num");
            let text = value.map(|value| value_type.to_display(value));
            view! { <td class=class>{text}</td> }.into_any()
        }
    }
}

fn tags(row: &ListRow) -> AnyView {
    let chips = row.doc.tags.iter().map(|tag| {
        view! { <li class="tag">{format!("{}={}", tag.key, tag.value)}</li> }
    });
    view! {
        <td>
            <ul class="tags">{chips.collect_view()}</ul>
        </td>
    }
    .into_any()
}

/// The form: what is shown first, in its order, then all the rest.
pub fn chooser(list: &List) -> impl IntoView + use<> {
    let Address { q, as_of, sort, .. } = list.address.clone();
    let kept = [("q", q), ("as_of", as_of), ("sort", sort)];
    let kept = kept.into_iter().filter(|(_, value)| !value.is_empty());
    let kept = kept.map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    let is_shown = |column: &Column| list.columns.contains(column);
    let shown: Vec<AnyView> = list.columns.iter().enumerate().map(shown_line).collect();
    let others = Column::all().filter(|column| *column != Column::Name && !is_shown(column));
    let others: Vec<AnyView> = others.map(|column| tick(column, false)).collect();
    view! {
        <details class="chooser">
            <summary>"Columns"</summary>
            <form class="chooser-form" action="/assets" method="get">
                {kept.collect_view()}
                <p class="toolbar">
                    <button class="button button-main" name="choose" value="these">
                        "Show what is ticked"
                    </button>
                    <button class="button" name="choose" value="usual">"The usual columns"</button>
                </p>
                <fieldset>
                    <legend>"Shown, from left to right, after the name"</legend>
                    <ol class="chooser-shown">{shown}</ol>
                </fieldset>
                <fieldset>
                    <legend>"The others"</legend>
                    <ul class="chooser-others">{others}</ul>
                </fieldset>
            </form>
        </details>
    }
}

fn shown_line((at, column): (usize, &Column)) -> AnyView {
    let move_label = format!("Move {} to the left", label(*column));
    let left = (at > 0).then(|| {
        view! {
            <button
                class="button button-quiet"
                name="left"
                value=column.name()
                aria-label=move_label.clone()
                title=move_label
            >
                "←"
            </button>
        }
    });
    view! {
        <li>
            {tick_label(*column, true)}
            {left}
        </li>
    }
    .into_any()
}

fn tick(column: Column, is_ticked: bool) -> AnyView {
    view! { <li>{tick_label(column, is_ticked)}</li> }.into_any()
}

fn tick_label(column: Column, is_ticked: bool) -> impl IntoView {
    let title = match column {
        Column::Attr(attr) => Some(attr.def().description),
        _ => None,
    };
    view! {
        <label title=title>
            <input type="checkbox" name="column" value=column.name() checked=is_ticked/>
            {label(column)}
        </label>
    }
}
