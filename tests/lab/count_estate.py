"""Counts, by boto3 alone, what an account holds: the truth a discovery is held to.

Own key of the request (see estate.py): "regions", a list; left out, every
region of the common partition that the account has not opted out of. Answers {kind: {region: count}}; a kind has
a row for each region, zeros too. `instance` is all that DescribeInstances
lists; `instance-terminated` says how many of them are terminated. `network` is
VPCs. `image` is the distinct images in use by listed instances that EC2 still
knows (a deregistered one is in use, yet not to be had).
"""

from botocore.exceptions import ClientError

from estate import answer, client, instances, pages, read_request

PLAIN = {
    "volume": ("describe_volumes", "Volumes"),
    "network": ("describe_vpcs", "Vpcs"),
    "subnet": ("describe_subnets", "Subnets"),
    "security-group": ("describe_security_groups", "SecurityGroups"),
    "network-interface": ("describe_network_interfaces", "NetworkInterfaces"),
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


def count_region(ec2):
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
    counts["image"] = len(known_images(ec2, sorted({row["ImageId"] for row in listed})))
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
        for kind, count in count_region(client(request, "ec2", region)).items():
            by_kind.setdefault(kind, {})[region] = count
    answer(by_kind)


if __name__ == "__main__":
    main()
