//! Network interfaces, those of load balancers, functions and the like among them.

use super::pager::Pager;
use super::report::Report;
use super::{Halt, Scope};
use crate::observe::{Thing, identify_addresses, take_tags};
use aws_sdk_ec2::types::{NetworkInterface, NetworkInterfaceAssociation};
use cadastre_model::{Attr, Identifier, Kind, Observation, RelationType};

/// Things on one page at most, by the API.
const MOST: i32 = 1_000;

/// Sends every network interface.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let mut pager = Pager::new("ec2:DescribeNetworkInterfaces");
    while pager.has_more() {
        let request = scope.ec2().describe_network_interfaces().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for interface in page.network_interfaces() {
            let Some(id) = interface.network_interface_id() else { continue };
            scope.see(id, observe(scope, id, interface)).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, interface: &NetworkInterface) -> Observation {
    let owner = interface.owner_id();
    let thing = Thing { kind: Kind::NetworkInterface, resource: "network-interface", id, owner };
    let mut seen = scope.begin(thing);
    take_tags(&mut seen, interface.tag_set(), None);
    seen.state_text(Attr::Description, interface.description());
    seen.state_text(Attr::NativeState, interface.status().map(|it| it.as_str()));
    seen.state_text(Attr::Zone, interface.availability_zone());
    seen.state_text(Attr::InterfaceType, interface.interface_type().map(|it| it.as_str()));
    seen.state_bool(Attr::SourceDestCheck, interface.source_dest_check());
    seen.state_bool(Attr::RequesterManaged, interface.requester_managed());
    seen.state_text(Attr::PrivateDns, interface.private_dns_name());
    seen.state_text(Attr::PrivateIp, interface.private_ip_address());
    seen.state_text(Attr::PublicIp, public(interface.association()));
    seen.identify(interface.mac_address().and_then(Identifier::mac));
    identify_addresses(&mut seen, addresses(interface));
    let attachment = interface.attachment();
    let machine = attachment.and_then(|attachment| attachment.instance_id());
    let attached = machine.or(attachment.and_then(|attachment| attachment.attachment_id()));
    seen.state_text(Attr::Attachment, attached);
    scope.claim(&mut seen, RelationType::AttachedTo, machine);
    scope.claim(&mut seen, RelationType::InNetwork, interface.vpc_id());
    scope.claim(&mut seen, RelationType::InNetwork, interface.subnet_id());
    for group in interface.groups() {
        scope.claim(&mut seen, RelationType::SecuredBy, group.group_id());
    }
    seen
}

fn public(association: Option<&NetworkInterfaceAssociation>) -> Option<&str> {
    association.and_then(|association| association.public_ip())
}

/// Every address: private and public, primary and not, of both families.
fn addresses(interface: &NetworkInterface) -> Vec<&str> {
    let more = interface.private_ip_addresses().iter();
    let more = more.flat_map(|one| [one.private_ip_address(), public(one.association())]);
    let v6 = interface.ipv6_addresses().iter().map(|one| one.ipv6_address());
    [interface.private_ip_address(), public(interface.association())]
        .into_iter()
        .chain(more)
        .chain(v6)
        .flatten()
        .collect()
}
