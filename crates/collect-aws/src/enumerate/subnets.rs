//! Subnets of VPCs.

use super::pager::Pager;
use super::report::Report;
use super::{Halt, Scope};
use crate::observe::{Thing, take_tags};
use aws_sdk_ec2::types::{Subnet, SubnetCidrBlockState, SubnetCidrBlockStateCode};
use cadastre_model::{Attr, Kind, Observation, RelationType};

/// Things on one page at most, by the API.
const MOST: i32 = 1_000;

/// Sends every subnet.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let mut pager = Pager::new("ec2:DescribeSubnets");
    while pager.has_more() {
        let request = scope.ec2().describe_subnets().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for subnet in page.subnets() {
            let Some(id) = subnet.subnet_id() else { continue };
            scope.see(id, observe(scope, id, subnet)).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, subnet: &Subnet) -> Observation {
    let owner = subnet.owner_id();
    let mut seen = scope.begin(Thing { kind: Kind::Subnet, resource: "subnet", id, owner });
    take_tags(&mut seen, subnet.tags(), None);
    seen.state_text(Attr::NativeState, subnet.state().map(|it| it.as_str()));
    seen.state_text(Attr::Zone, subnet.availability_zone());
    seen.state_bool(Attr::IsDefault, subnet.default_for_az());
    seen.state_bool(Attr::AssignsPublicIp, subnet.map_public_ip_on_launch());
    seen.state_int(Attr::FreeAddresses, subnet.available_ip_address_count().map(i64::from));
    let v6 = subnet.ipv6_cidr_block_association_set().iter();
    let v6 = v6
        .filter(|range| holds(range.ipv6_cidr_block_state()))
        .filter_map(|it| it.ipv6_cidr_block());
    let ranges = subnet.cidr_block().into_iter().chain(v6);
    seen.state_list(Attr::Cidr, ranges.filter(|range| !range.is_empty()).map(str::to_owned));
    scope.claim(&mut seen, RelationType::InNetwork, subnet.vpc_id());
    seen
}

/// Whether an address range belongs to the subnet (still, or soon).
fn holds(state: Option<&SubnetCidrBlockState>) -> bool {
    let state = state.and_then(|state| state.state());
    state.is_none_or(|state| {
        matches!(
            state,
            SubnetCidrBlockStateCode::Associated | SubnetCidrBlockStateCode::Associating
        )
    })
}
