//! Gateways, route tables, peerings and load balancers.

use super::super::support::{ACCOUNT, Tape, balancers};
use super::around::one;
use super::{REGION, claims, found_by, moment, native, owned, values};
use cadastre_model::{
    Attr, Claim, Fact, Identifier, Kind, Observation, RelationType, Scheme, Tag, Target, Tombstone,
    Value,
};
use serde_json::json;

#[tokio::test]
async fn an_internet_gateway() {
    let inside = r#"<internetGatewaySet><item><internetGatewayId>igw-1</internetGatewayId>
        <ownerId>111122223333</ownerId><attachmentSet><item><vpcId>vpc-1</vpcId><state>available</state></item>
        <item><vpcId>vpc-9</vpcId><state>detached</state></item></attachmentSet>
        <tagSet><item><key>Name</key><value>out</value></item></tagSet></item></internetGatewaySet>"#;
    let seen = one("DescribeInternetGateways", inside, "igw-1").await;
    assert_eq!(seen.kind, Kind::Gateway);
    assert_eq!(values(&seen), owned(&[("name", "out"), ("gateway_type", "internet")]));
    assert_eq!(claims(&seen), owned(&[("attached-to", "vpc-1")]));
}

#[tokio::test]
async fn nat_gateways_there_and_gone() {
    let inside = r#"<natGatewaySet><item><natGatewayId>nat-1</natGatewayId><subnetId>subnet-1</subnetId>
        <vpcId>vpc-1</vpcId><state>available</state><connectivityType>public</connectivityType>
        <createTime>2026-01-01T00:00:00.000Z</createTime><natGatewayAddressSet>
          <item><publicIp>54.1.2.4</publicIp><privateIp>10.0.0.8</privateIp><isPrimary>false</isPrimary></item>
          <item><publicIp>54.1.2.3</publicIp><privateIp>10.0.0.7</privateIp><isPrimary>true</isPrimary></item>
        </natGatewayAddressSet></item></natGatewaySet>"#;
    let seen = one("DescribeNatGateways", inside, "nat-1").await;
    assert_eq!(
        values(&seen),
        owned(&[
            ("state", "available"),
            ("created", "2026-01-01T00:00:00Z"),
            ("private_ip", "10.0.0.7"),
            ("public_ip", "54.1.2.3"),
            ("gateway_type", "nat"),
            ("connectivity", "public"),
        ])
    );
    assert_eq!(
        seen.facts[&Attr::Arn],
        Fact::Value(Value::text("arn:aws:ec2:eu-west-1:111122223333:natgateway/nat-1"))
    );
    assert_eq!(claims(&seen), owned(&[("in-network", "subnet-1"), ("in-network", "vpc-1")]));
    for address in ["54.1.2.3", "54.1.2.4", "10.0.0.7", "10.0.0.8"] {
        assert!(seen.identifiers.contains(&Identifier::ip(address).unwrap()), "{address}");
    }
    assert_eq!(seen.tombstone, None);

    let gone = r#"<natGatewaySet><item><natGatewayId>nat-2</natGatewayId><state>deleted</state>
        <deleteTime>2026-06-30T10:00:00.000Z</deleteTime></item></natGatewaySet>"#;
    let seen = one("DescribeNatGateways", gone, "nat-2").await;
    let tombstone = seen.tombstone.expect("it is deleted");
    assert_eq!(tombstone.reason, "deleted");
    assert_eq!(tombstone.at.map(|at| Value::Int(at.0)), Some(moment("2026-06-30T10:00:00Z")));
}

#[tokio::test]
async fn a_transit_gateway_that_another_account_shares() {
    let inside = r#"<transitGatewaySet><item><transitGatewayId>tgw-1</transitGatewayId>
        <ownerId>999988887777</ownerId><state>available</state><description>hub</description>
        <creationTime>2026-01-01T00:00:00.000Z</creationTime></item></transitGatewaySet>"#;
    let seen = one("DescribeTransitGateways", inside, "tgw-1").await;
    assert_eq!(
        values(&seen),
        owned(&[
            ("description", "hub"),
            ("state", "available"),
            ("created", "2026-01-01T00:00:00Z"),
            ("gateway_type", "transit"),
        ])
    );
    assert_eq!(found_by(&seen), [(Scheme::Native, "tgw-1")]);
}

