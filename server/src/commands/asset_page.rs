//! One asset in print: for scripts as JSON, for people as a page of text.

use super::asset_wires::{neighbour_json, port_json, write_wires};
use cadastre_model::{Attr, RecordState, Value};
use cadastre_service::shape::{attributes_json, tag_provenance_json, tags_json};
use cadastre_service::store::{AssetPage, ChangeLine};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The asset in the shape that scripts rely on.
pub fn page_json(page: &AssetPage, changes: &[ChangeLine]) -> Json {
    let doc = &page.doc;
    json!({
        "id": page.id,
        "kind": doc.kind,
        "name": doc.name,
        "lifecycle": doc.lifecycle,
        "power": doc.power,
        "freshness": doc.freshness,
        "attributes": attributes_json(&doc.attributes),
        "tags": tags_json(&doc.tags),
        "sources": doc.sources,
        "first_seen": page.first_seen,
        "last_seen": page.last_seen,
        "conflicted": doc.conflicted,
        "hidden": doc.hidden,
        "reason": page.reason,
        "records": page.records.iter().map(record_json).collect::<Vec<_>>(),
        "provenance": provenance_json(page),
        "tag_provenance": tag_provenance_json(page),
        "relations": page.relations.iter().map(|line| json!({
            "type": line.relation,
            "reverse": line.reverse,
            "asset": line.other,
            "kind": line.kind,
            "name": line.name,
            "since": line.since,
        })).collect::<Vec<_>>(),
        "more_relations": page.more_relations.iter().map(|more| json!({
            "type": more.relation,
            "reverse": more.reverse,
            "count": more.count,
            "query": more.query(page.id),
        })).collect::<Vec<_>>(),
        "interfaces": doc.interfaces,
        "ports": page.ports.iter().map(port_json).collect::<Vec<_>>(),
        "neighbours": page.neighbours.iter().map(neighbour_json).collect::<Vec<_>>(),
        "changes": changes.iter().map(|line| json!({
            "rev": line.rev,
            "at": line.at,
            "actor": line.actor,
            "run": line.run,
            "subject": line.subject,
            "before": line.before,
            "after": line.after,
            "reason": line.reason,
        })).collect::<Vec<_>>(),
    })
}

fn record_json(record: &cadastre_service::store::RecordPage) -> Json {
    json!({
        "record": record.key,
        "source": record.source,
        "native_id": record.native_id,
        "scope": record.scope,
        "state": record.state,
        "kind": record.doc.kind,
        "attributes": attributes_json(&record.doc.values),
        "latest": attributes_json(&record.latest),
        "tags": tags_json(&record.doc.tags),
        "identifiers": record.doc.identifiers,
        "first_seen": record.first_seen,
        "last_seen": record.last_seen,
        "link": record.link,
    })
}

/// Per attribute: the value, who stands behind it and since when seen, who lost, the lock if any.
fn provenance_json(page: &AssetPage) -> BTreeMap<&'static str, Json> {
    let mut provenance = BTreeMap::new();
    let name = Value::text(&page.doc.name);
    provenance.insert(Attr::Name.name(), attribute_json(page, Attr::Name, Some(&name)));
    for (attr, value) in &page.doc.attributes {
        provenance.insert(attr.name(), attribute_json(page, *attr, Some(value)));
    }
    // A lock may hold an attribute empty.
    for lock in &page.locks {
        provenance.entry(lock.attr.name()).or_insert_with(|| attribute_json(page, lock.attr, None));
    }
    provenance
}

fn attribute_json(page: &AssetPage, attr: Attr, value: Option<&Value>) -> Json {
    let value_type = attr.def().value_type;
    let losers = page.losers(attr).iter();
    let losers: Vec<Json> = losers
        .map(|loser| {
            json!({
                "source": page.witness_name(&loser.witness),
                "value": value_type.to_json(&loser.value),
                "time": page.witness_time(attr, &loser.witness),
            })
        })
        .collect();
    let winner = page.winner(attr);
    json!({
        "value": value.map(|value| value_type.to_json(value)),
        "source": winner.as_ref().map(|winner| page.witness_name(winner)),
        "time": winner.as_ref().and_then(|winner| page.witness_time(attr, winner)),
        "losers": losers,
        "lock": page.lock(attr).map(|lock| json!({
            "actor": lock.actor,
            "set_at": lock.set_at,
            "effective_from": lock.effective_from,
        })),
    })
}

