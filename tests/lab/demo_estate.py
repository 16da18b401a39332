"""Makes the demo estate in moto and records it twice, a month apart.

    demo_estate.py CADASTRE FOLDER

CADASTRE is the built binary; it discovers each state with `--record`, and what
it recorded is what the binary carries for `cadastre demo`: FOLDER/earlier.gz and
FOLDER/later.gz. `make demo-recording` calls it.

moto runs inside this process: only so can machines have been started years ago
(demo_region.py). Chance comes from fixed seeds.
"""

import gzip
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from moto.moto_api._internal import mock_random
from moto.server import ThreadedMotoServer

from demo_region import SEED, Region
from demo_services import FIRST_DAY, REGIONS, TEAMS
from estate import instances


def settle(regions):
    """What was so from the beginning: some machines sleep."""
    regions["eu"].stop("notebook-eu-staging-04", -200)
    regions["eu"].stop("notebook-eu-staging-05", -45)
    regions["de"].stop("erp-reports-de-staging-01", -320)


def pass_a_month(regions):
    eu, de, us = regions["eu"], regions["de"], regions["us"]
    # The web fleet moves to a new image; two of the old are gone, some new came.
    eu.images["linux-new"] = eu.image(
        "golden-linux-2026.9", FIRST_DAY + timedelta(days=8)
    )
    for number in (11, 12):
        eu.end(f"web-eu-{number:02}")
    for number in range(13, 19):
        eu.launch(eu.find("web"), "prod", number, -9, image="linux-new")
    for number in range(11, 13):
        eu.launch(eu.find("batch"), "prod", number, -20)
    # Thrift: builders and notebooks sleep, one was thrown away.
    for number in (9, 10, 11):
        eu.stop(f"ci-runner-eu-staging-{number:02}", 12)
    eu.end("ci-runner-eu-staging-12")
    eu.stop("notebook-eu-staging-03", 21)
    # The basket goes to the payments team.
    for number in range(1, 5):
        owner, cost_centre = TEAMS["payments"]
        de.retag(
            f"basket-de-{number:02}",
            {"team": "payments", "owner": owner, "cost-centre": cost_centre},
        )
    # A database grows: stopped, made larger, started.
    instance = de.named["db-payments-de-02"]
    de.ec2.stop_instances(InstanceIds=[instance])
    de.ec2.modify_instance_attribute(
        InstanceId=instance, InstanceType={"Value": "r6i.4xlarge"}
    )
    de.ec2.start_instances(InstanceIds=[instance])
    started = FIRST_DAY + timedelta(days=16)
    de.memory.get_instance(instance).launch_time = started.replace(tzinfo=None)
    # Someone was in a hurry.
    eu.ec2.authorize_security_group_ingress(
        GroupId=eu.groups["staging", "data"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [
                    {"CidrIp": "0.0.0.0/0", "Description": "temporary, remove me"}
                ],
            }
        ],
    )
    eu.loose_volume(
        "db-payments-before-upgrade", 500, "a", encrypted=False, age_days=-25
    )
    # Most of one region is not listed any more: a move, or lost rights? A person must say.
    for name in sorted(us.named):
        if not name.startswith(("bastion", "cache", "mail-relay", "metrics")):
            us.end(name)


def discover(cadastre, home, endpoint, target):
    """One discovery by the product itself, its raw answers kept."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AWS_EC2_METADATA_DISABLED": "true",
        "CADASTRE_SECRET_DEMO": "any",
    }
    source = home / "cloud.toml"
    source.write_text(
        'name = "cloud"\nkind = "aws"\n[aws]\n'
        f'endpoint = "{endpoint}"\nregions = {sorted(REGIONS.values())}\n'
        'access_key_id = "any"\nsecret_access_key_env = "CADASTRE_SECRET_DEMO"\n'.replace(
            "'", '"'
        )
    )
    recording = home / "recording"
    for arguments in (
        ["migrate"],
        ["source", "add", source],
        ["discover", "cloud", "--record", recording],
    ):
        subprocess.run([cadastre, *arguments], env=environment, cwd=home, check=True)
    # No moment in the header of gzip: the same text is the same file.
    target.write_bytes(gzip.compress(recording.read_bytes(), 9, mtime=0))
    print(f"{target}: {target.stat().st_size} bytes")


def main():
    cadastre, folder = Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute()
    mock_random.seed(SEED)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    try:
        regions = {word: Region(endpoint, word) for word in REGIONS}
        for region in regions.values():
            region.lay_ground()
            region.fill()
        settle(regions)
        with tempfile.TemporaryDirectory() as home:
            discover(cadastre, Path(home), endpoint, folder / "earlier.gz")
            pass_a_month(regions)
            discover(cadastre, Path(home), endpoint, folder / "later.gz")
        for region in regions.values():
            print(f"{region.name}: {sum(1 for _ in instances(region.ec2))} instances")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
