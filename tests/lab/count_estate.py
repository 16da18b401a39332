"""Counts, by boto3 alone, what an account holds: the truth a discovery is held to.

Own key of the request (see estate.py): "regions", a list; left out, every
region of the common partition that the account has not opted out of. Answers {kind: {region: count}}; a kind has
a row for each region, zeros too. `instance` is all that DescribeInstances
lists; `instance-terminated` says how many of them are terminated. `network` is
VPCs. `image` is the account's own images, and the distinct images in use by
listed instances that EC2 still knows (a deregistered one is in use, yet not to
be had). `cloud-resource` is what carries a tag and is none of the others;
`cloud-region` is the region itself.
"""

from botocore.exceptions import ClientError

from estate import answer, client, instances, pages, read_request

PLAIN = {
    "volume": ("describe_volumes", "Volumes"),
    "network": ("describe_vpcs", "Vpcs"),
    "subnet": ("describe_subnets", "Subnets"),
    "security-group": ("describe_security_groups", "SecurityGroups"),
    "network-interface": ("describe_network_interfaces", "NetworkInterfaces"),
    "route-table": ("describe_route_tables", "RouteTables"),
    "launch-template": ("describe_launch_templates", "LaunchTemplates"),
}

# Kinds that are counted together.
GATEWAYS = [
    ("describe_internet_gateways", "InternetGateways"),
    ("describe_nat_gateways", "NatGateways"),
    ("describe_transit_gateways", "TransitGateways"),
]
PEERINGS = [
    ("describe_vpc_peering_connections", "VpcPeeringConnections"),
    ("describe_transit_gateway_attachments", "TransitGatewayAttachments"),
]

# What of EC2 is counted above or below by itself, as its ARNs call it.
BY_THEMSELVES = {
    "elastic-ip",
    "image",
    "instance",
    "internet-gateway",
    "key-pair",
    "launch-template",
    "natgateway",
    "network-interface",
    "reserved-instances",
    "route-table",
    "security-group",
    "snapshot",
    "subnet",
    "transit-gateway",
    "transit-gateway-attachment",
    "volume",
    "vpc",
    "vpc-peering-connection",
}


def known_images(ec2, ids):
    """One image a call: a list with one unknown id may be refused as a whole."""
    known = set()
    for image in ids:
        try:
            known.update(
                row["ImageId"]
                for row in ec2.describe_images(ImageIds=[image])["Images"]
            )
        except ClientError as error:
            if not error.response["Error"]["Code"].startswith("InvalidAMIID"):
                raise
    return known


def own_snapshots(ec2, account):
    # moto lists those of others too, whatever it is asked.
    rows = pages(ec2, "describe_snapshots", "Snapshots", OwnerIds=["self"])
    return sum(1 for row in rows if row["OwnerId"] == account)


def is_counted_elsewhere(arn):
    service, resource = arn.split(":")[2], arn.split(":", 5)[5]
    if service == "ec2":
        return resource.split("/")[0] in BY_THEMSELVES
    balancers = ("loadbalancer/app/", "loadbalancer/net/", "loadbalancer/gwy/")
    return service == "elasticloadbalancing" and resource.startswith(balancers)


def count_tagged(tagging, is_first):
    """moto lists what has no region (buckets) in all: it counts in the first."""
    pages = tagging.get_paginator("get_resources").paginate()
    arns = {row["ResourceARN"] for page in pages for row in page["ResourceTagMappingList"]}
    return sum(
        1
        for arn in arns
        if not is_counted_elsewhere(arn) and (is_first or arn.split(":")[3])
    )


def count_region(request, region, is_first):
    ec2 = client(request, "ec2", region)
    listed = list(instances(ec2))
    counts = {
        kind: sum(1 for _ in pages(ec2, operation, key))
        for kind, (operation, key) in PLAIN.items()
    }
    # EC2 has no paginator for addresses: it answers all of them at once.
    counts["address"] = len(ec2.describe_addresses()["Addresses"])
    counts["instance"] = len(listed)
    counts["instance-terminated"] = sum(
        1 for row in listed if row["State"]["Name"] == "terminated"
    )
    own = {
        row["ImageId"] for row in pages(ec2, "describe_images", "Images", Owners=["self"])
    }
    in_use = {row["ImageId"] for row in listed} - own
    counts["image"] = len(own | known_images(ec2, sorted(in_use)))
    account = client(request, "sts", region).get_caller_identity()["Account"]
    counts["snapshot"] = own_snapshots(ec2, account)
    for kind, sorts in (("gateway", GATEWAYS), ("peering", PEERINGS)):
        counts[kind] = sum(
            1 for operation, key in sorts for _ in pages(ec2, operation, key)
        )
    # Nor has EC2 one for key pairs.
    counts["key-pair"] = len(ec2.describe_key_pairs()["KeyPairs"])
    balancers = client(request, "elbv2", region)
    counts["load-balancer"] = sum(
        1 for _ in pages(balancers, "describe_load_balancers", "LoadBalancers")
    )
    counts["cloud-resource"] = count_tagged(
        client(request, "resourcegroupstaggingapi", region), is_first
    )
    counts["cloud-region"] = 1
    return counts


def open_regions(ec2):
    """moto lists the regions of every partition, where EC2 lists those of its own."""
    return [
        row["RegionName"]
        for row in ec2.describe_regions()["Regions"]
        if row["OptInStatus"] != "not-opted-in"
        and not row["RegionName"].startswith(("cn-", "us-gov-"))
    ]


def main():
    request = read_request()
    regions = request.get("regions")
    if regions is None:
        regions = open_regions(client(request, "ec2", "us-east-1"))
    by_kind = {}
    for region in regions:
        counts = count_region(request, region, region == min(regions))
        for kind, count in counts.items():
            by_kind.setdefault(kind, {})[region] = count
    answer(by_kind)


if __name__ == "__main__":
    main()
