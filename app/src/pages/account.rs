//! One's own account: another password, and logging out wherever one is logged in.

use crate::ui::{Field, PageHead, Trouble};
use crate::web::{Answer, Document, Form, SignedIn, Viewer, page};
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cadastre_service::{ErrorKind, Service, ServiceError};
use leptos::prelude::*;
use secrecy::SecretString;

/// `GET /account`
pub async fn show(viewer: Viewer) -> Response {
    account_page(&viewer, None)
}

/// `POST /account/password`
pub async fn change_password(State(service): State<Service>, viewer: Viewer, form: Form) -> Answer {
    if form.raw("password") != form.raw("again") {
        let error = ServiceError::new(ErrorKind::Invalid, "the two new passwords are not the same");
        return Ok(refused(&viewer, error, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let [present, new] = ["present", "password"].map(|name| SecretString::from(form.raw(name)));
    match service.own_password(&viewer.actor, present, new).await {
        Ok(()) => Ok((Extension(SignedIn::NoMore), Redirect::to("/login")).into_response()),
        Err(error) => match error.kind {
            ErrorKind::Invalid => Ok(refused(&viewer, error, StatusCode::UNPROCESSABLE_ENTITY)),
            ErrorKind::TooSoon(_) => Ok(refused(&viewer, error, StatusCode::TOO_MANY_REQUESTS)),
            _ => Err(error.into()),
        },
    }
}

/// `POST /logout/everywhere`
pub async fn log_out_everywhere(State(service): State<Service>, viewer: Viewer) -> Answer {
    service.log_out_everywhere(&viewer.actor).await?;
    Ok((Extension(SignedIn::NoMore), Redirect::to("/login")).into_response())
}

fn refused(viewer: &Viewer, error: ServiceError, status: StatusCode) -> Response {
    (status, account_page(viewer, Some(error))).into_response()
}

fn account_page(viewer: &Viewer, error: Option<ServiceError>) -> Response {
    let role = viewer.actor.role.to_string();
    let body = view! {
        <PageHead title="Your account"/>
        <p class="page-note">
            "You are logged in as "<strong>{viewer.name().to_owned()}</strong>", with the role "{role}
            ". Roles and other accounts are changed at the command line: "
            <code>"cadastre user"</code> "."
        </p>
        <section aria-labelledby="password-head">
            <h2 id="password-head">"Another password"</h2>
            <p>"You are logged out with it wherever you are logged in, here too."</p>
            {error.map(|error| view! { <Trouble error=error/> })}
            <form class="form" method="post" action="/account/password">
                <div class="fields">
                    <Field
                        name="present"
                        label="Present password"
                        kind="password"
                        autocomplete="current-password"
                    />
                    <Field
                        name="password"
                        label="New password"
                        kind="password"
                        autocomplete="new-password"
                        hint="12 characters or more."
                    />
                    <Field
                        name="again"
                        label="New password again"
                        kind="password"
                        autocomplete="new-password"
                    />
                </div>
                <div class="form-actions">
                    <button class="button button-main">"Change the password"</button>
                </div>
            </form>
        </section>
        <section aria-labelledby="sessions-head">
            <h2 id="sessions-head">"Logged in elsewhere?"</h2>
            <p>
                "A browser that you left logged in, or that somebody else has now, is logged out with all others."
            </p>
            <form method="post" action="/logout/everywhere">
                <button class="button">"Log out everywhere"</button>
            </form>
        </section>
    };
    page(Document::of("Your account", viewer, "/account"), body)
}
