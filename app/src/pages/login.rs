//! Logging in and out.

use crate::ui::{Field, Trouble};
use crate::web::{Answer, Document, Form, ReturnTo, SessionToken, SignedIn, Viewer, page};
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Redirect, Response};
use cadastre_service::{ErrorKind, Service, ServiceError, Session};
use leptos::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::net::IpAddr;

/// Where a request came from, as far as the server trusts what it was told.
pub type From = Extension<Option<IpAddr>>;

/// The address of the page: where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub struct Address {
    #[serde(default)]
    next: String,
}

/// `GET /login`
pub async fn show(viewer: Option<Viewer>, Query(address): Query<Address>) -> Response {
    let back = ReturnTo::read(&address.next);
    match viewer {
        Some(_) => Redirect::to(ReturnTo::address(back.as_ref())).into_response(),
        None => form_page("", back.as_ref(), None),
    }
}

/// `POST /login`
pub async fn submit(State(service): State<Service>, Extension(from): From, form: Form) -> Answer {
    let name = form.text("name");
    let password = SecretString::from(form.raw("password"));
    let back = ReturnTo::read(form.raw("next"));
    match service.log_in(name, password, from).await {
        Ok(session) => Ok(begun(session, back.as_ref())),
        Err(error) if error.kind == ErrorKind::Forbidden => {
            let page = form_page(name, back.as_ref(), Some(error));
            Ok((StatusCode::FORBIDDEN, page).into_response())
        }
        Err(error) => match error.kind {
            ErrorKind::TooSoon(seconds) => {
                let page = form_page(name, back.as_ref(), Some(error));
                let wait = [(RETRY_AFTER, seconds.to_string())];
                Ok((StatusCode::TOO_MANY_REQUESTS, wait, page).into_response())
            }
            _ => Err(error.into()),
        },
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

/// The answer to a login that succeeded.
pub fn begun(session: Session, back: Option<&ReturnTo>) -> Response {
    let cookie = Extension(SignedIn::With(session.token, session.lasts));
    (cookie, Redirect::to(ReturnTo::address(back))).into_response()
}

fn form_page(name: &str, back: Option<&ReturnTo>, error: Option<ServiceError>) -> Response {
    let name = name.to_owned();
    let next = back.map(|back| back.as_str().to_owned());
    let body = view! {
        <section class="auth">
            <h1>"Log in to Cadastre"</h1>
            {error.map(|error| {
                view! { <Trouble error=error/> }
            })}
            <form method="post" action="/login">
                {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
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
