"""Makes an organisation in moto: three accounts that can be read, and one that is closed.

Own keys of the request (see estate.py):

    "regions": ["eu-west-1", ...]     every account gets the same estate in each
    "user_data_secret": "..."         stands in the launch templates' user data

The first account is the endpoint's own, from which the organisation is managed.
A role `audit/reader` is in the others; it trusts the user `reader` of the first
and may do what README.md says. To be run before signatures are checked.

Answers

    {"accounts": [ID, ID, ID], "closed": ID,
     "reader":   {"access_key_id": "...", "secret_access_key": "..."},
     "estates":  {ACCOUNT: {REGION: {"public_snapshot": ID, "snapshot": ID, ...}}},
     "keys":     {ACCOUNT: {"access_key_id": ..., "secret_access_key": ..., "session_token": ...}}}

`keys` may do anything in their account as long as signatures are not checked.
"""

import base64
import json

from estate import answer, aws_tags, client, read_request
from seed_access import LISTS, ONLY_MOTO, READS, make_user, policy

ROLE_PATH, ROLE = "/audit/", "reader"
HOME = "us-east-1"


def entered(request, account):
    """The request of whoever took on a role in another account."""
    keys = client(request, "sts", HOME).assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/seed", RoleSessionName="seed"
    )["Credentials"]
    return {
        "endpoint": request["endpoint"],
        "access_key_id": keys["AccessKeyId"],
        "secret_access_key": keys["SecretAccessKey"],
        "session_token": keys["SessionToken"],
    }


def make_organisation(request):
    organisations = client(request, "organizations", HOME)
    organisations.create_organization(FeatureSet="ALL")
    root = organisations.list_roots()["Roots"][0]["Id"]
    unit = organisations.create_organizational_unit(ParentId=root, Name="Workloads")
    unit = unit["OrganizationalUnit"]["Id"]

    def make(name):
        made = organisations.create_account(
            AccountName=name, Email=f"{name}@mail.example"
        )
        return made["CreateAccountStatus"]["AccountId"]

    members, closed = [make("shop"), make("data")], make("closed")
    organisations.move_account(
        AccountId=members[0], SourceParentId=root, DestinationParentId=unit
    )
    organisations.close_account(AccountId=closed)
    return members, closed


def make_role(request, trusted):
    iam = client(request, "iam", HOME)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": trusted},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    iam.create_role(
        RoleName=ROLE, Path=ROLE_PATH, AssumeRolePolicyDocument=json.dumps(trust)
    )
    iam.put_role_policy(
        RoleName=ROLE, PolicyName="reads", PolicyDocument=policy(READS + ONLY_MOTO)
    )


def tagged(sort, name):
    tags = aws_tags({"Name": name, "team": "payments"})
    return [{"ResourceType": sort, "Tags": tags}]


def make_networks(ec2, region):
    vpcs = [
        ec2.create_vpc(
            CidrBlock=f"10.{number}.0.0/16", TagSpecifications=tagged("vpc", f"v{number}")
        )["Vpc"]["VpcId"]
        for number in (1, 2)
    ]
    subnets = [
        ec2.create_subnet(
            VpcId=vpcs[0],
            CidrBlock=f"10.1.{number}.0/24",
            AvailabilityZone=f"{region}{zone}",
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("ab")
    ]
    internet = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=internet, VpcId=vpcs[0])
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)
    nat = nat["NatGateway"]["NatGatewayId"]
    table = ec2.create_route_table(VpcId=vpcs[0])["RouteTable"]["RouteTableId"]
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat
    )
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[1])
    transit = ec2.create_transit_gateway(Description="hub")["TransitGateway"]
    transit = transit["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=transit, VpcId=vpcs[0], SubnetIds=subnets
    )
    peering = ec2.create_vpc_peering_connection(VpcId=vpcs[0], PeerVpcId=vpcs[1])
    peering = peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    return {
        "vpcs": vpcs,
        "subnets": subnets,
        "internet_gateway": internet,
        "nat_gateway": nat,
        "transit_gateway": transit,
        "route_table": table,
        "peering": peering,
    }


