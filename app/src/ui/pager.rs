//! Under a list: how many there are, and the way to more of them.

use leptos::prelude::*;

/// A way to another page of the list.
pub struct Turn {
    /// Where it is.
    pub link: String,
    /// What the button says.
    pub word: &'static str,
}

/// How many, other ways to have them (`children`), the beginning, and what comes next. Of
/// several on a page each has a label of its own.
#[component]
pub fn Pager(
    #[prop(default = "Pages")] label: &'static str,
    #[prop(optional_no_strip)] count: Option<String>,
    #[prop(optional_no_strip)] first: Option<Turn>,
    #[prop(optional_no_strip)] next: Option<Turn>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <nav class="pager" aria-label=label>
            {count.map(|count| view! { <span class="count">{count}</span> })}
            {children.map(|children| children())}
            {first.map(|Turn { link, word }| view! { <a class="button" href=link>{word}</a> })}
            {next
                .map(|Turn { link, word }| {
                    view! { <a class="button" href=link rel="next">{word}</a> }
                })}
        </nav>
    }
}
