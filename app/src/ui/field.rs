//! One field of a form, with what it is for and what is wrong with it.

use super::marked;
use leptos::prelude::*;

/// A line of input.
///
/// `id` is the name unless given: a page may have two fields of one name. `choices` are offered while
/// typing, each with what it stands for; anything may be typed all the same.
#[component]
pub fn Field(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] id: String,
    #[prop(optional)] choices: Vec<(String, String)>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(into, optional)] value: String,
    #[prop(into, optional)] placeholder: String,
    #[prop(into, optional)] hint: String,
    #[prop(optional_no_strip)] error: Option<String>,
    #[prop(default = true)] required: bool,
    #[prop(default = false)] autofocus: bool,
) -> impl IntoView {
    let id = if id.is_empty() { name.clone() } else { id };
    let described = described_by(&id, &hint, error.as_ref());
    let list_id = (!choices.is_empty()).then(|| format!("{id}-choices"));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id.clone()
                name=name
                type=kind
                value=value
                placeholder=(!placeholder.is_empty()).then_some(placeholder)
                autocomplete=autocomplete
                spellcheck="false"
                required=required
                autofocus=autofocus
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
                list=list_id.clone()
            />
            {list_id.map(|list_id| choice_list(list_id, choices))}
            {beneath(&id, hint, error)}
        </div>
    }
}

/// The ids of what stands beneath a control, for whoever cannot see that it does.
pub(super) fn described_by(name: &str, hint: &str, error: Option<&String>) -> Option<String> {
    let hint = (!hint.is_empty()).then(|| format!("{name}-hint"));
    let error = error.map(|_| format!("{name}-error"));
    let ids: Vec<String> = hint.into_iter().chain(error).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// What a control is for, and what is wrong with what stands in it.
pub(super) fn beneath(name: &str, hint: String, error: Option<String>) -> impl IntoView + use<> {
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    view! {
        {(!hint.is_empty()).then(|| view! { <p class="field-hint" id=hint_id>{marked(&hint)}</p> })}
        {error.map(|error| view! { <p class="field-error" id=error_id>{marked(&error)}</p> })}
    }
}

fn choice_list(id: String, choices: Vec<(String, String)>) -> impl IntoView {
    let options =
        choices.into_iter().map(|(value, means)| view! { <option value=value>{means}</option> });
    view! { <datalist id=id>{options.collect_view()}</datalist> }
}
