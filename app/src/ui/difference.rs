//! What a value was and what it became.

use leptos::prelude::*;

/// Both, as far as there was one before and is one after.
#[component]
pub fn Difference(
    #[prop(optional_no_strip)] before: Option<String>,
    #[prop(optional_no_strip)] after: Option<String>,
) -> impl IntoView {
    let arrow = (before.is_some() && after.is_some()).then_some(" → ");
    view! {
        {before.map(|text| view! { <del class="before">{text}</del> })}
        {arrow}
        {after.map(|text| view! { <ins class="after">{text}</ins> })}
    }
}
