//! The tags: each with the reason for it, and what a person may do about it.

use super::edit::Refused;
use super::forms::effective_from;
use super::place::Place;
use super::view::Shown;
use super::why::{held_by, set_by};
use crate::pages::assets::Address;
use crate::ui::{Field, Fold, When};
use cadastre_model::{Tag, Witness};
use cadastre_service::store::AssetPage;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// A tag of the asset by its key, or one that a person holds away.
struct Line<'a> {
    key: &'a str,
    /// Mostly one; a source may say several.
    values: Vec<&'a str>,
}

/// All tags; for who may edit, also if there is none.
pub fn tags(shown: &Shown, refused: Option<&Refused>) -> impl IntoView + use<> {
    let asset = &shown.asset;
    let may_edit = shown.may_edit();
    let refused = refused.filter(|refused| refused.place == Place::Tags);
    let lines = lines(asset);
    (may_edit || !lines.is_empty()).then(|| {
        let is_of_line =
            |refused: &&Refused| lines.iter().any(|line| line.key == refused.form.raw("key"));
        let of_new = refused.filter(|refused| !is_of_line(refused));
        let facts = lines.iter().enumerate().map(|(number, line)| {
            let refused = refused.filter(|refused| refused.form.raw("key") == line.key);
            fact(shown, number, line, refused)
        });
        let facts: Vec<AnyView> = facts.collect();
        view! {
            <section aria-labelledby="tags">
                <h2 id="tags">"Tags"</h2>
                {(!facts.is_empty()).then(|| view! { <dl class="facts">{facts}</dl> })}
                {may_edit.then(|| new_tag(asset, of_new))}
            </section>
        }
    })
}

fn lines(asset: &AssetPage) -> Vec<Line<'_>> {
    let mut by_key: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for tag in &asset.doc.tags {
        by_key.entry(&tag.key).or_default().push(&tag.value);
    }
    for key in asset.tags_held_away() {
        by_key.entry(key).or_default();
    }
    by_key.into_iter().map(|(key, values)| Line { key, values }).collect()
}

fn fact(shown: &Shown, number: usize, line: &Line<'_>, refused: Option<&Refused>) -> AnyView {
    let (asset, may_edit) = (&shown.asset, shown.may_edit());
    let chip = |value: &&str| chip(&Tag::new(line.key, *value), &shown.as_of_text);
    let lock = asset.tag_lock(line.key).map(|lock| held_by(&lock.actor, may_edit));
    let values = line.values.iter().map(chip);
    view! {
        <div>
            <dt class="id">{line.key.to_owned()}</dt>
            <dd>
                {values.collect_view()}
                {line
                    .values
                    .is_empty()
                    .then(|| view! { <span class="muted">"deliberately without it"</span> })}
                {lock}
                {why(asset, line)}
                {may_edit.then(|| change(asset, number, line, refused))}
            </dd>
        </div>
    }
    .into_any()
}

/// The value; it leads to all that have the same, on the day that is shown.
fn chip(tag: &Tag, as_of: &str) -> impl IntoView + use<> {
    let q = format!("tag:{}", quoted_pair(tag));
    let list = Address { q, as_of: as_of.to_owned(), ..Address::default() };
    let value = match tag.value.is_empty() {
        true => view! { <span class="muted">"without a value"</span> }.into_any(),
        false => view! { {tag.value.clone()} }.into_any(),
    };
    view! { <a class="tag" href=list.link()>{value}</a> " " }
}

/// A tag as a query asks for it.
fn quoted_pair(tag: &Tag) -> String {
    let quoted = |text: &str| {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('*', "\\*");
        format!("\"{escaped}\"")
    };
    format!("{}={}", quoted(&tag.key), quoted(&tag.value))
}

