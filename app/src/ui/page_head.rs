//! The first line of a page.

use leptos::prelude::*;

/// What the page is, and what can be done with all of it (`children`).
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <h1>{title}</h1>
            {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
        </div>
    }
}
