//! A field that is on or off.

use super::field::{beneath, described_by};
use leptos::prelude::*;

/// A tick. What is dangerous is red, so that nobody ticks it by the way.
#[component]
pub fn CheckBox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(default = false)] checked: bool,
    #[prop(default = false)] is_dangerous: bool,
    #[prop(into, optional)] hint: String,
    #[prop(optional_no_strip)] error: Option<String>,
) -> impl IntoView {
    let described = described_by(&name, &hint, error.as_ref());
    view! {
        <div class="field" class:field-danger=is_dangerous>
            <label>
                <input
                    type="checkbox"
                    id=name.clone()
                    name=name.clone()
                    value="on"
                    checked=checked
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described
                />
                {label}
            </label>
            {beneath(&name, hint, error)}
        </div>
    }
}
