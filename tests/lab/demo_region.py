"""One region of the demo estate: making its ground and machines, and what befalls them.

It asks moto as anybody would, by boto3, and reaches into its memory for what no
request can do: that a thing is older than the process, or is not listed any more.
"""

import random
from datetime import timedelta

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends

from demo_services import FIRST_DAY, NETWORKS, REGIONS, RULES, SERVICES, TEAMS, TIERS
from estate import aws_tags, client, pages

SEED = 1805


def tag_specification(kind, tags):
    return [{"ResourceType": kind, "Tags": aws_tags(tags)}]


class Region:
    """One region: its client, moto's memory of it, and what was made there."""

    def __init__(self, endpoint, word):
        self.word, self.name = word, REGIONS[word]
        self.ec2 = client({"endpoint": endpoint}, "ec2", self.name)
        self.memory = ec2_backends[DEFAULT_ACCOUNT_ID][self.name]
        self.dice = random.Random(f"{SEED} {word}")
        self.subnets, self.groups, self.images, self.named = {}, {}, {}, {}

    # The ground.

    def lay_ground(self):
        for environment, part in NETWORKS[self.word].items():
            vpc = self.ec2.create_vpc(
                CidrBlock=f"10.{part}.0.0/16",
                TagSpecifications=tag_specification(
                    "vpc",
                    {
                        "Name": f"{self.word}-{environment}",
                        "env": environment,
                        "team": "platform",
                    },
                ),
            )["Vpc"]["VpcId"]
            for tier, number in TIERS.items():
                for at, zone in enumerate("ab"):
                    self.subnets[environment, tier, zone] = self.ec2.create_subnet(
                        VpcId=vpc,
                        CidrBlock=f"10.{part}.{64 * number + 32 * at}.0/21",
                        AvailabilityZone=f"{self.name}{zone}",
                        TagSpecifications=tag_specification(
                            "subnet",
                            {
                                "Name": f"{self.word}-{environment}-{tier}-{zone}",
                                "env": environment,
                            },
                        ),
                    )["Subnet"]["SubnetId"]
            for tier in TIERS:
                self.groups[environment, tier] = self.group(
                    vpc, environment, f"{environment}-{tier}"
                )
            for tier, rules in RULES.items():
                for port, whom in rules:
                    self.let_in(environment, tier, port, whom)
        self.images["linux"] = self.image(
            "golden-linux-2026.3", FIRST_DAY - timedelta(days=190)
        )
        self.images["linux-old"] = self.image(
            "golden-linux-2024.1", FIRST_DAY - timedelta(days=900)
        )
        self.images["windows"] = min(
            image["ImageId"]
            for image in pages(self.ec2, "describe_images", "Images")
            if image.get("Platform") == "windows"
        )

    def group(self, vpc, environment, name):
        return self.ec2.create_security_group(
            VpcId=vpc,
            GroupName=name,
            Description=f"Machines of {name}",
            TagSpecifications=tag_specification(
                "security-group", {"Name": name, "env": environment}
            ),
        )["GroupId"]

    def let_in(self, environment, tier, port, whom):
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        if whom == "world":
            rule["IpRanges"] = [{"CidrIp": "0.0.0.0/0", "Description": "everyone"}]
        else:
            rule["UserIdGroupPairs"] = [{"GroupId": self.groups[environment, whom]}]
        self.ec2.authorize_security_group_ingress(
            GroupId=self.groups[environment, tier], IpPermissions=[rule]
        )

    def image(self, name, made):
        image = self.ec2.register_image(
            Name=name,
            Description=f"{name}, patched monthly",
            Architecture="x86_64",
            RootDeviceName="/dev/sda1",
        )["ImageId"]
        # moto does not take these over from the request.
        self.memory.amis[image].architecture = "x86_64"
        self.memory.amis[image].creation_date = made.replace(tzinfo=None)
        self.ec2.create_tags(
            Resources=[image], Tags=aws_tags({"Name": name, "team": "platform"})
        )
        return image

    # Machines.

    def name_of(self, service, environment, number):
        middle = self.word if environment == "prod" else f"{self.word}-{environment}"
        return f"{service.name}-{middle}-{number:02}"

    def tags_of(self, service, environment, number):
        """As people tag: mostly well, with gaps, and one team in spellings of its own."""
        owner, cost_centre = TEAMS[service.team]
        tags = {
            "Name": self.name_of(service, environment, number),
            "env": environment,
            "service": service.name,
            "team": service.team,
            "owner": owner,
            "cost-centre": cost_centre,
        }
        if service.team == "data":
            tags["stage"] = tags.pop("env")
            tags["CostCenter"] = tags.pop("cost-centre")
        if (
            service.name in ("db-payments", "ledger", "payments-api")
            and environment == "prod"
        ):
            tags["criticality"] = "high"
        for key, share in (
            ("owner", 25),
            ("team", 8),
            ("cost-centre", 12),
            ("service", 5),
        ):
            if key in tags and self.dice.randrange(100) < share:
                del tags[key]
        return tags

    def launch(self, service, environment, number, age_days, image=None):
        zone = "ab"[number % 2]
        old = age_days > 700
        tags = self.tags_of(service, environment, number)
        kind = image or service.image
        made = self.ec2.run_instances(
            ImageId=self.images["linux-old" if old and kind == "linux" else kind],
            InstanceType=service.size,
            MinCount=1,
            MaxCount=1,
            ClientToken=tags["Name"],
            SubnetId=self.subnets[environment, service.tier, zone],
            SecurityGroupIds=[self.groups[environment, service.tier]],
            KeyName=f"{service.team}-{2024 if old else 2026}",
            MetadataOptions={"HttpTokens": "optional" if old else "required"},
            BlockDeviceMappings=[
                {
                    "DeviceName": "/dev/sda1",
                    "Ebs": {
                        "VolumeSize": 80 if service.image == "windows" else 30,
                        "VolumeType": "gp2" if old else "gp3",
                        "Encrypted": not old,
                        "DeleteOnTermination": True,
                    },
                }
            ],
            TagSpecifications=tag_specification("instance", tags),
        )["Instances"][0]["InstanceId"]
        self.named[tags["Name"]] = made
        moment = FIRST_DAY - timedelta(
            days=age_days, seconds=self.dice.randrange(80_000)
        )
        machine = self.memory.get_instance(made)
        machine.launch_time = moment.replace(tzinfo=None)
        if service.data:
            self.add_volume(service, environment, zone, made, tags, encrypted=not old)
        for device in machine.block_device_mapping.values():
            volume = self.memory.volumes[device.volume_id]
            volume.create_time = moment.replace(tzinfo=None)
            volume.attachment.attach_time = moment.replace(tzinfo=None)
            device.attach_time = moment.replace(tzinfo=None)
            self.ec2.create_tags(
                Resources=[volume.id],
                Tags=aws_tags(
                    {
                        key: tags[key]
                        for key in ("Name", "env", "stage", "team")
                        if key in tags
                    }
                ),
            )
        return made

    def add_volume(self, service, environment, zone, instance, tags, encrypted):
        volume = self.loose_volume(
            f"{tags['Name']}-data", service.data, zone, encrypted
        )
        self.ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")

    def loose_volume(self, name, size, zone, encrypted, age_days=0):
        volume = self.ec2.create_volume(
            AvailabilityZone=f"{self.name}{zone}",
            Size=size,
            VolumeType="gp3",
            Encrypted=encrypted,
            TagSpecifications=tag_specification("volume", {"Name": name}),
        )["VolumeId"]
        made = FIRST_DAY - timedelta(days=age_days)
        self.memory.volumes[volume].create_time = made.replace(tzinfo=None)
        return volume

    def fill(self):
        for service in SERVICES:
            for (word, environment), count in service.counts.items():
                if word != self.word:
                    continue
                for number in range(1, count + 1):
                    # The first of a service are its oldest.
                    age = (
                        900
                        if number == 1 and service.tier != "web"
                        else self.dice.randrange(20, 640)
                    )
                    self.launch(service, environment, number, age)
        for name, instance in sorted(self.named.items()):
            if name.startswith(("bastion-", "mail-relay-")):
                address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
                self.ec2.associate_address(AllocationId=address, InstanceId=instance)
        for number in range(1, 5):
            self.loose_volume(
                f"restore-test-{number}",
                100 * number,
                "a",
                encrypted=number % 2 == 0,
                age_days=90 * number,
            )
        self.ec2.allocate_address(Domain="vpc")
        self.ec2.create_network_interface(
            SubnetId=self.subnets["prod", "app", "a"],
            Groups=[self.groups["prod", "app"]],
            Description="left by a deleted function",
        )

    # What happens in a month.

    def stop(self, name, days):
        self.ec2.stop_instances(InstanceIds=[self.named[name]])
        when = FIRST_DAY + timedelta(days=days)
        self.memory.get_instance(self.named[name])._reason = (
            f"User initiated ({when:%Y-%m-%d %H:%M:%S} UTC)"
        )

    def end(self, name):
        """Terminated, and out of the list an hour later."""
        ended = self.named.pop(name)
        self.ec2.terminate_instances(InstanceIds=[ended])
        for key, reservation in list(self.memory.reservations.items()):
            if any(one.id == ended for one in reservation.instances):
                del self.memory.reservations[key]

    def retag(self, name, tags):
        self.ec2.create_tags(Resources=[self.named[name]], Tags=aws_tags(tags))

    def find(self, name):
        return next(one for one in SERVICES if one.name == name)
