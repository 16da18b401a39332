//! ESXi hosts: hardware, software, security, network cards; and the virtual switches of each.

mod hardware;
mod network;
mod security;

use super::networks::PortGroups;
use super::report::Report;
use super::{Asked, Halt, Scope};
use crate::api::{Known, Ref, Row};
use crate::observe::{begin, claim, flag, moment, state, text};
use crate::tags::Tagged;
use cadastre_model::{Attr, Identifier, Kind, Observation, Power, RelationType, Value};
use std::collections::BTreeMap;

/// What is asked for of hosts. Their advanced settings make them large.
pub(super) const ASKED: Asked = Asked {
    kinds: &["HostSystem"],
    paths: &[
        "name",
        "parent",
        "customValue",
        "datastore",
        "runtime.connectionState",
        "runtime.powerState",
        "runtime.inMaintenanceMode",
        "summary.hardware.vendor",
        "summary.hardware.model",
        "summary.hardware.uuid",
        "summary.hardware.memorySize",
        "summary.hardware.cpuModel",
        "summary.hardware.cpuMhz",
        "summary.hardware.numCpuPkgs",
        "summary.hardware.numCpuCores",
        "summary.hardware.numCpuThreads",
        "summary.hardware.otherIdentifyingInfo",
        "hardware.systemInfo.serialNumber",
        "hardware.biosInfo.biosVersion",
        "hardware.biosInfo.releaseDate",
        "hardware.biosInfo.firmwareType",
        "config.product.name",
        "config.product.version",
        "config.product.build",
        "config.lockdownMode",
        "config.service.service",
        "config.dateTimeInfo.ntpConfig.server",
        "config.option",
        "config.network.pnic",
        "config.network.vnic",
        "config.network.vswitch",
        "config.network.portgroup",
        "config.network.proxySwitch",
        "config.network.dnsConfig.hostName",
        "config.network.dnsConfig.domainName",
        "capability.uefiSecureBoot",
    ],
    page: 50,
    word: "hosts",
};

/// Sends every host and its switches, and gathers its port groups.
pub(super) async fn enumerate(
    scope: &Scope<'_>,
    report: &mut Report,
    groups: &mut PortGroups,
) -> Result<(), Halt> {
    let mut pages = scope.list(&ASKED, report).await?;
    while let Some(page) = pages.next(scope, report).await? {
        let mut without_switches: Vec<Ref> = Vec::new();
        for mut row in page.rows {
            let (host, switches) = observe(scope, &mut row, &page.tags, groups);
            let id = row.object.id.clone();
            scope.see(&id, row.flaws(), host).await?;
            match switches {
                Known::Value(switches) => {
                    for switch in switches {
                        scope.see(&id, &[], switch).await?;
                    }
                }
                Known::Absent => {}
                Known::NotRead(_) => without_switches.push(row.object),
            }
        }
        // What is not known to be gone must not seem to be.
        report.miss("hosts' virtual switches", &without_switches);
    }
    Ok(())
}

/// A host, and its own virtual switches.
fn observe(
    scope: &Scope<'_>,
    row: &mut Row,
    tags: &BTreeMap<String, Vec<Tagged>>,
    groups: &mut PortGroups,
) -> (Observation, Known<Vec<Observation>>) {
    let connection = row.text("runtime.connectionState").value().unwrap_or_default();
    if !matches!(connection.as_str(), "connected" | "") {
        row.set_out_of_reach(format!("the host is {connection}"));
    }
    let uuid = row.text("summary.hardware.uuid").value();
    let (native, _) = scope.survey.host(&row.object, uuid.as_deref());
    let mut seen = begin(scope, Kind::Server, native, row, tags);
    seen.state_text(Attr::NativeState, Some(connection.as_str()));
    state(&mut seen, Attr::MaintenanceMode, flag(row.flag("runtime.inMaintenanceMode")));
    seen.power = Some(match row.text("runtime.powerState").value().as_deref() {
        Some("poweredOn") => Power::On,
        Some("poweredOff") => Power::Off,
        Some("standBy") => Power::Suspended,
        _ => Power::Unknown,
    });
    state(&mut seen, Attr::Os, text(row.text("config.product.name")));
    state(&mut seen, Attr::OsVersion, text(row.text("config.product.version")));
    state(&mut seen, Attr::OsBuild, text(row.text("config.product.build")));
    hardware::state_hardware(&mut seen, row);
    state(&mut seen, Attr::BiosDate, moment(scope, row.text("hardware.biosInfo.releaseDate")));
    security::state_security(&mut seen, row);
    state_name(&mut seen, row);
    claim(&mut seen, RelationType::MemberOf, scope.survey.cluster_of_host(&row.object.id));
    for store in row.take_objects("datastore") {
        claim(&mut seen, RelationType::Uses, Some(scope.survey.native(&store.id)));
    }
    let switches = network::state_network(scope, &mut seen, row, groups);
    (seen, switches)
}

/// Its name in the DNS: as it is set on the host, else the name that the vCenter knows it by, if
/// that is one.
fn state_name(seen: &mut Observation, row: &Row) {
    let host = row.text("config.network.dnsConfig.hostName");
    let domain = row.text("config.network.dnsConfig.domainName").value();
    let set = host.map(|host| match domain {
        Some(domain) if !host.contains('.') => format!("{host}.{domain}"),
        _ => host,
    });
    // A host whose name was never set calls itself this.
    let set = set.and_then(|name| (!name.starts_with("localhost")).then_some(name));
    let known = row.name().filter(|name| Identifier::fqdn(name).is_some());
    let known = known.map_or(Known::Absent, Known::Value);
    let name = set.or(known);
    if let Known::Value(name) = &name {
        seen.identify(Identifier::fqdn(name));
    }
    state(seen, Attr::DnsName, name.map(Value::Text));
}
