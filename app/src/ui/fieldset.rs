//! Fields that answer one question together.

use super::field::{beneath, described_by};
use leptos::prelude::*;

/// A frame with a name around fields; what is wrong with them together stands in it.
#[component]
pub fn Fieldset(
    /// Its id, and that of the links that lead to it.
    #[prop(into)]
    name: String,
    #[prop(into)] legend: String,
    #[prop(into, optional)] hint: String,
    #[prop(optional_no_strip)] error: Option<String>,
    children: Children,
) -> impl IntoView {
    let described = described_by(&name, &hint, error.as_ref());
    let is_bad = error.is_some();
    view! {
        <fieldset
            class="fieldset"
            class:fieldset-bad=is_bad
            id=name.clone()
            aria-describedby=described
        >
            <legend>{legend}</legend>
            {beneath(&name, hint, error)}
            <div class="fields">{children()}</div>
        </fieldset>
    }
}
