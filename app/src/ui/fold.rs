//! What is folded away until somebody wants it.

use leptos::prelude::*;

/// A line that opens what stands under it.
#[component]
pub fn Fold(
    #[prop(into)] summary: String,
    #[prop(default = false)] open: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="fold" open=open>
            <summary>{summary}</summary>
            <div class="fold-body">{children()}</div>
        </details>
    }
}
