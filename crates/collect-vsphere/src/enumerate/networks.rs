//! Networks: standard and distributed port groups, uplinks, opaque networks.
//!
//! A standard port group is one network of its datacenter, and each of its hosts has a setting of its
//! own for it: its VLANs are those of all hosts, and a freedom that one host grants is granted.

use super::report::Report;
use super::{Asked, Halt, Scope};
use crate::api::{Known, Ref, Row};
use crate::observe::{begin, claim, flag, list, state, text};
use crate::tags::Tagged;
use cadastre_model::{Attr, Kind, Observation, RelationType};
use std::collections::{BTreeMap, BTreeSet};
use vim_rs::types::structs::{
    BoolPolicy, HostNetworkSecurityPolicy, HostPortGroup, VMwareDvsPortSetting,
    VmwareDistributedVirtualSwitchPvlanSpec, VmwareDistributedVirtualSwitchTrunkVlanSpec,
    VmwareDistributedVirtualSwitchVlanIdSpec,
};
use vim_rs::types::traits::VmwareDistributedVirtualSwitchVlanSpecTrait;

/// What is asked for of networks. What only distributed port groups and opaque networks have, the
/// others are not asked for again once they said so.
pub(super) const ASKED: Asked = Asked::new(
    &["Network", "DistributedVirtualPortgroup", "OpaqueNetwork"],
    &[
        "name",
        "parent",
        "customValue",
        "host",
        "config.description",
        "config.distributedVirtualSwitch",
        "config.defaultPortConfig",
        "config.uplink",
        "summary.opaqueNetworkId",
        "summary.opaqueNetworkType",
    ],
    "networks",
);

/// What machines on a network or switch may do beyond using their own address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Policy {
    promiscuous: Option<bool>,
    mac_changes: Option<bool>,
    forged_transmits: Option<bool>,
}

impl Policy {
    /// As a host states it.
    pub(super) fn of_host(security: Option<&HostNetworkSecurityPolicy>) -> Policy {
        let Some(security) = security else { return Policy::default() };
        Policy {
            promiscuous: security.allow_promiscuous,
            mac_changes: security.mac_changes,
            forged_transmits: security.forged_transmits,
        }
    }

    /// As a distributed port group or switch states it. From 6.7 on there are two places; the newer
    /// one counts where it is filled.
    pub(super) fn of_distributed(setting: &VMwareDvsPortSetting) -> Policy {
        let held = |policy: &Option<BoolPolicy>| policy.as_ref().and_then(|policy| policy.value);
        let old = setting.security_policy.as_ref();
        let new = setting.mac_management_policy.as_ref();
        Policy {
            promiscuous: new
                .and_then(|new| new.allow_promiscuous)
                .or(old.and_then(|old| held(&old.allow_promiscuous))),
            mac_changes: new
                .and_then(|new| new.mac_changes)
                .or(old.and_then(|old| held(&old.mac_changes))),
            forged_transmits: new
                .and_then(|new| new.forged_transmits)
                .or(old.and_then(|old| held(&old.forged_transmits))),
        }
    }

    /// What either grants.
    fn or(self, other: Policy) -> Policy {
        let either = |one: Option<bool>, two: Option<bool>| match (one, two) {
            (Some(one), Some(two)) => Some(one || two),
            (one, two) => one.or(two),
        };
        Policy {
            promiscuous: either(self.promiscuous, other.promiscuous),
            mac_changes: either(self.mac_changes, other.mac_changes),
            forged_transmits: either(self.forged_transmits, other.forged_transmits),
        }
    }
}

/// States a policy, or that it could not be read.
pub(super) fn state_policy(seen: &mut Observation, policy: &Known<Policy>) {
    let part = |part: fn(Policy) -> Option<bool>| flag(policy.clone().and_then(part));
    state(seen, Attr::Promiscuous, part(|policy| policy.promiscuous));
    state(seen, Attr::MacChanges, part(|policy| policy.mac_changes));
    state(seen, Attr::ForgedTransmits, part(|policy| policy.forged_transmits));
}

/// The standard port groups of the hosts that were read.
#[derive(Debug, Default)]
pub(super) struct PortGroups {
    /// By host and name.
    groups: BTreeMap<(String, String), PortGroup>,
}

#[derive(Debug)]
struct PortGroup {
    vlan: i64,
    policy: Policy,
    switch: String,
}

impl PortGroups {
    /// The native id of a host's own switch.
    pub(super) fn switch_native(host: &str, switch: &str) -> String {
        format!("{host}/vswitch/{}", crate::text::value(switch))
    }

    /// Adds a port group of a host.
    pub(super) fn add(&mut self, host: &str, host_native: &str, group: &HostPortGroup) {
        let security =
            group.computed_policy.security.as_ref().or(group.spec.policy.security.as_ref());
        let held = PortGroup {
            vlan: i64::from(group.spec.vlan_id),
            policy: Policy::of_host(security),
            switch: PortGroups::switch_native(host_native, &group.spec.vswitch_name),
        };
        let name = crate::text::value(&group.spec.name);
        self.groups.insert((host.to_owned(), name), held);
    }

