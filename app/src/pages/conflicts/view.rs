//! How the queue looks.

use super::show::{Address, CONFLICTS};
use crate::pages::asset_link;
use crate::ui::{Badge, Empty, PageHead, Pager, Tab, Tabs, Turn, When, marked, toast};
use cadastre_model::{AssetId, Conflict, ConflictKind, Decision, Identifier, Timestamp};
use leptos::prelude::*;

/// What the page shows.
pub struct Shown {
    pub conflicts: Vec<Conflict>,
    pub address: Address,
    pub may_decide: bool,
}

/// The page.
pub fn conflicts_view(shown: &Shown) -> impl IntoView + use<> {
    let address = &shown.address;
    let body = if shown.conflicts.is_empty() {
        nothing(address).into_any()
    } else {
        let lines = shown.conflicts.iter().map(|one| conflict(one, shown.may_decide));
        view! { <ol class="conflicts">{lines.collect_view()}</ol> }.into_any()
    };
    let turn = |after, word| {
        let link = Address { after, ..address.clone() }.link();
        Turn { link, word }
    };
    let first = address.after.map(|_| turn(None, "First page"));
    let is_full = shown.conflicts.len() == CONFLICTS as usize;
    let last = shown.conflicts.last().filter(|_| is_full);
    let next = last.map(|last| turn(Some(last.id), "Next page"));
    view! {
        <PageHead title="Decisions"/>
        {toast(&address.done)}
        <p class="page-note">
            "What Cadastre does not decide by itself, with what it knows of it. Until somebody decides, the \
             register stays as it is. A question that a later run finds settled is withdrawn."
        </p>
        <Tabs label="Which decisions" tabs=tabs(address)/>
        {body}
        <Pager first=first next=next/>
    }
}

fn tabs(address: &Address) -> Vec<Tab> {
    let tab = |word, view: &str| {
        let link = Address { view: view.to_owned(), ..Address::default() }.link();
        Tab { word, link, is_current: (view == "all") == address.is_all() }
    };
    vec![tab("Open", ""), tab("All", "all")]
}

fn nothing(address: &Address) -> impl IntoView + use<> {
    let title = match (address.after.is_some(), address.is_all()) {
        (true, _) => "No more of them",
        (false, true) => "Nothing ever had to be decided",
        (false, false) => "Nothing waits for a decision",
    };
    view! {
        <Empty title=title>
            <p><a class="button" href="/">"Overview"</a></p>
        </Empty>
    }
}

fn conflict(one: &Conflict, may_decide: bool) -> AnyView {
    let Conflict { id, kind, reason, opened_at, .. } = one;
    let title = match kind {
        ConflictKind::AgeingHeld { missing, known, .. } => {
            format!("Are {missing} of {known} things gone?")
        }
        ConflictKind::Identity { .. } => "Which asset does a record belong to?".to_owned(),
        ConflictKind::Suggestion { .. } => "Are these the same?".to_owned(),
    };
    let name = format!("{title} Number {id}");
    view! {
        <li>
            <section class="card" aria-label=name>
                <h2>{title}</h2>
                <p>{marked(reason)}</p>
                {evidence(kind)}
                <p class="muted">"Number "{*id}", since " <When at=*opened_at/></p>
                {match outcome(one) {
                    Some((tone, word, at, who)) => view! {
                        <p><Badge tone=tone word=word/> " by "{who.to_owned()}", " <When at=at/></p>
                    }
                    .into_any(),
                    None => choices(*id, kind, may_decide),
                }}
            </section>
        </li>
    }
    .into_any()
}

/// How it ended, in tone and word, when and by whom; none while it is open.
fn outcome(one: &Conflict) -> Option<(&'static str, &'static str, Timestamp, &str)> {
    match (&one.decided, &one.withdrawn) {
        (Some((Decision::Accept, at, who)), _) => Some(("good", "accepted", *at, who)),
        (Some((Decision::Reject, at, who)), _) => Some(("idle", "rejected", *at, who)),
        (None, Some((at, who))) => Some(("idle", "withdrawn", *at, who)),
        (None, None) => None,
    }
}

/// The assets in question, and by what they are known.
fn evidence(kind: &ConflictKind) -> Option<AnyView> {
    let (provisional, candidates, evidence) = match kind {
        ConflictKind::Identity { provisional, candidates, evidence, .. } => {
            (Some(*provisional), candidates, evidence)
        }
        ConflictKind::Suggestion { candidates, evidence, .. } => (None, candidates, evidence),
        ConflictKind::AgeingHeld { .. } => return None,
    };
    let link = |asset: AssetId| {
        view! { <a href=asset_link(asset, "")>{format!("asset {asset}")}</a> " " }
    };
    let provisional = provisional.map(|asset| {
        view! { <div><dt>"meanwhile on"</dt><dd>{link(asset)}</dd></div> }
    });
    let candidates = candidates.iter().map(|asset| link(*asset)).collect_view();
    let known_by = evidence.iter().map(|one: &Identifier| {
        view! { <li><span class="muted">{one.scheme.word()}</span> " " <span class="id">{one.value.clone()}</span></li> }
    });
    let view = view! {
        <dl class="facts">
            {provisional}
            <div><dt>"may be"</dt><dd>{candidates}</dd></div>
            <div><dt>"known by"</dt><dd><ul class="changes">{known_by.collect_view()}</ul></dd></div>
        </dl>
    };
    Some(view.into_any())
}

/// What may be done about it.
fn choices(id: i64, kind: &ConflictKind, may_decide: bool) -> AnyView {
    let ConflictKind::AgeingHeld { .. } = kind else {
        return view! {
            <p class="muted">
                "What a record is cannot be decided by hand yet: it stays on an asset of its own, and nothing of it is lost."
            </p>
        }
        .into_any();
    };
    if !may_decide {
        return view! { <p class="muted">"Editors and admins decide."</p> }.into_any();
    }
    let button = |act: &'static str, class: &'static str, word: &'static str| {
        let (action, label) = (format!("/conflicts/{id}/{act}"), format!("{word} (number {id})"));
        view! {
            <form method="post" action=action>
                <button class=class aria-label=label>{word}</button>
            </form>
        }
    };
    view! {
        <p>
            "Letting it age holds for the next complete run of the scope: what that run misses goes stale, \
             unless it is many more than were asked about."
        </p>
        <div class="form-actions">
            {button("accept", "button button-main", "They are gone: let it age")}
            {button("reject", "button", "Close the question, hold them")}
        </div>
    }
    .into_any()
}
