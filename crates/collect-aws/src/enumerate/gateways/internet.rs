//! Internet gateways: what makes a VPC reach the internet, and be reached.

use super::super::pager::Pager;
use super::super::report::Report;
use super::super::{Halt, Scope};
use crate::observe::{Thing, take_tags};
use aws_sdk_ec2::types::{AttachmentStatus, InternetGateway};
use cadastre_model::{Attr, Kind, Observation, RelationType};

/// Things on one page at most, by the API.
const MOST: i32 = 1_000;

/// Sends every internet gateway.
pub(in super::super) async fn enumerate(
    scope: &Scope<'_>,
    report: &mut Report,
) -> Result<(), Halt> {
    let mut pager = Pager::new("ec2:DescribeInternetGateways");
    while pager.has_more() {
        let request = scope.ec2().describe_internet_gateways().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for gateway in page.internet_gateways() {
            let Some(id) = gateway.internet_gateway_id() else { continue };
            scope.see(id, observe(scope, id, gateway)).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, gateway: &InternetGateway) -> Observation {
    let owner = gateway.owner_id();
    let thing = Thing { kind: Kind::Gateway, resource: "internet-gateway", id, owner };
    let mut seen = scope.begin(thing);
    take_tags(&mut seen, gateway.tags(), None);
    seen.state_text(Attr::GatewayType, Some("internet"));
    let attached = gateway.attachments().iter();
    let attached = attached.filter(|one| one.state() != Some(&AttachmentStatus::Detached));
    for attachment in attached {
        scope.claim(&mut seen, RelationType::AttachedTo, attachment.vpc_id());
    }
    seen
}
