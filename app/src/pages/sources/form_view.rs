//! How the form of a source looks, empty, filled, or with what is wrong.

use super::form::{Shown, secret_name, setting_name};
use crate::ui::{CheckBox, Field, Fieldset, TextArea, marked};
use crate::web::{Document, Viewer, page};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cadastre_service::{FieldGroup, FieldSort, SettingField};
use leptos::prelude::*;

/// The page; with a status that says so if something is wrong.
pub fn answer(viewer: &Viewer, shown: &Shown) -> Response {
    let status =
        if shown.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = match shown.is_new {
        true => format!("Add a source: {}", shown.kind.kind.label()),
        false => format!("Edit {}", shown.form.name),
    };
    let body = view! {
        <div class="page-head"><h1>{title.clone()}</h1></div>
        {recording_note(shown)}
        {wrong(shown)}
        {form(shown)}
    };
    (status, page(Document::of(title, viewer, "/sources"), body)).into_response()
}

/// Why a recording's form has less in it.
fn recording_note(shown: &Shown) -> Option<impl IntoView + use<>> {
    let path = shown.recording.as_ref()?.display().to_string();
    Some(view! {
        <div class="notice notice-info">
            <p>
                "This source replays a recording, " <code>{path}</code>
                ": nobody is connected to, and no secret is used. "
                "The settings still say what is read from it."
            </p>
            <p>
                "The recording is a file on the server. Another one is named in the source's file: "
                <code>"cadastre source add FILE.toml"</code> "."
            </p>
        </div>
    })
}

/// All that is wrong, each with the way to its field.
fn wrong(shown: &Shown) -> Option<impl IntoView + use<>> {
    if shown.faults.is_empty() {
        return None;
    }
    let lines = shown.faults.iter().map(|fault| {
        let all = shown.kind.fields.iter().flat_map(|field| field.whole(tables(shown, field)));
        let (id, label) = match all.into_iter().find(|(key, _)| *key == fault.key) {
            Some((key, field)) => (setting_name(&key), field.label.to_owned()),
            None => (fault.key.clone(), capital(&fault.key)),
        };
        view! { <li><a href=format!("#{id}")>{label}</a> " " {marked(&fault.what)}</li> }
    });
    let again = shown.has_typed().then(|| {
        view! { <p><strong>"Secrets that you typed are not shown again: type them once more."</strong></p> }
    });
    Some(view! {
        <div class="notice notice-bad" role="alert">
            <p>"Nothing was saved yet."</p>
            <ul>{lines.collect_view()}</ul>
            {again}
        </div>
    })
}

fn form(shown: &Shown) -> impl IntoView + use<> {
    let of = |group: FieldGroup| {
        let fields = shown.kind.fields.iter().filter(move |field| field.group == group);
        fields.filter(|field| !(field.is_secret && shown.recording.is_some()))
    };
    let own = of(FieldGroup::Kind).map(|field| control(shown, field.key, field)).collect_view();
    let common =
        of(FieldGroup::Common).map(|field| control(shown, field.key, field)).collect_view();
    let is_open = of(FieldGroup::Common).any(|field| {
        let text = shown.form.settings.get(field.key);
        text.is_some_and(|text| !text.is_empty()) || shown.fault(field.key).is_some()
    });
    let (action, back, word) = match shown.is_new {
        true => ("/sources/new".to_owned(), "/sources".to_owned(), "Add the source"),
        false => {
            let address = format!("/sources/{}", shown.form.name);
            (format!("{address}/edit"), address, "Save")
        }
    };
    let since = shown.form.since.map(|rev| {
        view! { <input type="hidden" name="since" value=rev.0.to_string()/> }
    });
    view! {
        <form class="form" id="source" method="post" action=action autocomplete="off">
            <input type="hidden" name="kind" value=shown.kind.kind.word()/>
            {since}
            <div class="fields">{heading(shown)}</div>
            <h2>{shown.kind.kind.label()}</h2>
            <div class="fields">{own}</div>
            <details class="more" open=is_open>
                <summary>"More: filters, limits, proxy, certificates"</summary>
                <div class="fields">{common}</div>
            </details>
            <div class="form-actions">
                <button class="button button-main">{word}</button>
                <a class="button" href=back>"Cancel"</a>
            </div>
        </form>
    }
}

