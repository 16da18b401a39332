//! Something went wrong: what, and what to do next.

use super::marked;
use leptos::prelude::*;

/// A block that says it.
#[component]
pub fn Notice(
    #[prop(optional_no_strip)] hint: Option<String>,
    /// Lines that stand as they are, below one another.
    #[prop(optional_no_strip)]
    lines: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="notice notice-bad" role="alert">
            <p>{children()}</p>
            {lines.map(|lines| view! { <pre class="notice-lines" tabindex="0">{lines}</pre> })}
            {hint.map(|hint| view! { <p class="notice-hint">{marked(&hint)}</p> })}
        </div>
    }
}
