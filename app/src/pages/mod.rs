//! One module a page: what it loads, how it looks, what it accepts.

pub mod account;
pub mod asset;
pub mod assets;
pub mod audit;
pub mod conflicts;
pub mod login;
pub mod lookup;
pub mod overview;
pub mod runs;
pub mod set_up;
pub mod sources;
pub mod topology;

use cadastre_model::{AssetId, RunId, Timestamp};
use cadastre_service::{ErrorKind, Service, ServiceError};
use leptos::prelude::*;

/// The moment that a page's `as_of` names; empty: now.
fn moment(service: &Service, text: &str) -> Result<Option<Timestamp>, ServiceError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let moment = service.zone().as_of(text, service.now());
    moment
        .map(Some)
        .map_err(|error| ServiceError::new(ErrorKind::Invalid, format!("as of: {error}")))
}

/// Where an asset is shown.
fn asset_link(id: AssetId, as_of: &str) -> String {
    as_of_link(format!("/assets/{id}"), as_of)
}

/// Where the network around a device is drawn.
fn around_link(device: AssetId, as_of: &str) -> String {
    as_of_link(format!("/topology?around={device}"), as_of)
}

/// An address for the day or moment that the page it stands on shows.
fn as_of_link(address: String, as_of: &str) -> String {
    let joint = if address.contains('?') { '&' } else { '?' };
    match serde_urlencoded::to_string([("as_of", as_of)]) {
        Ok(query) if !as_of.is_empty() => format!("{address}{joint}{query}"),
        _ => address,
    }
}

/// That something came of a run, with the way to it.
fn in_run(run: RunId) -> impl IntoView + use<> {
    view! { ", " <a href=format!("/runs/{run}")>{format!("run {run}")}</a> }
}

/// Says that a page shows the past, and leads back.
fn past_band(as_of: Option<Timestamp>, present: &str) -> Option<impl IntoView + use<>> {
    let present = present.to_owned();
    as_of.map(|at| {
        view! {
            <p class="band" role="status">
                <span>"You are looking at the past: as of " <crate::ui::When at=at/></span>
                <a href=present>"Back to now"</a>
            </p>
        }
    })
}
