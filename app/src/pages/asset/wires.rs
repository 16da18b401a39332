//! What the network knows of an asset: the switch ports that see it, and the neighbours of its own ports.

use super::cables;
use super::edit::Refused;
use super::view::{Shown, section_table};
use crate::pages::{around_link, asset_link};
use crate::ui::{Fold, Table, When, heads, kind_badge};
use cadastre_service::store::{AssetPage, FarEnd, Neighbour, PortSighting};
use leptos::prelude::*;

/// Ports of the way are many: so many of them are told.
const PORTS: usize = 20;

/// The ports of network devices that have seen its addresses: which one it is on, those it may be on or
/// was on, and, folded away, those that lead on to it.
pub fn ports(asset: &AssetPage, as_of: &str) -> impl IntoView + use<> {
    let all = &asset.ports;
    (!all.is_empty()).then(|| {
        let (way, near): (Vec<&PortSighting>, Vec<&PortSighting>) =
            all.iter().partition(|one| one.far_end == FarEnd::Network);
        let near = (!near.is_empty()).then(|| port_table("Switch ports", &near, as_of));
        let way = (!way.is_empty()).then(|| {
            let summary = match way.len() {
                1 => "The port that leads on to it".to_owned(),
                several => format!("The {several} ports that lead on to it"),
            };
            let table = port_table("Ports that lead on to it", &way, as_of);
            view! { <Fold summary=summary>{table}</Fold> }
        });
        view! {
            <section aria-labelledby="ports">
                <h2 id="ports">"Switch ports"</h2>
                <p>{verdict(all)}</p>
                {near}
                {way}
            </section>
        }
    })
}

fn port_table(label: &'static str, all: &[&PortSighting], as_of: &str) -> impl IntoView + use<> {
    let rows = all.iter().take(PORTS).map(|one| port(one, as_of));
    let words =
        ["Device", "Port", "MAC", "VLAN", "Beside it", "At its end", "First seen", "Last seen"];
    let more = all.len().saturating_sub(PORTS);
    view! {
        <Table label=label heads=heads(words) rows=rows.collect()/>
        {(more > 0).then(|| {
            view! { <p class="page-note">{format!("{more} more that have seen it are left out.")}</p> }
        })}
    }
}

/// Which port it is on, as far as that can be said.
fn verdict(all: &[PortSighting]) -> String {
    let now: Vec<&PortSighting> = all.iter().filter(|one| one.last_seen.is_none()).collect();
    let access: Vec<&&PortSighting> =
        now.iter().filter(|one| one.far_end != FarEnd::Network).collect();
    match (now.as_slice(), access.as_slice()) {
        ([], _) => "No device sees it now.".to_owned(),
        (_, [only]) => {
            format!(
                "It is on port {} of {}: every other port that sees it leads on.",
                only.port, only.name
            )
        }
        (_, []) => {
            "Every port that sees it leads on to another device; the one it is on is not among \
                    those that are read."
                .to_owned()
        }
        (_, several) => format!(
            "{} ports see it and none is known to lead on; the one with the fewest beside it comes first.",
            several.len()
        ),
    }
}

fn port(one: &PortSighting, as_of: &str) -> AnyView {
    let end = match one.far_end {
        FarEnd::Silent => None,
        FarEnd::Machine => Some("a machine"),
        FarEnd::Unknown => Some("unknown neighbour"),
        FarEnd::Network => Some("leads on"),
    };
    let last = one.last_seen;
    view! {
        <tr>
            <td><a href=asset_link(one.device, as_of)>{one.name.clone()}</a></td>
            <td class="id" data-head="port">{one.port.clone()}</td>
            <td class="id">{one.mac.clone()}</td>
            <td data-head="VLAN">{one.vlan.map(|vlan| vlan.to_string())}</td>
            <td data-head="beside it">{one.beside.to_string()}</td>
            <td>{end}</td>
            <td class="muted" data-head="since"><When at=one.first_seen/></td>
            <td class="muted" data-head="until">
                {match last {
                    Some(last) => view! { <When at=last/> }.into_any(),
                    None => "now".into_any(),
                }}
            </td>
        </tr>
    }
    .into_any()
}

/// What its own ports lead to, and the form by which a person says so.
pub fn neighbours(shown: &Shown, refused: Option<&Refused>) -> impl IntoView + use<> {
    let asset = &shown.asset;
    let all = &asset.neighbours;
    let form = cables::form(shown, refused);
    if all.is_empty() {
        return form.map(|form| {
            view! {
                <section aria-labelledby="neighbours">
                    <h2 id="neighbours">"Neighbours"</h2>
                    {form}
                </section>
            }
            .into_any()
        });
    }
    let rows = all.iter().map(|one| neighbour(one, shown)).collect();
    let mut heads = vec!["Port", "Neighbour", "Kind", "Its port", "Known by"];
    if shown.may_edit() {
        heads.push("");
    }
    let around = around_link(asset.id, &shown.as_of_text);
    Some(
        view! {
            {section_table("neighbours", "Neighbours", &heads, rows)}
            <p><a class="button" href=around>"Draw what lies around it"</a></p>
            {form}
        }
        .into_any(),
    )
}

fn neighbour(one: &Neighbour, shown: &Shown) -> AnyView {
    let (name, kind) = match (&one.known, &one.held) {
        (Some(known), _) => {
            let link = asset_link(known.asset, &shown.as_of_text);
            let name = view! { <a href=link>{known.name.clone()}</a> }.into_any();
            (name, kind_badge(known.kind).into_any())
        }
        (None, Some(_)) => {
            (view! { <span class="muted">"nothing"</span> }.into_any(), ().into_any())
        }
        (None, None) => {
            let name = one.far_name.clone().unwrap_or_else(|| "nameless".to_owned());
            (name.into_any(), view! { <span class="muted">"not in the register"</span> }.into_any())
        }
    };
    let by = match &one.held {
        Some(lock) => view! { {lock.actor.clone()}", " <When at=lock.set_at/> }.into_any(),
        None => one.by.clone().into_any(),
    };
    view! {
        <tr>
            <td class="id">{one.port.clone()}</td>
            <td>{name}</td>
            <td>{kind}</td>
            <td class="id" data-head="its port">{one.far_port.clone()}</td>
            <td data-head="known by">{by}</td>
            {shown.may_edit().then(|| view! { <td>{cables::release(one, shown.asset.id)}</td> })}
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadastre_model::{AssetId, Kind, Timestamp};

    fn seen(port: &str, far_end: FarEnd, last_seen: Option<i64>) -> PortSighting {
        PortSighting {
            device: AssetId(1),
            kind: Kind::Switch,
            name: "sw1".to_owned(),
            port: port.to_owned(),
            mac: "00:50:56:00:00:01".to_owned(),
            vlan: None,
            first_seen: Timestamp(0),
            last_seen: last_seen.map(Timestamp),
            beside: 0,
            far_end,
        }
    }

    #[test]
    fn a_port_is_named_only_if_it_is_the_only_one() {
        let (silent, network) = (FarEnd::Silent, FarEnd::Network);
        let one = [seen("1", silent, None), seen("2", network, None), seen("3", silent, Some(5))];
        assert!(verdict(&one).starts_with("It is on port 1 of sw1:"));
        let two = [seen("1", silent, None), seen("2", FarEnd::Unknown, None)];
        assert!(verdict(&two).starts_with("2 ports see it"));
        assert!(verdict(&[seen("2", network, None)]).starts_with("Every port"));
        assert_eq!(verdict(&[seen("1", silent, Some(5))]), "No device sees it now.");
    }
}
