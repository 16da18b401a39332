//! The bar over a list that says what is shown of it.

use leptos::prelude::*;

/// A form that asks by its address: the inputs (`children`), what else stays as it is (`kept`).
#[component]
pub fn FilterBar(
    label: &'static str,
    action: &'static str,
    kept: Vec<(&'static str, String)>,
    children: Children,
) -> impl IntoView {
    let kept = kept.into_iter().filter(|(_, value)| !value.is_empty());
    let kept = kept.map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form class="filter" action=action method="get" role="search" aria-label=label>
            {children()}
            {kept.collect_view()}
            <button class="button button-main">"Find"</button>
        </form>
    }
}

/// One part of what is asked.
pub struct Chip {
    /// In words.
    pub word: String,
    /// Where it is no longer asked.
    pub without: String,
}

/// The parts of what is asked, each to be taken away.
#[component]
pub fn FilterChips(chips: Vec<Chip>) -> impl IntoView {
    (!chips.is_empty()).then(|| {
        let chips = chips.into_iter().map(|Chip { word, without }| {
            let label = format!("Without {word}");
            view! {
                <li>
                    <a href=without aria-label=label>{word}</a>
                </li>
            }
        });
        view! {
            <ul class="filter-chips" aria-label="What is asked">
                {chips.collect_view()}
            </ul>
        }
    })
}
