//! A moment, to the minute, in the organisation's zone.

use cadastre_model::Timestamp;
use cadastre_service::zone::Zone;
use leptos::prelude::*;

/// A moment as people there read it; its exact form is in the element.
#[component]
pub fn When(at: Timestamp) -> impl IntoView {
    let exact = at.to_string();
    // Asked for when it is rendered: the zone is the page's.
    let shown = move || use_context::<Zone>().unwrap_or(Zone::UTC).minute(at);
    view! { <time datetime=exact.clone() title=exact>{shown}</time> }
}
