"""Makes the demo estate and records it twice, a month apart.

    demo_estate.py CADASTRE FOLDER

CADASTRE is the built binary; it discovers each state with `--record`, and what
it recorded is what the binary carries for `cadastre demo`: of each source
FOLDER/SOURCE-earlier.gz and FOLDER/SOURCE-later.gz. demo_recording.sh calls it.

The cloud (demo_region.py) is played by moto inside this process: only so can
machines have been started years ago. Who plays the company's own site
(demo_site.py) is in demo_peers.py. Chance comes from fixed seeds.
"""

import gzip
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from moto.moto_api._internal import mock_random
from moto.server import ThreadedMotoServer

import demo_peers
from demo_region import SEED, Region
from demo_services import FIRST_DAY, REGIONS, TEAMS
from demo_site import Site
from estate import instances
from moto_mend import mend


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


class Recorder:
    """Discovers by the product itself, and keeps the raw answers."""

    def __init__(self, cadastre, folder):
        self.cadastre, self.folder = cadastre, folder

    def record(self, source, state, kind, settings, secret):
        with tempfile.TemporaryDirectory() as home:
            self.discover(Path(home), kind, settings, secret)
            # No moment in the header of gzip: the same text is the same file.
            packed = gzip.compress((Path(home) / "recording").read_bytes(), 9, mtime=0)
        target = self.folder / f"{source}-{state}.gz"
        target.write_bytes(packed)
        print(f"{target}: {len(packed)} bytes")

    def discover(self, home, kind, settings, secret):
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "AWS_EC2_METADATA_DISABLED": "true",
            "CADASTRE_SECRET_DEMO": secret,
        }
        (home / "one.toml").write_text(f'name = "one"\nkind = "{kind}"\n[{kind}]\n{settings}')
        for arguments in (
            ["migrate"],
            ["source", "add", home / "one.toml"],
            ["discover", "one", "--record", home / "recording"],
        ):
            subprocess.run([self.cadastre, *arguments], env=environment, cwd=home, check=True)


def record_cloud(recorder):
    mend()
    mock_random.seed(SEED)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    names = ", ".join(f'"{name}"' for name in sorted(REGIONS.values()))
    settings = (
        f'endpoint = "{endpoint}"\nregions = [{names}]\naccess_key_id = "any"\n'
        'secret_access_key_env = "CADASTRE_SECRET_DEMO"\n'
    )
    try:
        regions = {word: Region(endpoint, word) for word in REGIONS}
        for region in regions.values():
            region.lay_ground()
            region.fill()
        settle(regions)
        recorder.record("aws", "earlier", "aws", settings, "any")
        pass_a_month(regions)
        recorder.record("aws", "later", "aws", settings, "any")
        for region in regions.values():
            print(f"{region.name}: {sum(1 for _ in instances(region.ec2))} instances")
    finally:
        server.stop()


def record_site(recorder):
    first, today = Site(later=False), Site(later=True)

    def record(source, state):
        recorder.record(source, state, *demo_peers.SOURCES[source])

    with scratch() as folder, demo_peers.vcenter(folder, first) as become:
        become(first)
        record("vcenter", "earlier")
        become(today)
        record("vcenter", "later")
    for state, site in (("earlier", first), ("later", today)):
        with scratch() as folder, demo_peers.switches(folder, site):
            record("switches", state)
    with scratch() as folder, demo_peers.directory(folder, first) as become:
        record("directory", "earlier")
        become(today)
        record("directory", "later")


@contextmanager
def scratch():
    """A folder that snmpsim may read, which does not run as root."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def main():
    recorder = Recorder(Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute())
    record_site(recorder)
    record_cloud(recorder)


if __name__ == "__main__":
    main()
