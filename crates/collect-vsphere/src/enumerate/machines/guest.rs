//! What the guest says of itself, through its tools.

use crate::api::{Known, Row};
use crate::observe::{state, text};
use cadastre_model::{Attr, Identifier, Observation};
use std::collections::{BTreeMap, BTreeSet};
use vim_rs::types::structs::GuestNicInfo;

/// Why something of the guest is not known now.
const SILENT: &str = "the guest does not tell it";

/// Addresses of one interface, at most. A guest that runs containers has hundreds; nothing real has
/// more.
const ADDRESSES_MAX: usize = 256;

/// States what the guest says, and fills in the addresses of the interfaces.
pub(super) fn state_guest(seen: &mut Observation, row: &mut Row) {
    let tools = row.text("guest.toolsVersionStatus2").or(row.text("guest.toolsVersionStatus"));
    let never = matches!(&tools, Known::Value(status) if status == "guestToolsNotInstalled")
        || matches!(&tools, Known::Absent);
    state_os(seen, row, never);
    state(seen, Attr::ToolsStatus, text(tools));
    state(seen, Attr::ToolsRunning, text(row.text("guest.toolsRunningStatus")));
    let version = row.text("guest.toolsVersion");
    state(seen, Attr::ToolsVersion, text(version.and_then(|it| (it != "0").then_some(it))));
    state_name(seen, row);
    state_addresses(seen, row);
}

/// What runs in it. Without tools that ever ran, what it was made for is the best that is known.
fn state_os(seen: &mut Observation, row: &Row, never: bool) {
    let configured = row.text("config.guestFullName");
    let reported = match row.text("guest.guestFullName") {
        Known::Absent if never => configured.clone(),
        Known::Absent => Known::NotRead(SILENT.to_owned()),
        read => read,
    };
    state(seen, Attr::Os, text(reported));
    state(seen, Attr::OsConfigured, text(configured));
}

fn state_name(seen: &mut Observation, row: &Row) {
    let name = match row.text("guest.hostName") {
        Known::Absent => Known::NotRead(SILENT.to_owned()),
        read => read,
    };
    if let Known::Value(name) = &name {
        seen.identify(Identifier::fqdn(name));
    }
    state(seen, Attr::DnsName, text(name));
}

fn state_addresses(seen: &mut Observation, row: &mut Row) {
    let nets: Known<Vec<GuestNicInfo>> = row.take("guest.net");
    let told = Told::of(nets.value().unwrap_or_default());
    for interface in &mut seen.interfaces {
        let key = interface.native_id.parse().ok();
        let by_key = key.and_then(|key: i32| told.by_key.get(&key));
        let by_mac = || interface.mac.as_ref().and_then(|mac| told.by_mac.get(mac));
        if let Some(addresses) = by_key.or_else(by_mac) {
            interface.addresses = addresses.iter().take(ADDRESSES_MAX).cloned().collect();
        }
    }
    let first = row.text("guest.ipAddress").value();
    let first = first.as_deref().and_then(Identifier::ip).map(|address| address.value);
    let of_cards = || {
        let all = seen.interfaces.iter().flat_map(|one| &one.addresses);
        all.filter(|address| Identifier::ip(address).is_some_and(|ip| ip.junk().is_none()))
            .min_by_key(|address| address.contains(':'))
            .cloned()
    };
    let primary = first.or_else(of_cards);
    let addresses: BTreeSet<String> = seen
        .interfaces
        .iter()
        .flat_map(|one| one.addresses.iter())
        .chain(primary.iter())
        .cloned()
        .collect();
    for address in &addresses {
        seen.identify(Identifier::ip(address));
    }
    match primary {
        Some(primary) => seen.state_text(Attr::PrivateIp, Some(primary)),
        None => seen.not_read(Attr::PrivateIp, SILENT),
    }
}

/// The addresses that a guest tells, by its cards.
#[derive(Default)]
struct Told {
    by_key: BTreeMap<i32, BTreeSet<String>>,
    by_mac: BTreeMap<String, BTreeSet<String>>,
}

impl Told {
    /// Interfaces that the guest made for itself have no card and are left out.
    fn of(nets: Vec<GuestNicInfo>) -> Told {
        let mut told = Told::default();
        for net in nets {
            let listed = net.ip_address.unwrap_or_default();
            let addresses = listed.iter().filter_map(|text| Identifier::ip(text));
            let addresses: BTreeSet<String> = addresses.map(|address| address.value).collect();
            if net.device_config_id < 0 || addresses.is_empty() {
                continue;
            }
            if let Some(mac) = net.mac_address.as_deref().and_then(Identifier::mac) {
                told.by_mac.entry(mac.value).or_default().extend(addresses.iter().cloned());
            }
            told.by_key.entry(net.device_config_id).or_default().extend(addresses);
        }
        told
    }
}
