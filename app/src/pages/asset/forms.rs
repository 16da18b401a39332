//! The forms of the page: owner, site, any attribute. What a person sets is held until it is released.

use super::edit::Refused;
use super::place::Place;
use super::view::Shown;
use crate::ui::{Field, Fold};
use cadastre_model::{AssetId, Attr};
use cadastre_service::store::{AssetPage, Party, Site};
use leptos::prelude::*;

/// All of them, for who may edit.
pub fn forms(shown: &Shown, refused: Option<&Refused>) -> impl IntoView + use<> {
    shown.choices.as_ref().map(|choices| {
        let asset = &shown.asset;
        let parties = choices.parties.iter().map(party).collect();
        let sites = choices.sites.iter().map(site).collect();
        view! {
            <section aria-labelledby="edit-title">
                <h2 id="edit-title">"Edit"</h2>
                {meaning()}
                <div class="cards">
                    {named(asset, Attr::Owner, parties, refused)}
                    {named(asset, Attr::Site, sites, refused)}
                    {any_attribute(asset.id, refused)}
                </div>
            </section>
        }
    })
}

fn meaning() -> impl IntoView {
    view! {
        <p class="page-note" id="held">
            "What a person sets is " <strong>"held"</strong>
            ": it stands whatever sources say, through every run, with who set it and when, until \
             somebody releases it. Then sources decide again. What they say meanwhile stands \
             under \u{201c}why\u{201d}."
        </p>
    }
}

fn party(party: &Party) -> (String, String) {
    let sort = if party.is_team { "team" } else { "person" };
    (party.handle.clone(), format!("{} ({sort})", party.name))
}

fn site(site: &Site) -> (String, String) {
    let means = match &site.parent {
        Some(parent) => format!("{}, in {parent}", site.name),
        None => site.name.clone(),
    };
    (site.slug.clone(), means)
}

/// The form for an attribute that names a party or a site.
fn named(
    asset: &AssetPage,
    attr: Attr,
    choices: Vec<(String, String)>,
    refused: Option<&Refused>,
) -> impl IntoView + use<> {
    let (place, label, hint) = match attr {
        Attr::Site => (Place::Site, "Site", "By its short name, such as paris."),
        _ => (Place::Owner, "Owner", "A person or team by its short name, such as payments."),
    };
    let refused = refused.filter(|refused| refused.place == place);
    let stands = asset.doc.attributes.get(&attr).map(ToString::to_string).unwrap_or_default();
    let value = refused.map_or(stands, |refused| refused.form.raw("value").to_owned());
    let is_held = asset.lock(attr).is_some();
    let release = is_held.then(|| {
        let label = format!("Release {attr}: sources decide again");
        view! { <button class="button" name="do" value="release" aria-label=label>"Release"</button> }
    });
    view! {
        <form class="card" method="post" id=place.word() action=place.action(asset.id)>
            <input type="hidden" name="place" value=place.word()/>
            <input type="hidden" name="attribute" value=attr.name()/>
            <Field
                name="value"
                id=format!("{attr}-value")
                label=label
                required=false
                hint=format!("{hint} Empty: deliberately without one.")
                value=value
                choices=choices
                autofocus=refused.is_some()
                error=refused.map(|refused| refused.error.message.clone())
            />
            {effective_from(attr.name(), refused)}
            <div class="form-actions">
                <button class="button button-main" name="do" value="set">"Set and hold"</button>
                {release}
            </div>
        </form>
    }
}

fn any_attribute(id: AssetId, refused: Option<&Refused>) -> impl IntoView + use<> {
    let refused = refused.filter(|refused| refused.place == Place::Edit);
    let typed = |name: &str| refused.map_or(String::new(), |one| one.form.raw(name).to_owned());
    let chosen = typed("attribute");
    let (people, others): (Vec<Attr>, Vec<Attr>) = Attr::ALL
        .iter()
        .copied()
        .filter(|attr| attr.is_versioned() && !matches!(attr, Attr::Owner | Attr::Site))
        .partition(|attr| attr.def().by_people);
    let options = |attrs: Vec<Attr>| {
        let option = |attr: Attr| {
            let selected = attr.name() == chosen;
            view! { <option value=attr.name() selected=selected>{attr.name()}</option> }
        };
        attrs.into_iter().map(option).collect_view()
    };
    view! {
        <form class="card" method="post" id=Place::Edit.word() action=Place::Edit.action(id)>
            <input type="hidden" name="place" value=Place::Edit.word()/>
            <div class="field">
                <label for="attribute">"Another attribute"</label>
                <select id="attribute" name="attribute" required>
                    <option value="">"choose one"</option>
                    <optgroup label="Set by people">{options(people)}</optgroup>
                    <optgroup label="Others">{options(others)}</optgroup>
                </select>
            </div>
            <Field
                name="value"
                id="attribute-value"
                label="Value"
                required=false
                hint="Empty: deliberately without one."
                value=typed("value")
                autofocus=refused.is_some()
                error=refused.map(|refused| refused.error.message.clone())
            />
            {effective_from("attribute", refused)}
            <div class="form-actions">
                <button class="button button-main" name="do" value="set">"Set and hold"</button>
            </div>
        </form>
    }
}

/// The day from which a value holds, folded away: mostly it is today.
pub fn effective_from(of: &str, refused: Option<&Refused>) -> impl IntoView + use<> {
    let typed = refused.map(|refused| refused.form.raw("effective_from").to_owned());
    let typed = typed.unwrap_or_default();
    let (open, id) = (!typed.is_empty(), format!("{of}-from"));
    view! {
        <Fold summary="From another day" open=open>
            <Field
                name="effective_from"
                id=id
                label="Effective from"
                kind="date"
                required=false
                hint="Empty: from now on."
                value=typed
            />
        </Fold>
    }
}
