//! What AWS's answers become: instances and their images here, the rest in the files below. The XML and
//! JSON are in the shape of the API reference, written here.

use super::support::{ACCOUNT, RECORDED_AT, Tape, answer, collected_until, refusal};
use cadastre_collect::TimeBase;
use cadastre_model::{
    Attr, Claim, Coverage, Fact, Interface, Kind, Observation, Power, Scheme, Tag, Target,
    Timestamp, Tombstone, Value,
};
use serde_json::json;
use std::str::FromStr;

mod around;
mod networks;
mod stored;
mod tagged;
mod types;

const REGION: &str = "eu-west-1";

fn native(id: &str) -> String {
    format!("{ACCOUNT}/{REGION}/{id}")
}

fn moment(text: &str) -> Value {
    Value::Int(Timestamp::from_str(text).unwrap().0)
}

/// The stated values, by name, without what every thing has.
fn values(seen: &Observation) -> Vec<(&'static str, String)> {
    const EVERYWHERE: [Attr; 4] = [Attr::Provider, Attr::CloudAccount, Attr::Region, Attr::Arn];
    seen.facts
        .iter()
        .filter(|(attr, _)| !EVERYWHERE.contains(attr))
        .filter_map(|(attr, fact)| match fact {
            Fact::Value(value) => Some((attr.name(), attr.def().value_type.to_display(value))),
            Fact::Absent | Fact::NotRead(_) => None,
        })
        .collect()
}

fn claims(seen: &Observation) -> Vec<(&'static str, String)> {
    seen.claims
        .iter()
        .map(|Claim { relation, target, .. }| match target {
            Target::Native(id) => {
                let here = format!("{ACCOUNT}/{REGION}/");
                (relation.word(), id.strip_prefix(&here).unwrap_or(id).to_owned())
            }
            Target::Identifier(other) => panic!("{other:?}"),
        })
        .collect()
}

fn found_by(seen: &Observation) -> Vec<(Scheme, &str)> {
    seen.identifiers.iter().map(|one| (one.scheme, one.value.as_str())).collect()
}

