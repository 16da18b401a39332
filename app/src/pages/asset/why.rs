//! An attribute with the reason for its value: who says so, when they last did, who says otherwise.

use crate::ui::When;
use cadastre_model::{AssetId, Attr, Value};
use cadastre_service::store::AssetPage;
use leptos::prelude::*;

/// All attributes, in the order people read them; also those a person holds empty.
pub fn attributes(asset: &AssetPage, may_edit: bool) -> impl IntoView + use<> {
    let facts = Attr::ALL.iter().filter_map(|attr| {
        let value = match attr {
            Attr::Name => Some(Value::text(&asset.doc.name)),
            _ => asset.doc.attributes.get(attr).cloned(),
        };
        let is_held = asset.lock(*attr).is_some();
        (value.is_some() || is_held).then(|| fact(asset, *attr, value.as_ref(), may_edit))
    });
    view! { <dl class="facts">{facts.collect_view()}</dl> }
}

fn fact(asset: &AssetPage, attr: Attr, value: Option<&Value>, may_edit: bool) -> AnyView {
    let text = value.map(|value| attr.def().value_type.to_display(value));
    let lock = asset.lock(attr).map(|lock| {
        let actor = lock.actor.clone();
        view! { " " <span class="lock">"held by "{actor}</span> }
    });
    let release = (may_edit && lock.is_some()).then(|| release(asset.id, attr));
    view! {
        <div>
            <dt title=attr.def().description>{attr.name()}</dt>
            <dd>
                {match text {
                    Some(text) => view! { <span>{text}</span> }.into_any(),
                    None => view! { <span class="muted">"deliberately empty"</span> }.into_any(),
                }}
                {lock}
                {why(asset, attr)}
                {release}
            </dd>
        </div>
    }
    .into_any()
}

fn why(asset: &AssetPage, attr: Attr) -> impl IntoView + use<> {
    let winner = asset.winner(attr).map(|winner| {
        let time = asset.witness_time(attr, &winner);
        let name = asset.witness_name(&winner);
        view! { <li>{name}" says so"{time.map(|at| view! { ", last on " <When at=at/> })}</li> }
    });
    let lock = asset.lock(attr).map(|lock| {
        view! {
            <li>
                "set by "{lock.actor.clone()}" on " <When at=lock.set_at/> ", holds from "
                <When at=lock.effective_from/>
            </li>
        }
    });
    let losers = asset.losers(attr).iter().map(|loser| {
        let value = attr.def().value_type.to_display(&loser.value);
        let time = asset.witness_time(attr, &loser.witness);
        let name = asset.witness_name(&loser.witness);
        view! {
            <li>
                {name}" says " <span class="before">{value}</span>
                {time.map(|at| view! { ", last on " <When at=at/> })}
            </li>
        }
    });
    view! {
        " "
        <details class="why">
            <summary>"why "<span class="visually-hidden">{attr.name()}</span></summary>
            <ul class="why-list">{winner}{lock}{losers.collect_view()}</ul>
        </details>
    }
}

fn release(id: AssetId, attr: Attr) -> impl IntoView {
    let label = format!("Release {attr}: sources decide again");
    view! {
        " "
        <form class="toolbar" method="post" action=format!("/assets/{id}/edit")>
            <input type="hidden" name="attribute" value=attr.name()/>
            <button class="button button-quiet" name="do" value="release" aria-label=label>
                "Release"
            </button>
        </form>
    }
}
