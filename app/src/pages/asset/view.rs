//! How the page of an asset looks.

use super::edit::Refused;
use super::forms::forms;
use super::place::Place;
use super::tags::tags;
use super::why::attributes;
use super::wires::{neighbours, ports};
use crate::pages::assets::Address;
use crate::pages::{asset_link, in_run, past_band};
use crate::ui::{
    AsOf, ChangeList, Empty, Fold, Head, PageHead, Table, Trouble, When, axes_badges,
    freshness_badge, grouped, kind_badge, natural,
};
use cadastre_model::{Freshness, Interface, RecordState, RelationType, Timestamp};
use cadastre_service::AssetChoices;
use cadastre_service::store::{AssetPage, ChangeLine, RecordPage, RelationLine};
use leptos::prelude::*;

/// What the page shows.
pub struct Shown {
    pub asset: AssetPage,
    pub changes: Vec<ChangeLine>,
    pub has_older: bool,
    /// What the forms offer, for who may edit.
    pub choices: Option<AssetChoices>,
    pub as_of: Option<Timestamp>,
    pub as_of_text: String,
}

impl Shown {
    /// Whether it has forms.
    pub fn may_edit(&self) -> bool {
        self.choices.is_some()
    }
}

/// The page.
pub fn asset_view(shown: &Shown, refused: Option<&Refused>) -> impl IntoView + use<> {
    let asset = &shown.asset;
    let doc = &asset.doc;
    // What is wrong in a form stands beside it.
    let error = refused.filter(|refused| refused.place == Place::Attributes).map(|refused| {
        let error = refused.error.clone();
        view! { <Trouble error=error/> }
    });
    view! {
        {past_band(shown.as_of, &asset_link(asset.id, ""))}
        <div class="page-head">
            <h1>{doc.name.clone()}</h1>
            <p class="page-actions">{kind_badge(doc.kind)} " " {axes_badges(doc)}</p>
        </div>
        <p class="page-note">
            "First seen " <When at=asset.first_seen/> ", last seen " <When at=asset.last_seen/>
            ". Asset "<span class="id">{asset.id.to_string()}</span>"."
        </p>
        {doc.hidden.clone().map(|why| view! { <p class="page-note">"Hidden: "{why}</p> })}
        {error}
        <AsOf address=format!("/assets/{}", asset.id) asked=shown.as_of_text.clone()/>
        <section aria-labelledby="attributes">
            <h2 id="attributes">"Attributes"</h2>
            {attributes(asset, shown.may_edit())}
        </section>
        {tags(shown, refused)}
        {forms(shown, refused)}
        {relations(shown)}
        {ports(asset, &shown.as_of_text)}
        {neighbours(shown, refused)}
        {interfaces(asset)}
        {records(asset)}
        {history(shown)}
    }
}

/// The page of an asset as of a moment at which the register did not know it.
pub fn unknown_then(asset: &AssetPage, at: Timestamp, asked: &str) -> impl IntoView + use<> {
    let first_seen = asset.first_seen;
    view! {
        {past_band(Some(at), &asset_link(asset.id, ""))}
        <PageHead title=asset.doc.name.clone()/>
        <AsOf address=format!("/assets/{}", asset.id) asked=asked.to_owned()/>
        <Empty title="Not known then">
            <p>
                "At that moment the register did not know this asset. It was first seen "
                <When at=first_seen/> "."
            </p>
        </Empty>
    }
}

fn relations(shown: &Shown) -> impl IntoView + use<> {
    let lines = &shown.asset.relations;
    (!lines.is_empty()).then(|| {
        let rows = lines.iter().filter(|line| !is_told_by_the_other_end(line, lines)).map(|line| {
            let way = if line.reverse { "~" } else { "" };
            let word = format!("{way}{}", line.relation.word());
            let link = asset_link(line.other, &shown.as_of_text);
            view! {
                <tr>
                    <td title=word>{line.relation.phrase(line.reverse)}</td>
                    <td><a href=link>{line.name.clone()}</a></td>
                    <td>{kind_badge(line.kind)}</td>
                    <td class="muted" data-head="since"><When at=line.since/></td>
                </tr>
            }
            .into_any()
        });
        let more = shown.asset.more_relations.iter().map(|more| {
            let list = Address {
                q: more.query(shown.asset.id),
                as_of: shown.as_of_text.clone(),
                ..Address::default()
            };
            let phrase = more.relation.phrase(more.reverse);
            view! {
                <tr>
                    <td>{phrase}</td>
                    <td colspan="3">
                        <a href=list.link()>{format!("all {}", grouped(more.count))}</a>
                    </td>
                </tr>
            }
            .into_any()
        });
        let heads = ["Relation", "Asset", "Kind", "Since"];
        section_table("relations", "Relations", &heads, rows.chain(more).collect())
    })
}

/// Two ends of a cable each say that they are connected; once is enough.
fn is_told_by_the_other_end(line: &RelationLine, lines: &[RelationLine]) -> bool {
    let same = |one: &RelationLine| !one.reverse && one.other == line.other;
    line.reverse
        && line.relation == RelationType::ConnectedTo
        && lines.iter().any(|one| one.relation == line.relation && same(one))
}

