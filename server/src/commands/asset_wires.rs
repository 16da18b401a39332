//! What the network knows of an asset, in print: the ports that see it, and the neighbours of its own ports.

use super::asset_page::{plain, section};
use cadastre_service::store::{AssetPage, FarEnd, Neighbour, PortSighting};
use serde_json::{Value as Json, json};
use std::io::{self, Write};

/// A port that has seen it, in the shape that scripts rely on.
pub fn port_json(one: &PortSighting) -> Json {
    json!({
        "device": one.device,
        "name": one.name,
        "port": one.port,
        "mac": one.mac,
        "vlan": one.vlan,
        "beside": one.beside,
        "leads_on": one.far_end == FarEnd::Network,
        "first_seen": one.first_seen,
        "last_seen": one.last_seen,
    })
}

/// A neighbour of one of its ports, in the shape that scripts rely on.
pub fn neighbour_json(one: &Neighbour) -> Json {
    json!({
        "port": one.port,
        "asset": one.known.as_ref().map(|known| known.asset),
        "name": one.known.as_ref().map(|known| &known.name).or(one.far_name.as_ref()),
        "far_port": one.far_port,
        "by": one.by,
        "held": one.held.as_ref().map(|lock| json!({"actor": lock.actor, "set_at": lock.set_at})),
    })
}

/// Both as text; the ports that lead on are left out, they say nothing of where it is.
pub fn write_wires(out: &mut impl Write, page: &AssetPage) -> io::Result<()> {
    let ports: Vec<&PortSighting> =
        page.ports.iter().filter(|one| one.far_end != FarEnd::Network).collect();
    section(out, "Switch ports", ports.is_empty())?;
    for one in ports {
        let last = one.last_seen.map_or("now".to_owned(), |last| format!("last seen {last}"));
        let (name, port) = (plain(&one.name), plain(&one.port));
        writeln!(out, "  {name}  {port}  {}  {last}, {} beside it", one.mac, one.beside)?;
    }
    section(out, "Neighbours", page.neighbours.is_empty())?;
    for one in &page.neighbours {
        let known = one.known.as_ref().map(|known| format!("{} {}", known.asset, known.name));
        let called = one.far_name.as_deref().unwrap_or("nameless");
        let who = match (known, &one.held) {
            (Some(known), _) => known,
            (None, Some(_)) => "nothing".to_owned(),
            (None, None) => format!("{called}, not in the register"),
        };
        let far_port = one.far_port.as_deref().unwrap_or_default();
        let held = one.held.as_ref().map(|lock| format!("  held by {}", plain(&lock.actor)));
        let held = held.unwrap_or_default();
        writeln!(out, "  {}  {}  {}{held}", plain(&one.port), plain(&who), plain(far_port))?;
    }
    Ok(())
}
