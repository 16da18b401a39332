//! The account's own images, and those that its instances were made from. An image that EC2 no longer
//! knows is left out: nothing can be said of it but that it was used, and the instance says so.

use super::pager::Pager;
use super::report::Report;
use super::unknown::without_unknown;
use super::{Halt, Scope};
use crate::asked::Questions;
use crate::observe::{Thing, gibibytes, take_tags};
use aws_sdk_ec2::types::Image;
use cadastre_model::{Attr, Kind, Observation, RelationType};
use std::collections::BTreeSet;

const ACTION: &str = "ec2:DescribeImages";

/// Ids in one request.
const CHUNK: usize = 100;

/// Things on one page at most, by the API.
const MOST: i32 = 1_000;

/// Sends every image of the account, and of these that are in use those of others that there still
/// are.
pub(super) async fn enumerate(
    scope: &Scope<'_>,
    report: &mut Report,
    mut in_use: BTreeSet<String>,
) -> Result<(), Halt> {
    if scope.asked.questions == Questions::All {
        own(scope, report, &mut in_use).await?;
    }
    by_id(scope, report, in_use).await
}

/// Sends every image of the account, and takes it from what is still to be asked for.
async fn own(
    scope: &Scope<'_>,
    report: &mut Report,
    in_use: &mut BTreeSet<String>,
) -> Result<(), Halt> {
    let mut pager = Pager::new(ACTION);
    while pager.has_more() {
        let request = scope.ec2().describe_images().owners("self").max_results(scope.page(MOST));
        let request = request.include_deprecated(true).include_disabled(true);
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for image in page.images() {
            let Some(id) = image.image_id() else { continue };
            in_use.remove(id);
            let mut seen = observe(scope, id, image);
            let disks = image.block_device_mappings().iter().filter_map(|disk| disk.ebs());
            for disk in disks {
                scope.claim(&mut seen, RelationType::MadeFrom, disk.snapshot_id());
            }
            scope.see(id, seen).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

/// Sends every image of these ids that there still is.
async fn by_id(scope: &Scope<'_>, report: &mut Report, ids: BTreeSet<String>) -> Result<(), Halt> {
    let ids: Vec<String> = ids.into_iter().collect();
    let mut chunks: Vec<Vec<String>> = ids.chunks(CHUNK).map(<[String]>::to_vec).collect();
    chunks.reverse();
    while let Some(chunk) = chunks.pop() {
        let request = scope.ec2().describe_images().include_deprecated(true);
        let asking = request.set_image_ids(Some(chunk.clone())).send();
        let answer = match scope.ask(ACTION, asking).await {
            Ok(answer) => answer,
            // One unknown id spoils the request.
            Err(Halt::Fault(fault)) if is_unknown(fault.code.as_deref()) => {
                report.page();
                chunks.extend(without_unknown(chunk, &fault.message));
                continue;
            }
            Err(halt) => return Err(halt),
        };
        report.page();
        for image in answer.images() {
            let Some(id) = image.image_id() else { continue };
            scope.see(id, observe(scope, id, image)).await?;
        }
        scope.run.progress(None);
    }
    Ok(())
}

fn is_unknown(code: Option<&str>) -> bool {
    code.is_some_and(|code| code.starts_with("InvalidAMIID"))
}

fn observe(scope: &Scope<'_>, id: &str, image: &Image) -> Observation {
    let owner = image.owner_id();
    let mut seen = scope.begin(Thing { kind: Kind::Image, resource: "image", id, owner });
    take_tags(&mut seen, image.tags(), image.name());
    seen.state_text(Attr::Description, image.description());
    seen.state_text(Attr::ImageOwner, image.image_owner_alias().or(owner));
    seen.state_bool(Attr::Public, image.public());
    seen.state_text(Attr::NativeState, image.state().map(|it| it.as_str()));
    seen.state_text(Attr::Architecture, image.architecture().map(|it| it.as_str()));
    let platform = image.platform_details();
    seen.state_text(Attr::Platform, platform.or(image.platform().map(|it| it.as_str())));
    seen.state_text(Attr::RootDevice, image.root_device_name());
    seen.state_text(Attr::Virtualisation, image.virtualization_type().map(|it| it.as_str()));
    seen.state_time(Attr::CreatedAt, scope.moment_of_text(image.creation_date()));
    seen.state_time(Attr::DeprecatedAt, scope.moment_of_text(image.deprecation_time()));
    let disks = image.block_device_mappings().iter();
    let sizes = disks.filter_map(|disk| gibibytes(disk.ebs()?.volume_size()));
    seen.state_int(Attr::Size, sizes.reduce(|sum, size| sum + size));
    seen
}
