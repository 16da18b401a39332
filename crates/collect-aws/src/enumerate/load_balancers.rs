//! Load balancers of the present generation: application, network and gateway.

use super::pager::Pager;
use super::report::Report;
use super::{Halt, Scope};
use crate::arn::Arn;
use crate::observe::take_pairs;
use aws_sdk_elasticloadbalancingv2::types::{LoadBalancer, Tag as BalancerTag};
use cadastre_model::{Attr, Identifier, Kind, Observation, RelationType};
use std::collections::BTreeMap;

/// Things on one page at most, by the API.
const MOST: i32 = 400;

/// Load balancers whose tags one request may ask for, by the API.
const CHUNK: usize = 20;

type Tags = BTreeMap<String, Vec<BalancerTag>>;

/// Sends every load balancer with its tags, which are asked for apart.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let client = &scope.services.balancers;
    let mut pager = Pager::new("elasticloadbalancing:DescribeLoadBalancers");
    while pager.has_more() {
        let request = client.describe_load_balancers().page_size(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_marker(pager.token()).send()).await?;
        report.page();
        for chunk in page.load_balancers().chunks(CHUNK) {
            let tags = tags(scope, report, chunk).await?;
            for balancer in chunk {
                let Some(arn) = balancer.load_balancer_arn() else { continue };
                let Some(parts) = Arn::parse(arn) else { continue };
                let id = format!("loadbalancer/{}", parts.id);
                let tags = tags.get(arn).map(Vec::as_slice).unwrap_or_default();
                scope.see(&id, observe(scope, &id, arn, parts, balancer, tags)).await?;
            }
        }
        scope.run.progress(None);
        pager.turn(page.next_marker())?;
    }
    Ok(())
}

async fn tags(
    scope: &Scope<'_>,
    report: &mut Report,
    balancers: &[LoadBalancer],
) -> Result<Tags, Halt> {
    let arns = balancers.iter().filter_map(|it| it.load_balancer_arn()).map(str::to_owned);
    let request = scope.services.balancers.describe_tags();
    let asking = request.set_resource_arns(Some(arns.collect())).send();
    let answer = scope.ask("elasticloadbalancing:DescribeTags", asking).await?;
    report.page();
    let tagged = answer.tag_descriptions().iter();
    Ok(tagged
        .filter_map(|one| Some((one.resource_arn()?.to_owned(), one.tags().to_vec())))
        .collect())
}

fn observe(
    scope: &Scope<'_>,
    id: &str,
    arn: &str,
    parts: Arn<'_>,
    balancer: &LoadBalancer,
    tags: &[BalancerTag],
) -> Observation {
    let owner = scope.owner(parts.account);
    let mut seen = scope.begin_as(Kind::LoadBalancer, id, owner, arn);
    let pairs = tags.iter().filter_map(|tag| Some((tag.key()?, tag.value().unwrap_or_default())));
    take_pairs(&mut seen, pairs, balancer.load_balancer_name());
    let state = balancer.state();
    seen.state_text(Attr::NativeState, state.and_then(|it| it.code()).map(|it| it.as_str()));
    seen.state_text(Attr::StateReason, state.and_then(|state| state.reason()));
    seen.state_text(Attr::BalancerType, balancer.r#type().map(|it| it.as_str()));
    seen.state_text(Attr::BalancerScheme, balancer.scheme().map(|it| it.as_str()));
    seen.state_text(Attr::IpFamily, balancer.ip_address_type().map(|it| it.as_str()));
    seen.state_text(Attr::DnsName, balancer.dns_name());
    seen.identify(balancer.dns_name().and_then(Identifier::fqdn));
    seen.state_time(Attr::CreatedAt, scope.moment(balancer.created_time()));
    let zones = balancer.availability_zones().iter();
    seen.state_list(Attr::Zones, zones.clone().filter_map(|it| it.zone_name()).map(str::to_owned));
    scope.claim(&mut seen, RelationType::InNetwork, balancer.vpc_id());
    for zone in zones {
        scope.claim(&mut seen, RelationType::InNetwork, zone.subnet_id());
    }
    for group in balancer.security_groups() {
        scope.claim(&mut seen, RelationType::SecuredBy, Some(group));
    }
    seen
}