    /// The port groups of this name, of these hosts or, if none are named, of all of the datacenter.
    fn of(&self, hosts: &[Ref], name: &str) -> Vec<&PortGroup> {
        let is_of = |host: &str| hosts.is_empty() || hosts.iter().any(|one| one.id == host);
        self.groups
            .iter()
            .filter(|((host, group), _)| group == name && is_of(host))
            .map(|(_, group)| group)
            .collect()
    }
}

/// Sends every network.
pub(super) async fn enumerate(
    scope: &Scope<'_>,
    report: &mut Report,
    groups: &PortGroups,
) -> Result<(), Halt> {
    let mut pages = scope.list(&ASKED, report).await?;
    while let Some(page) = pages.next(scope, report).await? {
        for mut row in page.rows {
            let seen = observe(scope, &mut row, &page.tags, groups);
            scope.see(&row.object.id, row.flaws(), seen).await?;
        }
    }
    Ok(())
}

fn observe(
    scope: &Scope<'_>,
    row: &mut Row,
    tags: &BTreeMap<String, Vec<Tagged>>,
    groups: &PortGroups,
) -> Observation {
    let native = scope.survey.native(&row.object.id);
    let mut seen = begin(scope, Kind::Network, native, row, tags);
    match row.object.kind.as_str() {
        "DistributedVirtualPortgroup" => state_distributed(scope, &mut seen, row),
        "OpaqueNetwork" => {
            let of = row.text("summary.opaqueNetworkType").value();
            let kind = of.map_or("opaque".to_owned(), |of| format!("opaque ({of})"));
            seen.state_text(Attr::NetworkType, Some(kind));
        }
        _ => state_standard(&mut seen, row, groups),
    }
    seen
}

fn state_distributed(scope: &Scope<'_>, seen: &mut Observation, row: &mut Row) {
    state(seen, Attr::Description, text(row.text("config.description")));
    let is_uplink = row.flag("config.uplink").value().unwrap_or(false);
    let kind = if is_uplink { "uplink" } else { "distributed" };
    seen.state_text(Attr::NetworkType, Some(kind));
    let switch = row.object("config.distributedVirtualSwitch").value();
    claim(seen, RelationType::MemberOf, switch.map(|switch| scope.survey.native(&switch.id)));
    let setting: Known<VMwareDvsPortSetting> = row.take("config.defaultPortConfig");
    let (policy, ids) = match setting {
        Known::Value(setting) => {
            let ids = setting.vlan.iter().flat_map(|vlan| vlans(&**vlan)).collect();
            (Known::Value(Policy::of_distributed(&setting)), Known::Value(ids))
        }
        Known::Absent => (Known::Absent, Known::Absent),
        Known::NotRead(why) => (Known::NotRead(why.clone()), Known::NotRead(why)),
    };
    state_policy(seen, &policy);
    state(seen, Attr::Vlans, list(ids));
}

fn state_standard(seen: &mut Observation, row: &mut Row, groups: &PortGroups) {
    seen.state_text(Attr::NetworkType, Some("standard"));
    let hosts = row.take_objects("host");
    let name = row.name().unwrap_or_default();
    let of_hosts = groups.of(&hosts, &name);
    if of_hosts.is_empty() {
        let why = "no host tells of its settings";
        state_policy(seen, &Known::NotRead(why.to_owned()));
        seen.not_read(Attr::Vlans, why);
        return;
    }
    let policy = of_hosts.iter().fold(Policy::default(), |all, group| all.or(group.policy));
    state_policy(seen, &Known::Value(policy));
    let ids: BTreeSet<String> = of_hosts.iter().filter_map(|group| vlan(group.vlan)).collect();
    seen.state_list(Attr::Vlans, ids);
    for group in of_hosts {
        claim(seen, RelationType::MemberOf, Some(group.switch.clone()));
    }
}

/// A VLAN of a standard port group: none, one, or all.
fn vlan(id: i64) -> Option<String> {
    match id {
        1..4095 => Some(id.to_string()),
        4095 => Some("0-4094".to_owned()),
        _ => None,
    }
}

/// The VLANs of a distributed port group.
fn vlans(spec: &dyn VmwareDistributedVirtualSwitchVlanSpecTrait) -> Vec<String> {
    let spec = spec.as_any_ref();
    if let Some(one) = spec.downcast_ref::<VmwareDistributedVirtualSwitchVlanIdSpec>() {
        return vlan(i64::from(one.vlan_id)).into_iter().collect();
    }
    if let Some(one) = spec.downcast_ref::<VmwareDistributedVirtualSwitchPvlanSpec>() {
        return vec![format!("private {}", one.pvlan_id)];
    }
    let trunk = spec.downcast_ref::<VmwareDistributedVirtualSwitchTrunkVlanSpec>();
    let ranges = trunk.and_then(|trunk| trunk.vlan_id.as_deref()).unwrap_or_default();
    ranges
        .iter()
        .map(|range| match range.start == range.end {
            true => range.start.to_string(),
            false => format!("{}-{}", range.start, range.end),
        })
        .collect()
}