fn interfaces(asset: &AssetPage) -> impl IntoView + use<> {
    let mut interfaces: Vec<&Interface> = asset.doc.interfaces.iter().collect();
    interfaces.sort_by_cached_key(|one| natural(one.called()));
    (!interfaces.is_empty()).then(|| {
        let rows = interfaces.iter().map(|one| {
            view! {
                <tr>
                    <td>{one.called().to_owned()}</td>
                    <td>{one.description.clone()}</td>
                    <td class="id">{one.mac.clone()}</td>
                    <td class="id">{(!one.addresses.is_empty()).then(|| one.addresses.join(" "))}</td>
                    <td data-head="VLAN">{vlans(one)}</td>
                    <td>{one.state.clone()}</td>
                </tr>
            }
            .into_any()
        });
        let heads = ["Name", "Description", "MAC", "Addresses", "VLAN", "State"];
        section_table("interfaces", "Interfaces", &heads, rows.collect())
    })
}

/// The VLAN of untagged frames, then those of tagged ones.
fn vlans(interface: &Interface) -> Option<String> {
    let tagged: Vec<String> = interface.vlans.iter().map(ToString::to_string).collect();
    let untagged = interface.vlan.map(|vlan| vlan.to_string());
    let tagged = (!tagged.is_empty()).then(|| format!("tagged {}", tagged.join(" ")));
    let vlans: Vec<String> = [untagged, tagged].into_iter().flatten().collect();
    (!vlans.is_empty()).then(|| vlans.join(", "))
}

fn records(asset: &AssetPage) -> impl IntoView + use<> {
    let rows = asset.records.iter().map(|record| {
        view! {
            <tr>
                <td>{record.source.clone()}</td>
                <td class="prose">
                    {record.link.text.clone()}
                    <div class="id muted">{record.native_id.clone()}</div>
                    {raw(record)}
                </td>
                <td data-head="scope">{record.scope.clone()}</td>
                <td>{freshness_badge(freshness(record.state))}</td>
                <td class="muted" data-head="last seen"><When at=record.last_seen/></td>
            </tr>
        }
        .into_any()
    });
    let heads =
        ["Source", "Why it is this asset, its id, what it says", "Scope", "State", "Last seen"];
    section_table("records", "Records", &heads, rows.collect())
}

fn freshness(state: RecordState) -> Freshness {
    match state {
        RecordState::Live => Freshness::Live,
        RecordState::Stale => Freshness::Stale,
        RecordState::Gone => Freshness::Gone,
    }
}

/// What a record says, as it was merged from.
fn raw(record: &RecordPage) -> impl IntoView + use<> {
    let values = record.doc.values.iter().chain(&record.latest).map(|(attr, value)| {
        let text = attr.def().value_type.to_display(value);
        view! { <div><dt>{attr.name()}</dt><dd>{text}</dd></div> }
    });
    let values = values.collect_view();
    let identifiers = record.doc.identifiers.iter().map(|one| {
        view! { <div><dt>{one.scheme.word()}</dt><dd class="id">{one.value.clone()}</dd></div> }
    });
    let identifiers = identifiers.collect_view();
    view! {
        <Fold summary="All that it says">
            <dl class="facts">{values}{identifiers}</dl>
        </Fold>
    }
}

/// A section that is a table.
pub fn section_table(
    id: &'static str,
    title: &'static str,
    heads: &[&'static str],
    rows: Vec<AnyView>,
) -> impl IntoView + use<> {
    let heads = heads.iter().map(|head| Head::new(*head)).collect();
    view! {
        <section aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <Table label=title heads=heads rows=rows/>
        </section>
    }
}

fn history(shown: &Shown) -> impl IntoView + use<> {
    // What changed together, for one reason, is one thing that happened.
    let together =
        |one: &ChangeLine, next: &ChangeLine| one.rev == next.rev && one.reason == next.reason;
    let events = shown.changes.chunk_by(together).filter_map(|lines| {
        let first = lines.first()?;
        let changes = lines.iter().map(ChangeLine::change).collect();
        Some(view! {
            <li>
                <When at=first.at/> " " <span>{first.actor.clone()}{first.run.map(in_run)}</span> " "
                <ChangeList changes=changes/> " "
                <span class="muted">{first.reason.text.clone()}</span>
            </li>
        })
    });
    let older = shown.changes.last().filter(|_| shown.has_older).map(|last| {
        let rev = last.rev.to_string();
        let query = [
            ("as_of", shown.as_of_text.as_str()),
            ("before", rev.as_str()),
            ("subject", last.subject.as_str()),
        ];
        let query = serde_urlencoded::to_string(query).unwrap_or_default();
        let link = format!("/assets/{}?{query}#history", shown.asset.id);
        view! { <p><a class="button" href=link>"Older changes"</a></p> }
    });
    view! {
        <section aria-labelledby="history">
            <h2 id="history">"History"</h2>
            <ol class="timeline">{events.collect_view()}</ol>
            {older}
        </section>
    }
}
