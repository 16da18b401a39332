//! Which snapshots anyone may make a volume of.
//!
//! One list answers that for all: the account's own that everybody may restore. Whoever plays EC2 may
//! not sort them out, which shows by snapshots of others in that list; then it says nothing, and each
//! snapshot is asked for itself.

use super::super::pager::Pager;
use super::super::report::Report;
use super::super::{Halt, Scope};
use super::{ACTION, MOST, is_own};
use aws_sdk_ec2::types::{PermissionGroup, SnapshotAttributeName};
use cadastre_collect::{ErrorClass, Stopped};
use cadastre_model::{Attr, Observation};
use std::collections::BTreeSet;

/// The public snapshots of a region.
#[derive(Debug)]
pub(super) enum Public {
    /// These, and no others.
    These(BTreeSet<String>),
    /// The list says nothing; or nor may each be asked for, and why.
    Unsorted(Option<String>),
}

impl Public {
    /// Asks for them.
    pub(super) async fn list(scope: &Scope<'_>, report: &mut Report) -> Result<Public, Halt> {
        let mut ids = BTreeSet::new();
        let mut pager = Pager::new(ACTION);
        while pager.has_more() {
            let request = scope.ec2().describe_snapshots().owner_ids("self");
            let request = request.restorable_by_user_ids("all").max_results(scope.page(MOST));
            let asking = request.set_next_token(pager.token()).send();
            let page = scope.ask(pager.action(), asking).await?;
            report.page();
            if !page.snapshots().iter().all(|snapshot| is_own(scope, snapshot)) {
                return Ok(Public::Unsorted(None));
            }
            let listed = page.snapshots().iter().filter_map(|snapshot| snapshot.snapshot_id());
            ids.extend(listed.map(str::to_owned));
            pager.turn(page.next_token())?;
        }
        Ok(Public::These(ids))
    }

    /// States whether the snapshot `id` is one of them.
    pub(super) async fn state(
        &mut self,
        scope: &Scope<'_>,
        seen: &mut Observation,
        id: &str,
    ) -> Result<(), Stopped> {
        const ACTION: &str = "ec2:DescribeSnapshotAttribute";
        let refused = match self {
            Public::These(ids) => {
                seen.state_bool(Attr::Public, Some(ids.contains(id)));
                return Ok(());
            }
            Public::Unsorted(refused) => refused,
        };
        if let Some(why) = refused {
            seen.not_read(Attr::Public, why.as_str());
            return Ok(());
        }
        let request = scope.ec2().describe_snapshot_attribute().snapshot_id(id);
        let asking = request.attribute(SnapshotAttributeName::CreateVolumePermission).send();
        match scope.ask_detail(id, ACTION, asking).await? {
            Ok(answer) => {
                let mut allowed = answer.create_volume_permissions().iter();
                let public = allowed.any(|one| one.group() == Some(&PermissionGroup::All));
                seen.state_bool(Attr::Public, Some(public));
            }
            Err(fault) => {
                seen.not_read(Attr::Public, fault.text());
                *refused = Some(fault.text()).filter(|_| fault.class == ErrorClass::Refused);
            }
        }
        Ok(())
    }
}
