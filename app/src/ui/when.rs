//! A moment, to the minute.

use cadastre_model::Timestamp;
use leptos::prelude::*;

/// A moment as people read it, in UTC; its exact form is in the element.
#[component]
pub fn When(at: Timestamp) -> impl IntoView {
    let exact = at.to_string();
    let minute = exact.get(..16).map_or(exact.clone(), |text| text.replace('T', " "));
    view! { <time datetime=exact.clone() title=exact>{format!("{minute} UTC")}</time> }
}
