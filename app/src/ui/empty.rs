//! Nothing is there.

use leptos::prelude::*;

/// What is not there; why, and what to do first (`children`).
#[component]
pub fn Empty(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <section class="empty">
            <h2>{title}</h2>
            {children()}
        </section>
    }
}
