"""Makes an estate in moto, the same one for the same spec (but for its ids).

Own key of the request (see estate.py):

    "spec": {"regions": {"eu-west-1": {"instances": 300,
                                       "idle_volumes": 3,
                                       "idle_interfaces": 2,
                                       "idle_addresses": 2,
                                       "user_data_secret": "..."}}}

Every number may be left out (0). Instances are launched one a call, each in a
reservation of its own, because EC2 pages by reservation: only so is paging
real. A region gets a VPC with two subnets and two security groups whose rules
refer to each other, and, with at least one instance: an attached volume and an
associated address for every tenth, an image of its own, and, with at least
two, an instance whose image was deregistered since. Every fifth instance
carries `user_data_secret` in its user data, so that a test can show that
nothing ever reads it.

Answers, per region, the ids made:

    {"regions": {"eu-west-1": {"instances": [...], "volumes": [...], "vpc": "...",
      "subnets": [...], "security_groups": [...], "interfaces": [...],
      "addresses": [...], "image": "...", "deregistered_image": "..."}}}
"""

from estate import answer, aws_tags, client, pages, read_request

ENVIRONMENTS = ["prod", "staging", "test"]
TEAMS = ["payments", "search", "équipe données", ""]
TYPES = ["t3.micro", "m5.large", "c5.xlarge"]


def instance_tags(number):
    tags = {
        "Name": f"web-{number:04}",
        "environment": ENVIRONMENTS[number % 3],
        "team": TEAMS[number % 4],
        "cost-centre": f"CC-{100 + number % 7}",
    }
    # What people type, and discovery must carry unchanged.
    if number % 10 == 3:
        tags[" Env"] = " Prod "
        tags["Überprüft/am"] = "2026-06-30 ✓"
        tags["empty"] = ""
    if number % 10 == 7:
        del tags["Name"]
        tags["name"] = f"lower-{number:04}"
    return tags


def tag_specification(kind, tags):
    return [{"ResourceType": kind, "Tags": aws_tags(tags)}]


def seed_network(ec2, region):
    vpc = ec2.create_vpc(
        CidrBlock="10.20.0.0/16",
        TagSpecifications=tag_specification("vpc", {"Name": f"estate-{region}"}),
    )["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=f"10.20.{16 * number}.0/20",
            AvailabilityZone=f"{region}{zone}",
            TagSpecifications=tag_specification("subnet", {"Name": f"private-{zone}"}),
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("ab")
    ]
    web, database = (
        ec2.create_security_group(
            VpcId=vpc, GroupName=name, Description=f"{name} servers"
        )["GroupId"]
        for name in ("web", "database")
    )
    ec2.authorize_security_group_ingress(
        GroupId=web,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "everyone"}],
                "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
            }
        ],
    )
    ec2.authorize_security_group_ingress(
        GroupId=database,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "UserIdGroupPairs": [{"GroupId": web, "Description": "from web"}],
            }
        ],
    )
    return vpc, subnets, [web, database]


def public_image(ec2):
    """One of the images that moto brings, the same one each time."""
    return min(
        image["ImageId"]
        for image in pages(ec2, "describe_images", "Images")
        if image["Architecture"] == "x86_64" and image.get("Platform") != "windows"
    )


def launch(ec2, number, image, network, secret):
    _, subnets, groups = network
    arguments = {}
    if secret and number % 5 == 0:
        arguments["UserData"] = f"#!/bin/sh\nexport DATABASE_PASSWORD={secret}\n"
    return ec2.run_instances(
        ImageId=image,
        InstanceType=TYPES[number % len(TYPES)],
        MinCount=1,
        MaxCount=1,
        SubnetId=subnets[number % len(subnets)],
        SecurityGroupIds=groups if number % 4 == 0 else groups[:1],
        TagSpecifications=tag_specification("instance", instance_tags(number)),
        **arguments,
    )["Instances"][0]["InstanceId"]


def seed_instances(ec2, spec, network):
    count = spec.get("instances", 0)
    secret = spec.get("user_data_secret")
    if count == 0:
        return {"instances": [], "image": None, "deregistered_image": None}
    base = public_image(ec2)
    made = [launch(ec2, 0, base, network, secret)]
    own = ec2.create_image(InstanceId=made[0], Name="golden-web")["ImageId"]
    old = ec2.create_image(InstanceId=made[0], Name="golden-old")["ImageId"]
    for number in range(1, count):
        image = old if number == 1 else (own if number % 2 else base)
        made.append(launch(ec2, number, image, network, secret))
    ec2.deregister_image(ImageId=old)
    return {
        "instances": made,
        "image": own,
        "deregistered_image": old if count > 1 else None,
    }


def seed_volumes(ec2, region, instances, idle):
    def make(size, name):
        return ec2.create_volume(
            AvailabilityZone=f"{region}a",
            Size=size,
            VolumeType="gp3",
            TagSpecifications=tag_specification("volume", {"Name": name}),
        )["VolumeId"]

    attached = []
    for number, instance in enumerate(instances[::10]):
        volume = make(50, f"data-{number}")
        ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
        attached.append(volume)
    return attached + [make(8, f"idle-{number}") for number in range(idle)]


def seed_interfaces(ec2, network, idle):
    _, subnets, groups = network
    return [
        ec2.create_network_interface(
            SubnetId=subnets[0], Groups=groups[:1], Description=f"idle {number}"
        )["NetworkInterface"]["NetworkInterfaceId"]
        for number in range(idle)
    ]


def seed_addresses(ec2, instances, idle):
    made = []
    for instance in instances[::10]:
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        ec2.associate_address(AllocationId=address, InstanceId=instance)
        made.append(address)
    return made + [
        ec2.allocate_address(Domain="vpc")["AllocationId"] for _ in range(idle)
    ]


def seed_region(request, region, spec):
    ec2 = client(request, "ec2", region)
    network = seed_network(ec2, region)
    made = seed_instances(ec2, spec, network)
    instances = made["instances"]
    return {
        **made,
        "vpc": network[0],
        "subnets": network[1],
        "security_groups": network[2],
        "volumes": seed_volumes(ec2, region, instances, spec.get("idle_volumes", 0)),
        "interfaces": seed_interfaces(ec2, network, spec.get("idle_interfaces", 0)),
        "addresses": seed_addresses(ec2, instances, spec.get("idle_addresses", 0)),
    }


def main():
    request = read_request()
    regions = request["spec"]["regions"]
    answer(
        {
            "regions": {
                region: seed_region(request, region, spec)
                for region, spec in regions.items()
            }
        }
    )


if __name__ == "__main__":
    main()
