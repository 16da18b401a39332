//! Everything else that carries a tag, of whatever service: databases, buckets, clusters, queues.
//!
//! The API of tagging lists what carries a tag, or once did. What another file here reads is left to
//! that file by its sort, even when it could not be read this time: a thing must not be one asset today
//! and another tomorrow.

use super::pager::Pager;
use super::report::Report;
use super::{Halt, Scope};
use crate::arn::Arn;
use crate::observe::take_pairs;
use aws_sdk_resourcegroupstagging::types::Tag as ResourceTag;
use cadastre_model::{Attr, DetailError, Kind, Observation};

/// Things on one page at most, by the API.
const MOST: i32 = 100;

/// The sorts of EC2 that are read one by one.
const OF_EC2: [&str; 18] = [
    "elastic-ip",
    "image",
    "instance",
    "internet-gateway",
    "key-pair",
    "launch-template",
    "natgateway",
    "network-interface",
    "reserved-instances",
    "route-table",
    "security-group",
    "snapshot",
    "subnet",
    "transit-gateway",
    "transit-gateway-attachment",
    "volume",
    "vpc",
    "vpc-peering-connection",
];

/// The load balancers that are read one by one; those of the first generation have no such word.
const BALANCERS: [&str; 3] = ["app/", "net/", "gwy/"];

/// An ARN that cannot be read is quoted up to here.
const QUOTED_CHARS: usize = 100;

/// Sends everything with a tag that no other file reads.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let client = &scope.services.tagging;
    let mut pager = Pager::new("tag:GetResources");
    while pager.has_more() {
        let request = client.get_resources().resources_per_page(scope.page(MOST));
        let asking = request.set_pagination_token(pager.token()).send();
        let page = scope.ask(pager.action(), asking).await?;
        report.page();
        for resource in page.resource_tag_mapping_list() {
            let Some(text) = resource.resource_arn() else { continue };
            let Some(arn) = Arn::parse(text) else {
                not_an_arn(scope, text).await?;
                continue;
            };
            if !is_read_elsewhere(scope, &arn) && !is_listed_before(scope, &arn) {
                scope.see(text, observe(scope, text, &arn, resource.tags())).await?;
            }
        }
        scope.run.progress(None);
        pager.turn(page.pagination_token())?;
    }
    Ok(())
}

async fn not_an_arn(scope: &Scope<'_>, text: &str) -> Result<(), Halt> {
    let subject: String = text.escape_default().take(QUOTED_CHARS).collect();
    let message =
        "GetResources named this, which is no ARN; if it stays, something between here and \
                   AWS changes answers"
            .to_owned();
    scope.run.detail_error(&scope.place.scope(), DetailError { subject, message }).await?;
    Ok(())
}

fn is_read_elsewhere(scope: &Scope<'_>, arn: &Arn<'_>) -> bool {
    match (arn.service, arn.resource_type) {
        ("ec2", Some(sort)) => OF_EC2.contains(&sort),
        ("elasticloadbalancing", Some("loadbalancer")) => {
            BALANCERS.iter().any(|word| arn.id.starts_with(word))
        }
        ("organizations", Some("account")) => scope.asked.lists_organisation(),
        _ => false,
    }
}

/// Whether a thing without a region was told in another region of the account. AWS lists a bucket in
/// its own region only; what plays AWS lists it in all, and then the first one's word counts.
fn is_listed_before(scope: &Scope<'_>, arn: &Arn<'_>) -> bool {
    arn.region.is_none() && scope.asked.private_endpoint && !scope.is_first
}

fn observe(scope: &Scope<'_>, text: &str, arn: &Arn<'_>, tags: &[ResourceTag]) -> Observation {
    let owner = scope.owner(arn.account);
    let mut seen = scope.begin_as(Kind::CloudResource, text, owner, text);
    take_pairs(&mut seen, tags.iter().map(|tag| (tag.key(), tag.value())), Some(arn.id));
    seen.state_text(Attr::CloudService, Some(arn.service));
    seen.state_text(Attr::ResourceType, Some(arn.typed()));
    seen
}
