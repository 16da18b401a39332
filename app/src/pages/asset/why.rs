//! An attribute with the reason for its value: who says so, when they last did, who says otherwise.

use super::place::Place;
use crate::ui::When;
use cadastre_model::registry::ValueType;
use cadastre_model::{AssetId, Attr, Timestamp, Value, Witness};
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
    let value = match (attr.def().value_type, value) {
        (ValueType::Moment, Some(Value::Int(at))) => view! { <When at=Timestamp(*at)/> }.into_any(),
        (value_type, Some(value)) => {
            view! { <span>{value_type.to_display(value)}</span> }.into_any()
        }
        (_, None) => view! { <span class="muted">"deliberately empty"</span> }.into_any(),
    };
    let lock = asset.lock(attr).map(|lock| held_by(&lock.actor, may_edit));
    let release = (may_edit && lock.is_some()).then(|| release(asset.id, attr));
    view! {
        <div>
            <dt title=attr.def().description>{attr.name()}</dt>
            <dd>
                {value}
                {lock}
                {release}
                {why(asset, attr)}
            </dd>
        </div>
    }
    .into_any()
}

fn why(asset: &AssetPage, attr: Attr) -> impl IntoView + use<> {
    let winner = asset.winner(attr).filter(|winner| *winner != Witness::Lock).map(|winner| {
        let time = asset.witness_time(attr, &winner);
        let name = asset.witness_name(&winner);
        view! { <li>{name}" says so"{time.map(|at| view! { ", last on " <When at=at/> })}</li> }
    });
    let lock = asset.lock(attr);
    let lock = lock.map(|lock| set_by(&lock.actor, lock.set_at, lock.effective_from));
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

/// Says that a person holds it; for who may edit, it leads to what that means.
pub fn held_by(actor: &str, may_edit: bool) -> AnyView {
    let (words, means) = (format!("held by {actor}"), HELD);
    match may_edit {
        true => view! { " " <a class="lock" href="#held" title=means>{words}</a> }.into_any(),
        false => view! { " " <span class="lock" title=means>{words}</span> }.into_any(),
    }
}

/// What it means, in one line; the forms say it at length.
const HELD: &str = "A person set it: it stands whatever sources say, until it is released";

/// Who set it, when, and from when on it holds.
pub fn set_by(actor: &str, set_at: Timestamp, effective_from: Timestamp) -> impl IntoView + use<> {
    let actor = actor.to_owned();
    view! {
        <li>
            "set by "{actor}" on " <When at=set_at/> ", holds from " <When at=effective_from/>
        </li>
    }
}

fn release(id: AssetId, attr: Attr) -> impl IntoView {
    let label = format!("Release {attr}: sources decide again");
    view! {
        " "
        <form class="toolbar" method="post" action=Place::Attributes.action(id)>
            <input type="hidden" name="place" value=Place::Attributes.word()/>
            <input type="hidden" name="attribute" value=attr.name()/>
            <button class="button button-quiet" name="do" value="release" aria-label=label>
                "Release"
            </button>
        </form>
    }
}
