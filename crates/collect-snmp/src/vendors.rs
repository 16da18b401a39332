//! Who made a device, which model it is, and what runs on it: by a table of data.
//!
//! `sysObjectID` names the maker and often the line of products; `sysDescr`, a few scalars of the maker's
//! own and ENTITY-MIB name the rest. Adding a maker is adding lines to `vendors/makers.toml`.

mod pattern;
mod table;

use crate::oid::Oid;
use crate::tables::entity::{Part, is_serial};
use crate::tables::system::System;
use crate::text::clean;
use crate::value::Value;
use crate::varbinds::Varbinds;
use cadastre_model::Kind;
use pattern::Field;
use std::collections::BTreeMap;

/// What a device is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Make {
    /// Who made it.
    pub vendor: Option<String>,
    /// What it is, if the table knows.
    pub kind: Option<Kind>,
    /// What runs on it.
    pub os: Option<String>,
    /// In which version.
    pub version: Option<String>,
    /// The maker's name for the model.
    pub model: Option<String>,
    /// The maker's serial number.
    pub serial: Option<String>,
}

/// The scalars of the maker's own that are worth asking such a device.
pub(crate) fn asks(system: &System) -> Vec<Oid> {
    let line = table::line(system.object_id.as_ref(), described(system));
    let mut oids: Vec<Oid> =
        line.into_iter().flat_map(|line| &line.asks).map(|(oid, _)| oid.clone()).collect();
    oids.sort();
    oids.dedup();
    oids
}

/// What a device is, from what was read of it. `chassis` is its first.
pub(crate) fn make(system: &System, chassis: Option<&Part>, all: &Varbinds) -> Make {
    let line = table::line(system.object_id.as_ref(), described(system));
    let mut found: BTreeMap<Field, String> = BTreeMap::new();
    let mut make = Make::default();
    if let Some(line) = line {
        make.vendor.clone_from(&line.vendor);
        make.os.clone_from(&line.os);
        make.kind = line.kind;
        gather(line, system, chassis, all, &mut found);
        if let Some((os, version)) = found.get(&Field::Build).and_then(|b| line.builds.get(b)) {
            make.os = Some(os.clone());
            found.insert(Field::Version, version.clone());
        }
        if let (true, Some(model)) = (line.is_upper, found.get_mut(&Field::Model)) {
            *model = model.to_uppercase();
        }
    }
    let of_chassis =
        |pick: fn(&Part) -> &Option<String>| chassis.and_then(|part| pick(part).clone());
    make.vendor = make.vendor.or_else(|| of_chassis(|part| &part.maker));
    make.version = version(&mut found).or_else(|| of_chassis(|part| &part.software));
    make.model = found
        .remove(&Field::Model)
        .or_else(|| of_chassis(|part| &part.model))
        .or_else(|| of_chassis(|part| &part.description));
    make.serial = found
        .remove(&Field::Serial)
        .filter(|serial| is_serial(serial))
        .or_else(|| of_chassis(|part| &part.serial));
    make
}

fn described(system: &System) -> &str {
    system.description.as_deref().unwrap_or_default()
}

fn gather(
    line: &table::Line,
    system: &System,
    chassis: Option<&Part>,
    all: &Varbinds,
    found: &mut BTreeMap<Field, String>,
) {
    let mut keep = |taken: Option<Vec<(Field, String)>>| {
        for (field, text) in taken.into_iter().flatten() {
            found.entry(field).or_insert(text);
        }
    };
    for (oid, pattern) in &line.asks {
        let text = all.get(oid.arcs()).and_then(Value::bytes).and_then(clean);
        keep(text.and_then(|text| pattern.find(&text)));
    }
    for pattern in &line.says {
        keep(pattern.find(described(system)));
    }
    let Some(chassis) = chassis else { return };
    for (field, pattern) in &line.entity {
        keep(field_of(chassis, field).and_then(|text| pattern.find(text)));
    }
}

fn field_of<'a>(part: &'a Part, name: &str) -> Option<&'a str> {
    let field = match name {
        "description" => &part.description,
        "name" => &part.name,
        "hardware" => &part.hardware,
        "firmware" => &part.firmware,
        "software" => &part.software,
        "serial" => &part.serial,
        "model" => &part.model,
        _ => return None,
    };
    field.as_deref()
}

/// The version, with the release in brackets if there is one.
fn version(found: &mut BTreeMap<Field, String>) -> Option<String> {
    let version = found.remove(&Field::Version)?;
    Some(match found.remove(&Field::Release) {
        Some(release) => format!("{version} ({release})"),
        None => version,
    })
}

#[cfg(test)]
mod tests;
