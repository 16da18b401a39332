//! Snapshots, own images, the region, key pairs, launch templates and what was bought ahead.

use super::super::support::{ACCOUNT, Said, Tape, answer, refusal};
use super::around::one;
use super::{REGION, claims, moment, owned, values};
use cadastre_model::{Attr, Coverage, Fact, Kind, Observation, Target, Tombstone, Value};
use serde_json::json;

fn snapshot(id: &str, owner: &str, more: &str) -> String {
    format!("<item><snapshotId>{id}</snapshotId><ownerId>{owner}</ownerId>{more}</item>")
}

/// The account's snapshots as `own` lists them, and those that anyone may restore.
async fn snapshots(own: &str, public: &str, prepare: impl Fn(&Tape)) -> Said {
    let tape = Tape::known(&[REGION]);
    let action = "DescribeSnapshots";
    let set = |items: &str| answer(action, &format!("<snapshotSet>{items}</snapshotSet>"));
    tape.page(REGION, action, 200, &set(own));
    let key = format!("own/ec2/{REGION}/{action}?MaxResults=1000&Owner.1=self&RestorableBy.1=all");
    tape.add(&key, 200, &set(public));
    prepare(&tape);
    tape.empty_but(REGION, &[action]);
    let said = tape.played(json!({})).await;
    said.assert_ok();
    assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], Coverage::complete());
    said
}

#[tokio::test]
async fn snapshots_and_which_of_them_are_public() {
    let full = "<volumeId>vol-1</volumeId><status>completed</status><volumeSize>8</volumeSize>\
                <startTime>2026-01-01T00:00:00.000Z</startTime><description>before</description>\
                <encrypted>true</encrypted><kmsKeyId>arn:aws:kms:eu-west-1:1:key/k</kmsKeyId>\
                <storageTier>standard</storageTier><tagSet><item><key>Name</key>\
                <value>nightly</value></item></tagSet>";
    let copied = "<volumeId>vol-ffffffff</volumeId><encrypted>false</encrypted>\
                  <description>Created by CreateImage(i-1) for ami-1</description>";
    let own = [snapshot("snap-1", ACCOUNT, full), snapshot("snap-2", ACCOUNT, copied)].concat();
    let said = snapshots(&own, &snapshot("snap-2", ACCOUNT, copied), |_| {}).await;
    let seen = said.thing("snap-1");
    assert_eq!(
        values(seen),
        owned(&[
            ("name", "nightly"),
            ("description", "before"),
            ("state", "completed"),
            ("created", "2026-01-01T00:00:00Z"),
            ("size", "8 GiB"),
            ("encrypted", "yes"),
            ("encryption_key", "arn:aws:kms:eu-west-1:1:key/k"),
            ("public", "no"),
            ("storage_tier", "standard"),
        ])
    );
    assert_eq!(claims(seen), owned(&[("made-from", "vol-1")]));
    assert_eq!(
        seen.facts[&Attr::Arn],
        Fact::Value(Value::text("arn:aws:ec2:eu-west-1::snapshot/snap-1"))
    );
    let copy = said.thing("snap-2");
    assert_eq!(
        values(copy),
        owned(&[
            ("encrypted", "no"),
            ("public", "yes"),
            ("origin", "Created by CreateImage(i-1) for ami-1"),
        ])
    );
    assert!(copy.claims.is_empty());
}

/// A stand-in that heeds neither owner nor who may restore.
#[tokio::test]
async fn where_a_list_sorts_nothing_out_each_snapshot_is_asked_for() {
    let all = [
        snapshot("snap-1", ACCOUNT, ""),
        snapshot("snap-2", ACCOUNT, ""),
        snapshot("snap-3", ACCOUNT, ""),
        snapshot("snap-4", ACCOUNT, ""),
        snapshot("snap-9", "999988887777", ""),
    ]
    .concat();
    let action = "DescribeSnapshotAttribute";
    let key = |id: &str| {
        format!("own/ec2/{REGION}/{action}?Attribute=createVolumePermission&SnapshotId={id}")
    };
    let said = snapshots(&all, &all, |tape| {
        let allowed = |who: &str| {
            let item =
                format!("<createVolumePermission><item>{who}</item></createVolumePermission>");
            answer(action, &item)
        };
        tape.add(&key("snap-1"), 200, &allowed("<group>all</group>"));
        tape.add(&key("snap-2"), 200, &allowed("<userId>999988887777</userId>"));
        tape.add(&key("snap-3"), 403, &refusal("UnauthorizedOperation", "no"));
    })
    .await;
    assert_eq!(said.of(Kind::Snapshot).len(), 4, "another account's is none of ours");
    let public = |id: &str| said.thing(id).facts[&Attr::Public].clone();
    assert_eq!(public("snap-1"), Fact::Value(Value::Bool(true)));
    assert_eq!(public("snap-2"), Fact::Value(Value::Bool(false)));
    for refused in ["snap-3", "snap-4"] {
        assert!(matches!(public(refused), Fact::NotRead(_)), "{refused}");
    }
    assert_eq!(said.details.len(), 1, "who may not ask asks once");
}

