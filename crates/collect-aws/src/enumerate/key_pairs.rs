//! Key pairs: names and fingerprints of the public halves. EC2 answers all of them at once, and keeps
//! no private ones.

use super::report::Report;
use super::{Halt, Scope};
use crate::observe::{Thing, take_tags};
use aws_sdk_ec2::types::KeyPairInfo;
use cadastre_model::{Attr, Kind, Observation};

/// Sends every key pair.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let asking = scope.ec2().describe_key_pairs().send();
    let answer = scope.ask("ec2:DescribeKeyPairs", asking).await?;
    report.page();
    for pair in answer.key_pairs() {
        let Some(id) = pair.key_pair_id().or(pair.key_name()) else { continue };
        scope.see(id, observe(scope, id, pair)).await?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, pair: &KeyPairInfo) -> Observation {
    let thing = Thing { kind: Kind::KeyPair, resource: "key-pair", id, owner: None };
    let mut seen = scope.begin(thing);
    // Instances name it by this, never by a tag.
    let tags = pair.tags().iter().filter(|tag| tag.key() != Some("Name")).cloned();
    take_tags(&mut seen, &tags.collect::<Vec<_>>(), pair.key_name());
    seen.state_text(Attr::KeyType, pair.key_type().map(|it| it.as_str()));
    seen.state_text(Attr::KeyFingerprint, pair.key_fingerprint());
    seen.state_time(Attr::CreatedAt, scope.moment(pair.create_time()));
    seen
}
