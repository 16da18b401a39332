//! VPCs: the networks.

use super::pager::Pager;
use super::report::Report;
use super::{Halt, Scope};
use crate::observe::{Thing, take_tags};
use aws_sdk_ec2::types::{Vpc, VpcCidrBlockState, VpcCidrBlockStateCode};
use cadastre_model::{Attr, Kind, Observation};

/// Things on one page at most, by the API.
const MOST: i32 = 1_000;

/// Sends every VPC.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let mut pager = Pager::new("ec2:DescribeVpcs");
    while pager.has_more() {
        let request = scope.ec2().describe_vpcs().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for vpc in page.vpcs() {
            let Some(id) = vpc.vpc_id() else { continue };
            scope.see(id, observe(scope, id, vpc)).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, vpc: &Vpc) -> Observation {
    let owner = vpc.owner_id();
    let mut seen = scope.begin(Thing { kind: Kind::Network, resource: "vpc", id, owner });
    take_tags(&mut seen, vpc.tags(), None);
    seen.state_text(Attr::NativeState, vpc.state().map(|it| it.as_str()));
    seen.state_bool(Attr::IsDefault, vpc.is_default());
    seen.state_text(Attr::DhcpOptions, vpc.dhcp_options_id());
    let more = vpc.cidr_block_association_set().iter();
    let more =
        more.filter(|range| holds(range.cidr_block_state())).filter_map(|it| it.cidr_block());
    let v6 = vpc.ipv6_cidr_block_association_set().iter();
    let v6 = v6
        .filter(|range| holds(range.ipv6_cidr_block_state()))
        .filter_map(|it| it.ipv6_cidr_block());
    let ranges = vpc.cidr_block().into_iter().chain(more).chain(v6);
    seen.state_list(Attr::Cidr, ranges.filter(|range| !range.is_empty()).map(str::to_owned));
    seen
}

/// Whether an address range belongs to the VPC (still, or soon).
fn holds(state: Option<&VpcCidrBlockState>) -> bool {
    let state = state.and_then(|state| state.state());
    state.is_none_or(|state| {
        matches!(state, VpcCidrBlockStateCode::Associated | VpcCidrBlockStateCode::Associating)
    })
}