#[tokio::test]
async fn an_own_image_is_told_once_though_it_is_in_use() {
    let tape = Tape::known(&[REGION]);
    let instance = "<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>\
                    <imageId>ami-own</imageId></item></instancesSet></item></reservationSet>";
    tape.page(REGION, "DescribeInstances", 200, &answer("DescribeInstances", instance));
    let images = format!(
        "<imagesSet><item><imageId>ami-own</imageId><imageOwnerId>{ACCOUNT}</imageOwnerId>\
         <isPublic>true</isPublic><blockDeviceMapping><item><ebs><snapshotId>snap-1</snapshotId></ebs>\
         </item></blockDeviceMapping></item><item><imageId>ami-idle</imageId>\
         <imageOwnerId>{ACCOUNT}</imageOwnerId><isPublic>false</isPublic></item></imagesSet>"
    );
    tape.page(REGION, "DescribeImages", 200, &answer("DescribeImages", &images));
    tape.empty_but(REGION, &["DescribeInstances", "DescribeImages"]);
    let said = tape.played(json!({})).await;
    assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], Coverage::complete());
    assert_eq!((said.of(Kind::Image).len(), said.observations), (2, 4));
    assert_eq!(said.thing("ami-own").facts[&Attr::Public], Fact::Value(Value::Bool(true)));
    assert_eq!(claims(said.thing("ami-own")), owned(&[("made-from", "snap-1")]));
    assert_eq!(said.thing("ami-idle").facts[&Attr::Public], Fact::Value(Value::Bool(false)));
}

#[tokio::test]
async fn the_region_itself() {
    let inside = "<ebsEncryptionByDefault>true</ebsEncryptionByDefault>";
    let seen = one("GetEbsEncryptionByDefault", inside, "eu-west-1").await;
    let name = format!("{ACCOUNT}/{REGION}");
    assert_eq!((seen.kind, seen.native_id.as_str()), (Kind::CloudRegion, name.as_str()));
    assert_eq!(
        values(&seen),
        owned(&[("name", name.as_str()), ("ebs_encryption_by_default", "yes")])
    );
    let account = Target::Native(ACCOUNT.to_owned());
    assert_eq!(seen.claims.iter().map(|claim| &claim.target).collect::<Vec<_>>(), [&account]);
}

#[tokio::test]
async fn key_pairs_by_id_or_name() {
    let inside = r#"<keySet><item><keyPairId>key-1</keyPairId><keyName>ops</keyName>
        <keyType>ed25519</keyType><keyFingerprint>1a:2b</keyFingerprint>
        <createTime>2026-01-01T00:00:00.000Z</createTime>
        <tagSet><item><key>Name</key><value>another</value></item><item><key>team</key><value>ops</value></item></tagSet></item>
        <item><keyName>old</keyName></item></keySet>"#;
    let seen = one("DescribeKeyPairs", inside, "key-1").await;
    assert_eq!(
        values(&seen),
        owned(&[
            ("name", "ops"),
            ("created", "2026-01-01T00:00:00Z"),
            ("key_type", "ed25519"),
            ("key_fingerprint", "1a:2b"),
        ])
    );
    let seen = one("DescribeKeyPairs", inside, "old").await;
    assert_eq!(values(&seen), owned(&[("name", "old")]));
}

const TEMPLATES: &str = r#"<launchTemplates><item><launchTemplateId>lt-1</launchTemplateId>
    <launchTemplateName>web</launchTemplateName><createTime>2026-01-01T00:00:00.000Z</createTime>
    <defaultVersionNumber>2</defaultVersionNumber><latestVersionNumber>5</latestVersionNumber></item>
    <item><launchTemplateId>lt-2</launchTemplateId><launchTemplateName>bare</launchTemplateName>
    </item></launchTemplates>"#;

