//! Instances, all states, with their interfaces. User data is not part of the answer and is never
//! asked for.

use super::instance_types::{InstanceTypes, TypeFacts};
use super::pager::Pager;
use super::report::Report;
use super::{Halt, Scope};
use crate::asked::Questions;
use crate::observe::{Thing, identify_addresses, take_tags};
use aws_sdk_ec2::types::{
    Instance, InstanceNetworkInterface, InstanceNetworkInterfaceAssociation, MonitoringState,
    Reservation,
};
use cadastre_model::{
    Attr, Fact, Identifier, Interface, Kind, Observation, Power, RelationType, Scheme, Timestamp,
    Tombstone,
};
use std::collections::BTreeSet;
use std::str::FromStr;

/// Things on one page at most, by the API.
const MOST: i32 = 1_000;

/// Attributes that EC2 forgets when an instance is terminated, while it lists it for about an hour.
const FORGOTTEN: [Attr; 6] = [
    Attr::PrivateDns,
    Attr::PublicDns,
    Attr::PrivateIp,
    Attr::PublicIp,
    Attr::InstanceProfile,
    Attr::SourceDestCheck,
];

/// Sends every instance, and gathers the ids of the images they were made from.
pub(super) async fn enumerate(
    scope: &Scope<'_>,
    report: &mut Report,
    images: &mut BTreeSet<String>,
) -> Result<(), Halt> {
    let mut types = InstanceTypes::default();
    let mut pager = Pager::new("ec2:DescribeInstances");
    while pager.has_more() {
        let request = scope.ec2().describe_instances().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        if scope.asked.questions == Questions::All {
            types.learn(scope, types_of(page.reservations())).await?;
        }
        for reservation in page.reservations() {
            for instance in reservation.instances() {
                let Some(id) = instance.instance_id() else { continue };
                let image = instance.image_id().filter(|image| !image.is_empty());
                images.extend(image.map(str::to_owned));
                let mut seen = observe(scope, id, reservation.owner_id(), instance);
                state_type(&mut seen, &types, instance);
                scope.see(id, seen).await?;
            }
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

fn types_of(reservations: &[Reservation]) -> impl Iterator<Item = String> {
    let instances = reservations.iter().flat_map(|reservation| reservation.instances());
    instances.filter_map(|instance| Some(instance.instance_type()?.as_str().to_owned()))
}

/// What its size class stands for, as far as the instance does not say otherwise.
fn state_type(seen: &mut Observation, types: &InstanceTypes, instance: &Instance) {
    match types.of(instance.instance_type().map(|it| it.as_str())) {
        Ok(TypeFacts { vcpu, cores, memory }) => {
            for (attr, number) in [(Attr::Vcpu, vcpu), (Attr::Cores, cores)] {
                if seen.facts.get(&attr) == Some(&Fact::Absent) {
                    seen.state_int(attr, number);
                }
            }
            seen.state_int(Attr::Memory, memory);
        }
        Err(why) => {
            let cpus = [Attr::Vcpu, Attr::Cores].into_iter();
            let unread = cpus.filter(|attr| seen.facts.get(attr) == Some(&Fact::Absent));
            let unread: Vec<Attr> = unread.chain([Attr::Memory]).collect();
            unread.into_iter().for_each(|attr| seen.not_read(attr, why));
        }
    }
}

fn observe(scope: &Scope<'_>, id: &str, owner: Option<&str>, instance: &Instance) -> Observation {
    let mut seen = scope.begin(Thing { kind: Kind::Instance, resource: "instance", id, owner });
    take_tags(&mut seen, instance.tags(), None);
    seen.identify(Identifier::plain(Scheme::CloudInstance, id));
    state_make(scope, &mut seen, instance);
    state_addresses(&mut seen, instance);
    state_metadata_service(&mut seen, instance);
    state_life(scope, &mut seen, instance);
    seen.interfaces = instance
        .network_interfaces()
        .iter()
        .filter_map(|interface| observe_interface(scope, interface))
        .collect();
    seen.interfaces.sort();
    for interface in seen.interfaces.clone() {
        identify_addresses(&mut seen, interface.addresses.iter().map(String::as_str));
        seen.identify(interface.mac.as_deref().and_then(Identifier::mac));
    }
    state_relations(scope, &mut seen, instance);
    seen
}

/// What it is made of.
fn state_make(scope: &Scope<'_>, seen: &mut Observation, instance: &Instance) {
    let cpu = instance.cpu_options();
    let cores = cpu.and_then(|cpu| cpu.core_count()).map(i64::from);
    let threads = cpu.and_then(|cpu| cpu.threads_per_core()).map(i64::from);
    seen.state_int(Attr::Cores, cores);
    seen.state_int(Attr::Vcpu, cores.zip(threads).map(|(cores, threads)| cores * threads));
    seen.state_text(Attr::InstanceType, instance.instance_type().map(|it| it.as_str()));
    seen.state_text(Attr::ImageId, instance.image_id());
    seen.state_text(Attr::Architecture, instance.architecture().map(|it| it.as_str()));
    let platform = instance.platform_details();
    let platform = platform.or(instance.platform().map(|it| it.as_str()));
    seen.state_text(Attr::Platform, platform);
    seen.state_text(Attr::KeyPair, instance.key_name());
    let profile = instance.iam_instance_profile();
    seen.state_text(Attr::InstanceProfile, profile.and_then(|profile| profile.arn()));
    seen.state_text(Attr::RootDevice, instance.root_device_name());
    seen.state_text(Attr::Virtualisation, instance.virtualization_type().map(|it| it.as_str()));
    seen.state_bool(Attr::EbsOptimised, instance.ebs_optimized());
    seen.state_bool(Attr::SourceDestCheck, instance.source_dest_check());
    let monitoring = instance.monitoring().and_then(|monitoring| monitoring.state());
    let detailed = monitoring.map(|state| *state == MonitoringState::Enabled);
    seen.state_bool(Attr::DetailedMonitoring, detailed);
    let placement = instance.placement();
    seen.state_text(Attr::Zone, placement.and_then(|placement| placement.availability_zone()));
    let tenancy = placement.and_then(|placement| placement.tenancy());
    seen.state_text(Attr::Tenancy, tenancy.map(|it| it.as_str()));
    seen.state_text(Attr::PlacementHost, placement.and_then(|placement| placement.host_id()));
    seen.state_text(Attr::PlacementGroup, placement.and_then(|placement| placement.group_name()));
    // EC2 names only what is not the rule.
    let purchase = instance.instance_lifecycle().map_or("on-demand", |it| it.as_str());
    seen.state_text(Attr::PurchaseOption, Some(purchase));
    seen.state_time(Attr::LaunchedAt, scope.moment(instance.launch_time()));
}

fn state_addresses(seen: &mut Observation, instance: &Instance) {
    seen.state_text(Attr::PrivateDns, instance.private_dns_name());
    seen.state_text(Attr::PublicDns, instance.public_dns_name());
    seen.state_text(Attr::PrivateIp, instance.private_ip_address());
    seen.state_text(Attr::PublicIp, instance.public_ip_address());
    let primary = [instance.private_ip_address(), instance.public_ip_address()];
    let all = primary.into_iter().chain([instance.ipv6_address()]).flatten();
    identify_addresses(seen, all.filter(|address| !address.is_empty()));
}

fn state_metadata_service(seen: &mut Observation, instance: &Instance) {
    let options = instance.metadata_options();
    let tokens = options.and_then(|options| options.http_tokens());
    seen.state_text(Attr::MetadataTokens, tokens.map(|it| it.as_str()));
    let endpoint = options.and_then(|options| options.http_endpoint());
    seen.state_text(Attr::MetadataEndpoint, endpoint.map(|it| it.as_str()));
}

/// Whether it runs, since when not, and whether it has ended.
fn state_life(scope: &Scope<'_>, seen: &mut Observation, instance: &Instance) {
    let state = instance.state().and_then(|state| state.name());
    let state = state.map_or("", |name| name.as_str());
    let reason = instance.state_reason();
    let transition = instance.state_transition_reason().unwrap_or_default();
    let (words, at) = split_transition(transition);
    let at = at.map(|at| scope.run.moment(at));
    let why = reason.and_then(|reason| reason.message()).filter(|why| !why.is_empty());
    seen.state_text(Attr::NativeState, Some(state));
    seen.state_text(Attr::StateReason, why.or(Some(words)));
    seen.state_time(Attr::StoppedAt, at.filter(|_| state == "stopped"));
    let hibernated =
        reason.and_then(|reason| reason.code()) == Some("Client.UserInitiatedHibernate");
    seen.power = Some(match state {
        "running" => Power::On,
        "stopped" | "stopping" if hibernated => Power::Suspended,
        "stopped" | "stopping" | "terminated" => Power::Off,
        _ => Power::Unknown,
    });
    if state == "terminated" {
        seen.tombstone = Some(Tombstone { at, reason: state.to_owned() });
        for attr in FORGOTTEN {
            if seen.facts.get(&attr) == Some(&Fact::Absent) {
                seen.not_read(attr, "EC2 does not tell it of an instance that is terminated");
            }
        }
    }
}

/// `User initiated (2026-06-30 10:00:00 GMT)` as its words and its moment.
fn split_transition(text: &str) -> (&str, Option<Timestamp>) {
    let Some((words, rest)) = text.rsplit_once(" (") else { return (text, None) };
    let moment = rest.strip_suffix(')').and_then(|inside| {
        let inside = inside.strip_suffix(" GMT").or(inside.strip_suffix(" UTC"))?;
        Timestamp::from_str(&format!("{}Z", inside.replacen(' ', "T", 1))).ok()
    });
    match moment {
        Some(moment) => (words, Some(moment)),
        None => (text, None),
    }
}

fn observe_interface(scope: &Scope<'_>, interface: &InstanceNetworkInterface) -> Option<Interface> {
    let public = |association: Option<&InstanceNetworkInterfaceAssociation>| {
        association.and_then(|association| association.public_ip()).map(str::to_owned)
    };
    let mut addresses: BTreeSet<String> = BTreeSet::new();
    addresses.extend(interface.private_ip_address().map(str::to_owned));
    addresses.extend(public(interface.association()));
    for address in interface.private_ip_addresses() {
        addresses.extend(address.private_ip_address().map(str::to_owned));
        addresses.extend(public(address.association()));
    }
    for address in interface.ipv6_addresses() {
        addresses.extend(address.ipv6_address().map(str::to_owned));
    }
    Some(Interface {
        native_id: interface.network_interface_id()?.to_owned(),
        mac: interface.mac_address().and_then(Identifier::mac).map(|mac| mac.value),
        addresses: addresses
            .iter()
            .filter_map(|address| Identifier::ip(address))
            .map(|address| address.value)
            .collect::<BTreeSet<String>>()
            .into_iter()
            .collect(),
        state: interface.status().map(|status| status.as_str().to_owned()),
        network: interface.subnet_id().map(|subnet| scope.place.native(subnet)),
        ..Interface::default()
    })
}

fn state_relations(scope: &Scope<'_>, seen: &mut Observation, instance: &Instance) {
    scope.claim(seen, RelationType::InNetwork, instance.vpc_id());
    scope.claim(seen, RelationType::InNetwork, instance.subnet_id());
    for interface in instance.network_interfaces() {
        scope.claim(seen, RelationType::InNetwork, interface.subnet_id());
        for group in interface.groups() {
            scope.claim(seen, RelationType::SecuredBy, group.group_id());
        }
    }
    for group in instance.security_groups() {
        scope.claim(seen, RelationType::SecuredBy, group.group_id());
    }
    scope.claim(seen, RelationType::MadeFrom, instance.image_id());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transition_has_words_and_sometimes_a_moment() {
        let at = Timestamp::from_str("2026-06-30T10:00:00Z").ok();
        for zone in ["GMT", "UTC"] {
            let text = format!("User initiated (2026-06-30 10:00:00 {zone})");
            assert_eq!(split_transition(&text), ("User initiated", at));
        }
        assert_eq!(split_transition("User initiated"), ("User initiated", None));
        assert_eq!(split_transition("It (the host) failed"), ("It (the host) failed", None));
        assert_eq!(split_transition(""), ("", None));
    }
}
