//! What EC2's answers become. The XML is in the shape of the API reference, written here.

use super::support::{ACCOUNT, RECORDED_AT, Tape, answer, collected, collected_until, refusal};
use cadastre_collect::TimeBase;
use cadastre_model::{
    Attr, Claim, Coverage, Fact, Identifier, Interface, Kind, Observation, Power, Scheme, Tag,
    Target, Timestamp, Tombstone, Value,
};
use serde_json::json;
use std::str::FromStr;

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
        .map(|Claim { relation, target }| match target {
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
  <placement><availabilityZone>eu-west-1a</availabilityZone><tenancy>default</tenancy></placement>
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

#[tokio::test]
async fn an_instance_with_all_it_has() {
    let tape = Tape::known(&[REGION]);
    tape.page(REGION, "DescribeInstances", 200, &answer("DescribeInstances", INSTANCE));
    tape.images(REGION, &["ami-1"], 400, &refusal("InvalidAMIID.NotFound", "[ami-1] is gone"));
    tape.empty_but(REGION, &["DescribeInstances"]);
    let said = tape.played(json!({})).await;
    said.assert_ok();
    assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], Coverage::complete());
    assert_eq!(said.seen.len(), 1);

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

async fn one(action: &str, inside: &str, id: &str) -> Observation {
    let tape = Tape::known(&[REGION]);
    tape.page(REGION, action, 200, &answer(action, inside));
    tape.empty_but(REGION, &[action]);
    let said = tape.played(json!({})).await;
    said.assert_ok();
    said.thing(id).clone()
}

#[tokio::test]
async fn a_volume() {
    let inside = r#"<volumeSet><item><volumeId>vol-1</volumeId><size>100</size>
        <snapshotId>snap-1</snapshotId><availabilityZone>eu-west-1a</availabilityZone>
        <status>in-use</status><createTime>2026-01-01T00:00:00.000Z</createTime>
        <attachmentSet><item><volumeId>vol-1</volumeId><instanceId>i-1</instanceId>
          <device>/dev/sdf</device><status>attached</status><deleteOnTermination>true</deleteOnTermination></item>
          <item><instanceId>i-9</instanceId><device>/dev/sdg</device><status>detached</status></item></attachmentSet>
        <volumeType>gp3</volumeType><iops>3000</iops><throughput>125</throughput>
        <encrypted>true</encrypted><kmsKeyId>arn:aws:kms:eu-west-1:111122223333:key/k</kmsKeyId>
        <tagSet><item><key>Name</key><value>data</value></item></tagSet></item></volumeSet>"#;
    let seen = one("DescribeVolumes", inside, "vol-1").await;
    assert_eq!(
        values(&seen),
        owned(&[
            ("name", "data"),
            ("zone", "eu-west-1a"),
            ("state", "in-use"),
            ("created", "2026-01-01T00:00:00Z"),
            ("size", "100 GiB"),
            ("volume_type", "gp3"),
            ("iops", "3000"),
            ("throughput", "125 MiB/s"),
            ("encrypted", "yes"),
            ("encryption_key", "arn:aws:kms:eu-west-1:111122223333:key/k"),
            ("snapshot_id", "snap-1"),
            ("attached_as", "i-1 /dev/sdf"),
            ("deleted_with_machine", "yes"),
        ])
    );
    assert_eq!(claims(&seen), owned(&[("attached-to", "i-1")]));

    let free = "<volumeSet><item><volumeId>vol-2</volumeId><status>available</status>\
                <encrypted>false</encrypted><snapshotId/><attachmentSet/></item></volumeSet>";
    let seen = one("DescribeVolumes", free, "vol-2").await;
    assert_eq!(values(&seen), owned(&[("state", "available"), ("encrypted", "no")]));
    assert_eq!(seen.facts[&Attr::AttachedAs], Fact::Absent);
    assert!(seen.claims.is_empty());
}

#[tokio::test]
async fn a_network_and_its_subnet() {
    let inside = r#"<vpcSet><item><vpcId>vpc-1</vpcId><ownerId>111122223333</ownerId>
        <state>available</state><cidrBlock>10.0.0.0/16</cidrBlock><dhcpOptionsId>dopt-1</dhcpOptionsId>
        <isDefault>true</isDefault><cidrBlockAssociationSet>
          <item><cidrBlock>10.0.0.0/16</cidrBlock><cidrBlockState><state>associated</state></cidrBlockState></item>
          <item><cidrBlock>10.1.0.0/16</cidrBlock><cidrBlockState><state>associated</state></cidrBlockState></item>
          <item><cidrBlock>10.2.0.0/16</cidrBlock><cidrBlockState><state>disassociated</state></cidrBlockState></item>
        </cidrBlockAssociationSet><ipv6CidrBlockAssociationSet>
          <item><ipv6CidrBlock>2001:db8::/56</ipv6CidrBlock><ipv6CidrBlockState><state>associated</state></ipv6CidrBlockState></item>
        </ipv6CidrBlockAssociationSet></item></vpcSet>"#;
    let seen = one("DescribeVpcs", inside, "vpc-1").await;
    assert_eq!(seen.kind, Kind::Network);
    assert_eq!(
        values(&seen),
        owned(&[
            ("state", "available"),
            ("cidr", "10.0.0.0/16, 10.1.0.0/16, 2001:db8::/56"),
            ("is_default", "yes"),
            ("dhcp_options", "dopt-1"),
        ])
    );

    let inside = r#"<subnetSet><item><subnetId>subnet-1</subnetId><ownerId>999988887777</ownerId>
        <state>available</state><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/24</cidrBlock>
        <availableIpAddressCount>250</availableIpAddressCount><availabilityZone>eu-west-1b</availabilityZone>
        <defaultForAz>false</defaultForAz><mapPublicIpOnLaunch>true</mapPublicIpOnLaunch></item></subnetSet>"#;
    let seen = one("DescribeSubnets", inside, "subnet-1").await;
    assert_eq!(
        values(&seen),
        owned(&[
            ("zone", "eu-west-1b"),
            ("state", "available"),
            ("cidr", "10.0.0.0/24"),
            ("is_default", "no"),
            ("free_addresses", "250"),
            ("assigns_public_ip", "yes"),
        ])
    );
    assert_eq!(claims(&seen), owned(&[("in-network", "vpc-1")]));
    // Shared by another account: known here under the account that sees it.
    assert_eq!(seen.native_id, native("subnet-1"));
    assert_eq!(seen.facts[&Attr::CloudAccount], Fact::Value(Value::text("999988887777")));
    assert_eq!(found_by(&seen), [(Scheme::Native, "subnet-1")]);
}

#[tokio::test]
async fn a_security_group() {
    let inside = r#"<securityGroupInfo><item><ownerId>111122223333</ownerId><groupId>sg-1</groupId>
        <groupName>web</groupName><groupDescription>Web servers</groupDescription><vpcId>vpc-1</vpcId>
        <ipPermissions>
          <item><ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort><groups/>
            <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item><item><cidrIp>10.0.0.0/8</cidrIp></item></ipRanges>
            <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges><prefixListIds/></item>
          <item><ipProtocol>-1</ipProtocol><groups><item><userId>111122223333</userId><groupId>sg-2</groupId></item></groups></item>
        </ipPermissions>
        <ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissionsEgress>
        <tagSet><item><key>Name</key><value>frontend</value></item></tagSet></item></securityGroupInfo>"#;
    let seen = one("DescribeSecurityGroups", inside, "sg-1").await;
    assert_eq!(
        values(&seen),
        owned(&[
            ("name", "frontend"),
            ("description", "Web servers"),
            ("is_default", "no"),
            (
                "rules_in",
                "all from sg-2, tcp 22 from 0.0.0.0/0, tcp 22 from 10.0.0.0/8, tcp 22 from ::/0"
            ),
            ("rules_out", "all to 0.0.0.0/0"),
            ("group_name", "web"),
        ])
    );
    assert_eq!(claims(&seen), owned(&[("in-network", "vpc-1")]));
}

#[tokio::test]
async fn a_network_interface() {
    let inside = r#"<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId>
        <subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId><availabilityZone>eu-west-1a</availabilityZone>
        <description>ELB app/x</description><ownerId>111122223333</ownerId><requesterManaged>true</requesterManaged>
        <status>in-use</status><macAddress>0a:00:00:00:00:01</macAddress>
        <privateIpAddress>10.0.0.5</privateIpAddress><privateDnsName>ip-10-0-0-5.internal</privateDnsName>
        <sourceDestCheck>false</sourceDestCheck>
        <groupSet><item><groupId>sg-1</groupId><groupName>web</groupName></item></groupSet>
        <attachment><attachmentId>eni-attach-1</attachmentId><instanceOwnerId>amazon-elb</instanceOwnerId></attachment>
        <association><publicIp>54.1.2.3</publicIp></association><tagSet/>
        <privateIpAddressesSet><item><privateIpAddress>10.0.0.6</privateIpAddress></item></privateIpAddressesSet>
        <interfaceType>network_load_balancer</interfaceType></item></networkInterfaceSet>"#;
    let seen = one("DescribeNetworkInterfaces", inside, "eni-1").await;
    assert_eq!(
        values(&seen),
        owned(&[
            ("description", "ELB app/x"),
            ("zone", "eu-west-1a"),
            ("state", "in-use"),
            ("private_dns", "ip-10-0-0-5.internal"),
            ("private_ip", "10.0.0.5"),
            ("public_ip", "54.1.2.3"),
            ("interface_type", "network_load_balancer"),
            ("source_dest_check", "no"),
            ("requester_managed", "yes"),
            ("attachment", "eni-attach-1"),
        ])
    );
    assert_eq!(
        claims(&seen),
        owned(&[("in-network", "subnet-1"), ("in-network", "vpc-1"), ("secured-by", "sg-1")])
    );
    for address in ["10.0.0.5", "10.0.0.6", "54.1.2.3"] {
        assert!(seen.identifiers.contains(&Identifier::ip(address).unwrap()), "{address}");
    }
    assert!(seen.identifiers.contains(&Identifier::mac("0a:00:00:00:00:01").unwrap()));
}

#[tokio::test]
async fn elastic_addresses_in_use_and_idle() {
    let inside = r#"<addressesSet>
        <item><publicIp>54.1.2.3</publicIp><allocationId>eipalloc-1</allocationId><domain>vpc</domain>
          <instanceId>i-1</instanceId><associationId>eipassoc-1</associationId>
          <networkInterfaceId>eni-1</networkInterfaceId><privateIpAddress>10.0.0.5</privateIpAddress>
          <tagSet><item><key>Name</key><value>front</value></item></tagSet></item>
        <item><publicIp>54.1.2.4</publicIp><allocationId>eipalloc-2</allocationId><instanceId/>
          <networkInterfaceId>eni-2</networkInterfaceId></item>
        <item><publicIp>54.1.2.5</publicIp><allocationId>eipalloc-3</allocationId></item>
        <item><publicIp>54.1.2.6</publicIp><domain>standard</domain></item></addressesSet>"#;
    let tape = Tape::known(&[REGION]);
    tape.page(REGION, "DescribeAddresses", 200, &answer("DescribeAddresses", inside));
    tape.empty_but(REGION, &["DescribeAddresses"]);
    let said = tape.played(json!({})).await;
    assert_eq!(
        values(said.thing("eipalloc-1")),
        owned(&[
            ("name", "front"),
            ("private_ip", "10.0.0.5"),
            ("public_ip", "54.1.2.3"),
            ("attachment", "i-1"),
        ])
    );
    assert_eq!(claims(said.thing("eipalloc-1")), owned(&[("attached-to", "i-1")]));
    assert_eq!(claims(said.thing("eipalloc-2")), owned(&[("attached-to", "eni-2")]));
    assert_eq!(said.thing("eipalloc-3").facts[&Attr::Attachment], Fact::Absent);
    assert_eq!(said.thing("54.1.2.6").kind, Kind::Address);
}

#[tokio::test]
async fn what_is_not_wanted_is_not_sent() {
    let volumes: String = ["web", "web-old", "db"]
        .iter()
        .map(|name| {
            format!(
                "<item><volumeId>vol-{name}</volumeId><tagSet><item><key>Name</key>\
                 <value>{name}</value></item></tagSet></item>"
            )
        })
        .collect();
    let tape = Tape::known(&[REGION]);
    let body = answer("DescribeVolumes", &format!("<volumeSet>{volumes}</volumeSet>"));
    tape.page(REGION, "DescribeVolumes", 200, &body);
    tape.empty_but(REGION, &["DescribeVolumes"]);
    let (collector, _folder) = tape.collector(json!({"include": ["web*"], "exclude": ["*-old"]}));
    let said = collected(collector.as_ref()).await;
    assert_eq!(said.seen.keys().collect::<Vec<_>>(), [&native("vol-web")]);
}
