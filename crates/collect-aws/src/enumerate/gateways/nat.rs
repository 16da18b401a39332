//! NAT gateways: how what has no public address of its own gets out.

use super::super::pager::Pager;
use super::super::report::Report;
use super::super::{Halt, Scope};
use crate::observe::{Thing, identify_addresses, take_tags};
use aws_sdk_ec2::types::{NatGateway, NatGatewayState};
use cadastre_model::{Attr, Kind, Observation, RelationType, Tombstone};

/// Things on one page at most, by the API.
const MOST: i32 = 1_000;

/// Sends every NAT gateway; those that were deleted too, which EC2 lists for about an hour.
pub(in super::super) async fn enumerate(
    scope: &Scope<'_>,
    report: &mut Report,
) -> Result<(), Halt> {
    let mut pager = Pager::new("ec2:DescribeNatGateways");
    while pager.has_more() {
        let request = scope.ec2().describe_nat_gateways().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for gateway in page.nat_gateways() {
            let Some(id) = gateway.nat_gateway_id() else { continue };
            scope.see(id, observe(scope, id, gateway)).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, gateway: &NatGateway) -> Observation {
    let thing = Thing { kind: Kind::Gateway, resource: "natgateway", id, owner: None };
    let mut seen = scope.begin(thing);
    take_tags(&mut seen, gateway.tags(), None);
    seen.state_text(Attr::GatewayType, Some("nat"));
    seen.state_text(Attr::Connectivity, gateway.connectivity_type().map(|it| it.as_str()));
    seen.state_text(Attr::NativeState, gateway.state().map(|it| it.as_str()));
    seen.state_text(Attr::StateReason, gateway.failure_message());
    seen.state_time(Attr::CreatedAt, scope.moment(gateway.create_time()));
    let addresses = gateway.nat_gateway_addresses();
    let primary = addresses.iter().find(|one| one.is_primary() == Some(true)).or(addresses.first());
    seen.state_text(Attr::PublicIp, primary.and_then(|one| one.public_ip()));
    seen.state_text(Attr::PrivateIp, primary.and_then(|one| one.private_ip()));
    let all = addresses.iter().flat_map(|one| [one.public_ip(), one.private_ip()]);
    identify_addresses(&mut seen, all.flatten());
    scope.claim(&mut seen, RelationType::InNetwork, gateway.vpc_id());
    scope.claim(&mut seen, RelationType::InNetwork, gateway.subnet_id());
    if gateway.state() == Some(&NatGatewayState::Deleted) {
        let at = scope.moment(gateway.delete_time());
        seen.tombstone = Some(Tombstone { at, reason: "deleted".to_owned() });
    }
    seen
}
