//! What was asked cannot be done: what is wrong with it, and what to do next.

use crate::ui::{Notice, marked};
use cadastre_service::ServiceError;
use leptos::prelude::*;

/// The error's first line as a notice; what follows it stands as it is, because the marks of a query
/// stand under what they mark.
#[component]
pub fn Trouble(error: ServiceError) -> impl IntoView {
    let ServiceError { message, hint, .. } = error;
    let (first, rest) = match message.split_once('\n') {
        Some((first, rest)) => (first.to_owned(), Some(rest.to_owned())),
        None => (message, None),
    };
    view! {
        <Notice hint=hint lines=rest>{marked(&first)}</Notice>
    }
}
