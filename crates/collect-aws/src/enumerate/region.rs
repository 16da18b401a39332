//! The region itself: an account's settings that hold for all that is made in it.

use super::report::Report;
use super::{Halt, Scope};
use cadastre_model::{Attr, Claim, Kind, Observation, RelationType, Target};

/// Sends the region.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let asking = scope.ec2().get_ebs_encryption_by_default().send();
    let answer = scope.ask("ec2:GetEbsEncryptionByDefault", asking).await?;
    report.page();
    let place = &scope.place;
    let mut seen = Observation::new(place.scope(), Kind::CloudRegion, place.scope());
    seen.state_text(Attr::Provider, Some("aws"));
    seen.state_text(Attr::CloudAccount, Some(place.account.as_str()));
    seen.state_text(Attr::Region, Some(place.region.as_str()));
    seen.state_text(Attr::Name, Some(place.scope()));
    seen.state_bool(Attr::EbsEncryptionByDefault, answer.ebs_encryption_by_default());
    let account = Target::Native(place.account.clone());
    seen.claims.insert(Claim::new(RelationType::MemberOf, account));
    scope.see(&place.region, seen).await?;
    Ok(())
}
