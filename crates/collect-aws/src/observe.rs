//! What every observation of EC2 begins with, and how EC2's types become the model's.

use crate::enumerate::Scope;
use aws_sdk_ec2::types::Tag as AwsTag;
use aws_smithy_types::DateTime;
use cadastre_model::{
    Attr, Claim, Identifier, Kind, Observation, RelationType, Scheme, Tag, Target, Timestamp,
};
use std::str::FromStr;

/// A text of somebody's is cut here.
const TEXT_MAX_CHARS: usize = 4_096;

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
        let owner = self.owner(thing.owner);
        let in_arn = if is_nobodys(thing.kind) { "" } else { owner };
        let arn = self.place.arn(in_arn, thing.resource, thing.id);
        self.begin_as(thing.kind, thing.id, owner, &arn)
    }

    /// The same of a thing whose ARN the service states.
    pub(crate) fn begin_as(&self, kind: Kind, id: &str, owner: &str, arn: &str) -> Observation {
        let place = &self.place;
        let mut seen = Observation::new(place.native(id), kind, place.scope());
        if owner == place.account {
            seen.identify(Identifier::aws_arn(arn));
        }
        seen.identify(Identifier::plain(Scheme::Native, id));
        seen.state_text(Attr::Provider, Some("aws"));
        seen.state_text(Attr::CloudAccount, Some(owner));
        seen.state_text(Attr::Region, Some(place.region.as_str()));
        seen.state_text(Attr::Arn, Some(arn));
        seen
    }

    /// Whose a thing is: the account that is named, else the one being read.
    pub(crate) fn owner<'a>(&'a self, named: Option<&'a str>) -> &'a str {
        named.filter(|owner| !owner.is_empty()).unwrap_or(&self.place.account)
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

/// Whether ARNs of this kind leave the account out.
fn is_nobodys(kind: Kind) -> bool {
    matches!(kind, Kind::Image | Kind::Snapshot)
}

/// Takes the tags, and the name from the tag `Name`, else from `otherwise`.
pub(crate) fn take_tags(seen: &mut Observation, tags: &[AwsTag], otherwise: Option<&str>) {
    let pairs = tags.iter().filter_map(|tag| Some((tag.key()?, tag.value().unwrap_or_default())));
    take_pairs(seen, pairs, otherwise);
}

/// The same of tags of another service than EC2, as pairs of key and value.
pub(crate) fn take_pairs<'a>(
    seen: &mut Observation,
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
    otherwise: Option<&str>,
) {
    let mut name = None;
    for (key, value) in pairs {
        if key == "Name" {
            name = Some(clean(value)).filter(|name| !name.is_empty());
        }
        seen.tags.insert(Tag::new(clean(key), clean(value)));
    }
    seen.state_text(Attr::Name, name.or(otherwise.map(clean)));
}

/// A text without control characters, which JSON can carry and no register should. AWS's longest
/// names and tags have a few hundred characters; what has thousands is cut.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT_MAX_CHARS).collect()
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
