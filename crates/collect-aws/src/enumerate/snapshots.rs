//! Snapshots that the account owns, and which of them anyone may use.

mod public;

use super::pager::Pager;
use super::report::Report;
use super::{Halt, Scope};
use crate::observe::{Thing, gibibytes, take_tags};
use aws_sdk_ec2::types::Snapshot;
use cadastre_model::{Attr, Kind, Observation, RelationType};
use public::Public;

const ACTION: &str = "ec2:DescribeSnapshots";

/// Things on one page at most, by the API.
const MOST: i32 = 1_000;

/// What EC2 names as the volume of a snapshot that is a copy of another: no volume at all.
const NO_VOLUME: &str = "vol-ffffffff";

/// How EC2 begins the description of a snapshot that it makes of an image's disk, or copies with one.
const MACHINE_MADE: [&str; 2] = ["Created by CreateImage(", "Copied for DestinationAmi "];

/// Sends every snapshot of the account.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    // Asked for only where there is a snapshot.
    let mut public = None;
    let mut pager = Pager::new(ACTION);
    while pager.has_more() {
        let request =
            scope.ec2().describe_snapshots().owner_ids("self").max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for snapshot in page.snapshots().iter().filter(|snapshot| is_own(scope, snapshot)) {
            let Some(id) = snapshot.snapshot_id() else { continue };
            let public = match &mut public {
                Some(public) => public,
                none => none.insert(Public::list(scope, report).await?),
            };
            let mut seen = observe(scope, id, snapshot);
            public.state(scope, &mut seen, id).await?;
            scope.see(id, seen).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

/// Whether it is the account's: a stand-in for EC2 may list those of others too.
fn is_own(scope: &Scope<'_>, snapshot: &Snapshot) -> bool {
    scope.owner(snapshot.owner_id()) == scope.place.account
}

/// A description as somebody's words, or as EC2's own. Those are full of other things' ids, by which
/// nobody means to find this one.
fn told(description: Option<&str>) -> (Option<&str>, Option<&str>) {
    let is_machine_made =
        |text: &str| MACHINE_MADE.iter().any(|beginning| text.starts_with(beginning));
    match description {
        Some(text) if is_machine_made(text) => (None, Some(text)),
        text => (text, None),
    }
}

fn observe(scope: &Scope<'_>, id: &str, snapshot: &Snapshot) -> Observation {
    let owner = snapshot.owner_id();
    let mut seen = scope.begin(Thing { kind: Kind::Snapshot, resource: "snapshot", id, owner });
    take_tags(&mut seen, snapshot.tags(), None);
    let (description, origin) = told(snapshot.description());
    seen.state_text(Attr::Description, description);
    seen.state_text(Attr::Origin, origin);
    seen.state_text(Attr::NativeState, snapshot.state().map(|it| it.as_str()));
    seen.state_time(Attr::CreatedAt, scope.moment(snapshot.start_time()));
    seen.state_int(Attr::Size, gibibytes(snapshot.volume_size()));
    seen.state_bool(Attr::Encrypted, snapshot.encrypted());
    seen.state_text(Attr::EncryptionKey, snapshot.kms_key_id());
    seen.state_text(Attr::StorageTier, snapshot.storage_tier().map(|it| it.as_str()));
    let volume = snapshot.volume_id().filter(|volume| *volume != NO_VOLUME);
    scope.claim(&mut seen, RelationType::MadeFrom, volume);
    seen
}
