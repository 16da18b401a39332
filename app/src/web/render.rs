//! A view made into an answer.

use crate::ui::Shell;
use crate::web::Viewer;
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;

/// What surrounds a page.
#[derive(Clone, Debug)]
pub struct Document {
    /// What the tab shows.
    pub title: String,
    /// Who looks; nobody on pages before the login.
    pub viewer: Option<Viewer>,
    /// The address in the main navigation that this page belongs to.
    pub place: &'static str,
    /// What stands in the search box of the bar.
    pub query: String,
}

impl Document {
    /// A page for someone who has logged in.
    pub fn of(title: impl Into<String>, viewer: &Viewer, place: &'static str) -> Document {
        Document { title: title.into(), viewer: Some(viewer.clone()), place, query: String::new() }
    }

    /// A page without a bar.
    pub fn bare(title: impl Into<String>) -> Document {
        Document { title: title.into(), viewer: None, place: "", query: String::new() }
    }
}

/// The whole document.
pub fn page(document: Document, body: impl IntoView + 'static) -> Response {
    let owner = Owner::new();
    let html = owner.with(|| {
        if let Some(viewer) = &document.viewer {
            provide_context(viewer.zone);
        }
        let body = body.into_any();
        view! { <Shell document=document body=body/> }.to_html()
    });
    // A mark that Leptos sets after text would be shown in a title, where nothing is markup.
    let html = html.replacen("<!></title>", "</title>", 1);
    Html(format!("<!DOCTYPE html>{html}")).into_response()
}