fn owned(pairs: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

const INSTANCE: &str = r#"
<reservationSet><item><reservationId>r-1</reservationId><ownerId>111122223333</ownerId>
<instancesSet><item>
  <instanceId>i-0abc</instanceId><imageId>ami-1</imageId>
  <instanceState><code>16</code><name>running</name></instanceState>
  <privateDnsName>ip-10-0-0-5.eu-west-1.compute.internal</privateDnsName>
  <dnsName>ec2-54-1-2-3.eu-west-1.compute.amazonaws.com</dnsName>
  <reason/><keyName>ops</keyName><instanceType>m5.xlarge</instanceType>
  <launchTime>2026-06-01T08:00:00.000Z</launchTime>
  <placement><availabilityZone>eu-west-1a</availabilityZone><tenancy>default</tenancy>
    <hostId>h-1</hostId><groupName>close</groupName></placement>
  <monitoring><state>disabled</state></monitoring>
  <subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>
  <privateIpAddress>10.0.0.5</privateIpAddress><ipAddress>54.1.2.3</ipAddress>
  <sourceDestCheck>true</sourceDestCheck>
  <groupSet><item><groupId>sg-1</groupId><groupName>web</groupName></item></groupSet>
  <architecture>x86_64</architecture><rootDeviceName>/dev/xvda</rootDeviceName>
  <virtualizationType>hvm</virtualizationType>
  <tagSet><item><key>Name</key><value>web01</value></item>
          <item><key>Env</key><value>prod</value></item><item><key>empty</key><value/></item></tagSet>
  <networkInterfaceSet><item>
    <networkInterfaceId>eni-2</networkInterfaceId><subnetId>subnet-2</subnetId><vpcId>vpc-1</vpcId>
    <status>in-use</status><macAddress>0A:00:00:00:00:02</macAddress>
    <privateIpAddress>10.0.1.5</privateIpAddress>
    <groupSet><item><groupId>sg-2</groupId></item></groupSet>
    <privateIpAddressesSet><item><privateIpAddress>10.0.1.5</privateIpAddress><primary>true</primary></item>
      <item><privateIpAddress>10.0.1.6</privateIpAddress><primary>false</primary>
        <association><publicIp>54.9.9.9</publicIp></association></item></privateIpAddressesSet>
    <ipv6AddressesSet><item><ipv6Address>2001:DB8::0:5</ipv6Address></item></ipv6AddressesSet>
  </item><item>
    <networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>
    <status>in-use</status><macAddress>0a:00:00:00:00:01</macAddress>
    <privateIpAddress>10.0.0.5</privateIpAddress>
    <association><publicIp>54.1.2.3</publicIp></association>
    <groupSet><item><groupId>sg-1</groupId></item></groupSet>
    <privateIpAddressesSet><item><privateIpAddress>10.0.0.5</privateIpAddress></item></privateIpAddressesSet>
  </item></networkInterfaceSet>
  <iamInstanceProfile><arn>arn:aws:iam::111122223333:instance-profile/web</arn><id>AIPA</id></iamInstanceProfile>
  <ebsOptimized>false</ebsOptimized>
  <cpuOptions><coreCount>2</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions>
  <metadataOptions><httpTokens>required</httpTokens><httpEndpoint>enabled</httpEndpoint></metadataOptions>
  <platformDetails>Linux/UNIX</platformDetails>
</item></instancesSet></item></reservationSet>"#;

const TYPE: &str = r#"<instanceTypeSet><item><instanceType>m5.xlarge</instanceType>
  <vCpuInfo><defaultVCpus>8</defaultVCpus><defaultCores>4</defaultCores>
    <defaultThreadsPerCore>2</defaultThreadsPerCore></vCpuInfo>
  <memoryInfo><sizeInMiB>16384</sizeInMiB></memoryInfo></item></instanceTypeSet>"#;

#[tokio::test]
async fn an_instance_with_all_it_has() {
    let tape = Tape::known(&[REGION]);
    tape.page(REGION, "DescribeInstances", 200, &answer("DescribeInstances", INSTANCE));
    tape.images(REGION, &["ami-1"], 400, &refusal("InvalidAMIID.NotFound", "[ami-1] is gone"));
    tape.types(REGION, &["m5.xlarge"], 200, &answer("DescribeInstanceTypes", TYPE));
    tape.empty_but(REGION, &["DescribeInstances"]);
    let said = tape.played(json!({})).await;
    said.assert_ok();
    assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], Coverage::complete());
    assert_eq!(said.seen.len(), 2, "the instance and its region");
    assert_eq!(said.details, []);

    let seen = said.thing("i-0abc");
    assert_eq!((seen.kind, &seen.native_id), (Kind::Instance, &native("i-0abc")));
    assert_eq!((seen.power, &seen.tombstone), (Some(Power::On), &None));
    assert_eq!(
        values(seen),
        owned(&[
            ("name", "web01"),
            ("zone", "eu-west-1a"),
            ("state", "running"),
            ("vcpu", "4"),
            ("cores", "2"),
            ("memory", "16 GiB"),
            ("architecture", "x86_64"),
            ("instance_type", "m5.xlarge"),
            ("image_id", "ami-1"),
            ("launched", "2026-06-01T08:00:00Z"),
            ("private_dns", "ip-10-0-0-5.eu-west-1.compute.internal"),
            ("public_dns", "ec2-54-1-2-3.eu-west-1.compute.amazonaws.com"),
            ("private_ip", "10.0.0.5"),
            ("public_ip", "54.1.2.3"),
            ("key_pair", "ops"),
            ("instance_profile", "arn:aws:iam::111122223333:instance-profile/web"),
            ("metadata_tokens", "required"),
            ("tenancy", "default"),
            ("purchase_option", "on-demand"),
            ("ebs_optimised", "no"),
            ("detailed_monitoring", "no"),
            ("root_device", "/dev/xvda"),
            ("virtualisation", "hvm"),
            ("metadata_endpoint", "enabled"),
            ("source_dest_check", "yes"),
            ("platform", "Linux/UNIX"),
            ("placement_host", "h-1"),
            ("placement_group", "close"),
        ])
    );
    assert_eq!(seen.facts[&Attr::Provider], Fact::Value(Value::text("aws")));
    assert_eq!(seen.facts[&Attr::CloudAccount], Fact::Value(Value::text(ACCOUNT)));
    assert_eq!(seen.facts[&Attr::StateReason], Fact::Absent);
    assert!(
        seen.tags.contains(&Tag::new("Env", "prod")) && seen.tags.contains(&Tag::new("empty", ""))
    );
    assert_eq!(
        found_by(seen),
        [
            (Scheme::CloudInstance, "i-0abc"),
            (Scheme::AwsArn, "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc"),
            (Scheme::Mac, "0a:00:00:00:00:01"),
            (Scheme::Mac, "0a:00:00:00:00:02"),
            (Scheme::Ip, "10.0.0.5"),
            (Scheme::Ip, "10.0.1.5"),
            (Scheme::Ip, "10.0.1.6"),
            (Scheme::Ip, "2001:db8::5"),
            (Scheme::Ip, "54.1.2.3"),
            (Scheme::Ip, "54.9.9.9"),
            (Scheme::Native, "i-0abc"),
        ]
    );
    let interface = |id: &str, mac: &str, addresses: &[&str], subnet: &str| Interface {
        native_id: id.to_owned(),
        mac: Some(mac.to_owned()),
        addresses: addresses.iter().map(|it| (*it).to_owned()).collect(),
        state: Some("in-use".to_owned()),
        network: Some(native(subnet)),
        ..Interface::default()
    };
    assert_eq!(
        seen.interfaces,
        [
            interface("eni-1", "0a:00:00:00:00:01", &["10.0.0.5", "54.1.2.3"], "subnet-1"),
            interface(
                "eni-2",
                "0a:00:00:00:00:02",
                &["10.0.1.5", "10.0.1.6", "2001:db8::5", "54.9.9.9"],
                "subnet-2"
            ),
        ]
    );
    assert_eq!(
        claims(seen),
        owned(&[
            ("in-network", "subnet-1"),
            ("in-network", "subnet-2"),
            ("in-network", "vpc-1"),
            ("secured-by", "sg-1"),
            ("secured-by", "sg-2"),
            ("made-from", "ami-1"),
        ])
    );
}

