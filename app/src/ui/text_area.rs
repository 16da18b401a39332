//! A field of several lines.

use super::field::{beneath, described_by};
use leptos::prelude::*;

/// A text of several lines, such as a list with one item a line.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] value: String,
    #[prop(into, optional)] placeholder: String,
    #[prop(into, optional)] hint: String,
    #[prop(optional_no_strip)] error: Option<String>,
) -> impl IntoView {
    let described = described_by(&name, &hint, error.as_ref());
    view! {
        <div class="field">
            <label for=name.clone()>{label}</label>
            <textarea
                id=name.clone()
                name=name.clone()
                class="lines"
                rows="3"
                placeholder=(!placeholder.is_empty()).then_some(placeholder)
                autocomplete="off"
                spellcheck="false"
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            >
                {value}
            </textarea>
            {beneath(&name, hint, error)}
        </div>
    }
}
