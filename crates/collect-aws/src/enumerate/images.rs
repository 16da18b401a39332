//! The images that instances were made from. An image that EC2 no longer knows is left out: nothing
//! can be said of it but that it was used, and the instance says so.

use super::report::Report;
use super::{Halt, Scope};
use crate::observe::{Thing, gibibytes, take_tags};
use aws_sdk_ec2::types::Image;
use cadastre_model::{Attr, Kind, Observation};
use std::collections::BTreeSet;

/// Ids in one request.
const CHUNK: usize = 100;

/// Sends every image of these ids that there still is.
pub(super) async fn enumerate(
    scope: &Scope<'_>,
    report: &mut Report,
    ids: BTreeSet<String>,
) -> Result<(), Halt> {
    let ids: Vec<String> = ids.into_iter().collect();
    let mut chunks: Vec<Vec<String>> = ids.chunks(CHUNK).map(<[String]>::to_vec).collect();
    chunks.reverse();
    while let Some(chunk) = chunks.pop() {
        let request = scope.ec2.describe_images().include_deprecated(true);
        let asking = request.set_image_ids(Some(chunk.clone())).send();
        let answer = match scope.ask("ec2:DescribeImages", asking).await {
            Ok(answer) => answer,
            // One unknown id spoils the request; AWS says which it was, mostly.
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

/// What to ask instead: the ids that the message does not name; if it names none of them, each half
/// by itself. Fewer each time, so it comes to an end.
fn without_unknown(ids: Vec<String>, message: &str) -> Vec<Vec<String>> {
    let named: BTreeSet<&str> =
        message.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
    let left: Vec<String> = ids.iter().filter(|id| !named.contains(id.as_str())).cloned().collect();
    if left.len() < ids.len() {
        return if left.is_empty() { Vec::new() } else { vec![left] };
    }
    if ids.len() <= 1 {
        return Vec::new();
    }
    let (first, second) = ids.split_at(ids.len() / 2);
    vec![second.to_vec(), first.to_vec()]
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn unknown_images_are_taken_out_by_name_or_by_halving() {
        let one = "The image id '[ami-2]' does not exist";
        assert_eq!(without_unknown(ids("ami-1 ami-2 ami-3"), one), [ids("ami-1 ami-3")]);
        let all = "The image ids '[ami-1, ami-2]' do not exist";
        assert!(without_unknown(ids("ami-1 ami-2"), all).is_empty());
        let odd = "Invalid id: \"x\" (expecting \"ami-...\")";
        assert_eq!(without_unknown(ids("ami-1 x"), odd), [ids("ami-1")]);
        assert_eq!(without_unknown(ids("a b c"), "?"), [ids("b c"), ids("a")]);
        assert!(without_unknown(ids("a"), "?").is_empty());
    }
}
