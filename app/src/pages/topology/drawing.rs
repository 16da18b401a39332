//! The drawing: SVG made on the server, which prints and needs no script. The table beside it says the same.

use super::layout::layout;
use crate::pages::asset_link;
use cadastre_model::Kind;
use cadastre_service::{Confidence, Link, Node, NodeFacts, Topology};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Sizes, in the drawing's own units.
const WIDTH: usize = 150;
const HEIGHT: usize = 40;
const GAP_X: usize = 24;
const GAP_Y: usize = 60;

/// Letters of a name that fit a box.
const LETTERS: usize = 20;

/// The network, drawn.
pub fn drawing(topology: &Topology, as_of: &str) -> impl IntoView + use<> {
    let numbers: BTreeMap<&Node, usize> =
        topology.nodes.keys().enumerate().map(|(number, node)| (node, number)).collect();
    let ends = |link: &Link| Some((*numbers.get(&link.from)?, *numbers.get(&link.to)?));
    let links: Vec<(usize, usize)> = topology.links.iter().filter_map(ends).collect();
    let facts: Vec<&NodeFacts> = topology.nodes.values().collect();
    let layout = layout(facts.len(), &links, |node| facts.get(node).map_or(0, |one| weight(one)));
    let width = layout.columns * (WIDTH + GAP_X) + GAP_X;
    let height = layout.rows * (HEIGHT + GAP_Y) + GAP_X;
    let spot = |node: &Node| {
        let (column, row) = layout.places.get(numbers.get(node)?)?;
        Some((GAP_X + column * (WIDTH + GAP_X), GAP_X + row * (HEIGHT + GAP_Y)))
    };
    let lines =
        topology.links.iter().filter_map(|one| Some(line(one, spot(&one.from)?, spot(&one.to)?)));
    let lines = lines.collect_view();
    let boxes = topology.nodes.iter();
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
    let middle = |(x, y): (usize, usize)| (x + WIDTH / 2, y + HEIGHT / 2);
    let ((x1, y1), (x2, y2)) = (middle(from), middle(to));
    let class = match link.confidence {
        Confidence::BothEnds => "topology-link",
        Confidence::OneEnd => "topology-link topology-link-one",
    };
    view! {
        <line
            class=class
            x1=x1.to_string()
            y1=y1.to_string()
            x2=x2.to_string()
            y2=y2.to_string()
        ></line>
    }
    .into_any()
}

fn device(node: &Node, facts: &NodeFacts, (x, y): (usize, usize), as_of: &str) -> AnyView {
    let word = facts.kind.map_or("not in the register", Kind::label);
    let class = match node {
        Node::Device(_) => "topology-node",
        Node::Unknown(..) => "topology-node topology-node-unknown",
    };
    let inside = view! {
        <rect class=class x=x.to_string() y=y.to_string() rx="4" width=WIDTH.to_string() height=HEIGHT.to_string()></rect>
        <text class="topology-name" x=(x + 8).to_string() y=(y + 17).to_string()>{short(&facts.name)}</text>
        <text class="topology-kind" x=(x + 8).to_string() y=(y + 32).to_string()>{word}</text>
    };
    match node {
        Node::Device(asset) => {
            let link = asset_link(*asset, as_of);
            view! { <a href=link aria-label=format!("{}, {word}", facts.name)>{inside}</a> }
                .into_any()
        }
        Node::Unknown(..) => view! { <g>{inside}</g> }.into_any(),
    }
}

fn short(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    let start: String = name.chars().take(LETTERS - 1).collect();
    format!("{start}…")
}