fn instance_in(state: &str, more: &str) -> String {
    format!(
        "<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>\
         <instanceState><name>{state}</name></instanceState>{more}</item></instancesSet></item>\
         </reservationSet>"
    )
}

async fn instance(state: &str, more: &str) -> Observation {
    let tape = Tape::known(&[REGION]);
    let body = answer("DescribeInstances", &instance_in(state, more));
    tape.page(REGION, "DescribeInstances", 200, &body);
    tape.empty_but(REGION, &["DescribeInstances"]);
    tape.played(json!({})).await.thing("i-1").clone()
}

#[tokio::test]
async fn power_is_what_the_state_says() {
    for (state, power) in [
        ("pending", Power::Unknown),
        ("running", Power::On),
        ("shutting-down", Power::Unknown),
        ("stopping", Power::Off),
        ("stopped", Power::Off),
        ("terminated", Power::Off),
        ("a-new-one", Power::Unknown),
    ] {
        assert_eq!(instance(state, "").await.power, Some(power), "{state}");
    }
    let slept =
        "<stateReason><code>Client.UserInitiatedHibernate</code><message>m</message></stateReason>";
    assert_eq!(instance("stopped", slept).await.power, Some(Power::Suspended));
}

#[tokio::test]
async fn a_stopped_instance_says_since_when() {
    let more = "<reason>User initiated (2026-06-30 10:00:00 GMT)</reason>";
    let seen = instance("stopped", more).await;
    assert_eq!(seen.facts[&Attr::StoppedAt], Fact::Value(moment("2026-06-30T10:00:00Z")));
    assert_eq!(seen.facts[&Attr::StateReason], Fact::Value(Value::text("User initiated")));
    assert_eq!(seen.facts[&Attr::PublicIp], Fact::Absent);
    assert_eq!(seen.tombstone, None);
}

#[tokio::test]
async fn a_terminated_instance_ends_with_its_date_and_keeps_what_ec2_forgot() {
    let more = "<reason>User initiated (2026-06-30 10:00:00 GMT)</reason>";
    let seen = instance("terminated", more).await;
    let at = Timestamp::from_str("2026-06-30T10:00:00Z").ok();
    assert_eq!(seen.tombstone, Some(Tombstone { at, reason: "terminated".to_owned() }));
    assert!(matches!(seen.facts[&Attr::PrivateIp], Fact::NotRead(_)));
    assert_eq!(seen.facts[&Attr::StoppedAt], Fact::Absent);
    let seen = instance("terminated", "<reason>Server.SpotInstanceTermination</reason>").await;
    assert_eq!(seen.tombstone.map(|it| it.at), Some(None));
}