def make_machines(ec2, region, subnet):
    ec2.create_key_pair(KeyName="ops")
    base = min(
        image["ImageId"]
        for image in ec2.describe_images()["Images"]
        if image["Architecture"] == "x86_64" and image.get("Platform") != "windows"
    )
    instances = [
        ec2.run_instances(
            ImageId=base,
            InstanceType=sort,
            KeyName="ops",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet,
            TagSpecifications=tagged("instance", f"web-{number}"),
        )["Instances"][0]["InstanceId"]
        for number, sort in enumerate(["m5.large", "t3.micro", "m5.large"])
    ]
    image = ec2.create_image(InstanceId=instances[0], Name="golden")["ImageId"]
    ec2.modify_image_attribute(
        ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]}
    )
    volume = ec2.create_volume(AvailabilityZone=f"{region}a", Size=7, Encrypted=True)
    snapshots = [
        ec2.create_snapshot(
            VolumeId=volume["VolumeId"], TagSpecifications=tagged("snapshot", name)
        )["SnapshotId"]
        for name in ("kept", "given away")
    ]
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshots[1],
        Attribute="createVolumePermission",
        OperationType="add",
        GroupNames=["all"],
    )
    return {
        "instances": instances,
        "image": image,
        "volume": volume["VolumeId"],
        "snapshot": snapshots[0],
        "public_snapshot": snapshots[1],
    }


def make_template(ec2, secret):
    script = f"#!/bin/sh\nexport DATABASE_PASSWORD={secret}\n"
    data = {
        "ImageId": "ami-12345678",
        "InstanceType": "m5.large",
        "UserData": base64.b64encode(script.encode()).decode(),
        "MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"},
    }
    made = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)
    return made["LaunchTemplate"]["LaunchTemplateId"]


def make_others(request, region, subnets, account):
    """What is read by load balancing and by tags."""
    tags = aws_tags({"Name": "front", "team": "payments"})
    balancer = client(request, "elbv2", region).create_load_balancer(
        Name="front", Subnets=subnets, Type="application", Tags=tags
    )
    database = client(request, "rds", region).create_db_instance(
        DBInstanceIdentifier="orders",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="master",
        MasterUserPassword="a-password-of-the-database",
        Tags=tags,
    )
    s3, bucket = client(request, "s3", region), f"logs-{account}-{region}"
    where = {} if region == HOME else {"LocationConstraint": region}
    s3.create_bucket(
        Bucket=bucket, **({"CreateBucketConfiguration": where} if where else {})
    )
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    return {
        "load_balancer": balancer["LoadBalancers"][0]["LoadBalancerArn"],
        "database": database["DBInstance"]["DBInstanceArn"],
        "bucket": f"arn:aws:s3:::{bucket}",
    }


def make_region(request, region, account, secret):
    ec2 = client(request, "ec2", region)
    if region == HOME:
        ec2.enable_ebs_encryption_by_default()
    networks = make_networks(ec2, region)
    return {
        **networks,
        **make_machines(ec2, region, networks["subnets"][0]),
        **make_others(request, region, networks["subnets"], account),
        "launch_template": make_template(ec2, secret),
    }


def main():
    request = read_request()
    own = client(request, "sts", HOME).get_caller_identity()["Account"]
    members, closed = make_organisation(request)
    reader = make_user(
        client(request, "iam", HOME), "reader", READS + LISTS + ONLY_MOTO
    )
    asking = {own: request, **{member: entered(request, member) for member in members}}
    for member in members:
        make_role(asking[member], f"arn:aws:iam::{own}:user/reader")
    answer(
        {
            "accounts": [own, *members],
            "closed": closed,
            "reader": reader,
            "estates": {
                account: {
                    region: make_region(
                        by, region, account, request["user_data_secret"]
                    )
                    for region in request["regions"]
                }
                for account, by in asking.items()
            },
            "keys": {
                account: {
                    "access_key_id": by.get("access_key_id", "any"),
                    "secret_access_key": by.get("secret_access_key", "any"),
                    "session_token": by.get("session_token"),
                }
                for account, by in asking.items()
            },
        }
    )


if __name__ == "__main__":
    main()
