//! Peering connections between two VPCs. Each side lists it, so each side's account and region has one
//! of its own.

use super::super::pager::Pager;
use super::super::report::Report;
use super::super::{Halt, Scope};
use crate::observe::{Thing, take_tags};
use aws_sdk_ec2::types::{
    VpcPeeringConnection, VpcPeeringConnectionStateReasonCode as Code, VpcPeeringConnectionVpcInfo,
};
use cadastre_model::{Attr, Claim, Kind, Observation, RelationType, Target, Tombstone};

/// Things on one page at most, by the API.
const MOST: i32 = 1_000;

/// Sends every peering connection; those that ended too, which EC2 lists for some time.
pub(in super::super) async fn enumerate(
    scope: &Scope<'_>,
    report: &mut Report,
) -> Result<(), Halt> {
    let mut pager = Pager::new("ec2:DescribeVpcPeeringConnections");
    while pager.has_more() {
        let request = scope.ec2().describe_vpc_peering_connections().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for peering in page.vpc_peering_connections() {
            let Some(id) = peering.vpc_peering_connection_id() else { continue };
            scope.see(id, observe(scope, id, peering)).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, peering: &VpcPeeringConnection) -> Observation {
    let thing = Thing { kind: Kind::Peering, resource: "vpc-peering-connection", id, owner: None };
    let mut seen = scope.begin(thing);
    take_tags(&mut seen, peering.tags(), None);
    seen.state_text(Attr::PeeringType, Some("vpc"));
    let status = peering.status();
    let code = status.and_then(|status| status.code());
    seen.state_text(Attr::NativeState, code.map(|code| code.as_str()));
    seen.state_text(Attr::StateReason, status.and_then(|status| status.message()));
    let sides = [peering.requester_vpc_info(), peering.accepter_vpc_info()];
    let sides = || sides.into_iter().flatten();
    seen.state_list(Attr::PeerNetworks, sides().filter_map(|side| side_text(scope, side)));
    for side in sides() {
        seen.claims.extend(claim(scope, side));
    }
    if let Some(code @ (Code::Deleted | Code::Expired | Code::Failed | Code::Rejected)) = code {
        seen.tombstone = Some(Tombstone { at: None, reason: code.as_str().to_owned() });
    }
    seen
}

/// `111122223333/eu-west-1/vpc-1 10.0.0.0/16 10.1.0.0/16`
fn side_text(scope: &Scope<'_>, side: &VpcPeeringConnectionVpcInfo) -> Option<String> {
    let more = side.cidr_block_set().iter().filter_map(|block| block.cidr_block());
    let v6 = side.ipv6_cidr_block_set().iter().filter_map(|block| block.ipv6_cidr_block());
    let mut text = native(scope, side)?;
    let mut told: Vec<&str> = Vec::new();
    for range in side.cidr_block().into_iter().chain(more).chain(v6) {
        if !range.is_empty() && !told.contains(&range) {
            told.push(range);
            text = format!("{text} {range}");
        }
    }
    Some(text)
}

fn claim(scope: &Scope<'_>, side: &VpcPeeringConnectionVpcInfo) -> Option<Claim> {
    Some(Claim::new(RelationType::ConnectedTo, Target::Native(native(scope, side)?)))
}

/// The VPC as its own account and region would name it.
fn native(scope: &Scope<'_>, side: &VpcPeeringConnectionVpcInfo) -> Option<String> {
    let region = side.region().filter(|region| !region.is_empty()).unwrap_or(&scope.place.region);
    Some(format!("{}/{region}/{}", scope.owner(side.owner_id()), side.vpc_id()?))
}