#[tokio::test]
async fn moments_move_with_the_time_base() {
    let tape = Tape::known(&[REGION]);
    let more = "<launchTime>2026-11-01T00:00:00Z</launchTime>\
                <reason>User initiated (2026-11-02 00:00:00 GMT)</reason>";
    let body = answer("DescribeInstances", &instance_in("stopped", more));
    tape.page(REGION, "DescribeInstances", 200, &body);
    tape.empty_but(REGION, &["DescribeInstances"]);
    let (collector, _folder) = tape.collector(json!({}));
    let time = TimeBase::moved(RECORDED_AT, RECORDED_AT.plus_ms(86_400_000));
    let said = collected_until(collector.as_ref(), time, |_, _| {}).await;
    let seen = said.thing("i-1");
    assert_eq!(seen.facts[&Attr::LaunchedAt], Fact::Value(moment("2026-11-02T00:00:00Z")));
    assert_eq!(seen.facts[&Attr::StoppedAt], Fact::Value(moment("2026-11-03T00:00:00Z")));
}

#[tokio::test]
async fn images_in_use_but_not_those_that_are_gone() {
    let tape = Tape::known(&[REGION]);
    let instances: String = ["ami-1", "ami-2", "ami-2"]
        .iter()
        .enumerate()
        .map(|(n, image)| {
            format!(
                "<item><instancesSet><item><instanceId>i-{n}</instanceId><imageId>{image}</imageId>\
                 </item></instancesSet></item>"
            )
        })
        .collect();
    let body = format!("<reservationSet>{instances}</reservationSet>");
    tape.page(REGION, "DescribeInstances", 200, &answer("DescribeInstances", &body));
    let gone = refusal("InvalidAMIID.NotFound", "The image id '[ami-1]' does not exist");
    tape.images(REGION, &["ami-1", "ami-2"], 400, &gone);
    let image = r#"<imagesSet><item><imageId>ami-2</imageId><imageState>available</imageState>
        <imageOwnerId>099720109477</imageOwnerId><imageOwnerAlias>amazon</imageOwnerAlias>
        <isPublic>true</isPublic><architecture>arm64</architecture><name>debian-12</name>
        <description>Debian 12</description><rootDeviceName>/dev/xvda</rootDeviceName>
        <virtualizationType>hvm</virtualizationType><creationDate>2024-02-03T04:05:06.000Z</creationDate>
        <deprecationTime>2026-02-03T04:05:06.000Z</deprecationTime>
        <platformDetails>Linux/UNIX</platformDetails>
        <blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><volumeSize>8</volumeSize></ebs></item>
        <item><deviceName>/dev/xvdb</deviceName><ebs><volumeSize>2</volumeSize></ebs></item></blockDeviceMapping>
        <tagSet/></item></imagesSet>"#;
    tape.images(REGION, &["ami-2"], 200, &answer("DescribeImages", image));
    tape.empty_but(REGION, &["DescribeInstances"]);
    let said = tape.played(json!({})).await;
    assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], Coverage::complete());
    assert_eq!(said.seen.values().filter(|seen| seen.kind == Kind::Image).count(), 1);
    let seen = said.thing("ami-2");
    assert_eq!(
        values(seen),
        owned(&[
            ("name", "debian-12"),
            ("description", "Debian 12"),
            ("state", "available"),
            ("created", "2024-02-03T04:05:06Z"),
            ("architecture", "arm64"),
            ("root_device", "/dev/xvda"),
            ("virtualisation", "hvm"),
            ("size", "10 GiB"),
            ("image_owner", "amazon"),
            ("public", "yes"),
            ("deprecated", "2026-02-03T04:05:06Z"),
            ("platform", "Linux/UNIX"),
        ])
    );
    // Another account's: its ARN must not tie two accounts' records together.
    assert_eq!(found_by(seen), [(Scheme::Native, "ami-2")]);
    assert_eq!(
        seen.facts[&Attr::Arn],
        Fact::Value(Value::text("arn:aws:ec2:eu-west-1::image/ami-2"))
    );
}
