//! The views of one thing, side by side.

use leptos::prelude::*;

/// One view.
pub struct Tab {
    /// What it is.
    pub word: &'static str,
    /// Where it is.
    pub link: String,
    /// Whether it is the one shown.
    pub is_current: bool,
}

/// All of them.
#[component]
pub fn Tabs(label: &'static str, tabs: Vec<Tab>) -> impl IntoView {
    let tabs = tabs.into_iter().map(|Tab { word, link, is_current }| {
        view! { <a href=link aria-current=is_current.then_some("page")>{word}</a> }
    });
    view! {
        <nav class="tabs" aria-label=label>
            {tabs.collect_view()}
        </nav>
    }
}
