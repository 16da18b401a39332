//! Elastic addresses. EC2 answers all of them at once.

use super::report::Report;
use super::{Halt, Scope};
use crate::observe::{Thing, identify_addresses, take_tags};
use aws_sdk_ec2::types::Address;
use cadastre_model::{Attr, Kind, Observation, RelationType};

/// Sends every elastic address.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let asking = scope.ec2().describe_addresses().send();
    let answer = scope.ask("ec2:DescribeAddresses", asking).await?;
    report.page();
    for address in answer.addresses() {
        // One of a time before VPCs has no allocation.
        let Some(id) = address.allocation_id().or(address.public_ip()) else { continue };
        scope.see(id, observe(scope, id, address)).await?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, address: &Address) -> Observation {
    let thing = Thing { kind: Kind::Address, resource: "elastic-ip", id, owner: None };
    let mut seen = scope.begin(thing);
    take_tags(&mut seen, address.tags(), None);
    seen.state_text(Attr::PublicIp, address.public_ip());
    seen.state_text(Attr::PrivateIp, address.private_ip_address());
    let all = [address.public_ip(), address.private_ip_address()];
    identify_addresses(&mut seen, all.into_iter().flatten());
    let machine = address.instance_id().filter(|id| !id.is_empty());
    let attached = machine.or(address.network_interface_id());
    seen.state_text(Attr::Attachment, attached);
    scope.claim(&mut seen, RelationType::AttachedTo, attached);
    seen
}
