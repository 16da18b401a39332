//! Logging in and out.

use crate::ui::{Field, Notice};
use crate::web::{Answer, Document, Form, SessionToken, SignedIn, Viewer, page};
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cadastre_service::{ErrorKind, Service, ServiceError, Session};
use leptos::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use std::net::IpAddr;

/// Where a request came from, as far as the server trusts what it was told.
pub type From = Extension<Option<IpAddr>>;

/// `GET /login`
pub async fn show(viewer: Option<Viewer>) -> Response {
    match viewer {
        Some(_) => Redirect::to("/").into_response(),
        None => form_page("", None),
    }
}

/// `POST /login`
pub async fn submit(State(service): State<Service>, Extension(from): From, form: Form) -> Answer {
    let name = form.text("name");
    let password = SecretString::from(form.raw("password"));
    match service.log_in(name, password, from).await {
        Ok(session) => Ok(begun(session)),
        Err(error) if error.kind == ErrorKind::Forbidden => {
            Ok((StatusCode::FORBIDDEN, form_page(name, Some(error))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /logout`
pub async fn log_out(
    State(service): State<Service>,
    viewer: Viewer,
    SessionToken(token): SessionToken,
) -> Answer {
    service.log_out(&viewer.actor, token.expose_secret()).await?;
    Ok((Extension(SignedIn::NoMore), Redirect::to("/login")).into_response())
}

/// `POST /logout/everywhere`
pub async fn log_out_everywhere(State(service): State<Service>, viewer: Viewer) -> Answer {
    service.log_out_everywhere(&viewer.actor).await?;
    Ok((Extension(SignedIn::NoMore), Redirect::to("/login")).into_response())
}

/// The answer to a login that succeeded.
pub fn begun(session: Session) -> Response {
    let cookie = Extension(SignedIn::With(session.token, session.lasts));
    (cookie, Redirect::to("/")).into_response()
}

fn form_page(name: &str, error: Option<ServiceError>) -> Response {
    let name = name.to_owned();
    let body = view! {
        <section class="auth">
            <h1>"Log in to Cadastre"</h1>
            {error.map(|error| {
                view! { <Notice hint=error.hint>{error.message}</Notice> }
            })}
            <form method="post" action="/login">
                <Field name="name" label="Name" autocomplete="username" value=name autofocus=true/>
                <Field
                    name="password"
                    label="Password"
                    kind="password"
                    autocomplete="current-password"
                />
                <div class="form-actions">
                    <button class="button button-main">"Log in"</button>
                </div>
            </form>
        </section>
    };
    page(Document::bare("Log in"), body)
}