/// What every source has.
fn heading(shown: &Shown) -> impl IntoView + use<> {
    let name = shown.is_new.then(|| {
        view! {
            <Field
                name="name"
                label="Name"
                value=shown.form.name.clone()
                placeholder=format!("{}-prod", shown.form.kind)
                hint="Lower-case letters, digits, dot, hyphen, underscore. It stays as it is."
                error=shown.fault("name")
                autofocus=true
            />
        }
    });
    view! {
        {name}
        <Field
            name="schedule"
            label="Schedule"
            value=shown.form.schedule.clone()
            placeholder="0 3 * * *"
            hint="Cron in the organisation's zone: 0 3 * * * is each day at 03:00, */15 * * * * each \
                  quarter of an hour, 0 6 * * MON-FRI on working days at 06:00; or @hourly, @daily. \
                  Empty: only when asked to."
            error=shown.fault("schedule")
            required=false
        />
    }
}

/// The control of one setting.
fn control(shown: &Shown, key: &str, field: &SettingField) -> AnyView {
    if field.is_secret {
        return secret(shown, key, field);
    }
    let value = shown.form.settings.get(key).cloned().unwrap_or_default();
    let (name, error) = (setting_name(key), shown.fault(key));
    match field.sort {
        FieldSort::Tables(parts) => {
            let all = 0..tables(shown, field);
            all.map(|number| table(shown, field, parts, number)).collect_view().into_any()
        }
        FieldSort::Texts => view! {
            <TextArea
                name=name
                label=field.label
                value=value
                placeholder=field.placeholder
                hint=field.help
                error=error
            />
        }
        .into_any(),
        FieldSort::Switch => view! {
            <CheckBox
                name=name
                label=field.label
                checked=!value.is_empty()
                is_dangerous=field.is_dangerous
                hint=field.help
                error=error
            />
        }
        .into_any(),
        FieldSort::Text | FieldSort::Path | FieldSort::Whole | FieldSort::Duration => view! {
            <Field
                name=name
                label=field.label
                value=value
                placeholder=field.placeholder
                hint=help(shown, field)
                error=error
                required=false
            />
        }
        .into_any(),
    }
}

/// How many tables of a list are asked for: those there are, and one more.
fn tables(shown: &Shown, field: &SettingField) -> usize {
    shown.form.tables(field.key) + 1
}

/// One table of a list.
fn table(
    shown: &Shown,
    field: &SettingField,
    parts: &'static [SettingField],
    number: usize,
) -> AnyView {
    let key = format!("{}.{number}", field.key);
    let is_new = number + 1 == tables(shown, field);
    let hint = match is_new {
        true => format!("{} Left empty, there is none.", field.help),
        false => "Empty all of its fields to take it out.".to_owned(),
    };
    let controls = parts
        .iter()
        .filter(|part| !(part.is_secret && shown.recording.is_some()))
        .map(|part| control(shown, &format!("{key}.{}", part.key), part))
        .collect_view();
    view! {
        <Fieldset
            name=format!("table-{key}")
            legend=format!("{} {}", field.label, number + 1)
            hint=hint
            error=shown.fault(&key)
        >
            <input type="hidden" name=setting_name(&key) value="1"/>
            {controls}
        </Fieldset>
    }
    .into_any()
}

/// What a setting does; where a change asks for secrets again, that too.
fn help(shown: &Shown, field: &SettingField) -> String {
    if field.is_destination && !shown.kept.is_empty() {
        return format!("{} Another one asks for the sealed secrets again.", field.help);
    }
    field.help.to_owned()
}

/// Where a secret is, or the secret itself, which no page shows again.
fn secret(shown: &Shown, key: &str, field: &SettingField) -> AnyView {
    let given = shown.form.secrets.get(key).cloned().unwrap_or_default();
    let is_kept = shown.kept.contains(key);
    let hint = match is_kept {
        true => format!("{} One is kept sealed: leave all empty to keep it.", field.help),
        false => format!("{} Give it in one of these ways.", field.help),
    };
    let forget = is_kept.then(|| {
        view! {
            <CheckBox
                name=secret_name(key, "forget")
                label="Forget the sealed one"
                checked=given.forget
            />
        }
    });
    let [typed, env, file] = ["typed", "env", "file"].map(|way| secret_name(key, way));
    let (name, error) = (setting_name(key), shown.fault(key));
    view! {
        <Fieldset name=name legend=field.label hint=hint error=error>
            <Field
                name=typed
                label="Typed now, kept sealed"
                kind="password"
                autocomplete="new-password"
                required=false
            />
            <Field
                name=env
                label="In an environment variable"
                value=given.env
                placeholder="CADASTRE_SECRET_…"
                required=false
            />
            <Field
                name=file
                label="In a file below secrets_dir"
                value=given.file
                required=false
            />
            {forget}
        </Fieldset>
    }
    .into_any()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