#[tokio::test]
async fn a_route_table() {
    let inside = r#"<routeTableSet><item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId>
        <ownerId>111122223333</ownerId><routeSet>
          <item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId><state>active</state></item>
          <item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><natGatewayId>nat-1</natGatewayId><state>blackhole</state></item>
        </routeSet><associationSet>
          <item><routeTableAssociationId>a-1</routeTableAssociationId><main>true</main></item>
          <item><routeTableAssociationId>a-2</routeTableAssociationId><subnetId>subnet-1</subnetId><main>false</main></item>
        </associationSet><tagSet/></item></routeTableSet>"#;
    let seen = one("DescribeRouteTables", inside, "rtb-1").await;
    assert_eq!(
        values(&seen),
        owned(&[
            ("routes", "0.0.0.0/0 to nat-1 (blackhole), 10.0.0.0/16 to local"),
            ("is_main", "yes"),
        ])
    );
    assert_eq!(claims(&seen), owned(&[("attached-to", "subnet-1"), ("in-network", "vpc-1")]));
}

fn joined(seen: &Observation) -> Vec<&Target> {
    let claims = seen.claims.iter();
    claims
        .map(|Claim { relation, target, .. }| {
            assert_eq!(*relation, RelationType::ConnectedTo);
            target
        })
        .collect()
}

#[tokio::test]
async fn a_peering_over_accounts_and_regions() {
    let inside = |status: &str| {
        format!(
            r#"<vpcPeeringConnectionSet><item><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId>
        <requesterVpcInfo><ownerId>111122223333</ownerId><vpcId>vpc-1</vpcId><region>eu-west-1</region>
          <cidrBlock>10.0.0.0/16</cidrBlock><cidrBlockSet><item><cidrBlock>10.0.0.0/16</cidrBlock></item>
          <item><cidrBlock>10.1.0.0/16</cidrBlock></item></cidrBlockSet></requesterVpcInfo>
        <accepterVpcInfo><ownerId>999988887777</ownerId><vpcId>vpc-2</vpcId><region>us-east-1</region>
          </accepterVpcInfo>
        <status><code>{status}</code><message>So it is</message></status></item></vpcPeeringConnectionSet>"#
        )
    };
    let seen = one("DescribeVpcPeeringConnections", &inside("active"), "pcx-1").await;
    assert_eq!(
        values(&seen),
        owned(&[
            ("state", "active"),
            ("state_reason", "So it is"),
            ("peering_type", "vpc"),
            (
                "peer_networks",
                "111122223333/eu-west-1/vpc-1 10.0.0.0/16 10.1.0.0/16, \
                 999988887777/us-east-1/vpc-2"
            ),
        ])
    );
    let far = Target::Native("999988887777/us-east-1/vpc-2".to_owned());
    assert_eq!(joined(&seen), [&Target::Native(native("vpc-1")), &far]);
    assert_eq!(seen.tombstone, None);
    for status in ["deleted", "rejected", "expired", "failed"] {
        let seen = one("DescribeVpcPeeringConnections", &inside(status), "pcx-1").await;
        assert_eq!(seen.tombstone, Some(Tombstone { at: None, reason: status.to_owned() }));
    }
}

#[tokio::test]
async fn attachments_to_a_transit_gateway() {
    let inside = r#"<transitGatewayAttachments><item>
        <transitGatewayAttachmentId>tgw-attach-1</transitGatewayAttachmentId>
        <transitGatewayId>tgw-1</transitGatewayId><transitGatewayOwnerId>999988887777</transitGatewayOwnerId>
        <resourceOwnerId>111122223333</resourceOwnerId><resourceType>vpc</resourceType>
        <resourceId>vpc-1</resourceId><state>available</state>
        <creationTime>2026-01-01T00:00:00.000Z</creationTime></item></transitGatewayAttachments>"#;
    let seen = one("DescribeTransitGatewayAttachments", inside, "tgw-attach-1").await;
    assert_eq!(seen.kind, Kind::Peering);
    assert_eq!(
        values(&seen),
        owned(&[
            ("state", "available"),
            ("created", "2026-01-01T00:00:00Z"),
            ("peering_type", "transit-gateway vpc"),
            ("peer_networks", "111122223333/eu-west-1/vpc-1, 999988887777/eu-west-1/tgw-1"),
        ])
    );
    let gateway = Target::Native(native("tgw-1"));
    assert_eq!(joined(&seen), [&gateway, &Target::Native(native("vpc-1"))]);

    let vpn = inside.replace(">vpc<", ">vpn<").replace(">available<", ">deleted<");
    let seen = one("DescribeTransitGatewayAttachments", &vpn, "tgw-attach-1").await;
    assert_eq!(joined(&seen), [&gateway]);
    assert!(seen.tombstone.is_some());
}