async fn templates(status: u16, versions: &str) -> Said {
    let tape = Tape::known(&[REGION]);
    let action = "DescribeLaunchTemplates";
    tape.page(REGION, action, 200, &answer(action, TEMPLATES));
    let key = format!(
        "own/ec2/{REGION}/DescribeLaunchTemplateVersions?LaunchTemplateVersion.1=%24Default\
         &MaxResults=200"
    );
    tape.add(&key, status, versions);
    tape.empty_but(REGION, &[action]);
    let said = tape.played(json!({})).await;
    assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], Coverage::complete());
    said
}

#[tokio::test]
async fn launch_templates_with_their_default_version() {
    let versions = r#"<launchTemplateVersionSet>
        <item><launchTemplateId>lt-1</launchTemplateId><versionNumber>2</versionNumber>
          <launchTemplateData><imageId>ami-1</imageId><instanceType>m5.large</instanceType>
          <keyName>ops</keyName><userData>aHVzaA==</userData><metadataOptions>
            <httpTokens>required</httpTokens><httpEndpoint>enabled</httpEndpoint></metadataOptions>
          </launchTemplateData></item>
        <item><launchTemplateId>lt-2</launchTemplateId><launchTemplateData/></item>
        </launchTemplateVersionSet>"#;
    let said = templates(200, &answer("DescribeLaunchTemplateVersions", versions)).await;
    assert_eq!(
        values(said.thing("lt-1")),
        owned(&[
            ("name", "web"),
            ("created", "2026-01-01T00:00:00Z"),
            ("instance_type", "m5.large"),
            ("image_id", "ami-1"),
            ("key_pair", "ops"),
            ("metadata_tokens", "required"),
            ("metadata_endpoint", "enabled"),
            ("default_version", "2"),
            ("latest_version", "5"),
        ])
    );
    assert_eq!(values(said.thing("lt-2")), owned(&[("name", "bare")]));
    assert_eq!(said.thing("lt-2").facts[&Attr::MetadataTokens], Fact::Absent);
    assert!(!format!("{said:?}").contains("aHVzaA"));
}

#[tokio::test]
async fn that_versions_are_refused_is_a_detail_of_the_templates() {
    let said = templates(403, &refusal("UnauthorizedOperation", "You may not.")).await;
    assert_eq!(said.details.len(), 1, "told once for all templates");
    let right = "`ec2:DescribeLaunchTemplateVersions`";
    assert!(said.details[0].1.message.contains(right), "{:?}", said.details);
    for id in ["lt-1", "lt-2"] {
        let tokens = &said.thing(id).facts[&Attr::MetadataTokens];
        assert!(matches!(tokens, Fact::NotRead(why) if why.contains("refused")), "{tokens:?}");
    }
}

fn reserved(state: &str) -> String {
    format!(
        "<reservedInstancesSet><item><reservedInstancesId>ri-1</reservedInstancesId>\
         <instanceType>m5.large</instanceType><start>2025-01-01T00:00:00.000Z</start>\
         <end>2026-01-01T00:00:00.000Z</end><instanceCount>3</instanceCount>\
         <productDescription>Linux/UNIX</productDescription><state>{state}</state>\
         <instanceTenancy>default</instanceTenancy><offeringClass>convertible</offeringClass>\
         <offeringType>No Upfront</offeringType><scope>Region</scope></item></reservedInstancesSet>"
    )
}

#[tokio::test]
async fn what_was_bought_ahead() {
    let read = |state| async move {
        let seen: Observation = one("DescribeReservedInstances", &reserved(state), "ri-1").await;
        seen
    };
    let seen = read("active").await;
    assert_eq!(seen.kind, Kind::Reservation);
    assert_eq!(
        values(&seen),
        owned(&[
            ("state", "active"),
            ("instance_type", "m5.large"),
            ("tenancy", "default"),
            ("platform", "Linux/UNIX"),
            ("reserved_count", "3"),
            ("reserved_from", "2025-01-01T00:00:00Z"),
            ("reserved_until", "2026-01-01T00:00:00Z"),
            ("offering_class", "convertible"),
            ("payment_option", "No Upfront"),
            ("reservation_scope", "Region"),
        ])
    );
    assert_eq!(seen.tombstone, None);
    let Value::Int(end) = moment("2026-01-01T00:00:00Z") else { panic!("a moment is a number") };
    let at = Some(cadastre_model::Timestamp(end));
    let ended = Some(Tombstone { at, reason: "retired".to_owned() });
    assert_eq!(read("retired").await.tombstone, ended);
}
