//! The pure part from outside: for fuzz targets.

use crate::device::{Reading, observe};
use crate::walk_text::parse;
use cadastre_model::{Fact, Observation, Value};
use std::collections::BTreeSet;

/// Whatever text is taken for a walk (`OID|TAG|VALUE`, one a line) makes an observation that may be shown
/// and kept, and what was read is written so that it reads the same.
///
/// # Panics
/// If one of that does not hold.
pub fn walk_text_holds(text: &[u8]) {
    let all = parse(text).0;
    assert_eq!(parse(crate::walk_text::write(&all).as_bytes()).0, all, "it reads the same");
    holds(&observed(all));
}

fn observed(all: crate::varbinds::Varbinds) -> Observation {
    let reading = Reading { address: "192.0.2.1".to_owned(), all, ..Reading::default() };
    observe(&reading, "device 192.0.2.1")
}

/// What every observation is, whatever a device sent.
fn holds(seen: &Observation) {
    let ids: BTreeSet<&str> = seen.interfaces.iter().map(|it| it.native_id.as_str()).collect();
    assert_eq!(ids.len(), seen.interfaces.len(), "each interface has an id of its own");
    for port in &seen.interfaces {
        let vlans = port.vlans.iter().chain(&port.vlan);
        assert!(vlans.copied().all(|vlan| (1..=4094).contains(&vlan)), "{port:?}");
        assert!(port.lag.as_deref().is_none_or(|lag| ids.contains(lag)), "{port:?}");
    }
    for sighting in &seen.sightings {
        assert!(sighting.port.as_deref().is_none_or(|port| ids.contains(port)), "{sighting:?}");
    }
    for (attr, fact) in &seen.facts {
        let texts: &[String] = match fact {
            Fact::Value(Value::Text(text)) => std::slice::from_ref(text),
            Fact::Value(Value::List(items)) => items,
            _ => &[],
        };
        for text in texts {
            assert!(!text.contains(char::is_control) && text.len() < 10_000, "{attr} is {text:?}");
        }
    }
    assert!(!seen.native_id.is_empty());
}

/// The same for variables in a form that octets at random fill soon: for each a table's column (one octet),
/// an index (its length, then as many octets), a value (its length, then as many octets, the first of which
/// says what it is).
///
/// # Panics
/// If an observation is not what every observation is.
pub fn variables_hold(octets: &[u8]) {
    holds(&observed(crate::varbinds::Varbinds::new(variables(octets))));
}

/// Every column that is read, in order.
fn columns() -> Vec<crate::oid::Oid> {
    use crate::tables::{CISCO_TABLES, TABLES, lldp, stp, system};
    let spans = TABLES.iter().chain(CISCO_TABLES).flat_map(|table| table.spans);
    let columns = spans.flat_map(|span| {
        (span.first..=span.last).map(|column| crate::oid::Oid::new(span.root).child(&[column]))
    });
    let scalars = system::SCALARS.iter().chain(lldp::SCALARS).chain(stp::SCALARS);
    columns.chain(scalars.map(|arcs| crate::oid::Oid::new(arcs))).collect()
}

fn variables(bytes: &[u8]) -> Vec<(crate::oid::Oid, crate::value::Value)> {
    let columns = columns();
    let mut rest = bytes.iter().copied();
    let mut all = Vec::new();
    while let Some(column) = rest.next() {
        let Some(column) = columns.get(usize::from(column) % columns.len()) else { break };
        let mut string = || -> Vec<u8> {
            let length = rest.next().unwrap_or_default() % 24;
            rest.by_ref().take(usize::from(length)).collect()
        };
        let index: Vec<u32> = string().into_iter().map(u32::from).collect();
        let value = string();
        all.push((column.child(&index), value_of(&value)));
    }
    all
}

/// The first octet says what it is.
fn value_of(bytes: &[u8]) -> crate::value::Value {
    use crate::value::Value as Wire;
    let Some((tag, rest)) = bytes.split_first() else { return Wire::Nothing };
    let mut number = [0_u8; 8];
    number.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    match tag % 5 {
        0 => Wire::Int(i64::from_be_bytes(number)),
        1 => Wire::Big(u64::from_be_bytes(number)),
        2 => Wire::Int(rest.first().copied().map_or(0, i64::from)),
        3 => crate::oid::Oid::from_ber(rest).map_or(Wire::Nothing, Wire::Oid),
        _ => Wire::Bytes(rest.to_vec()),
    }
}
