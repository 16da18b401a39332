//! Saying what a port leads to, where no device announces it or one is wrong.

use super::edit::Refused;
use super::place::Place;
use super::view::Shown;
use crate::ui::{Field, Fold, natural};
use cadastre_model::registry::Family;
use cadastre_model::{AssetId, Kind};
use cadastre_service::store::Neighbour;
use leptos::prelude::*;

/// Ports that are offered; who knows another may name it all the same.
const OFFERED: usize = 600;

/// The form, for who may edit what has cables.
pub fn form(shown: &Shown, refused: Option<&Refused>) -> Option<AnyView> {
    let asset = &shown.asset;
    let kind = asset.doc.kind;
    let is_cabled = kind.family() == Family::NetworkDevice || kind == Kind::Server;
    let has_cables = is_cabled || !asset.neighbours.is_empty();
    if !shown.may_edit() || !has_cables {
        return None;
    }
    let refused = refused.filter(|refused| refused.place == Place::Neighbours);
    let typed = |name: &str| refused.map_or(String::new(), |one| one.form.raw(name).to_owned());
    let interfaces = asset.doc.interfaces.iter();
    let mut ports: Vec<String> = interfaces.map(|one| one.called().to_owned()).collect();
    ports.sort_by_cached_key(|port| natural(port));
    let choices = ports.into_iter().take(OFFERED).map(|port| (port, String::new())).collect();
    let form = view! {
        <form method="post" action=Place::Neighbours.action(asset.id)>
            <input type="hidden" name="place" value=Place::Neighbours.word()/>
            <p class="page-note">
                "It stands at both ends, over whatever devices announce there, until somebody releases it."
            </p>
            <div class="fields">
                <Field
                    name="port"
                    id="cable-port"
                    label="Port"
                    value=typed("port")
                    choices=choices
                    autofocus=refused.is_some()
                    error=refused.map(|refused| refused.error.message.clone())
                />
                <Field
                    name="far"
                    id="cable-far"
                    label="Leads to"
                    hint="An asset by its number, or by a text that finds it alone."
                    required=false
                    value=typed("far")
                />
                <Field
                    name="far_port"
                    id="cable-far-port"
                    label="Its port"
                    hint="Empty: nobody knows which."
                    required=false
                    value=typed("far_port")
                />
            </div>
            <div class="form-actions">
                <button class="button button-main" name="do" value="port-set">"Set and hold"</button>
                <button class="button" name="do" value="port-nothing">"It leads to nothing"</button>
            </div>
        </form>
    };
    let open = refused.is_some();
    Some(view! { <Fold summary="Say what a port leads to" open=open>{form}</Fold> }.into_any())
}

/// The button that gives the word back to the devices, where a person holds the port.
pub fn release(one: &Neighbour, asset: AssetId) -> Option<AnyView> {
    // What was said at the other end, of this asset without a port, is released there.
    let held = one.held.is_some() && !one.port.is_empty();
    held.then(|| {
        let label = format!("Release port {}: devices decide again", one.port);
        view! {
            <form method="post" action=Place::Neighbours.action(asset)>
                <input type="hidden" name="place" value=Place::Neighbours.word()/>
                <input type="hidden" name="port" value=one.port.clone()/>
                <button class="button" name="do" value="port-release" aria-label=label>"Release"</button>
            </form>
        }
        .into_any()
    })
}
