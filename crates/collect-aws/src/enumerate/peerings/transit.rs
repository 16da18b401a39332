//! Attachments to transit gateways: of VPCs, VPNs, other transit gateways and the like. The gateway's
//! account lists those of others too.

use super::super::pager::Pager;
use super::super::report::Report;
use super::super::{Halt, Scope};
use crate::observe::{Thing, take_tags};
use aws_sdk_ec2::types::{
    TransitGatewayAttachment, TransitGatewayAttachmentResourceType as ResourceType,
    TransitGatewayAttachmentState as State,
};
use cadastre_model::{Attr, Claim, Kind, Observation, RelationType, Target, Tombstone};

/// Things on one page at most, by the API.
const MOST: i32 = 1_000;

/// Sends every attachment.
pub(in super::super) async fn enumerate(
    scope: &Scope<'_>,
    report: &mut Report,
) -> Result<(), Halt> {
    let mut pager = Pager::new("ec2:DescribeTransitGatewayAttachments");
    while pager.has_more() {
        let request =
            scope.ec2().describe_transit_gateway_attachments().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for attachment in page.transit_gateway_attachments() {
            let Some(id) = attachment.transit_gateway_attachment_id() else { continue };
            scope.see(id, observe(scope, id, attachment)).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, attachment: &TransitGatewayAttachment) -> Observation {
    let owner = attachment.resource_owner_id();
    let thing = Thing { kind: Kind::Peering, resource: "transit-gateway-attachment", id, owner };
    let mut seen = scope.begin(thing);
    take_tags(&mut seen, attachment.tags(), None);
    let sort = attachment.resource_type().map_or("", |it| it.as_str());
    seen.state_text(Attr::PeeringType, Some(format!("transit-gateway {sort}").trim_end()));
    seen.state_text(Attr::NativeState, attachment.state().map(|it| it.as_str()));
    seen.state_time(Attr::CreatedAt, scope.moment(attachment.creation_time()));
    let place = |owner: Option<&str>, id: Option<&str>| {
        let id = id.filter(|id| !id.is_empty())?;
        Some(format!("{}/{}/{id}", scope.owner(owner), scope.place.region))
    };
    let gateway = place(attachment.transit_gateway_owner_id(), attachment.transit_gateway_id());
    let joined = place(owner, attachment.resource_id());
    seen.state_list(Attr::PeerNetworks, gateway.into_iter().chain(joined.clone()));
    // A gateway that is shared is known under the account that sees it.
    scope.claim(&mut seen, RelationType::ConnectedTo, attachment.transit_gateway_id());
    if attachment.resource_type() == Some(&ResourceType::Vpc) {
        let vpc = joined.map(|vpc| Claim::new(RelationType::ConnectedTo, Target::Native(vpc)));
        seen.claims.extend(vpc);
    }
    if let Some(state @ (State::Deleted | State::Failed | State::Rejected)) = attachment.state() {
        seen.tombstone = Some(Tombstone { at: None, reason: state.as_str().to_owned() });
    }
    seen
}
