//! What surrounds every page: the head, the bar, the main part.

use crate::web::{AssetFile, Document, Viewer};
use cadastre_model::Permission;
use leptos::prelude::*;

/// The main navigation: address, word, and what one must be allowed to find it of use.
const PLACES: [(&str, &str, Permission); 4] = [
    ("/", "Overview", Permission::AssetRead),
    ("/assets", "Assets", Permission::AssetRead),
    ("/sources", "Sources", Permission::SourceRead),
    ("/audit", "Audit log", Permission::AuditRead),
];

/// A whole document.
#[component]
pub fn Shell(document: Document, body: AnyView) -> impl IntoView {
    let Document { title, viewer, place, query } = document;
    view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{format!("{title} · Cadastre")}</title>
                <link rel="icon" type="image/svg+xml" href=AssetFile::ICON.address()/>
                <link rel="stylesheet" href=AssetFile::STYLE.address()/>
            </head>
            <body>
                <a class="skip" href="#main">"Skip to the content"</a>
                {viewer.map(|viewer| bar(&viewer, place, query))}
                <main class="page" id="main">{body}</main>
            </body>
        </html>
    }
}

fn bar(viewer: &Viewer, place: &'static str, query: String) -> impl IntoView + use<> {
    let allowed = PLACES.iter().filter(|(_, _, permission)| viewer.may(*permission));
    let links = allowed.map(|(address, word, _)| {
        let current = (*address == place).then_some("page");
        view! { <a href=*address aria-current=current>{*word}</a> }
    });
    view! {
        <header class="bar">
            <a class="bar-brand" href="/">"Cadastre"</a>
            <nav class="bar-nav" aria-label="Main">{links.collect_view()}</nav>
            <form class="bar-search" role="search" action="/assets" method="get">
                <input
                    type="search"
                    name="q"
                    value=query
                    aria-label="Look up an asset"
                    placeholder="Name, address, MAC, id, or a query"
                    spellcheck="false"
                />
            </form>
            <div class="bar-who">
                <span>{format!("{} ({})", viewer.name(), viewer.actor.role)}</span>
                <form action="/logout" method="post">
                    <button class="button button-quiet">"Log out"</button>
                </form>
            </div>
        </header>
    }
}