fn why(asset: &AssetPage, line: &Line<'_>) -> impl IntoView + use<> {
    let lock = asset.tag_lock(line.key);
    let held = lock.map(|lock| set_by(&lock.actor, lock.set_at, lock.effective_from));
    let says = if lock.is_some() { " says so too, last on " } else { " says so, last on " };
    let stated = line.values.iter().flat_map(|value| {
        let tag = Tag::new(line.key, *value);
        let stated: Vec<_> = asset
            .tag_stated_by(&tag)
            .into_iter()
            .map(|(source, at)| {
                let value = (line.values.len() > 1).then(|| format!(" ({})", tag.value));
                view! { <li>{source.to_owned()}{says}<When at=at/>{value}</li> }
            })
            .collect();
        stated
    });
    let losers = asset.tag_losers(line.key).iter().map(|loser| {
        let time = asset.tag_time(line.key, &loser.witness);
        let name = asset.witness_name(&loser.witness);
        view! {
            <li>
                {name}" says " <span class="id">{loser.tag.key.clone()}"="</span>
                <span class="before">{loser.tag.value.clone()}</span>
                {time.map(|at| view! { ", last on " <When at=at/> })}
            </li>
        }
    });
    view! {
        " "
        <details class="why">
            <summary>"why "<span class="visually-hidden">{line.key.to_owned()}</span></summary>
            <ul class="why-list">
                {held}{stated.collect_view()}{losers.collect_view()}
            </ul>
        </details>
    }
}

/// What may be done about a tag: another value, without it, as the sources say.
fn change(
    asset: &AssetPage,
    number: usize,
    line: &Line<'_>,
    refused: Option<&Refused>,
) -> impl IntoView + use<> {
    let key = line.key;
    let is_held = asset.tag_winner(key) == Some(Witness::Lock);
    let is_stated = line.values.iter().any(|value| {
        let tag = Tag::new(key, *value);
        !asset.tag_stated_by(&tag).is_empty()
    });
    // What only a person says goes when it is released.
    let is_peoples = is_held && !is_stated && asset.tag_losers(key).is_empty();
    let remove = (!line.values.is_empty() && !is_peoples).then(|| {
        let label = format!("Remove tag {key}: hold it away, whatever sources say");
        view! { <button class="button" name="do" value="tag-remove" aria-label=label>"Remove"</button> }
    });
    let release = is_held.then(|| {
        let (word, label) = match is_peoples {
            true => ("Remove", format!("Remove tag {key}: no source states it")),
            false => ("Release", format!("Release tag {key}: sources decide again")),
        };
        view! { <button class="button" name="do" value="tag-release" aria-label=label>{word}</button> }
    });
    let stands = line.values.first().copied().unwrap_or_default().to_owned();
    let value = refused.map_or(stands, |refused| refused.form.raw("value").to_owned());
    let of = format!("tag-{number}");
    view! {
        <details class="change" open=refused.is_some()>
            <summary>"change "<span class="visually-hidden">{key.to_owned()}</span></summary>
            <form class="change-form" method="post" action=Place::Tags.action(asset.id)>
                <input type="hidden" name="place" value=Place::Tags.word()/>
                <input type="hidden" name="key" value=key.to_owned()/>
                <Field
                    name="value"
                    id=format!("{of}-value")
                    label="Value"
                    required=false
                    value=value
                    autofocus=refused.is_some()
                    error=refused.map(|refused| refused.error.message.clone())
                />
                {effective_from(&of, refused)}
                <div class="form-actions">
                    <button class="button button-main" name="do" value="tag-set">
                        "Set and hold"
                    </button>
                    {remove}
                    {release}
                </div>
            </form>
        </details>
    }
}

fn new_tag(asset: &AssetPage, refused: Option<&Refused>) -> impl IntoView + use<> {
    let typed = |name: &str| refused.map_or(String::new(), |one| one.form.raw(name).to_owned());
    let form = view! {
        <form method="post" action=Place::Tags.action(asset.id)>
            <input type="hidden" name="place" value=Place::Tags.word()/>
            <div class="fields">
                <Field
                    name="key"
                    id="tag-new-key"
                    label="Key"
                    hint="One that the policy takes for the same as a tag that is there stands in \
                          its place."
                    value=typed("key")
                    autofocus=refused.is_some()
                    error=refused.map(|refused| refused.error.message.clone())
                />
                <Field
                    name="value"
                    id="tag-new-value"
                    label="Value"
                    hint="May be empty."
                    required=false
                    value=typed("value")
                />
            </div>
            {effective_from("tag-new", refused)}
            <div class="form-actions">
                <button class="button button-main" name="do" value="tag-set">"Add and hold"</button>
            </div>
        </form>
    };
    view! { <Fold summary="Add a tag" open=refused.is_some()>{form}</Fold> }
}
