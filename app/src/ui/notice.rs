//! Something went wrong: what, and what to do next.

use leptos::prelude::*;

/// A block that says it. Several lines stay several lines.
#[component]
pub fn Notice(
    #[prop(optional_no_strip)] hint: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="notice notice-bad" role="alert">
            <p>{children()}</p>
            {hint.map(|hint| view! { <p class="notice-hint">{hint}</p> })}
        </div>
    }
}
