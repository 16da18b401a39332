//! Route tables, their routes as texts that stay the same as long as the routes do.
//!
//! A route reads `DESTINATION to TARGET`: `0.0.0.0/0 to igw-1`, `10.0.0.0/16 to local`, `pl-1 to
//! vpce-1`; with `(blackhole)` behind it if the target is gone.

use super::pager::Pager;
use super::report::Report;
use super::{Halt, Scope};
use crate::observe::{Thing, take_tags};
use aws_sdk_ec2::types::{Route, RouteState, RouteTable};
use cadastre_model::{Attr, Kind, Observation, RelationType};

/// Things on one page at most, by the API.
const MOST: i32 = 100;

/// Sends every route table.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let mut pager = Pager::new("ec2:DescribeRouteTables");
    while pager.has_more() {
        let request = scope.ec2().describe_route_tables().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for table in page.route_tables() {
            let Some(id) = table.route_table_id() else { continue };
            scope.see(id, observe(scope, id, table)).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, table: &RouteTable) -> Observation {
    let owner = table.owner_id();
    let mut seen =
        scope.begin(Thing { kind: Kind::RouteTable, resource: "route-table", id, owner });
    take_tags(&mut seen, table.tags(), None);
    seen.state_list(Attr::Routes, table.routes().iter().filter_map(route_text));
    let main = table.associations().iter().any(|association| association.main() == Some(true));
    seen.state_bool(Attr::IsMain, Some(main));
    scope.claim(&mut seen, RelationType::InNetwork, table.vpc_id());
    for association in table.associations() {
        scope.claim(&mut seen, RelationType::AttachedTo, association.subnet_id());
        scope.claim(&mut seen, RelationType::AttachedTo, association.gateway_id());
    }
    seen
}

fn route_text(route: &Route) -> Option<String> {
    let destination = route
        .destination_cidr_block()
        .or(route.destination_ipv6_cidr_block())
        .or(route.destination_prefix_list_id())?;
    let target = route
        .gateway_id()
        .or(route.nat_gateway_id())
        .or(route.transit_gateway_id())
        .or(route.vpc_peering_connection_id())
        .or(route.egress_only_internet_gateway_id())
        // A route to an instance names its interface too; the interface may be another's.
        .or(route.instance_id())
        .or(route.network_interface_id())
        .or(route.local_gateway_id())
        .or(route.carrier_gateway_id())
        .or(route.core_network_arn())
        .or(route.odb_network_arn())
        .unwrap_or("nothing");
    let blackhole = if route.state() == Some(&RouteState::Blackhole) { " (blackhole)" } else { "" };
    Some(format!("{destination} to {target}{blackhole}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_told_by_destination_and_target() {
        let to = |cidr: &str| Route::builder().destination_cidr_block(cidr);
        for (route, text) in [
            (to("10.0.0.0/16").gateway_id("local"), "10.0.0.0/16 to local"),
            (to("0.0.0.0/0").nat_gateway_id("nat-1"), "0.0.0.0/0 to nat-1"),
            (
                to("10.9.0.0/16").vpc_peering_connection_id("pcx-1").state(RouteState::Blackhole),
                "10.9.0.0/16 to pcx-1 (blackhole)",
            ),
            (
                to("10.8.0.0/16").instance_id("i-1").network_interface_id("eni-1"),
                "10.8.0.0/16 to i-1",
            ),
            (to("10.7.0.0/16"), "10.7.0.0/16 to nothing"),
            (
                Route::builder().destination_ipv6_cidr_block("::/0").gateway_id("igw-1"),
                "::/0 to igw-1",
            ),
            (
                Route::builder().destination_prefix_list_id("pl-1").gateway_id("vpce-1"),
                "pl-1 to vpce-1",
            ),
        ] {
            assert_eq!(route_text(&route.build()).as_deref(), Some(text));
        }
        assert_eq!(route_text(&Route::builder().gateway_id("igw-1").build()), None);
    }
}
