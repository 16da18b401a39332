//! What became of one thing: each value that changed, with what it was and what it is.

use super::Difference;
use cadastre_model::Change;
use leptos::prelude::*;

/// The changes, one a line.
#[component]
pub fn ChangeList(changes: Vec<Change>) -> impl IntoView {
    let lines = changes.into_iter().map(|Change { subject, before, after }| {
        view! {
            <li>
                <strong>{subject}</strong> " "
                <Difference before=before after=after/>
            </li>
        }
    });
    view! { <ul class="changes">{lines.collect_view()}</ul> }
}
