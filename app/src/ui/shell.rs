//! What surrounds every page: the head, the bar, the main part.

use crate::islands::{Keys, Palette};
use crate::web::{AssetFile, Document, Viewer, is_exposed};
use cadastre_model::Permission;
use leptos::prelude::*;

/// The main navigation: address, word, and what one must be allowed to find it of use.
const PLACES: [(&str, &str, Permission); 6] = [
    ("/", "Overview", Permission::AssetRead),
    ("/assets", "Assets", Permission::AssetRead),
    ("/topology", "Topology", Permission::AssetRead),
    ("/sources", "Sources", Permission::SourceRead),
    ("/runs", "Runs", Permission::SourceRead),
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
                {viewer.is_some().then(program)}
            </head>
            <body>
                <a class="skip" href="#main">"Skip to the content"</a>
                {is_exposed().then(exposed_band)}
                {viewer.map(|viewer| bar(&viewer, place, query))}
                <main class="page" id="main">{body}</main>
            </body>
        </html>
    }
}

/// The program for the browser, if there is one: what it is made of is asked for at once.
fn program() -> impl IntoView {
    AssetFile::PROGRAM.map(|files| {
        view! {
            <link rel="modulepreload" href=files.glue.address()/>
            <link
                rel="preload"
                href=files.wasm.address()
                r#as="fetch"
                r#type="application/wasm"
                crossorigin="anonymous"
            />
            <script type="module" r#async=true src=files.boot.address()></script>
        }
    })
}

/// Says that others on the way can read this page, and all that is typed into it.
fn exposed_band() -> impl IntoView {
    view! {
        <p class="band" role="status">
            "This page came over plain HTTP: whoever is on the way can read it, and the passwords typed \
             into it. Whoever runs the server can have it speak TLS (tls.cert, tls.key)."
        </p>
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
                    placeholder="Name, address, MAC, id or query"
                    spellcheck="false"
                />
            </form>
            {move || view! { <Palette/> }}
            {move || view! { <Keys/> }}
            <div class="bar-who">
                <a href="/account" aria-current=(place == "/account").then_some("page")>
                    {format!("{} ({})", viewer.name(), viewer.actor.role)}
                </a>
                <form action="/logout" method="post">
                    <button class="button button-quiet">"Log out"</button>
                </form>
            </div>
        </header>
    }
}
