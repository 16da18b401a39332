"""Changes an estate between two discoveries, in the order asked.

Own key of the request (see estate.py): "changes", a list of

    {"region": R, "do": "tag",       "resource": ID, "tags": {KEY: VALUE}}
    {"region": R, "do": "untag",     "resource": ID, "keys": [KEY]}
    {"region": R, "do": "launch",    "name": NAME}   in a public subnet, with an address of its own
    {"region": R, "do": "stop",      "instance": ID}
    {"region": R, "do": "start",     "instance": ID}
    {"region": R, "do": "terminate", "instance": ID}
    {"region": R, "do": "attach",    "volume": ID, "instance": ID, "device": "/dev/sdg"}
    {"region": R, "do": "detach",    "volume": ID}
    {"region": R, "do": "delete-volume",  "volume": ID}
    {"region": R, "do": "release",   "address": ALLOCATION_ID}

moto goes on listing a terminated instance; `forget` of moto_serve.py drops it,
as EC2 does by itself after about an hour. Answers {"done": N}.
"""

from estate import answer, aws_tags, client, pages, read_request


def tag(ec2, change):
    ec2.create_tags(Resources=[change["resource"]], Tags=aws_tags(change["tags"]))


def untag(ec2, change):
    ec2.delete_tags(
        Resources=[change["resource"]], Tags=[{"Key": key} for key in change["keys"]]
    )


def launch(ec2, change):
    # moto's default subnets are public, and give a new public address at each start.
    subnet = ec2.describe_subnets(
        Filters=[{"Name": "default-for-az", "Values": ["true"]}]
    )["Subnets"][0]["SubnetId"]
    ec2.run_instances(
        ImageId=next(pages(ec2, "describe_images", "Images"))["ImageId"],
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": aws_tags({"Name": change["name"]})}
        ],
    )


def attach(ec2, change):
    ec2.attach_volume(
        VolumeId=change["volume"],
        InstanceId=change["instance"],
        Device=change["device"],
    )


DO = {
    "tag": tag,
    "untag": untag,
    "launch": launch,
    "stop": lambda ec2, c: ec2.stop_instances(InstanceIds=[c["instance"]]),
    "start": lambda ec2, c: ec2.start_instances(InstanceIds=[c["instance"]]),
    "terminate": lambda ec2, c: ec2.terminate_instances(InstanceIds=[c["instance"]]),
    "attach": attach,
    "detach": lambda ec2, c: ec2.detach_volume(VolumeId=c["volume"]),
    "delete-volume": lambda ec2, c: ec2.delete_volume(VolumeId=c["volume"]),
    "release": lambda ec2, c: ec2.release_address(AllocationId=c["address"]),
}


def main():
    request = read_request()
    changes = request["changes"]
    for change in changes:
        DO[change["do"]](client(request, "ec2", change["region"]), change)
    answer({"done": len(changes)})


if __name__ == "__main__":
    main()
