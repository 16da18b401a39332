//! How the page of the network looks.

use super::drawing::drawing;
use super::part::SHOWN;
use crate::pages::{around_link, as_of_link, asset_link, past_band};
use crate::ui::{AsOf, Empty, PageHead, Table, heads, natural};
use cadastre_model::{AssetId, Timestamp};
use cadastre_service::{Confidence, Link, Node, Topology};
use leptos::prelude::*;

/// What the page shows.
pub struct Shown {
    /// The part of the network that is drawn.
    pub part: Topology,
    /// Devices there are in all.
    pub devices: usize,
    /// The device that the part lies around, if it does.
    pub middle: Option<AssetId>,
    /// The name of that device, if it is among those of the network.
    pub around: Option<String>,
    pub as_of: Option<Timestamp>,
    pub as_of_text: String,
}

/// The page.
pub fn topology_view(shown: &Shown) -> impl IntoView + use<> {
    let part = &shown.part;
    let body = if part.nodes.is_empty() && shown.middle.is_some() {
        let whole = as_of_link("/topology".to_owned(), &shown.as_of_text);
        view! {
            <Empty title="Nothing lies around it">
                <p>
                    "No link between network devices is known of it. "
                    <a href=whole>"Show the whole network"</a>
                </p>
            </Empty>
        }
        .into_any()
    } else if part.nodes.is_empty() {
        view! {
            <Empty title="No device tells of its neighbours">
                <p>
                    "Network devices that are read by SNMP tell of them by LLDP and CDP. "
                    <a href="/sources/new?kind=snmp">"Add a source of network devices"</a>
                    ", or turn LLDP on on those that are read."
                </p>
            </Empty>
        }
        .into_any()
    } else {
        let mut links: Vec<&Link> = part.links.iter().collect();
        links.sort_by_cached_key(|one| {
            let port = one.from_port.as_deref().unwrap_or_default();
            (natural(name_of(&one.from, part)), natural(port))
        });
        let rows = links.into_iter().map(|one| row(one, part, &shown.as_of_text)).collect();
        let heads = heads(["Device", "Port", "Neighbour", "Its port", "Known by", "Said by"]);
        view! {
            {drawing(part, &shown.as_of_text)}
            <section aria-labelledby="links">
                <h2 id="links">"Links"</h2>
                <Table label="Links between devices" heads=heads rows=rows/>
            </section>
        }
        .into_any()
    };
    let middle = shown.middle;
    let present = middle.map_or("/topology".to_owned(), |device| around_link(device, ""));
    let kept = middle.map(|device| ("around", device.to_string()));
    view! {
        {past_band(shown.as_of, &present)}
        <PageHead title="Topology"/>
        <p class="page-note">{note(shown)}</p>
        <AsOf address="/topology" asked=shown.as_of_text.clone() kept=kept/>
        {body}
    }
}

fn note(shown: &Shown) -> String {
    let drawn = shown.part.nodes.len();
    let key = "A whole line: both ends say so, or a person. A broken one: only one end does.";
    match &shown.around {
        Some(name) => format!("What lies within two cables of {name}. {key}"),
        None if drawn < shown.devices => format!(
            "The {SHOWN} of {} devices with the most links; the page of a device leads to what lies around it. {key}",
            shown.devices
        ),
        None => key.to_owned(),
    }
}

fn row(link: &Link, part: &Topology, as_of: &str) -> AnyView {
    let said_by = match link.confidence {
        Confidence::People => "a person",
        Confidence::BothEnds => "both ends",
        Confidence::OneEnd => "the first alone",
    };
    let by: Vec<&str> = link.by.iter().map(String::as_str).collect();
    view! {
        <tr>
            <td>{end(&link.from, part, as_of)}</td>
            <td class="id" data-head="port">{link.from_port.clone()}</td>
            <td data-head="to">{end(&link.to, part, as_of)}</td>
            <td class="id" data-head="port">{link.to_port.clone()}</td>
            <td>{by.join(", ")}</td>
            <td>{said_by}</td>
        </tr>
    }
    .into_any()
}

fn name_of<'a>(node: &Node, part: &'a Topology) -> &'a str {
    part.nodes.get(node).map(|facts| facts.name.as_str()).unwrap_or_default()
}

fn end(node: &Node, part: &Topology, as_of: &str) -> AnyView {
    let name = name_of(node, part).to_owned();
    match node {
        Node::Device(asset) => view! { <a href=asset_link(*asset, as_of)>{name}</a> }.into_any(),
        Node::Unknown(..) => {
            view! { {name} " " <span class="muted">"(not in the register)"</span> }.into_any()
        }
    }
}
