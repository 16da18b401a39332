//! Volumes and what they are attached to.

use super::pager::Pager;
use super::report::Report;
use super::{Halt, Scope};
use crate::observe::{Thing, gibibytes, take_tags};
use aws_sdk_ec2::types::{Volume, VolumeAttachmentState};
use cadastre_model::{Attr, Kind, Observation, RelationType};

/// Things on one page at most, by the API.
const MOST: i32 = 500;

/// Sends every volume.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let mut pager = Pager::new("ec2:DescribeVolumes");
    while pager.has_more() {
        let request = scope.ec2().describe_volumes().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for volume in page.volumes() {
            let Some(id) = volume.volume_id() else { continue };
            scope.see(id, observe(scope, id, volume)).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, volume: &Volume) -> Observation {
    let owner = volume.owner_id();
    let mut seen = scope.begin(Thing { kind: Kind::Volume, resource: "volume", id, owner });
    take_tags(&mut seen, volume.tags(), None);
    seen.state_text(Attr::NativeState, volume.state().map(|it| it.as_str()));
    seen.state_text(Attr::Zone, volume.availability_zone());
    seen.state_int(Attr::Size, gibibytes(volume.size()));
    seen.state_text(Attr::VolumeType, volume.volume_type().map(|it| it.as_str()));
    seen.state_int(Attr::Iops, volume.iops().map(i64::from));
    // EC2 counts in MiB/s.
    seen.state_int(Attr::Throughput, volume.throughput().map(|rate| i64::from(rate) << 20));
    seen.state_bool(Attr::Encrypted, volume.encrypted());
    seen.state_text(Attr::EncryptionKey, volume.kms_key_id());
    seen.state_text(Attr::SnapshotId, volume.snapshot_id());
    seen.state_time(Attr::CreatedAt, scope.moment(volume.create_time()));
    let attached = || {
        volume
            .attachments()
            .iter()
            .filter(|attachment| attachment.state() != Some(&VolumeAttachmentState::Detached))
    };
    let named = attached().filter_map(|attachment| {
        let machine = attachment.instance_id().or(attachment.associated_resource())?;
        Some(format!("{machine} {}", attachment.device().unwrap_or_default()).trim_end().to_owned())
    });
    seen.state_list(Attr::AttachedAs, named);
    let deleted = attached().filter_map(|attachment| attachment.delete_on_termination());
    seen.state_bool(Attr::DeletedWithMachine, deleted.reduce(|all, one| all && one));
    for attachment in attached() {
        scope.claim(&mut seen, RelationType::AttachedTo, attachment.instance_id());
    }
    seen
}
