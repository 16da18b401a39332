//! Reading one device: its tables one after the other, and what that makes of its scope.

use crate::collector::Inner;
use crate::device::{Device, Reading, observe};
use crate::fault::Fault;
use crate::sweep::Found;
use crate::tables::{CISCO_TABLES, TABLES, Table, fdb, system};
use crate::vendors;
use cadastre_model::{Coverage, DetailError, Observation};
use std::collections::BTreeSet;
use tokio::time::Instant;

/// `1.3.6.1.4.1.9`.
const CISCO: &[u32] = &[1, 3, 6, 1, 4, 1, 9];

/// Tables that only add to what is known of others: without them the device itself is read whole.
const ONLY_ADD: [&str; 2] = ["fdb", "arp"];

/// VLANs whose forwarding tables are asked one by one.
const VLANS_MAX: usize = 256;

/// What became of a device.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What is said of it, if enough of it was read.
    pub seen: Option<Observation>,
    /// How far its scope was read.
    pub coverage: Coverage,
    /// What could not be read without making the scope incomplete.
    pub details: Vec<DetailError>,
}

/// The scope of a device that is asked at this address.
pub(crate) fn scope(host: &str) -> String {
    format!("device {host}")
}

/// The address of a device by its scope.
pub(crate) fn host_of(scope: &str) -> Option<String> {
    scope.strip_prefix("device ").map(str::to_owned)
}

impl Inner {
    /// Reads a device.
    pub(crate) async fn read(&self, found: Found, shared_engines: &BTreeSet<String>) -> Outcome {
        let mut line = found.line;
        if let Some(session) = &mut line.session {
            session.set_deadline(Instant::now() + self.settings.deadline);
        }
        let system = system::decode(&found.hello);
        let mut reading = Reading {
            address: found.target.host.clone(),
            access: found.access,
            all: found.hello,
            is_engine_shared: system.engine.as_ref().is_some_and(|it| shared_engines.contains(it)),
            ..Reading::default()
        };
        let mut faults: Vec<(&'static str, Fault)> = Vec::new();
        let asks = vendors::asks(&system);
        if !asks.is_empty() {
            let answer = line.scalars("make", &asks).await;
            take(&mut reading, &mut faults, "make", answer);
        }
        let is_cisco = system.object_id.as_ref().is_some_and(|oid| oid.is_below(CISCO));
        let of_maker: &[Table] = if is_cisco { CISCO_TABLES } else { &[] };
        // What is only added comes last, so that a short time is spent on the device itself.
        let (add, own): (Vec<&Table>, Vec<&Table>) =
            TABLES.iter().chain(of_maker).partition(|table| ONLY_ADD.contains(&table.name));
        for table in own.into_iter().chain(add) {
            if faults.last().is_some_and(|(_, fault)| fault.is_final()) {
                break;
            }
            let answer = line.table(table.name, table.spans).await;
            take(&mut reading, &mut faults, table.name, answer);
        }
        if is_cisco && faults.is_empty() {
            self.read_by_vlan(&mut line, &mut reading, &mut faults).await;
        }
        if self.settings.probe_defaults {
            reading.default_community = Some(self.answers_to_all(&found.target.host).await);
        }
        outcome(&reading, &faults)
    }

    /// Cisco's switches keep a forwarding table a VLAN, and show each in a context of its own.
    async fn read_by_vlan(
        &self,
        line: &mut crate::line::Line,
        reading: &mut Reading,
        faults: &mut Vec<(&'static str, Fault)>,
    ) {
        let device = Device::decode(&reading.all);
        let is_kept_by_vlan = !device.vtp.names.is_empty()
            && fdb::decode(&reading.all).iter().all(|entry| entry.fdb.is_none());
        if !is_kept_by_vlan {
            return;
        }
        let session = line.session.take();
        for vlan in device.vtp.names.keys().take(VLANS_MAX) {
            line.session = session.as_ref().map(|session| session.of_vlan(*vlan));
            let answer = line.table_if_there(&format!("fdb of VLAN {vlan}"), fdb::VLAN_SPANS).await;
            match answer.fault {
                None => {
                    reading.by_vlan.insert(*vlan, answer.all);
                }
                // A VLAN that is suspended has no context; one silence is no sign that all are.
                Some(Fault::Silent) if !reading.by_vlan.is_empty() => {}
                Some(fault) => {
                    faults.push(("fdb", fault));
                    break;
                }
            }
        }
        line.session = session;
    }
}

fn take(
    reading: &mut Reading,
    faults: &mut Vec<(&'static str, Fault)>,
    name: &'static str,
    answer: crate::tape::Answer,
) {
    reading.all.merge(answer.all);
    if let Some(fault) = answer.fault {
        reading.missing.insert(name, fault.to_string());
        faults.push((name, fault));
    }
}

/// What is made of what was read.
///
/// A device that went away in the middle is not told of at all: half of it would clear the other half, of
/// which nothing was heard. If only tables that add are missing, or one of them makes no sense, what was
/// read stands.
fn outcome(reading: &Reading, faults: &[(&'static str, Fault)]) -> Outcome {
    let scope = scope(&reading.address);
    let own = faults.iter().find(|(name, fault)| fault.is_final() && !ONLY_ADD.contains(name));
    if let Some((name, fault)) = own {
        let what = format!(
            "{}: {fault} while its {name} were read, so nothing of it was taken; {}",
            reading.address,
            fault.hint()
        );
        return Outcome { seen: None, coverage: Coverage::failed(what), details: Vec::new() };
    }
    let seen = observe(reading, &scope);
    let mut details = Vec::new();
    if reading.is_engine_shared {
        details.push(DetailError {
            subject: seen.native_id.clone(),
            message:
                "other devices have the same SNMP engine id, so that it tells nothing; give each \
                      an engine id of its own"
                    .to_owned(),
        });
    }
    let cut = seen.facts.values().filter(|fact| match fact {
        cadastre_model::Fact::Value(cadastre_model::Value::Text(text)) => crate::text::is_cut(text),
        _ => false,
    });
    if cut.count() > 0 {
        details.push(DetailError {
            subject: seen.native_id.clone(),
            message: "a text was too long and is cut; look at what the device sends".to_owned(),
        });
    }
    let coverage = match faults {
        [] => Coverage::complete(),
        [(name, fault), rest @ ..] => {
            let more = match rest.len() {
                0 => String::new(),
                count => format!(" (and {count} more)"),
            };
            Coverage::partial(format!(
                "{}: its {name} could not be read whole{more}: {fault}; {}",
                reading.address,
                fault.hint()
            ))
        }
    };
    Outcome { seen: Some(seen), coverage, details }
}