/// The asset for people at a terminal.
pub fn write_page(
    out: &mut impl Write,
    page: &AssetPage,
    changes: &[ChangeLine],
) -> io::Result<()> {
    let doc = &page.doc;
    writeln!(out, "{} {} · {}", doc.kind.label(), page.id, plain(&doc.name))?;
    writeln!(
        out,
        "{} · power {} · {} · first seen {} · last seen {}",
        doc.lifecycle.word(),
        doc.power.word(),
        doc.freshness.word(),
        page.first_seen,
        page.last_seen
    )?;
    if doc.conflicted {
        writeln!(out, "waits for a decision: see `cadastre conflicts`")?;
    }
    if let Some(reason) = &doc.hidden {
        writeln!(out, "hidden: {}", plain(reason))?;
    }
    write_attributes(out, page)?;
    write_tags(out, page)?;
    section(out, "Interfaces", doc.interfaces.is_empty())?;
    for one in &doc.interfaces {
        let mac = one.mac.as_deref().unwrap_or("no MAC");
        writeln!(out, "  {}  {mac}  {}", plain(one.called()), one.addresses.join(" "))?;
    }
    write_wires(out, page)?;
    section(out, "Relations", page.relations.is_empty())?;
    for line in &page.relations {
        let mark = if line.reverse { "~" } else { "" };
        let (word, kind, name) = (line.relation.word(), line.kind, plain(&line.name));
        writeln!(out, "  {mark}{word}  {kind} {} {name}", line.other)?;
    }
    for more in &page.more_relations {
        let mark = if more.reverse { "~" } else { "" };
        let (word, count) = (more.relation.word(), more.count);
        writeln!(out, "  {mark}{word}: {count} in all; list them with `{}`", more.query(page.id))?;
    }
    section(out, "Records", page.records.is_empty())?;
    for record in &page.records {
        let state = match record.state {
            RecordState::Live => "live",
            RecordState::Stale => "stale",
            RecordState::Gone => "gone",
        };
        writeln!(
            out,
            "  {}  {}  {state}, last seen {}  ({})",
            record.source,
            plain(&record.native_id),
            record.last_seen,
            plain(&record.link.text)
        )?;
    }
    section(out, "Changes", changes.is_empty())?;
    for change in changes {
        let before = plain(change.before.as_deref().unwrap_or("nothing"));
        let after = plain(change.after.as_deref().unwrap_or("nothing"));
        let (at, who, subject) = (change.at, &change.actor, plain(&change.subject));
        writeln!(out, "  {at}  {who}  {subject}: {before} → {after}  ({})", change.reason.text)?;
    }
    Ok(())
}

fn write_attributes(out: &mut impl Write, page: &AssetPage) -> io::Result<()> {
    section(out, "Attributes", false)?;
    let name = Value::text(&page.doc.name);
    for (attr, value) in std::iter::once((&Attr::Name, &name)).chain(&page.doc.attributes) {
        let text = plain(&attr.def().value_type.to_display(value));
        let winner = page.winner(*attr);
        let from = winner.as_ref().map_or(String::new(), |one| page.witness_name(one));
        let lock = page.lock(*attr);
        match lock {
            Some(lock) => {
                writeln!(out, "  {attr}: {text}  [locked by {} at {}]", lock.actor, lock.set_at)?;
            }
            None => writeln!(out, "  {attr}: {text}  [{from}]")?,
        }
        for loser in page.losers(*attr) {
            let value = plain(&attr.def().value_type.to_display(&loser.value));
            writeln!(out, "    not {value}  [{}]", page.witness_name(&loser.witness))?;
        }
    }
    for lock in page.locks.iter().filter(|lock| lock.value.is_none()) {
        writeln!(out, "  {}: empty  [locked by {} at {}]", lock.attr, lock.actor, lock.set_at)?;
    }
    Ok(())
}

fn write_tags(out: &mut impl Write, page: &AssetPage) -> io::Result<()> {
    let away: Vec<&str> = page.tags_held_away().collect();
    section(out, "Tags", page.doc.tags.is_empty() && away.is_empty())?;
    for tag in &page.doc.tags {
        let (key, value) = (plain(&tag.key), plain(&tag.value));
        match page.tag_lock(&tag.key) {
            Some(lock) => {
                writeln!(out, "  {key} = {value}  [locked by {} at {}]", lock.actor, lock.set_at)?;
            }
            None => writeln!(out, "  {key} = {value}")?,
        }
        write_losing_tags(out, page, &tag.key)?;
    }
    for lock in away.into_iter().filter_map(|key| page.tag_lock(key)) {
        let key = plain(&lock.key);
        writeln!(out, "  {key}: none  [locked by {} at {}]", lock.actor, lock.set_at)?;
        write_losing_tags(out, page, &lock.key)?;
    }
    Ok(())
}

fn write_losing_tags(out: &mut impl Write, page: &AssetPage, key: &str) -> io::Result<()> {
    for loser in page.tag_losers(key) {
        let (key, value) = (plain(&loser.tag.key), plain(&loser.tag.value));
        writeln!(out, "    not {key} = {value}  [{}]", page.witness_name(&loser.witness))?;
    }
    Ok(())
}

/// The head of a section that has something in it.
pub fn section(out: &mut impl Write, title: &str, is_empty: bool) -> io::Result<()> {
    if is_empty {
        return Ok(());
    }
    writeln!(out, "\n{title}")
}

/// Without control characters: what a source wrote must not steer the terminal.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
