//! The first account, by the link that the first start prints.

use super::login::begun;
use crate::ui::{Field, Trouble};
use crate::web::{Answer, Document, Form, page};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cadastre_service::{ErrorKind, Service, ServiceError, SetUpLink};
use leptos::prelude::*;
use secrecy::SecretString;

/// `GET /setup/{token}`
pub async fn show(
    State(service): State<Service>,
    Extension(link): Extension<SetUpLink>,
    Path(token): Path<String>,
) -> Answer {
    link.check(&service, &token).await?;
    Ok(form_page("", None))
}

/// `POST /setup/{token}`
pub async fn submit(
    State(service): State<Service>,
    Extension(link): Extension<SetUpLink>,
    Path(token): Path<String>,
    form: Form,
) -> Answer {
    link.check(&service, &token).await?;
    let name = form.text("name");
    if form.raw("password") != form.raw("again") {
        let error = ServiceError::new(ErrorKind::Invalid, "the two passwords are not the same");
        return Ok(wrong(name, error));
    }
    match service.set_up(name, SecretString::from(form.raw("password"))).await {
        Ok(session) => Ok(begun(session, None)),
        Err(error) if error.kind == ErrorKind::Invalid => Ok(wrong(name, error)),
        Err(error) => Err(error.into()),
    }
}

fn wrong(name: &str, error: ServiceError) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, form_page(name, Some(error))).into_response()
}

fn form_page(name: &str, error: Option<ServiceError>) -> Response {
    let name = name.to_owned();
    let body = view! {
        <section class="auth">
            <h1>"Set up Cadastre"</h1>
            <p class="page-note">
                "This makes the first account, an admin. It adds sources; further accounts are \
                 made at the command line: "<code>"cadastre user add"</code>"."
            </p>
            {error.map(|error| {
                view! { <Trouble error=error/> }
            })}
            <form method="post">
                <Field
                    name="name"
                    label="Name"
                    autocomplete="username"
                    value=name
                    hint="Lower-case letters, digits, dot, hyphen, underscore."
                    autofocus=true
                />
                <Field
                    name="password"
                    label="Password"
                    kind="password"
                    autocomplete="new-password"
                    hint="12 characters or more."
                />
                <Field
                    name="again"
                    label="Password again"
                    kind="password"
                    autocomplete="new-password"
                />
                <div class="form-actions">
                    <button class="button button-main">"Make the account"</button>
                </div>
            </form>
        </section>
    };
    page(Document::bare("Set up"), body)
}
