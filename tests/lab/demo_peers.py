"""Those who play the demo's own site while it is recorded: vcsim, snmpsim and Samba.

They serve at the site's own addresses, so all of it happens in a network namespace that
demo_recording.sh made.
"""

import json
import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import snmp_network
from demo_site import CONTROLLER, DOMAIN, SWITCHES, VCENTER

COMMUNITY = "dublin-read"
PASSWORD = "Lab-Pass-2026"  # of Samba's reader (directory.sh) and vcsim's
SCRIPTS = Path(__file__).absolute().parent
AUTHORITY = SCRIPTS.parents[1] / ".lab/directory/authority/ca.pem"
NOBODY = 65534


def lab(name):
    return os.environ[f"CADASTRE_LAB_{name}"]


@contextmanager
def vcenter(folder, first):
    """vcsim; gives a function that makes its inventory a site's."""
    process = subprocess.Popen(
        [
            lab("VCSIM"), "-listen", f"{VCENTER}:443", "-name", f"vcenter.{DOMAIN}",
            "-user", "cadastre", "-password", PASSWORD, "-hosts", str(len(first.hosts)),
            "-machines", str(len(first.slots)),
        ],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    process.stdout.readline()

    def become(site):
        described = folder / "vcenter.json"
        described.write_text(json.dumps(site.vcenter()))
        print(described, file=process.stdin, flush=True)
        if not process.stdout.readline():
            raise SystemExit("vcsim ended")

    try:
        yield become
    finally:
        process.stdin.close()
        process.wait()


@contextmanager
def switches(folder, site):
    """snmpsim, one device an address."""
    engines = []
    for number, switch in enumerate(site.switches):
        data = folder / f"switch-{number}"
        data.mkdir()
        (data / f"{COMMUNITY}.snmprec").write_text(snmp_network.written(switch, site.switches[0]))
        engines.append(
            f"--v3-engine-id=auto --data-dir={data} --agent-udpv4-endpoint={switch.address}:161\n"
        )
    (folder / "engines").write_text("".join(engines))
    cache = folder / "cache"
    cache.mkdir()
    os.chown(cache, NOBODY, NOBODY)
    process = subprocess.Popen(
        [lab("SNMPSIM"), f"--args-from-file={folder / 'engines'}", f"--cache-dir={cache}",
         "--logging-method=null"],
        user=NOBODY, group=NOBODY, extra_groups=[], cwd=folder, env={**os.environ, "HOME": str(cache)},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        await_switches(site)
        yield
    finally:
        process.terminate()
        process.wait()


def await_switches(site):
    for switch in site.switches:
        for _ in range(60):
            answer = subprocess.run(
                ["snmpget", "-v2c", "-c", COMMUNITY, "-t", "1", "-r", "0", switch.address,
                 "1.3.6.1.2.1.1.5.0"],
                capture_output=True, check=False,
            )
            if answer.returncode == 0:
                break
            time.sleep(0.5)
        else:
            raise SystemExit(f"the switch at {switch.address} does not answer")


@contextmanager
def directory(folder, first):
    """Samba; gives a function that makes its first state a later one."""
    described = folder / "directory.json"
    described.write_text(json.dumps(first.directory()))
    script = SCRIPTS / "directory.sh"
    realm, domain = DOMAIN.upper(), DOMAIN.split(".")[0].upper()
    subprocess.run([script, "describe", realm, domain, CONTROLLER, described], check=True)

    def become(site):
        subprocess.run(
            ["ldapmodify", "-x", "-H", f"ldaps://{CONTROLLER}", "-D", f"Administrator@{DOMAIN}",
             "-w", PASSWORD],
            env={**os.environ, "LDAPTLS_CACERT": str(AUTHORITY)}, check=True,
            input="\n".join(site.changes(first)).encode(), stdout=subprocess.DEVNULL,
        )

    try:
        yield become
    finally:
        subprocess.run([script, "stop", CONTROLLER], check=True)


# How each is asked: the name of its source, its kind, its settings.
SOURCES = {
    "vcenter": (
        "vsphere",
        f'url = "https://vcenter.{DOMAIN}"\nusername = "cadastre"\ninsecure_tls = true\n'
        'password_env = "CADASTRE_SECRET_DEMO"\n',
        PASSWORD,
    ),
    "switches": (
        "snmp",
        f'targets = ["10.40.99.1-10.40.99.{SWITCHES}"]\ncommunities_env = "CADASTRE_SECRET_DEMO"\n',
        COMMUNITY,
    ),
    "directory": (
        "directory",
        f'url = ["ldaps://dc1.{DOMAIN}"]\nbind_dn = "reader@example.test"\n'
        f'ca_file = "{AUTHORITY}"\n'
        'password_env = "CADASTRE_SECRET_DEMO"\n',
        PASSWORD,
    ),
}
