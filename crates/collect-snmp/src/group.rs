//! Which of the addresses are one device.
//!
//! A router answers at every address it has. It is read once, at the first of them in the order of the
//! settings, and that address names its scope.

use crate::sweep::Found;
use crate::tables::{lldp, system};
use std::collections::{BTreeMap, BTreeSet};

/// What tells that two addresses are one device: an id that is meant to be one device's own, with its name
/// and model beside it, because ids are copied with configurations and images.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    Chassis(String, Option<String>),
    Engine(String, Option<String>, Option<String>),
}

/// What a device said of itself in the first answer.
struct Said {
    signs: BTreeSet<Sign>,
    engine: Option<String>,
}

fn said(found: &Found) -> Said {
    let system = system::decode(&found.hello);
    let chassis = lldp::decode(&found.hello).chassis;
    let model = system.object_id.as_ref().map(ToString::to_string);
    let mut signs = BTreeSet::new();
    if let Some(lldp::Id::Mac(chassis)) = chassis {
        signs.insert(Sign::Chassis(chassis, system.name.clone()));
    }
    if let Some(engine) = &system.engine {
        signs.insert(Sign::Engine(engine.clone(), system.name.clone(), model));
    }
    Said { signs, engine: system.engine }
}

/// Devices, each by its first address.
pub(crate) struct Grouped {
    /// One of each.
    pub devices: Vec<Found>,
    /// Engine ids that several devices have.
    pub shared_engines: BTreeSet<String>,
}

/// Groups what was found, which is in the order of the settings.
pub(crate) fn grouped(all: Vec<Found>) -> Grouped {
    let mut known: BTreeSet<Sign> = BTreeSet::new();
    let mut engines: BTreeMap<String, usize> = BTreeMap::new();
    let mut grouped = Grouped { devices: Vec::new(), shared_engines: BTreeSet::new() };
    for found in all {
        let said = said(&found);
        let is_known = said.signs.iter().any(|sign| known.contains(sign));
        known.extend(said.signs);
        if is_known {
            continue;
        }
        if let Some(engine) = said.engine {
            *engines.entry(engine).or_default() += 1;
        }
        grouped.devices.push(found);
    }
    let shared = engines.into_iter().filter(|(_, count)| *count > 1).map(|(engine, _)| engine);
    grouped.shared_engines = shared.collect();
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Line;
    use crate::tape::Tape;
    use crate::targets::Target;

    fn found(host: &str, walk: &str) -> Found {
        Found {
            target: Target { host: host.to_owned(), is_single: true },
            line: Line { host: host.to_owned(), session: None, tape: Tape::Off },
            access: String::new(),
            label: String::new(),
            hello: crate::walk_text::parse(walk.as_bytes()).0,
        }
    }

    fn device(name: &str, engine: &str) -> String {
        format!("1.3.6.1.2.1.1.5.0|4|{name}\n1.3.6.1.6.3.10.2.1.1.0|4x|{engine}\n")
    }

    #[test]
    fn one_device_at_several_addresses_is_read_once() {
        let chassis = "1.0.8802.1.1.2.1.3.1.0|2|4\n1.0.8802.1.1.2.1.3.2.0|4x|001660000000\n";
        let grouped = grouped(vec![
            found("10.0.0.1", &device("r1", "8000000903")),
            found("10.0.0.2", &device("r2", "8000000904")),
            found("10.0.1.1", &device("r1", "8000000903")),
            // Read with a view that hides the engine, but not the chassis.
            found("10.0.2.1", &format!("1.3.6.1.2.1.1.5.0|4|r3\n{chassis}")),
            found("10.0.2.2", &format!("{}{chassis}", device("r3", "8000000905"))),
            found("10.0.2.3", &device("r3", "8000000905")),
        ]);
        let hosts: Vec<&str> = grouped.devices.iter().map(|it| it.target.host.as_str()).collect();
        assert_eq!(hosts, ["10.0.0.1", "10.0.0.2", "10.0.2.1"]);
        assert!(grouped.shared_engines.is_empty());
    }

    #[test]
    fn an_engine_that_was_copied_tells_nothing() {
        let grouped = grouped(vec![
            found("10.0.0.1", &device("vm1", "8000000903")),
            found("10.0.0.2", &device("vm2", "8000000903")),
            found("10.0.0.3", &device("vm3", "8000000904")),
        ]);
        assert_eq!(grouped.devices.len(), 3);
        assert_eq!(grouped.shared_engines.into_iter().collect::<Vec<_>>(), ["8000000903"]);
    }
}
