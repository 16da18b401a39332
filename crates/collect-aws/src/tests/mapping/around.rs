//! What is around instances: volumes, networks, security groups, interfaces, addresses.

use super::super::support::{ACCOUNT, Tape, answer, collected};
use super::{REGION, claims, found_by, native, owned, values};
use cadastre_model::{Attr, Fact, Identifier, Kind, Observation, Scheme, Value};
use serde_json::json;

pub(super) async fn one(action: &str, inside: &str, id: &str) -> Observation {
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
    assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], cadastre_model::Coverage::complete());
}