const BALANCER: &str =
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc";

#[tokio::test]
async fn a_load_balancer_with_its_tags() {
    let inside = format!(
        r#"<LoadBalancers><member><LoadBalancerArn>{BALANCER}</LoadBalancerArn>
        <LoadBalancerName>web</LoadBalancerName><DNSName>web-1.eu-west-1.elb.amazonaws.com</DNSName>
        <Scheme>internet-facing</Scheme><Type>application</Type><IpAddressType>dualstack</IpAddressType>
        <State><Code>active</Code></State><VpcId>vpc-1</VpcId><CreatedTime>2026-01-01T00:00:00.000Z</CreatedTime>
        <AvailabilityZones><member><ZoneName>eu-west-1b</ZoneName><SubnetId>subnet-2</SubnetId></member>
          <member><ZoneName>eu-west-1a</ZoneName><SubnetId>subnet-1</SubnetId></member></AvailabilityZones>
        <SecurityGroups><member>sg-1</member></SecurityGroups></member></LoadBalancers>"#
    );
    let tags = format!(
        "<TagDescriptions><member><ResourceArn>{BALANCER}</ResourceArn><Tags><member><Key>team</Key>\
         <Value>payments</Value></member></Tags></member></TagDescriptions>"
    );
    let tape = Tape::known(&[REGION]);
    let action = "DescribeLoadBalancers";
    tape.page(REGION, action, 200, &balancers(action, &inside));
    let arn = BALANCER.replace(':', "%3A").replace('/', "%2F");
    let key = format!("own/elasticloadbalancing/{REGION}/DescribeTags?ResourceArns.member.1={arn}");
    tape.add(&key, 200, &balancers("DescribeTags", &tags));
    tape.empty_but(REGION, &[action]);
    let said = tape.played(json!({})).await;
    let complete = cadastre_model::Coverage::complete();
    assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], complete);
    let seen = said.thing("loadbalancer/app/web/50dc");
    assert_eq!(seen.kind, Kind::LoadBalancer);
    assert_eq!(
        values(seen),
        owned(&[
            ("name", "web"),
            ("state", "active"),
            ("created", "2026-01-01T00:00:00Z"),
            ("dns_name", "web-1.eu-west-1.elb.amazonaws.com"),
            ("balancer_type", "application"),
            ("balancer_scheme", "internet-facing"),
            ("ip_family", "dualstack"),
            ("zones", "eu-west-1a, eu-west-1b"),
        ])
    );
    assert!(seen.tags.contains(&Tag::new("team", "payments")));
    assert!(seen.identifiers.contains(&Identifier::aws_arn(BALANCER).unwrap()));
    assert_eq!(
        claims(seen),
        owned(&[
            ("in-network", "subnet-1"),
            ("in-network", "subnet-2"),
            ("in-network", "vpc-1"),
            ("secured-by", "sg-1"),
        ])
    );
}

#[tokio::test]
async fn load_balancers_whose_tags_are_refused_are_not_told_without_them() {
    let inside = format!(
        "<LoadBalancers><member><LoadBalancerArn>{BALANCER}</LoadBalancerArn></member></LoadBalancers>"
    );
    let tape = Tape::known(&[REGION]);
    let action = "DescribeLoadBalancers";
    tape.page(REGION, action, 200, &balancers(action, &inside));
    tape.empty_but(REGION, &[action]);
    let said = tape.played(json!({})).await;
    assert!(said.of(Kind::LoadBalancer).is_empty());
    let (_, reason) = said.coverage(&format!("{ACCOUNT}/{REGION}"));
    assert!(reason.contains("DescribeTags"), "{reason}");
    // What comes after it was read.
    assert!(!reason.contains("GetResources") && !reason.contains("Also"), "{reason}");
}
