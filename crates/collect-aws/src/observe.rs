//! What every observation of EC2 begins with, and how EC2's types become the model's.

use crate::enumerate::Scope;
use aws_sdk_ec2::types::Tag as AwsTag;
use aws_smithy_types::DateTime;
use cadastre_model::{
    Attr, Claim, Identifier, Kind, Observation, RelationType, Scheme, Tag, Target, Timestamp,
};
use std::str::FromStr;

/// What a thing is called in ARNs, its id, and whose it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thing<'a> {
    /// The kind of asset.
    pub kind: Kind,
    /// The word for it in ARNs: `security-group`.
    pub resource: &'static str,
    /// Its id without account and region.
    pub id: &'a str,
    /// The account it belongs to, if EC2 says; else the one being read.
    pub owner: Option<&'a str>,
}

impl Scope<'_> {
    /// An observation of a thing: ids, ARN, account, region.
    ///
    /// What another account shares with the one being read is known here under this account, and
    /// its ARN ties it to nothing: two accounts of one source may both see it, and two records of
    /// one source are never one asset.
    pub(crate) fn begin(&self, thing: Thing<'_>) -> Observation {
        let place = &self.place;
        let native_id = place.native(thing.id);
        let mut seen = Observation::new(native_id, thing.kind, place.scope());
        let owner = thing.owner.filter(|owner| !owner.is_empty()).unwrap_or(&place.account);
        let in_arn = if thing.kind == Kind::Image { "" } else { owner };
        let arn = place.arn(in_arn, thing.resource, thing.id);
        if owner == place.account {
            seen.identify(Identifier::aws_arn(&arn));
        }
        seen.identify(Identifier::plain(Scheme::Native, thing.id));
        seen.state_text(Attr::Provider, Some("aws"));
        seen.state_text(Attr::CloudAccount, Some(owner));
        seen.state_text(Attr::Region, Some(place.region.as_str()));
        seen.state_text(Attr::Arn, Some(arn));
        seen
    }

    /// Claims a relation to another thing of the same account and region.
    pub(crate) fn claim(&self, seen: &mut Observation, relation: RelationType, id: Option<&str>) {
        let Some(id) = id.filter(|id| !id.is_empty()) else { return };
        seen.claims.insert(Claim::new(relation, Target::Native(self.place.native(id))));
    }

    /// A moment in the run's time base.
    pub(crate) fn moment(&self, at: Option<&DateTime>) -> Option<Timestamp> {
        let millis = at?.to_millis().ok()?;
        Some(self.run.moment(Timestamp(millis)))
    }

    /// A moment that EC2 gives as text (RFC 3339), in the run's time base.
    pub(crate) fn moment_of_text(&self, text: Option<&str>) -> Option<Timestamp> {
        Timestamp::from_str(text?).ok().map(|at| self.run.moment(at))
    }
}

/// Takes the tags, and the name from the tag `Name`, else from `otherwise`.
pub(crate) fn take_tags(seen: &mut Observation, tags: &[AwsTag], otherwise: Option<&str>) {
    for tag in tags {
        if let Some(key) = tag.key() {
            seen.tags.insert(Tag::new(key, tag.value().unwrap_or_default()));
        }
    }
    let name = tags.iter().find(|tag| tag.key() == Some("Name")).and_then(AwsTag::value);
    seen.state_text(Attr::Name, name.filter(|name| !name.is_empty()).or(otherwise));
}

/// Adds addresses to what a thing is found by.
pub(crate) fn identify_addresses<'a>(
    seen: &mut Observation,
    addresses: impl IntoIterator<Item = &'a str>,
) {
    for address in addresses {
        seen.identify(Identifier::ip(address));
    }
}

/// Whole gibibytes as bytes.
pub(crate) fn gibibytes(number: Option<i32>) -> Option<i64> {
    number.map(|number| i64::from(number) << 30)
}
