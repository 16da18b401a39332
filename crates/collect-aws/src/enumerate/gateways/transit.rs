//! Transit gateways: the hubs between networks, those that other accounts share among them.

use super::super::pager::Pager;
use super::super::report::Report;
use super::super::{Halt, Scope};
use crate::observe::{Thing, take_tags};
use aws_sdk_ec2::types::{TransitGateway, TransitGatewayState};
use cadastre_model::{Attr, Kind, Observation, Tombstone};

/// Things on one page at most, by the API.
const MOST: i32 = 1_000;

/// Sends every transit gateway.
pub(in super::super) async fn enumerate(
    scope: &Scope<'_>,
    report: &mut Report,
) -> Result<(), Halt> {
    let mut pager = Pager::new("ec2:DescribeTransitGateways");
    while pager.has_more() {
        let request = scope.ec2().describe_transit_gateways().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for gateway in page.transit_gateways() {
            let Some(id) = gateway.transit_gateway_id() else { continue };
            scope.see(id, observe(scope, id, gateway)).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, gateway: &TransitGateway) -> Observation {
    let owner = gateway.owner_id();
    let thing = Thing { kind: Kind::Gateway, resource: "transit-gateway", id, owner };
    let mut seen = scope.begin(thing);
    take_tags(&mut seen, gateway.tags(), None);
    seen.state_text(Attr::GatewayType, Some("transit"));
    seen.state_text(Attr::Description, gateway.description());
    seen.state_text(Attr::NativeState, gateway.state().map(|it| it.as_str()));
    seen.state_time(Attr::CreatedAt, scope.moment(gateway.creation_time()));
    if gateway.state() == Some(&TransitGatewayState::Deleted) {
        seen.tombstone = Some(Tombstone { at: None, reason: "deleted".to_owned() });
    }
    seen
}
