//! Small words with a colour; the word alone says it too.

use cadastre_model::{AssetDoc, Freshness, Kind, Lifecycle, Power, RunStatus};
use leptos::prelude::*;

/// A word on a coloured ground: `good`, `warn`, `bad`, `idle`, `info` or `kind`.
#[component]
pub fn Badge(tone: &'static str, #[prop(into)] word: String) -> impl IntoView {
    view! { <span class=format!("badge badge-{tone}")>{word}</span> }
}

/// What kind of thing it is.
pub fn kind_badge(kind: Kind) -> impl IntoView {
    view! { <Badge tone="kind" word=kind.label()/> }
}

/// Whether sources still see it.
pub fn freshness_badge(freshness: Freshness) -> impl IntoView {
    let tone = match freshness {
        Freshness::Live => "good",
        Freshness::Stale => "warn",
        Freshness::Gone => "bad",
    };
    view! { <Badge tone=tone word=freshness.word()/> }
}

/// How a run stands.
pub fn run_badge(status: RunStatus) -> impl IntoView {
    let tone = match status {
        RunStatus::Complete => "good",
        RunStatus::Running => "info",
        RunStatus::Partial => "warn",
        RunStatus::Failed | RunStatus::Broken => "bad",
    };
    view! { <Badge tone=tone word=status.word()/> }
}

/// Where an asset stands on the three axes, and what is unusual about it.
pub fn axes_badges(doc: &AssetDoc) -> Vec<AnyView> {
    let lifecycle = match doc.lifecycle {
        Lifecycle::Active => "idle",
        Lifecycle::Planned => "info",
        Lifecycle::Retired | Lifecycle::Disposed => "warn",
    };
    let power = match doc.power {
        Power::On => "good",
        Power::Off | Power::Suspended | Power::Unknown => "idle",
    };
    let mut badges = vec![
        view! { <Badge tone=lifecycle word=doc.lifecycle.word()/> }.into_any(),
        view! { <Badge tone=power word=format!("power {}", doc.power.word())/> }.into_any(),
        freshness_badge(doc.freshness).into_any(),
    ];
    if doc.conflicted {
        badges.push(view! { <Badge tone="bad" word="waits for a decision"/> }.into_any());
    }
    if doc.hidden.is_some() {
        badges.push(view! { <Badge tone="warn" word="hidden"/> }.into_any());
    }
    badges
}
