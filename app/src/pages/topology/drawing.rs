//! The drawing: SVG made on the server, which prints and needs no script. The table beside it says the same.

use super::layout::{ROW, layout};
use crate::pages::asset_link;
use crate::ui::natural;
use cadastre_model::Kind;
use cadastre_service::{Confidence, Link, Node, NodeFacts, Topology};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Sizes, in the drawing's own units.
const WIDTH: usize = 180;
const HEIGHT: usize = 40;
const GAP: usize = 12;
/// Between columns, where the cables are.
const ASIDE: usize = 110;

/// Letters of a name that fit a box.
const LETTERS: usize = 20;

/// The network, drawn.
pub fn drawing(topology: &Topology, as_of: &str) -> impl IntoView + use<> {
    let mut nodes: Vec<(&Node, &NodeFacts)> = topology.nodes.iter().collect();
    nodes.sort_by_cached_key(|(_, facts)| natural(&facts.name));
    let numbers: BTreeMap<&Node, usize> =
        nodes.iter().enumerate().map(|(number, (node, _))| (*node, number)).collect();
    let ends = |link: &Link| Some((*numbers.get(&link.from)?, *numbers.get(&link.to)?));
    let links: Vec<(usize, usize)> = topology.links.iter().filter_map(ends).collect();
    let weigh = |number: usize| nodes.get(number).map_or(0, |(_, facts)| weight(facts));
    let layout = layout(nodes.len(), &links, weigh);
    // What bends around the last column has room there.
    let width = layout.columns * (WIDTH + ASIDE) + GAP;
    let height = layout.rows * (HEIGHT + GAP) + GAP;
    let spot = |node: &Node| {
        let (column, row) = layout.places.get(numbers.get(node)?)?;
        Some((GAP + column * (WIDTH + ASIDE), GAP + row * (HEIGHT + GAP) / ROW))
    };
    let lines =
        topology.links.iter().filter_map(|one| Some(line(one, spot(&one.from)?, spot(&one.to)?)));
    let lines = lines.collect_view();
    let boxes = nodes.iter();
    let boxes = boxes.filter_map(|(node, facts)| Some(device(node, facts, spot(node)?, as_of)));
    let boxes = boxes.collect_view();
    let told = format!("{} devices, {} links", topology.nodes.len(), topology.links.len());
    view! {
        <div class="topology" tabindex="0" role="region" aria-label="Drawing of the network">
            <svg
                viewBox=format!("0 0 {width} {height}")
                width=width.to_string()
                height=height.to_string()
                role="group"
                aria-label=told
            >
                <g aria-hidden="true">{lines}</g>
                {boxes}
            </svg>
        </div>
    }
}

/// Where traffic leaves a network is rather on top.
fn weight(facts: &NodeFacts) -> u8 {
    match facts.kind {
        Some(Kind::Firewall) => 4,
        Some(Kind::Router) => 3,
        Some(Kind::Switch) => 2,
        Some(_) => 1,
        None => 0,
    }
}

fn line(link: &Link, from: (usize, usize), to: (usize, usize)) -> AnyView {
    let class = match link.confidence {
        Confidence::People | Confidence::BothEnds => "topology-link",
        Confidence::OneEnd => "topology-link topology-link-one",
    };
    view! { <path class=class d=bend(from.min(to), from.max(to))></path> }.into_any()
}

/// The way of a cable, from the right side of the box further left to the left side of the other; of two in
/// one column, from right side to right side.
fn bend((left, upper): (usize, usize), (right, lower): (usize, usize)) -> String {
    let (x1, y1, y2) = (left + WIDTH, upper + HEIGHT / 2, lower + HEIGHT / 2);
    let x2 = if left == right { right + WIDTH } else { right };
    let middle = x1 + ASIDE / 2;
    format!("M {x1} {y1} C {middle} {y1} {middle} {y2} {x2} {y2}")
}

fn device(node: &Node, facts: &NodeFacts, (x, y): (usize, usize), as_of: &str) -> AnyView {
    let word = facts.kind.map_or("not in the register", Kind::label);
    let class = match node {
        Node::Device(_) => "topology-node",
        Node::Unknown(..) => "topology-node topology-node-unknown",
    };
    let inside = view! {
        <title>{format!("{}, {word}", facts.name)}</title>
        <rect class=class x=x.to_string() y=y.to_string() rx="4" width=WIDTH.to_string() height=HEIGHT.to_string()></rect>
        <text class="topology-name" x=(x + 8).to_string() y=(y + 17).to_string()>{short(&facts.name)}</text>
        <text class="topology-kind" x=(x + 8).to_string() y=(y + 32).to_string()>{word}</text>
    };
    match node {
        Node::Device(asset) => {
            let link = asset_link(*asset, as_of);
            view! { <a href=link>{inside}</a> }.into_any()
        }
        Node::Unknown(..) => view! { <g>{inside}</g> }.into_any(),
    }
}

/// What fits of a name: its first label, if it is one of DNS.
fn short(name: &str) -> String {
    let is_address = name.parse::<std::net::IpAddr>().is_ok();
    let name = if is_address { name } else { name.split('.').next().unwrap_or(name) };
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    let start: String = name.chars().take(LETTERS - 1).collect();
    format!("{start}…")
}
